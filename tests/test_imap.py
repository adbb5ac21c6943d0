"""Reading the mailbox, on a real Dovecot, and through a line that misbehaves."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import trustme

from service.adapters.imap import (
    Fetched,
    ImapMailbox,
    ImapSettings,
    LoginRefused,
    MailboxAway,
    Renumbered,
    Watcher,
)
from tests.conftest import started
from tests.servers import Account, Dovecot, Proxy, wait_for

pytestmark = pytest.mark.dovecot

MakeProxy = Callable[[int], Proxy]


def letter(number: int = 1, body: str = "Jag har förhinder på torsdag.") -> bytes:
    lines = [
        "From: Lena Wikström <lena.wikstrom@kommun.example>",
        "To: samreko@samverkan.example",
        f"Message-ID: <brev-{number}@kommun.example>",
        "Subject: =?utf-8?q?F=C3=B6rhinder?=",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        body,
        "",
    ]
    return "\r\n".join(lines).encode("utf-8")


@pytest.fixture
def open_mailbox() -> Iterator[Callable[[ImapSettings], ImapMailbox]]:
    """Makes mailboxes that are closed after the test."""
    made: list[ImapMailbox] = []

    def make(settings: ImapSettings) -> ImapMailbox:
        made.append(ImapMailbox(settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


OpenMailbox = Callable[[ImapSettings], ImapMailbox]


class Bell:
    """Counts how often it is rung."""

    def __init__(self) -> None:
        self.rung = 0

    def __call__(self) -> None:
        self.rung += 1


@pytest.fixture
def watch() -> Iterator[Callable[..., tuple[Watcher, Bell]]]:
    """Starts watchers that are stopped after the test."""
    made: list[Watcher] = []

    def start(settings: ImapSettings, **how: float) -> tuple[Watcher, Bell]:
        bell = Bell()
        watcher = Watcher(settings, bell, **{"first_pause": 0.1, "longest_pause": 0.4, **how})
        made.append(watcher)
        watcher.start()
        return watcher, bell

    yield start
    for one in made:
        one.stop()
        one.join(5)
        assert not one.is_alive()


Watch = Callable[..., tuple[Watcher, Bell]]


# Finding and fetching


def test_mail_is_found_whether_or_not_a_human_has_read_it(dovecot: Account, open_mailbox: OpenMailbox):
    """People read the same mailbox in Outlook; what they have read is as new as the rest."""
    dovecot.append(letter(1), flags=[rb"\Seen"])
    dovecot.append(letter(2), flags=[rb"\Seen", rb"\Flagged", rb"\Answered"])
    dovecot.append(letter(3))

    validity, uids = open_mailbox(dovecot.settings()).uids()

    assert uids == (1, 2, 3)
    assert validity > 0


def test_only_what_is_above_a_number_is_asked_for(dovecot: Account, open_mailbox: OpenMailbox):
    """IMAP's "n:*" always names the last message, so a naive question would find it again for ever."""
    for number in (1, 2, 3):
        dovecot.append(letter(number))
    mailbox = open_mailbox(dovecot.settings())

    assert mailbox.uids(after=2)[1] == (3,)
    assert mailbox.uids(after=3)[1] == ()


def test_an_empty_mailbox_is_empty(dovecot: Account, open_mailbox: OpenMailbox):
    """The first day of the service."""
    mailbox = open_mailbox(dovecot.settings())

    assert mailbox.uids()[1] == ()
    assert list(mailbox.fetch([])) == []
    mailbox.move_to_handled([])


HARD_TO_CARRY = {
    "utf-8": letter(),
    "cp1252 that claims to be utf-8": letter().decode().encode("cp1252"),
    "no line end at the end": letter().rstrip(),
    "a lone dot": letter(body=".\r\n.\r\nslut"),
    "literal look-alikes": letter(body='{12}\r\n) "BODY[]" {3+}\r\nA001 OK FETCH\r\n* BYE'),
    "every byte but NUL": letter() + bytes(range(1, 256)),
    "long line": letter(body="å" * 200_000),
}


