"""Versions of the agenda: each is kept, and only the newest can be approved."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from service.domain.agenda import Draft, Item
from service.domain.network import Meeting
from service.domain.world import World


def next_version(world: World, meeting: Meeting, lines: Sequence[Item], now: datetime) -> tuple[Draft, ...]:
    """The entities of a new version: the version before is superseded unless it has gone out.

    The new version comes last.
    """
    newest = world.newest_draft("agenda", meeting.key)
    new = Draft(
        what="agenda",
        meeting=meeting.key,
        version=newest.version + 1 if newest else 1,
        created=now,
        lines=tuple(lines),
    )
    if newest and newest.state in ("waiting", "approved"):
        return (dataclasses.replace(newest, state="superseded"), new)
    return (new,)


def with_item(draft: Draft, item: Item) -> tuple[Item, ...]:
    """The draft's lines with an item: in its old place, else before the closing items."""
    lines = list(draft.lines)
    for at, line in enumerate(lines):
        if line.id == item.id:
            lines[at] = item
            return tuple(lines)
    closing = next((n for n, i in enumerate(lines) if i.standing and i.place == "last"), len(lines))
    lines.insert(closing, item)
    return tuple(lines)


def without_item(draft: Draft, item_id: str) -> tuple[Item, ...]:
    return tuple(i for i in draft.lines if i.id != item_id)
