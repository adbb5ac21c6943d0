"""The agenda: from proposed matters and standing items to numbered lines.

A draft is a frozen list of lines; each version is kept.  The secretary's
changes name numbers in the version that she saw, so they are first turned
into items and then carried out on the newest version.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from service.domain.intents import Contact, ItemType, Operation
from service.domain.network import Meeting


@dataclass(frozen=True, slots=True)
class FileRef:
    """A stored file; its content lies in the store once, under `sha256`."""

    sha256: str
    filename: str
    content_type: str
    size: int
    # What about it calls for care: "personal-number", "macros", "executable", "bomb", "locked",
    # "virus", "unscanned".
    flags: tuple[str, ...] = ()

    @property
    def harmful(self) -> bool:
        """Whether it is passed on to nobody before the secretary has said yes."""
        return not {"executable", "bomb", "virus"}.isdisjoint(self.flags)


@dataclass(frozen=True, slots=True)
class Item:
    """A matter that someone has proposed, or a standing item once it stands on a draft.

    `meeting` is the key of the meeting that it belongs to.
    """

    id: str
    meeting: date | None
    title: str
    type: ItemType | None = None
    forum: str | None = None
    minutes: int | None = None
    presenter: Contact | None = None
    # A person's id; `proposer_address` is set for someone outside the network, as "Name <address>".
    proposer: str | None = None
    proposer_address: str = ""
    description: str = ""
    files: tuple[FileRef, ...] = ()
    # "late" waits for the secretary to say which meeting it belongs to.
    state: Literal["proposed", "withdrawn", "late", "held"] = "proposed"
    received: datetime | None = None
    standing: bool = False
    # Opens the meeting or closes it: standing items surround the matters.
    place: Literal["first", "middle", "last"] = "middle"
    # The number of the letter that it came with, and the Message-ID to thread answers on.
    letter: int | None = None


@dataclass(frozen=True, slots=True)
class StandingItem:
    """An item that rules/standing-items.toml puts on every agenda, or on some."""

    name: str
    title: str
    place: Literal["first", "last"]
    minutes: int | None = None
    type: ItemType | None = None
    presenter: Literal["chair", "secretary"] | None = None
    # "every" meeting, or the "first" or "last" ordinary one of the year.
    when: Literal["every", "first", "last", "not-first"] = "every"
    kinds: tuple[str, ...] = ("ordinary", "extra")


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of an agenda or of minutes, as the secretary saw it."""

    what: Literal["agenda", "minutes"]
    meeting: date
    version: int
    created: datetime
    # The agenda's lines, in order: copies of the items as they were then.
    lines: tuple[Item, ...] = ()
    # The minutes: their text, and the files that came.
    text: str = ""
    files: tuple[FileRef, ...] = ()
    state: Literal["waiting", "approved", "superseded", "sent"] = "waiting"
    approved_by: str | None = None
    approved_at: datetime | None = None

    @property
    def key(self) -> tuple[str, date, int]:
        return (self.what, self.meeting, self.version)

    def line(self, number: int) -> Item | None:
        """The line with a number, counted from 1."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else None

    def number_of(self, item_id: str) -> int | None:
        return next((n for n, i in enumerate(self.lines, 1) if i.id == item_id), None)

    @property
    def minutes_planned(self) -> int:
        return sum(i.minutes or 0 for i in self.lines)


def compile_agenda(
    meeting: Meeting, items: Iterable[Item], standing: Sequence[StandingItem], others: Sequence[Meeting]
) -> tuple[Item, ...]:
    """Number the items of a meeting: opening items, matters in the order they came, closing items.

    `others` are the network's meetings, which tell whether this one is the
    year's first or last ordinary one.
    """
    fixed = [_stand(s, meeting) for s in standing if _stands(s, meeting, others)]
    matters = sorted(
        (i for i in items if i.state == "proposed" and not i.standing),
        key=lambda i: (i.received is None, i.received),
    )
    first = [i for i in fixed if i.place == "first"]
    last = [i for i in fixed if i.place == "last"]
    return (*first, *matters, *last)


def _stand(standing: StandingItem, meeting: Meeting) -> Item:
    return Item(
        id=f"{meeting.key.isoformat()}.{standing.name}",
        meeting=meeting.key,
        title=standing.title.replace("{year}", str(meeting.start.year)),
        type=standing.type,
        minutes=standing.minutes,
        standing=True,
        place=standing.place,
    )


def _stands(standing: StandingItem, meeting: Meeting, others: Sequence[Meeting]) -> bool:
    if meeting.kind not in standing.kinds:
        return False
    ordinary = [
        m.key
        for m in sorted(others, key=lambda m: m.start)
        if m.kind == "ordinary" and not m.cancelled and m.start.year == meeting.start.year
    ]
    is_first = bool(ordinary) and meeting.key == ordinary[0]
    is_last = bool(ordinary) and meeting.key == ordinary[-1]
    match standing.when:
        case "first":
            return is_first
        case "last":
            return is_last
        case "not-first":
            return not is_first
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Edited:
    """What a list of operations made of a draft."""

    lines: tuple[Item, ...]
    # One Swedish sentence for each change that was made.
    done: tuple[str, ...]
    # One for each that could not be made, and why.
    not_done: tuple[str, ...]
    # Items that wait for the next meeting, and those taken off for good.
    postponed: tuple[Item, ...] = ()
    removed: tuple[Item, ...] = ()


_TYPE_WORDS: dict[str, str] = {"information": "information", "discussion": "diskussion", "decision": "beslut"}


def edit(seen: Draft, newest: Draft, operations: Sequence[Operation], new_id: str) -> Edited:
    """Carry out the secretary's operations on the newest version.

    Numbers are those of the version she saw; an item that has left the
    agenda since then is told, not guessed.  `new_id` begins the ids of added
    items.
    """
    lines = list(newest.lines)
    done: list[str] = []
    not_done: list[str] = []
    postponed: list[Item] = []
    removed: list[Item] = []

    def place_of(item_id: str) -> int | None:
        return next((n for n, i in enumerate(lines) if i.id == item_id), None)

    for index, op in enumerate(operations):
        if op.op == "add":
            # New matters stand before the closing items.
            at = next((n for n, i in enumerate(lines) if i.standing and i.place == "last"), len(lines))
            if op.to:
                at = min(max(op.to - 1, 0), len(lines))
            item = Item(
                id=f"{new_id}.{index}",
                meeting=newest.meeting,
                title=op.title or "",
                minutes=op.minutes,
                presenter=op.presenter,
                type=op.type,
            )
            lines.insert(at, item)
            done.append(f"”{item.title}” är tillagt som punkt {at + 1}.")
            continue
        was = seen.line(op.item or 0)
        if was is None:
            not_done.append(f"Punkt {op.item} finns inte i version {seen.version}.")
            continue
        at_now = place_of(was.id)
        if at_now is None:
            not_done.append(f"Punkt {op.item} (”{was.title}”) står inte längre på dagordningen.")
            continue
        item = lines[at_now]
        match op.op:
            case "remove":
                removed.append(lines.pop(at_now))
                done.append(f"Punkt {op.item}, ”{item.title}”, är struken.")
            case "postpone":
                postponed.append(lines.pop(at_now))
                done.append(f"Punkt {op.item}, ”{item.title}”, är flyttad till nästa möte.")
            case "move":
                lines.insert(min(max((op.to or 1) - 1, 0), len(lines) - 1), lines.pop(at_now))
                done.append(f"Punkt {op.item}, ”{item.title}”, är flyttad till plats {op.to}.")
            case "rename":
                lines[at_now] = dataclasses.replace(item, title=op.title or item.title)
                done.append(f"Punkt {op.item} heter nu ”{op.title}”.")
            case "minutes":
                lines[at_now] = dataclasses.replace(item, minutes=op.minutes)
                done.append(f"Punkt {op.item}, ”{item.title}”, har fått {op.minutes} minuter.")
            case "presenter":
                lines[at_now] = dataclasses.replace(item, presenter=op.presenter)
                name = op.presenter.name if op.presenter else None
                done.append(f"Punkt {op.item}, ”{item.title}”, föredras av {name}.")
            case "type":
                lines[at_now] = dataclasses.replace(item, type=op.type)
                done.append(
                    f"Punkt {op.item}, ”{item.title}”, gäller nu {_TYPE_WORDS[op.type or 'information']}."
                )
    return Edited(tuple(lines), tuple(done), tuple(not_done), tuple(postponed), tuple(removed))


def differences(old: Sequence[Item], new: Sequence[Item]) -> frozenset[str]:
    """The ids of the lines that are new, or differ in anything a reader sees, place included."""
    before = {i.id: (n, _seen(i)) for n, i in enumerate(_without_gone(old, new))}
    return frozenset(
        i.id
        for n, i in enumerate(_without_gone(new, old))
        if i.id not in before or before[i.id][1] != _seen(i) or before[i.id][0] != n
    ) | frozenset(i.id for i in new if i.id not in before)


def _without_gone(lines: Sequence[Item], other: Sequence[Item]) -> list[Item]:
    """Only the lines that both have, so that a removed line does not mark all that follow it."""
    both = {i.id for i in other}
    return [i for i in lines if i.id in both]


def _seen(item: Item) -> tuple[object, ...]:
    return (item.title, item.type, item.forum, item.minutes, item.presenter, item.files)