@pytest.mark.parametrize("raw", HARD_TO_CARRY.values(), ids=HARD_TO_CARRY.keys())
def test_a_message_is_fetched_byte_for_byte(raw: bytes, dovecot: Account, open_mailbox: OpenMailbox):
    """Signatures are checked and records kept on exactly the bytes that came."""
    with dovecot.client() as client:
        client.append("INBOX", raw)
        # Dovecot makes bare line ends into CRLF; what it then holds is what we must get.
        held = client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"]

    (fetched,) = open_mailbox(dovecot.settings()).fetch([1])

    assert hashlib.sha256(fetched.raw).hexdigest() == hashlib.sha256(held).hexdigest()


def test_a_message_of_many_megabytes_is_fetched_whole(dovecot: Account, open_mailbox: OpenMailbox):
    """A packet of annexes may be 20 MB."""
    raw = letter(body="\r\n".join(["QUJD" * 18] * 270_000))
    assert len(raw) > 19_000_000
    dovecot.drop(raw)

    (fetched,) = open_mailbox(dovecot.settings()).fetch([1], max_bytes=1_000_000)

    assert hashlib.sha256(fetched.raw).hexdigest() == hashlib.sha256(raw).hexdigest()
    assert not fetched.headers_only


def test_a_message_over_the_limit_comes_as_headers_only(dovecot: Account, open_mailbox: OpenMailbox):
    """So that the sender can be told kindly, without the letter ever filling the memory."""
    dovecot.append(letter(1, body="x" * 5000))
    dovecot.append(letter(2))

    small, big = sorted(
        open_mailbox(dovecot.settings()).fetch([1, 2], limit=2000), key=lambda f: -f.found.uid
    )

    assert big.headers_only
    assert big.raw.endswith(b"\r\n\r\n")
    assert b"<brev-1@kommun.example>" in big.raw
    assert b"xxxx" not in big.raw
    assert not small.headers_only


def test_fetching_leaves_no_mark(dovecot: Account, open_mailbox: OpenMailbox):
    """The secretary still sees in bold what she has not read."""
    dovecot.append(letter())

    list(open_mailbox(dovecot.settings()).fetch([1]))

    with dovecot.client() as client:
        assert rb"\Seen" not in client.get_flags([1])[1]


def test_the_time_of_arrival_is_told_in_utc(dovecot: Account, open_mailbox: OpenMailbox):
    """A letter's day decides what "på torsdag" means; a naive local time would move it at midnight."""
    dovecot.append(letter(), msg_time=datetime(2026, 2, 3, 23, 30, tzinfo=UTC))

    (fetched,) = open_mailbox(dovecot.settings()).fetch([1])

    assert fetched.arrived == datetime(2026, 2, 3, 23, 30, tzinfo=UTC)
    assert fetched.arrived.utcoffset() is not None


def test_loads_are_bounded_by_bytes(
    dovecot: Account, open_mailbox: OpenMailbox, proxy: MakeProxy, monkeypatch: pytest.MonkeyPatch
):
    """A backlog of big letters is never asked for at once."""
    dovecot.drop(*(letter(n, body="x" * 10_000) for n in range(7)))
    line = proxy(dovecot.server.port)
    asked: list[bytes] = []
    line.judge = lambda who, piece: asked.append(piece) if who == "client" else None

    got = list(open_mailbox(dovecot.settings(port=line.port)).fetch(range(1, 8), max_bytes=35_000))

    assert [one.found.uid for one in got] == [1, 2, 3, 4, 5, 6, 7]
    bodies = [command for command in asked if b"BODY.PEEK[]" in command]
    assert len(bodies) == 3


def test_a_message_can_be_put_away_before_the_next_is_taken(dovecot: Account, open_mailbox: OpenMailbox):
    """One letter at a time is stored, filed and moved, on one connection."""
    dovecot.drop(*(letter(n) for n in range(5)))
    mailbox = open_mailbox(dovecot.settings())

    for one in mailbox.fetch(mailbox.uids()[1], max_bytes=len(letter()) * 2):
        mailbox.move_to_handled([one.found.uid])

    assert mailbox.uids()[1] == ()
    assert len(dovecot.contents("Hanterat")) == 5


