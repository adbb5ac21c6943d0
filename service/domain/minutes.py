"""Minutes as values: who was there, and what was said, decided and promised about each matter.

Their text, as `as_text` writes it, is what is stored and what the secretary
approves; whoever needs the decisions reads them out of it again, so that no
second memory can disagree with what has been sent.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import count

# Stands where nobody has been named for an action.
NOBODY = "(ingen)"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, in paragraphs; numbered through the year once it has a §."""

    text: tuple[str, ...]
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """Who does what, and by which day; `who` is empty when nobody has been named."""

    who: str
    what: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter of the meeting; a heading that stands on no agenda has no number."""

    number: int | None
    title: str
    # Paragraphs; one that begins with "- " is a bullet.
    said: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    actions: tuple[Action, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.said or self.decisions or self.actions)


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of one meeting."""

    matters: tuple[Matter, ...]
    present: tuple[str, ...] = ()
    substitutes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    # What was written before the first matter, attendance aside.
    before: tuple[str, ...] = ()

    @property
    def decisions(self) -> tuple[tuple[Matter, Decision], ...]:
        return tuple((m, d) for m in self.matters for d in m.decisions)

    @property
    def actions(self) -> tuple[tuple[Matter, Action], ...]:
        return tuple((m, a) for m in self.matters for a in m.actions)


def numbered(minutes: Minutes, taken: Iterable[int], former: int | None = None) -> Minutes:
    """Give each decision without a § the next one of the year.

    `taken` are the numbers of the year's other meetings.  A new version of
    the same minutes begins where its `former` one did, as long as no other
    meeting has taken a number that it needs.
    """
    used = set(taken) | {d.number for _, d in minutes.decisions if d.number}
    needed = sum(d.number is None for _, d in minutes.decisions)
    start = max(used, default=0) + 1
    if former is not None and not used & set(range(former, former + needed)):
        start = former
    numbers = count(start)
    return dataclasses.replace(
        minutes,
        matters=tuple(
            dataclasses.replace(
                m,
                decisions=tuple(
                    d if d.number else dataclasses.replace(d, number=next(numbers)) for d in m.decisions
                ),
            )
            for m in minutes.matters
        ),
    )


def merged(before: Minutes, after: Minutes) -> Minutes:
    """The minutes with what a correction says of some matters in place of what stood there.

    A decision that is worded anew keeps the § of the one in its place.
    """
    new = {(m.number, m.title if m.number is None else ""): m for m in after.matters if m}
    kept: list[Matter] = []
    for old in before.matters:
        found = new.pop((old.number, old.title if old.number is None else ""), None)
        kept.append(_renumbered(old, found) if found else old)
    return Minutes(
        matters=tuple(sorted((*kept, *new.values()), key=lambda m: (m.number is None, m.number or 0))),
        present=after.present or before.present,
        substitutes=after.substitutes or before.substitutes,
        absent=after.absent or before.absent,
        before=before.before,
    )


def _renumbered(old: Matter, new: Matter) -> Matter:
    numbers = [d.number for d in old.decisions]
    return dataclasses.replace(
        new,
        decisions=tuple(
            dataclasses.replace(d, number=d.number or (numbers[at] if at < len(numbers) else None))
            for at, d in enumerate(new.decisions)
        ),
    )


def as_text(minutes: Minutes) -> str:
    """The minutes in words; reading them again gives the same value."""
    parts: list[str] = []
    for label, people in (
        ("Närvarande", minutes.present),
        ("Ersättare", minutes.substitutes),
        ("Förhinder", minutes.absent),
    ):
        if people:
            parts.append("\n".join([f"{label}:", *(f"- {p}" for p in people)]))
    parts += minutes.before
    for matter in minutes.matters:
        number = f"{matter.number}. " if matter.number is not None else ""
        parts.append(f"## {number}{matter.title}")
        if matter.said:
            parts.append("Om ärendet: " + "\n\n".join(matter.said))
        for decision in matter.decisions:
            mark = f" § {decision.number}" if decision.number else ""
            parts.append(f"Beslut{mark}: " + "\n\n".join(decision.text))
        parts += [_action(a) for a in matter.actions]
    return "\n\n".join(parts)


def _action(action: Action) -> str:
    due = f" – {action.due.isoformat()}" if action.due else ""
    return f"Att göra: {action.who or NOBODY} – {action.what}{due}"
