"""What somebody new has to know: the last minutes, the matters on their way, and what is left to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.agenda import FileRef
from service.domain.network import Meeting
from service.domain.world import World
from service.usecases.follow_up import Task, tasks
from service.usecases.letters import calendar_entry
from service.usecases.minutes import minutes_documents
from service.usecases.outgoing import DocumentOrder, Recipient
from service.usecases.words import day_in_words


@dataclass(frozen=True, slots=True)
class LastMinutes:
    """The newest minutes that have gone out, as they went out."""

    meeting: Meeting
    files: tuple[FileRef, ...]
    documents: tuple[DocumentOrder, ...]


def last_minutes(world: World, now: datetime) -> LastMinutes | None:
    """None while no minutes have been sent."""
    for held in sorted(world.meetings.values(), key=lambda m: m.start, reverse=True):
        draft = world.newest_draft("minutes", held.key)
        if draft and draft.state == "sent":
            return LastMinutes(held, draft.files, minutes_documents(world, held, draft, now))
    return None


def coming_matters(world: World, now: datetime) -> tuple[tuple[Meeting, tuple[str, ...]], ...]:
    """The titles of what has been proposed to each coming meeting, those without any left out."""
    rows = []
    for meeting in world.network_on(now.date()).upcoming(now):
        items = world.items_of(meeting.key)
        titles = tuple(i.title for i in items if i.state == "proposed" and not i.standing)
        if titles:
            rows.append((meeting, titles))
    return tuple(rows)


def open_tasks(world: World, now: datetime) -> tuple[Task, ...]:
    """What meetings have left to be done and nobody has called done."""
    return tuple(t for t in tasks(world, now) if not t.done)


def calendar_orders(
    world: World, meetings: Sequence[Meeting], to: Recipient, now: datetime
) -> tuple[DocumentOrder, ...]:
    """A calendar file for each of some meetings, to be opened one by one."""
    return tuple(
        DocumentOrder(
            "calendar",
            f"Möte {day_in_words(m.day)}.ics",
            {"entry": calendar_entry(world, m, now), "attendee": to, "stamp": now},
        )
        for m in meetings
    )