def test_what_a_human_has_moved_away_meanwhile_is_left_out(dovecot: Account, open_mailbox: OpenMailbox):
    """She tidies the inbox while the service is reading it."""
    dovecot.drop(letter(1), letter(2), letter(3))
    mailbox = open_mailbox(dovecot.settings())
    _validity, uids = mailbox.uids()
    with dovecot.client() as client:
        client.delete_messages([2])
        client.expunge()

    got = [one.found.uid for one in mailbox.fetch(uids)]
    mailbox.move_to_handled(uids)

    assert got == [1, 3]
    assert mailbox.unreadable == {}
    assert len(dovecot.contents("Hanterat")) == 2


def test_the_words_of_a_letter_never_reach_a_log(
    dovecot: Account, open_mailbox: OpenMailbox, caplog: pytest.LogCaptureFixture
):
    """imapclient would log every line of every letter, even with an operator's debug level on."""
    dovecot.append(letter(body="en hemlighet om en elev"))
    with caplog.at_level(logging.DEBUG):
        mailbox = open_mailbox(dovecot.settings())
        list(mailbox.fetch(mailbox.uids()[1]))

    assert "elev" not in caplog.text
    assert "hemligt" not in caplog.text


# Putting away


@pytest.mark.parametrize("name", ["Hanterat", "Hanterat/Frånvaro och förslag", 'Åtgärdat "klart"'])
def test_handled_mail_goes_to_a_folder_in_swedish(name: str, dovecot: Account, open_mailbox: OpenMailbox):
    """Folder names are the secretary's own, with å, ä, ö and levels."""
    dovecot.drop(letter(1), letter(2))
    mailbox = open_mailbox(dovecot.settings(handled=name))

    mailbox.move_to_handled(mailbox.uids()[1])

    assert mailbox.uids()[1] == ()
    assert dovecot.contents(name) == [letter(1), letter(2)]


def test_an_empty_name_leaves_handled_mail_where_it_is(dovecot: Account, open_mailbox: OpenMailbox):
    """Some want the inbox untouched."""
    dovecot.drop(letter())
    mailbox = open_mailbox(dovecot.settings(handled=""))

    mailbox.move_to_handled(mailbox.uids()[1])

    assert mailbox.uids()[1] == (1,)


@pytest.fixture(scope="module")
def plain_dovecot() -> Iterator[Dovecot]:
    """A server that says it has neither MOVE, UIDPLUS nor IDLE."""
    server = started(lambda: Dovecot(capability="IMAP4rev1 LITERAL+ NAMESPACE"))
    yield server
    server.remove()


@pytest.fixture(scope="module")
def copying_dovecot() -> Iterator[Dovecot]:
    """A server without MOVE, whose folders live under INBOX with dots between, as Courier's do."""
    server = started(
        lambda: Dovecot(
            capability="IMAP4rev1 LITERAL+ NAMESPACE UIDPLUS IDLE", prefix="INBOX.", separator="."
        )
    )
    yield server
    server.remove()


def test_without_move_mail_is_copied_and_only_ours_is_expunged(
    copying_dovecot: Dovecot, open_mailbox: OpenMailbox
):
    """A colleague's message that is marked for deletion is hers to expunge."""
    account = copying_dovecot.account()
    account.drop(letter(1), letter(2), letter(3))
    with account.client() as client:
        client.delete_messages([3])
    mailbox = open_mailbox(account.settings(handled="Hanterat/Brev"))
    mailbox.uidvalidity()

    mailbox.move_to_handled([1, 2])

    assert mailbox.uids()[1] == (3,)
    assert account.contents("INBOX.Hanterat.Brev") == [letter(1), letter(2)]


def test_without_uidplus_nobody_elses_deleted_mail_is_expunged(
    plain_dovecot: Dovecot, open_mailbox: OpenMailbox
):
    """A bare EXPUNGE takes whatever is marked, so ours wait, and are not copied twice while they do."""
    account = plain_dovecot.account()
    account.drop(letter(1), letter(2))
    with account.client() as client:
        client.delete_messages([2])
    mailbox = open_mailbox(account.settings())
    mailbox.uidvalidity()

    mailbox.move_to_handled([1])
    assert mailbox.uids()[1] == (1, 2)
    mailbox.move_to_handled([1])
    assert account.contents("Hanterat") == [letter(1)]

    with account.client() as client:
        client.remove_flags([2], [rb"\Deleted"])
    mailbox.move_to_handled([1])
    assert mailbox.uids()[1] == (2,)
    assert account.contents("Hanterat") == [letter(1)]


