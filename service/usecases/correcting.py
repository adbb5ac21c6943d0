"""Corrections: what was read in a letter, and what its sender or the secretary says was meant.

They are kept with the letter, for the next rule of reading is written from
them.  "Nej, mötet i april" in answer to a receipt is also carried out here.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from service.domain import intents
from service.domain.intents import Intent
from service.domain.policy import power_of, verdict
from service.interpretation.choices import choose
from service.interpretation.meetings import find_meetings
from service.interpretation.surroundings import Surroundings
from service.interpretation.words import fold
from service.usecases.office import Book, Correction, Office, OpenQuestion
from service.usecases.opening import Opened

# What changes nothing corrects nothing.
_IDLE = (intents.Undo, intents.Courtesy, intents.Help, intents.Question)
_COMMON = frozenset({"certain", "evidence", "doubt", "alternatives"})


def plain(intent: Intent) -> Intent:
    """An intent without how it was found: what it would do, and no more."""
    return dataclasses.replace(intent, certain=True, evidence=(), doubt=None, alternatives=())


def corrected(read: Sequence[Intent], chosen: Sequence[Intent]) -> tuple[Intent, ...] | None:
    """All that was meant, when somebody chose other intents than those read; None when nothing was wrong.

    An answer that only fills in what the letter left out is no correction.
    Nothing chosen means that none of the doubtful readings was right.
    """
    if not chosen:
        sure = tuple(plain(r) for r in read if r.certain)
        return sure if len(sure) < len(read) else None
    meant = [plain(r) for r in read]
    wrong = False
    for choice in map(plain, chosen):
        if choice in meant or any(_only_fills_in(m, choice) for m in meant):
            continue
        wrong = True
        at = _read_as(read, choice)
        if at is None:
            meant.append(choice)
        else:
            meant[at] = choice
    return tuple(meant) if wrong else None


def _only_fills_in(read: Intent, chosen: Intent) -> bool:
    if type(read) is not type(chosen):
        return False
    fields = (f.name for f in dataclasses.fields(read) if f.name not in _COMMON)
    return all(getattr(read, f) in (None, (), "", getattr(chosen, f)) for f in fields)


def _read_as(read: Sequence[Intent], chosen: Intent) -> int | None:
    """Which of the intents was a misreading of the one chosen."""
    offered = (i for i, r in enumerate(read) if any(plain(a) == chosen for a in r.alternatives))
    same_kind = (i for i, r in enumerate(read) if type(r) is type(chosen))
    doubtful = (i for i, r in enumerate(read) if not r.certain)
    return next((i for found in (offered, same_kind, doubtful) for i in found), None)


def keep(
    office: Office,
    book: Book,
    first: Opened,
    meant: Sequence[Intent],
    said: Opened,
    how: Literal["chosen", "reworded", "undone", "decided"],
) -> None:
    """Keep what was read in `first` and what `said` says was meant."""
    book.keep_correction(
        Correction(
            letter=first.number,
            read=first.reading.intents,
            meant=tuple(plain(i) for i in meant),
            by=said.speaker.id if said.speaker else None,
            said_in=said.number,
            how=how,
            at=office.now(),
        )
    )


def keep_choice(
    office: Office, book: Book, question: OpenQuestion, first: Opened, said: Opened, chosen: Sequence[Intent]
) -> None:
    """An answer to a question: kept when it was not what was read at first.

    That the secretary says no to a wish does not mean that it was misread,
    nor does her choosing a meeting for a late matter, or letting a file through.
    """
    if question.kind in ("late", "file") or (question.kind == "wish" and not chosen):
        return
    meant = corrected(first.reading.intents, chosen)
    if meant is not None:
        keep(office, book, first, meant, said, "chosen" if question.kind == "reading" else "decided")


def keep_rewording(
    office: Office, book: Book, question: OpenQuestion, first: Opened, said: Opened, wishes: Iterable[Intent]
) -> bool:
    """An answer in own words to a question about readings; says whether it settles the question.

    It does when it wishes something of a kind that was asked about.
    """
    asked = {type(i) for o in question.options for i in o.intents} | {type(i) for i in first.reading.intents}
    same = [w for w in wishes if w.certain and type(w) in asked and not isinstance(w, _IDLE)]
    if not same:
        return False
    meant = corrected(first.reading.intents, same)
    if meant is not None:
        keep(office, book, first, meant, said, "reworded")
    return True


def keep_undoing(
    office: Office, book: Book, undone: Sequence[Opened], said: Opened, wishes: Iterable[Intent]
) -> None:
    """What was taken back, and what is wished instead: in the same letter, or in an answer to the receipt.

    Taken back alone it may only be a change of mind; it is then kept as
    nothing meant, until a new wish follows.
    """
    new = [w for w in wishes if not isinstance(w, _IDLE)]
    for first in undone:
        keep(office, book, first, new, said, "undone")
    if undone or not new:
        return
    for number in _answered_letters(book, said):
        for waiting in book.corrections(said_in=number):
            if waiting.how == "undone" and not waiting.meant:
                book.keep_correction(
                    dataclasses.replace(
                        waiting,
                        meant=tuple(plain(w) for w in new),
                        said_in=said.number,
                        at=office.now(),
                        number=None,
                    )
                )


def _answered_letters(book: Book, said: Opened) -> list[int]:
    """The letters whose receipts are answered."""
    ours = (book.sent(message_id) for message_id in said.answered_ids)
    return list(dict.fromkeys(o.because_of for o in ours if o and o.what == "ack" and o.because_of))


def listed(found: Iterable[Correction]) -> list[Correction]:
    """The corrections worth looking at: the last word about each letter, and none of mere changes of mind."""
    last: dict[int, Correction] = {}
    for correction in found:
        if correction.meant or correction.how != "undone":
            last.pop(correction.letter, None)
            last[correction.letter] = correction
    return list(last.values())


# "Nej, mötet i april": the same wish, about another meeting.


_WRONG = re.compile(
    r"^(?:nej|nä|näe|fel|oj|sorry|förlåt|ursäkta)\b"
    r"|\b(?:fel (?:möte|datum|dag|månad)|blev (?:det )?fel|missförst\w+|menade|menar|gällde|stämmer inte"
    r"|ska(?:ll)? (?:ju )?vara|skulle (?:ju )?vara|utan)\b"
)
# A no of so few characters says nothing of its own.
_SHORT = 20
_THANKS = re.compile(r"\b(?:tack|thanks?)\b")


def named_days(office: Office, book: Book, opened: Opened) -> tuple[date, ...]:
    """The meetings that a letter's new words plainly name."""
    now = office.now()
    surroundings = Surroundings(book.world.network_on(now.date()), now)
    found = find_meetings(opened.reading.text, opened.letter, surroundings)
    return tuple(dict.fromkeys(k for m in found if not m.open and not m.conflict for k in m.keys))


