"""Items that change places: "flytta 5 till 2", "efter fyran", "först", "ett steg upp", "byt plats"."""

from __future__ import annotations

import re

from service.domain.intents import Operation
from service.interpretation.draft_operations.pointing import Meant
from service.interpretation.draft_operations.tokens import is_closing, is_opening
from service.interpretation.draft_operations.values import Clause, Reader

# An operation, and where in the sentence the words stand that ask for it.
Placed = tuple[int, Operation]

_DOWN = re.compile(r"\b(?:ner|ned|bak|down)")


def swapped(one: int, other: int) -> list[Operation]:
    """Two items that take each other's place."""
    return [Operation("move", item=one, to=other), Operation("move", item=other, to=one)]


def moves(clause: Clause, meant: Meant, reader: Reader) -> list[Placed]:
    """Where the items of a clause end up; empty when that is not said."""
    items, places = meant.items, meant.places
    exact = next((p for p in places if p.kind == "to" and p.numbers), None)
    between = next((p for p in places if p.kind == "between" and len(p.numbers) == 2), None)
    step = next((p for p in places if p.kind == "steps" and p.numbers), None)
    if exact:
        return _from(items, exact.numbers[0], exact.start)
    if between:
        return _beside(items, between.numbers[0], between.start, before=False)
    if meant.anchors:
        anchor = meant.anchors[-1]
        target = meant.pointed[anchor.start]
        return _beside(items, target, anchor.start, before=anchor.kind == "before")
    if step:
        by = step.numbers[0] if _DOWN.search(clause.text) else -step.numbers[0]
        return [(step.start, Operation("move", item=n, to=n + by)) for n in items]
    return _at_an_end(items, meant, reader)


def _from(items: tuple[int, ...], to: int, at: int) -> list[Placed]:
    return [(at, Operation("move", item=n, to=to + k)) for k, n in enumerate(items)]


def _beside(items: tuple[int, ...], target: int, at: int, *, before: bool) -> list[Placed]:
    """Before or after another item, whose own place counts without those that leave from above it."""
    target -= sum(n < target for n in items)
    return _from(items, target if before else target + 1, at)


def _at_an_end(items: tuple[int, ...], meant: Meant, reader: Reader) -> list[Placed]:
    """First or last, among the matters: what opens and closes every meeting stays where it is."""
    place = next((p for p in meant.places if p.kind in {"first", "last"}), None)
    if place is None:
        return []
    if place.kind == "first":
        opening = next((i.number for i in reader.items if not is_opening(i.title)), 1)
        return _from(items, opening, place.start)
    last = len(reader.items)
    if not last:
        return []
    closing = next((i.number for i in reader.items if is_closing(i.title)), last + 1)
    target = last if items == (closing - 1,) else closing - 1
    return _from(items, target - len(items) + 1, place.start)