def test_a_server_that_promises_move_and_refuses_it_is_helped(
    dovecot: Account, open_mailbox: OpenMailbox, proxy: MakeProxy
):
    """The mail is put away the longer way round."""
    dovecot.drop(letter(1), letter(2))
    line = proxy(dovecot.server.port)

    def refuse_move(who: str, piece: bytes) -> str | None:
        if who == "client" and b"UID MOVE" in piece:
            line.inject(piece.split()[0] + b" NO [CANNOT] Inte i dag\r\n")
            return "swallow"
        return None

    line.judge = refuse_move
    mailbox = open_mailbox(dovecot.settings(port=line.port))

    mailbox.move_to_handled(mailbox.uids()[1])

    assert mailbox.uids()[1] == ()
    assert dovecot.contents("Hanterat") == [letter(1), letter(2)]


# UIDVALIDITY


def renumber(account: Account, folder: str = "INBOX") -> None:
    """What a migration does: the same mail, new numbers."""
    maildir = account.server.folder / "mail" / account.user
    for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
        (maildir / name).unlink(missing_ok=True)


def test_old_numbers_are_never_used_in_a_renumbered_folder(dovecot: Account, open_mailbox: OpenMailbox):
    """After a migration number 1 may be another letter; putting it away by number would hide it unread."""
    dovecot.drop(letter(1))
    mailbox = open_mailbox(dovecot.settings())
    validity, uids = mailbox.uids()
    mailbox.close()
    # Dovecot takes the clock's seconds for its numbers.
    time.sleep(1.1)
    renumber(dovecot)

    with pytest.raises(Renumbered):
        mailbox.move_to_handled(uids)
    with pytest.raises(Renumbered):
        list(mailbox.fetch(uids, uidvalidity=validity))
    later, again = mailbox.uids()

    assert later != validity
    assert [one.raw for one in mailbox.fetch(again)] == [letter(1)]


def test_numbers_of_unknown_age_are_not_acted_on(dovecot: Account, open_mailbox: OpenMailbox):
    """After a restart the caller must say which UIDVALIDITY its numbers belong to."""
    dovecot.drop(letter(1))
    mailbox = open_mailbox(dovecot.settings())

    with pytest.raises(ValueError, match="UIDVALIDITY"):
        mailbox.move_to_handled([1])
    mailbox.move_to_handled([1], uidvalidity=mailbox.uidvalidity())

    assert mailbox.uids()[1] == ()


def test_numbers_from_the_database_are_checked_on_an_open_connection(
    dovecot: Account, open_mailbox: OpenMailbox
):
    """The caller's UIDVALIDITY may be from before a migration although the line is of today."""
    dovecot.drop(letter(1))
    mailbox = open_mailbox(dovecot.settings())
    validity, uids = mailbox.uids()

    with pytest.raises(Renumbered):
        mailbox.move_to_handled(uids, uidvalidity=validity - 1)

    assert mailbox.uids() == (validity, uids)


# Reconciliation


def test_other_folders_are_read_without_leaving_a_mark(dovecot: Account, open_mailbox: OpenMailbox):
    """Junk is looked into each day, and nothing there is touched."""
    with dovecot.client() as client:
        client.create_folder("Skräppost")
        client.append("Skräppost", letter(7))
    mailbox = open_mailbox(dovecot.settings())

    assert mailbox.message_ids("Skräppost") == {1: "<brev-7@kommun.example>"}
    assert mailbox.message_ids("Skräppost", since=date(2100, 1, 1)) == {}
    (fetched,) = mailbox.fetch(mailbox.uids(folder="Skräppost")[1], folder="Skräppost")

    assert fetched.raw == letter(7)
    with dovecot.client("Skräppost") as client:
        assert rb"\Seen" not in client.get_flags([1])[1]


@pytest.mark.parametrize("name", ["Junk", "Skräppost"])
def test_the_junk_folder_is_found(name: str, dovecot: Account, open_mailbox: OpenMailbox):
    """A member's notice that the server took for junk is told of, whatever language the folder is in."""
    mailbox = open_mailbox(dovecot.settings())
    assert mailbox.junk_folder() == ""
    with dovecot.client() as client:
        client.create_folder(name)
        client.append(name, letter())

    assert mailbox.junk_folder() == name
    assert mailbox.uids(folder=mailbox.junk_folder())[1] == (1,)


