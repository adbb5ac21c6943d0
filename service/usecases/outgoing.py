"""Letters to be sent, as values: who gets what, and the facts for its template.

A template chooses words, not policy; whatever it needs to know stands in
`facts`.  Nothing here is rendered yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from service.domain.agenda import FileRef, Item
from service.domain.distribution import Recipient
from service.domain.intents import ItemType
from service.domain.letters import Letter
from service.domain.network import Meeting
from service.domain.references import What


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """A numbered line of an agenda, as a reader sees it."""

    number: int
    title: str
    type: ItemType | None = None
    forum: str | None = None
    minutes: int | None = None
    # When it begins by the clock, where all lines before it have their minutes.
    begins: datetime | None = None
    presenter: str = ""
    proposer: str = ""
    description: str = ""
    files: tuple[FileRef, ...] = ()
    # New or changed since the version before.
    changed: bool = False
    standing: bool = False


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """The calendar file that goes with a letter (RFC 5545, RFC 5546).

    `uid` is the same for a meeting's whole life and `sequence` rises with
    each change.
    """

    method: Literal["REQUEST", "CANCEL"]
    uid: str
    sequence: int
    start: datetime
    end: datetime
    summary: str
    place: str
    online: str
    description: str
    organizer_name: str
    organizer_address: str


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """A PDF to be made and attached; equal orders are made once.

    A "packet" has the facts of an "agenda", whose annexes are bound in after
    it; a "calendar" is a calendar file for one receiver.
    """

    kind: Literal["agenda", "minutes-form", "minutes", "packet", "calendar"]
    filename: str
    facts: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Post:
    """One letter to one recipient."""

    what: What
    # The folder under templates/<language>/ that holds its words.
    mailing: str
    to: Recipient
    facts: Mapping[str, Any]
    meeting: date | None = None
    version: int = 1
    files: tuple[FileRef, ...] = ()
    documents: tuple[DocumentOrder, ...] = ()
    calendar: CalendarEntry | None = None
    # Message-IDs that this answers, newest last, for In-Reply-To and References.
    thread: tuple[str, ...] = ()
    # The number of the incoming letter that caused it.
    because_of: int | None = None


def name_alone(sender: str) -> str:
    """The name of "Name <address>"; an address without a name stands for itself."""
    return sender.partition(" <")[0]


def address_alone(sender: str) -> str:
    """The address of "Name <address>"."""
    return sender.rpartition("<")[2].rstrip(">")


def agenda_lines(
    items: tuple[Item, ...],
    meeting: Meeting,
    names: Mapping[str, str],
    changed: frozenset[str] = frozenset(),
) -> tuple[AgendaLine, ...]:
    """Items as numbered lines; `names` gives the name of each person id."""
    lines: list[AgendaLine] = []
    begins: datetime | None = meeting.start
    for number, item in enumerate(items, 1):
        lines.append(
            AgendaLine(
                number=number,
                title=item.title,
                type=item.type,
                forum=item.forum,
                minutes=item.minutes,
                begins=begins,
                presenter=(item.presenter.name or "") if item.presenter else "",
                proposer=names.get(item.proposer or "") or name_alone(item.proposer_address),
                description=item.description,
                files=item.files,
                changed=item.id in changed,
                standing=item.standing,
            )
        )
        if begins is not None:
            begins = begins + timedelta(minutes=item.minutes) if item.minutes else None
    return tuple(lines)


__all__ = [
    "AgendaLine", "CalendarEntry", "DocumentOrder", "Post", "Recipient", "address_alone", "agenda_lines",
    "name_alone",
]  # fmt: skip


def their_words(letter: Letter, text: str, shown: Callable[[str], str] = str) -> dict[str, object]:
    """Who wrote a letter, and what, for letters that pass it on; `shown` makes words fit to be shown."""
    sender = letter.sender
    return {
        "from_name": (sender.name or sender.address) if sender else "",
        "from_address": sender.address if sender else "",
        "their_subject": shown(letter.subject),
        "their_text": shown(text),
    }