def days_of(wishes: Iterable[Intent]) -> tuple[date, ...]:
    """The meetings that intents are about."""
    days: list[date] = []
    for intent in wishes:
        match intent:
            case intents.Absence() | intents.Attendance():
                days += intent.meetings
            case intents.Proposal() | intents.MeetingChange() | intents.MinutesFiled():
                days += [intent.meeting] if intent.meeting else []
            case _:
                pass
    return tuple(dict.fromkeys(days))


def about_days(wishes: Sequence[Intent], days: Sequence[date]) -> tuple[Intent, ...]:
    """The same wishes about other meetings; empty when one of them is about none."""
    changed: list[Intent] = []
    for intent in wishes:
        match intent:
            case intents.Absence() | intents.Attendance():
                changed.append(dataclasses.replace(plain(intent), meetings=tuple(days)))  # type: ignore[call-arg]
            case intents.Proposal() | intents.MeetingChange() | intents.MinutesFiled():
                changed.append(dataclasses.replace(plain(intent), meeting=days[0]))  # type: ignore[call-arg]
            case _:
                return ()
    return tuple(changed)


@dataclasses.dataclass(frozen=True, slots=True)
class Remark:
    """An answer to a receipt that says that it is wrong.

    `letter` is the number of the letter that was misread and `days` the
    meetings that are named instead, none when nothing was plain.
    """

    letter: int
    days: tuple[date, ...]


def remark_on_receipt(office: Office, book: Book, opened: Opened) -> Remark | None:
    """Whether a letter only says that a receipt is wrong; one with a wish of its own is read as any other."""
    talk = (intents.Undo, intents.Courtesy, intents.Question)
    wishes = [i for i in opened.reading.intents if not isinstance(i, talk)]
    if any(i.certain for i in wishes):
        return None
    said = fold(opened.reading.text).strip()[:400]
    taken_back = any(isinstance(i, intents.Undo) for i in opened.reading.intents)
    if not (taken_back or _WRONG.search(said) or choose(opened.reading.text, 1).no):
        return None
    number = _receipt_answered(book, opened)
    if number is None:
        return None
    days = named_days(office, book, opened)
    # Taken back without more, or nothing to put right, or a question to a person, or another wish.
    other = taken_back or _THANKS.search(said) or _asks(opened) or (wishes and len(said) > _SHORT)
    if not days and other:
        return None
    return Remark(number, days)


def _asks(opened: Opened) -> bool:
    return any(isinstance(i, intents.Question) for i in opened.reading.intents)


def _receipt_answered(book: Book, opened: Opened) -> int | None:
    """The letter whose receipt is answered by the one who got it, while its effects can be undone."""
    for message_id in opened.answered_ids:
        ours = book.sent(message_id)
        if ours is None or ours.what != "ack" or ours.because_of is None:
            continue
        own = opened.speaker is not None and ours.to.person == opened.speaker.id
        return ours.because_of if own and book.undo_of(ours.because_of) else None
    return None


def instead(first: Opened, remark: Remark, said: Opened) -> tuple[Intent, ...]:
    """The wishes of a misread letter about the meetings that are named instead.

    Empty when that cannot be, or when the writer may not wish it.
    """
    wishes = [i for i in first.reading.intents if not isinstance(i, _IDLE)]
    days = tuple(d for d in remark.days if d not in days_of(wishes))
    if not wishes or not days:
        return ()
    moved = about_days(wishes, days)
    speaker = said.speaker.id if said.speaker else None
    if said.role not in ("secretary", "chair") and any(power_of(i, speaker) == "decide" for i in moved):
        return ()
    may = (verdict(i, role=said.role, trust=said.trust, speaker=speaker) for i in moved)
    return moved if all(m == "act" for m in may) else ()


__all__ = [
    "Remark", "about_days", "corrected", "days_of", "instead", "keep", "keep_choice", "keep_rewording",
    "keep_undoing", "listed", "named_days", "plain", "remark_on_receipt",
]  # fmt: skip
