"""A whole meeting as letters and mornings: what the faults are made in.

Every letter has a Message-ID and a date of its own, so that two tellings differ only in
what the service makes up, the tokens in its Message-IDs.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from tests.servers import Post

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SECRETARY = "ingrid.palm@regionjh.example"


def letter(
    number: int,
    at: str,
    sender: str,
    subject: str,
    text: str,
    *,
    answers: EmailMessage | None = None,
    files: Sequence[tuple[str, bytes]] = (),
) -> bytes:
    """A member's letter, quoting what it answers."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = sender
    message["To"] = "samreko@samverkan.example"
    message["Date"] = format_datetime(datetime.fromisoformat(at).replace(tzinfo=STOCKHOLM))
    message["Message-ID"] = f"<{number}@member.example>"
    if answers is not None:
        subject = f"Sv: {answers['Subject']}"
        message["In-Reply-To"] = message["References"] = str(answers["Message-ID"])
        body = answers.get_body(("plain",))
        assert body is not None
        quoted = "\n".join(f"> {line}" for line in str(body.get_content()).splitlines())
        text = f"{text}\n\nDen {at[:10]} kl. 08:00 skrev SamReKo:\n{quoted}\n"
    message["Subject"] = subject
    message.set_content(text)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


def newest(post: Post, recipient: str, what: str) -> EmailMessage:
    """The last message of a kind that somebody got."""
    for raw in reversed(post.to(recipient)):
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        if str(message["Message-ID"]).startswith(f"<{what}."):
            return message
    raise AssertionError(f"{recipient} has had no {what}")


def _number_of(draft: EmailMessage, title: str) -> int:
    body = draft.get_body(("plain",))
    assert body is not None
    for line in str(body.get_content()).splitlines():
        number, _, rest = line.strip().partition(". ")
        if number.isdigit() and rest.startswith(title):
            return int(number)
    raise AssertionError(f"{title} is not in the draft")


@dataclass(frozen=True)
class Stage:
    """A moment, and the letters that have come by then."""

    at: str
    letters: Callable[[Post], list[bytes]] = lambda _: []


def _proposals(_: Post) -> list[bytes]:
    at = "2027-01-11T10:00"
    return [
        letter(
            1,
            at,
            "lena.wikstrom@regionjh.example",
            "Köerna till BUP",
            "Hej! Jag vill ta upp köerna till BUP på mötet den 11 februari, 20 minuter. "
            "Johan Edlund föredrar.\n\nLena",
            files=[("Köer.pdf", b"%PDF-1.4 " + b"koe " * 20_000), ("Bilaga.pdf", b"%PDF-1.4 bilaga")],
        ),
        letter(
            2,
            at,
            "per.ahlstrom@regionjh.example",
            "Avtal om datadelning",
            "Hej, vi behöver fatta beslut om avtalet om datadelning vid nästa möte. 15 min.\n\nPer",
        ),
        letter(
            3,
            at,
            "mats.hedin@regionjh.example",
            "Förhinder",
            "Jag kan inte komma den 11 februari.\n\nMats",
        ),
    ]


def _replacement(_: Post) -> list[bytes]:
    return [
        letter(
            4,
            "2027-01-20T09:00",
            "camilla.rask@herjedalen.example",
            "Ny skolchef",
            "Hej, jag slutar den 28 februari. Min ersättare i nätverket blir Sofia Lindgren, "
            "sofia.lindgren@herjedalen.example.\n\nCamilla",
        ),
        letter(
            5,
            "2027-01-20T09:00",
            "hakan.nilsson@are.example",
            "Tack",
            "Tack för informationen!\n\nHåkan",
        ),
    ]


def _longer(post: Post) -> list[bytes]:
    draft = newest(post, SECRETARY, "agenda-draft")
    number = _number_of(draft, "Köerna till BUP")
    return [
        letter(6, "2027-02-01T09:00", SECRETARY, "", f"Ge punkt {number} 30 minuter.", answers=draft),
    ]


def _approval(post: Post) -> list[bytes]:
    draft = newest(post, SECRETARY, "agenda-draft")
    return [letter(7, "2027-02-02T09:00", SECRETARY, "", "Ok, skicka!", answers=draft)]


def _late_absence(_: Post) -> list[bytes]:
    return [
        letter(
            8,
            "2027-02-08T07:00",
            "annika.sjodin@regionjh.example",
            "Sjuk",
            "Jag kan tyvärr inte komma den 11 februari.\n\nAnnika",
        )
    ]


def _minutes(post: Post) -> list[bytes]:
    form = newest(post, SECRETARY, "reminder")
    return [
        letter(
            9,
            "2027-02-15T09:00",
            SECRETARY,
            "",
            "Hej, här kommer protokollet från mötet den 11 februari.",
            answers=form,
            files=[("Protokoll 11 februari.pdf", b"%PDF-1.4 protokoll")],
        )
    ]


def _minutes_approval(post: Post) -> list[bytes]:
    draft = newest(post, SECRETARY, "minutes-draft")
    return [letter(10, "2027-02-15T12:00", SECRETARY, "", "Ok", answers=draft)]


MEETING = (
    Stage("2026-12-31T08:00"),
    Stage("2027-01-11T10:05", _proposals),
    Stage("2027-01-20T09:05", _replacement),
    Stage("2027-01-21T08:00"),
    Stage("2027-01-27T13:00"),
    Stage("2027-02-01T08:00"),
    Stage("2027-02-01T09:05", _longer),
    Stage("2027-02-02T09:05", _approval),
    Stage("2027-02-04T08:00"),
    Stage("2027-02-08T07:05", _late_absence),
    Stage("2027-02-10T13:00"),
    Stage("2027-02-11T15:00"),
    Stage("2027-02-15T09:05", _minutes),
    Stage("2027-02-15T12:05", _minutes_approval),
)
