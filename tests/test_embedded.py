"""The servers inside the process behave like the real ones, as far as the service can tell."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime

import pytest

from service.adapters.embedded import EmbeddedServers, Posted
from service.adapters.imap import ImapMailbox, LoginRefused, Watcher
from service.adapters.smtp import SmtpCourier
from tests.servers import THE_SERVICE

MEMBER = "asa.oberg@region.example"

PLAIN = "\r\n".join(
    [
        f"From: Åsa Öberg <{MEMBER}>",
        f"To: {THE_SERVICE}",
        "Subject: Förhinder",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        "Jag har förhinder den 12 mars.",
        "",
    ]
).encode("utf-8")


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN,
        PLAIN.replace("förhinder".encode(), "förhinder".encode("cp1252")),
        PLAIN.replace(b"\r\n", b"\n"),
        PLAIN.rstrip(),
        b"Subject: bara huvud\r\n\r\n",
        b"ingen rubrik alls",
        bytes(range(1, 256)) * 3,
    ],
    ids=["utf-8", "cp1252", "bare line ends", "no last line end", "headers only", "no header", "every byte"],
)
def test_what_is_laid_in_is_fetched_byte_for_byte(embedded: EmbeddedServers, raw: bytes):
    """The demonstration must not mend messages that a real server would hand over broken."""
    embedded.deliver(raw, THE_SERVICE)
    mailbox = ImapMailbox(embedded.imap(THE_SERVICE))

    _validity, uids = mailbox.uids()
    (fetched,) = mailbox.fetch(uids)
    mailbox.close()

    assert hashlib.sha256(fetched.raw).digest() == hashlib.sha256(raw).digest()


def test_a_letter_arrives_when_the_story_says(embedded: EmbeddedServers):
    """The demonstration plays a year in a minute, so each letter brings its own time."""
    then = datetime(2027, 2, 4, 7, 0, tzinfo=UTC)
    embedded.deliver(PLAIN, THE_SERVICE, arrived=then)
    mailbox = ImapMailbox(embedded.imap(THE_SERVICE))

    (fetched,) = mailbox.fetch(mailbox.uids()[1])
    mailbox.close()

    assert fetched.arrived == then


def test_handled_mail_moves_to_the_handled_folder(embedded: EmbeddedServers):
    """As on a real server, the inbox is left empty and nothing is lost on the way."""
    embedded.deliver(PLAIN, THE_SERVICE)
    mailbox = ImapMailbox(embedded.imap(THE_SERVICE, handled="Åtgärdat"))

    mailbox.move_to_handled(mailbox.uids()[1])
    left = mailbox.uids()[1]
    mailbox.close()

    assert left == ()
    assert embedded.letters(THE_SERVICE) == []
    assert embedded.letters(THE_SERVICE, "Åtgärdat") == [PLAIN]


def test_new_mail_rings_at_once(embedded: EmbeddedServers):
    """The watch is the same in the demonstration as in earnest."""
    rung = threading.Semaphore(0)
    watcher = Watcher(embedded.imap(THE_SERVICE), rung.release)
    watcher.start()
    assert rung.acquire(timeout=5)

    embedded.deliver(PLAIN, THE_SERVICE)

    assert rung.acquire(timeout=5)
    assert watcher.state == "idle"
    watcher.stop()
    watcher.join(5)
    assert not watcher.is_alive()


def test_what_the_service_sends_lies_in_the_members_mailbox():
    """With --live a newcomer logs in as a member and reads what she was sent."""
    told: list[Posted] = []
    boxes = {THE_SERVICE: "hemligt", MEMBER: "hemligt"}
    with EmbeddedServers(boxes, on_posted=told.append) as servers:
        courier = SmtpCourier(servers.smtp(THE_SERVICE))
        answer = courier.send(THE_SERVICE, MEMBER, PLAIN)
        courier.send(THE_SERVICE, "utan.brevlada@kommun.example", PLAIN)
        courier.close()

        assert answer.startswith("250")
        assert servers.letters(MEMBER) == [PLAIN]
        assert [one.recipients for one in servers.posted] == [(MEMBER,), ("utan.brevlada@kommun.example",)]
        assert told == servers.posted


def test_a_wrong_password_is_not_let_in(embedded: EmbeddedServers):
    """So that a mistake in the demonstration's settings shows."""
    mailbox = ImapMailbox(embedded.imap(THE_SERVICE, password="fel"))

    with pytest.raises(LoginRefused):
        mailbox.check()


def test_stopping_hangs_up_and_frees_the_ports(embedded: EmbeddedServers):
    """A demonstration that is run twice in one process finds its ports free."""
    mailbox = ImapMailbox(embedded.imap(THE_SERVICE))
    mailbox.check()
    ports = (embedded.imap_port, embedded.smtp_port)
    embedded.stop()

    again = EmbeddedServers({THE_SERVICE: "hemligt"}, imap_port=ports[0], smtp_port=ports[1]).start()
    assert (again.imap_port, again.smtp_port) == ports
    again.stop()