# Faults


def test_a_server_that_is_away_is_called_away_and_found_again(
    open_mailbox: OpenMailbox,
):
    """A restart of the mail server in the night costs nothing but a pause."""
    server = started(Dovecot)
    try:
        account = server.account()
        account.drop(letter())
        mailbox = open_mailbox(account.settings(connect_timeout=2.0))
        assert mailbox.uids()[1] == (1,)
        server.stop()
        with pytest.raises(MailboxAway, match="går inte att nå"):
            mailbox.uids()
        server.start()
        assert mailbox.uids()[1] == (1,)
    finally:
        server.remove()


def test_a_line_that_died_while_resting_is_not_even_noticed(
    dovecot: Account, open_mailbox: OpenMailbox, proxy: MakeProxy
):
    """Servers log out whoever is quiet for half an hour."""
    dovecot.drop(letter())
    line = proxy(dovecot.server.port)
    mailbox = open_mailbox(dovecot.settings(port=line.port))
    mailbox.check()
    line.cut()

    assert mailbox.uids()[1] == (1,)
    assert line.connections == 2


def test_a_black_hole_ends_with_the_timeout(dovecot: Account, open_mailbox: OpenMailbox, proxy: MakeProxy):
    """A router that swallows everything must not hold the clerk for ever."""
    line = proxy(dovecot.server.port)
    mailbox = open_mailbox(dovecot.settings(port=line.port, read_timeout=0.5, connect_timeout=0.5))
    mailbox.check()
    line.stall()

    begun = time.monotonic()
    with pytest.raises(MailboxAway):
        mailbox.uids()
    assert time.monotonic() - begun < 5

    line.resume()
    assert mailbox.uids()[1] == ()


def test_a_stall_in_the_middle_of_a_message_loses_nothing(
    dovecot: Account, open_mailbox: OpenMailbox, proxy: MakeProxy
):
    """What had come of it is thrown away, and the message is fetched whole on a new line."""
    raw = letter(body="x" * 300_000)
    dovecot.drop(letter(1), raw)
    line = proxy(dovecot.server.port)
    passed = 0

    def stall_once(who: str, piece: bytes) -> str | None:
        nonlocal passed
        passed += len(piece) if who == "server" else 0
        if passed > 100_000 and line.judge is not None:
            line.judge = None
            return "cut"
        return None

    line.judge = stall_once
    mailbox = open_mailbox(dovecot.settings(port=line.port, read_timeout=1.0))

    got = [one.raw for one in mailbox.fetch(mailbox.uids()[1])]

    assert got == [letter(1), raw]
    assert mailbox.unreadable == {}


def test_one_message_that_the_server_chokes_on_does_not_hide_the_others(
    dovecot: Account, open_mailbox: OpenMailbox, proxy: MakeProxy
):
    """It is named and left where it is, so that nothing is stored in its place."""
    poison = letter(2, body="GIFT" + "x" * 500)
    dovecot.drop(letter(1), poison, letter(3))
    line = proxy(dovecot.server.port)
    line.judge = lambda who, piece: "cut" if who == "server" and b"GIFT" in piece else None
    mailbox = open_mailbox(dovecot.settings(port=line.port))

    got = [one.found.uid for one in mailbox.fetch(mailbox.uids()[1])]

    assert got == [1, 3]
    assert list(mailbox.unreadable) == [2]
    line.judge = None
    assert [one.raw for one in mailbox.fetch([2])] == [poison]
    assert mailbox.unreadable == {}


@pytest.mark.parametrize(
    "nonsense",
    [
        b"* BYE Server stannar\r\n",
        b"* 7 EXI",
        b"\xff\xfe\x00\r\n",
        b"* 1 FETCH (UID {999999}\r\n",
        b")))\r\n",
    ],
    ids=["bye", "half a line", "garbage", "endless literal", "brackets"],
)
def test_nonsense_from_the_server_is_away_and_nothing_else(
    nonsense: bytes, dovecot: Account, open_mailbox: OpenMailbox, proxy: MakeProxy
):
    """The parser can raise anything; the caller has one thing to catch, and the next round is well."""
    dovecot.drop(letter())
    line = proxy(dovecot.server.port)
    mailbox = open_mailbox(dovecot.settings(port=line.port, read_timeout=0.7))
    _validity, uids = mailbox.uids()
    line.inject(nonsense)

    got: list[bytes] = []
    for _round in range(3):
        with contextlib.suppress(MailboxAway):
            got += [one.raw for one in mailbox.fetch(uids if _round == 0 else mailbox.uids()[1])]
        if got:
            break

    assert got == [letter()]
    assert mailbox.unreadable == {}


def test_a_wrong_password_is_told_as_such(dovecot: Account, open_mailbox: OpenMailbox):
    """The operator must hear that it is the password, and must not read it."""
    mailbox = open_mailbox(dovecot.settings(password="fel-lösen"))

    with pytest.raises(LoginRefused, match="släpper inte in") as told:
        mailbox.uids()

    assert "fel-lösen" not in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"NO [AUTHENTICATIONFAILED] Fel", LoginRefused),
        (b"NO [UNAVAILABLE] Databasen svarar inte", MailboxAway),
        (b"NO Request is throttled. Suggested Backoff Time: 300000 milliseconds", MailboxAway),
    ],
)
def test_a_busy_server_is_not_a_wrong_password(
    answer: bytes, kind: type[MailboxAway], dovecot: Account, open_mailbox: OpenMailbox, proxy: MakeProxy
):
    """The operator is not sent to look for a password that is right."""
    line = proxy(dovecot.server.port)

    def answer_login(who: str, piece: bytes) -> str | None:
        if who == "client" and b" LOGIN " in piece:
            line.inject(piece.split()[0] + b" " + answer + b"\r\n")
            return "swallow"
        return None

    line.judge = answer_login

    with pytest.raises(MailboxAway) as told:
        open_mailbox(dovecot.settings(port=line.port)).uids()

    assert type(told.value) is kind


def test_a_missing_folder_is_told_by_name(dovecot: Account, open_mailbox: OpenMailbox):
    """A misspelt folder in the configuration is a sentence, not a traceback."""
    with pytest.raises(MailboxAway, match="Förslagg"):
        open_mailbox(dovecot.settings(folder="Förslagg")).uids()


def test_a_token_lets_in_and_a_revoked_one_does_not(dovecot: Account, open_mailbox: OpenMailbox):
    """Microsoft 365 and Google want XOAUTH2; the token is asked for at each login."""
    jwt = pytest.importorskip("jwt")
    dovecot.drop(letter())
    given = [3600]

    def token() -> str:
        now = int(time.time())
        claims = {"sub": dovecot.user, "exp": now + given[0], "iat": now - 5}
        return str(jwt.encode(claims, Dovecot.token_secret, algorithm="HS256"))

    mailbox = open_mailbox(dovecot.settings(password="", token=token))
    assert mailbox.uids()[1] == (1,)
    mailbox.close()

    given[0] = -60
    with pytest.raises(LoginRefused):
        mailbox.uids()


def test_a_token_that_cannot_be_had_is_away(dovecot: Account, open_mailbox: OpenMailbox):
    """The token server's trouble is the mailbox's, as far as the clerk is concerned."""

    def token() -> str:
        raise RuntimeError("invalid_client")

    with pytest.raises(MailboxAway, match="invalid_client"):
        open_mailbox(dovecot.settings(password="", token=token)).uids()


# TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    folder = tmp_path_factory.mktemp("ca")
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    return ca, folder / "ca.pem"


@pytest.fixture(scope="module")
def tls_dovecot(
    authority: tuple[trustme.CA, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dovecot]:
    folder = tmp_path_factory.mktemp("cert")
    cert = authority[0].issue_cert("localhost")
    cert.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    cert.private_key_pem.write_to_path(str(folder / "key.pem"))
    server = started(lambda: Dovecot(certificate=(folder / "cert.pem", folder / "key.pem")))
    yield server
    server.remove()


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_tls_is_spoken_both_ways(
    tls: str, tls_dovecot: Dovecot, authority: tuple[trustme.CA, Path], open_mailbox: OpenMailbox
):
    """After STARTTLS the server's abilities are asked for again, so that MOVE and IDLE are seen."""
    account = tls_dovecot.account()
    port = tls_dovecot.tls_port if tls == "tls" else tls_dovecot.port
    mailbox = open_mailbox(account.settings(host="localhost", port=port, tls=tls, ca_file=str(authority[1])))

    assert {"MOVE", "IDLE", "UIDPLUS"} <= set(mailbox.check())


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_certificate_that_is_not_the_servers_is_refused(
    tls: str,
    tls_dovecot: Dovecot,
    authority: tuple[trustme.CA, Path],
    open_mailbox: OpenMailbox,
    tmp_path: Path,
):
    """Someone in between is kept out, whether by a wrong name or by an authority we do not know."""
    account = tls_dovecot.account()
    port = tls_dovecot.tls_port if tls == "tls" else tls_dovecot.port
    stranger = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))

    with pytest.raises(MailboxAway, match="certificate"):
        # The certificate says localhost, not 127.0.0.1.
        open_mailbox(account.settings(port=port, tls=tls, ca_file=str(authority[1]))).check()
    with pytest.raises(MailboxAway, match="certificate"):
        open_mailbox(account.settings(host="localhost", port=port, tls=tls, ca_file=str(stranger))).check()


def test_a_server_without_starttls_gets_no_password(
    dovecot: Account, open_mailbox: OpenMailbox, proxy: MakeProxy
):
    """Whoever strips STARTTLS from the line learns nothing."""
    line = proxy(dovecot.server.port)
    said: list[bytes] = []
    line.judge = lambda who, piece: said.append(piece) if who == "client" else None

    with pytest.raises(MailboxAway):
        open_mailbox(dovecot.settings(port=line.port, tls="starttls")).check()

    assert not any(b"LOGIN" in piece or b"AUTH" in piece for piece in said)


@pytest.mark.parametrize("host", ["imap.example", "192.168.1.5", "localhost.evil.example", "::2"])
def test_bare_text_is_for_loopback_only(host: str):
    """A password never goes unencrypted over a network; the message says what to write instead."""
    with pytest.raises(ValueError, match=r'skriv "tls" eller "starttls"') as told:
        ImapSettings(host=host, port=143, user="u", password="hemligt", tls="none")

    assert "hemligt" not in str(told.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_bare_text_on_loopback_is_allowed(host: str):
    """The demonstration and a bridge on the same machine need no certificates."""
    assert ImapSettings(host=host, port=143, user="u", tls="none").host == host


def test_settings_never_show_the_password():
    """They end up in error messages and logs."""
    assert "hemligt" not in repr(ImapSettings(host="localhost", port=143, user="u", password="hemligt"))


# The watch


def test_new_mail_rings_within_a_second(dovecot: Account, watch: Watch):
    """A member who writes gets her answer while she still looks at the screen."""
    watcher, bell = watch(dovecot.settings())
    wait_for(lambda: watcher.state == "idle" and bell.rung == 1)

    begun = time.monotonic()
    dovecot.append(letter())
    wait_for(lambda: bell.rung > 1, 5)

    assert time.monotonic() - begun < 2


def test_putting_mail_away_does_not_ring(dovecot: Account, watch: Watch, open_mailbox: OpenMailbox):
    """Otherwise each handled letter would cause another look at the mailbox."""
    dovecot.drop(letter(1), letter(2))
    mailbox = open_mailbox(dovecot.settings())
    mailbox.uids()
    watcher, bell = watch(dovecot.settings())
    wait_for(lambda: watcher.state == "idle" and bell.rung == 1)

    mailbox.move_to_handled([1, 2])
    time.sleep(1.5)

    assert bell.rung == 1


def test_the_watch_comes_back_after_the_line_was_cut(dovecot: Account, watch: Watch, proxy: MakeProxy):
    """A closed line looks like "no news" to the library, at once and for ever; it must not fool us."""
    line = proxy(dovecot.server.port)
    watcher, bell = watch(dovecot.settings(port=line.port))
    wait_for(lambda: watcher.state == "idle" and bell.rung == 1)

    before = time.process_time()
    line.cut()
    wait_for(lambda: bell.rung >= 2 and watcher.state == "idle", 5)
    dovecot.append(letter())
    wait_for(lambda: bell.rung >= 3, 5)

    assert line.connections == 2
    assert time.process_time() - before < 1.0


def test_a_server_that_says_bye_is_left_and_visited_again(dovecot: Account, watch: Watch, proxy: MakeProxy):
    """BYE announces a restart."""
    line = proxy(dovecot.server.port)
    watcher, bell = watch(dovecot.settings(port=line.port))
    wait_for(lambda: watcher.state == "idle" and bell.rung == 1)

    line.inject(b"* BYE Server stannar\r\n")

    wait_for(lambda: line.connections == 2 and watcher.state == "idle", 5)


def test_a_line_that_went_silent_is_found_out_at_the_next_renewal(
    dovecot: Account, watch: Watch, proxy: MakeProxy
):
    """Nothing is closed and nothing arrives; only asking shows that nobody is there."""
    line = proxy(dovecot.server.port)
    watcher, bell = watch(dovecot.settings(port=line.port, read_timeout=0.5, connect_timeout=0.5), renew=0.6)
    wait_for(lambda: watcher.state == "idle" and bell.rung >= 1)

    line.stall()
    wait_for(lambda: watcher.state == "away", 5)
    assert watcher.why
    dovecot.append(letter())
    rung = bell.rung
    line.cut()
    line.resume()

    wait_for(lambda: watcher.state == "idle" and bell.rung > rung, 5)
    assert watcher.why == ""


def test_idle_is_renewed_before_servers_tire_of_it(dovecot: Account, watch: Watch, proxy: MakeProxy):
    """Each renewal is also a look, so that a lost notice costs minutes and not days."""
    line = proxy(dovecot.server.port)
    watcher, bell = watch(dovecot.settings(port=line.port), renew=0.3)

    wait_for(lambda: bell.rung >= 4, 5)

    assert line.connections == 1
    assert watcher.state == "idle"


def test_a_server_without_idle_is_polled(plain_dovecot: Dovecot, watch: Watch):
    """It takes longer, and works."""
    account = plain_dovecot.account()
    watcher, bell = watch(account.settings(), poll=0.2)

    wait_for(lambda: bell.rung >= 3, 5)

    assert watcher.state == "polling"


def test_a_server_that_is_away_is_not_hammered(dovecot: Account, watch: Watch, proxy: MakeProxy):
    """Pauses grow; a mail server on its knees is not kept there by us."""
    line = proxy(dovecot.server.port)
    line.refusing = True
    watcher, bell = watch(dovecot.settings(port=line.port), first_pause=0.1, longest_pause=10.0)
    time.sleep(2.0)
    attempts = line.connections
    line.refusing = False

    assert 2 <= attempts <= 6
    assert watcher.state == "away"
    assert bell.rung == 0
    wait_for(lambda: watcher.state == "idle" and bell.rung == 1, 8)


def test_stopping_is_quick(dovecot: Account, watch: Watch):
    """SIGTERM must not wait for an IDLE of four minutes."""
    watcher, _bell = watch(dovecot.settings())
    wait_for(lambda: watcher.state == "idle")

    begun = time.monotonic()
    watcher.stop()
    watcher.join(5)

    assert not watcher.is_alive()
    assert time.monotonic() - begun < 1
    assert watcher.state == "away"


def test_a_bell_that_fails_does_not_end_the_watch(dovecot: Account):
    """The one who is rung for may be shutting down."""
    rung = threading.Semaphore(0)

    def bell() -> None:
        rung.release()
        raise RuntimeError("inte nu")

    watcher = Watcher(dovecot.settings(), bell, first_pause=0.1)
    watcher.start()
    assert rung.acquire(timeout=5)
    dovecot.append(letter())
    assert rung.acquire(timeout=5)
    assert watcher.state == "idle"
    watcher.stop()
    watcher.join(5)


def test_a_thousand_messages_keep_their_bytes_and_order(dovecot: Account, open_mailbox: OpenMailbox):
    """A backlog after a long holiday; the loads neither drop nor double any."""
    raws = [letter(n, body="rad\r\n" * (n % 50)) for n in range(1000)]
    dovecot.drop(*raws)
    mailbox = open_mailbox(dovecot.settings())

    got: list[Fetched] = list(mailbox.fetch(mailbox.uids()[1], max_bytes=50_000))

    assert [hashlib.sha256(one.raw).digest() for one in got] == [hashlib.sha256(raw).digest() for raw in raws]
