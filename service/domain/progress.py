"""How far a meeting has come, derived from the world; nothing else keeps count."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from service.domain.network import Meeting
from service.domain.timeline import Progress, Timeline
from service.domain.world import World

State = Literal[
    "planned", "open", "closed-for-matters", "draft", "approved", "agenda-sent", "held", "minutes-draft",
    "minutes-sent", "cancelled",
]  # fmt: skip


def progress(world: World, meeting: Meeting) -> Progress:
    """What `due` needs to know of a meeting."""
    agenda = world.newest_draft("agenda", meeting.key)
    minutes = world.newest_draft("minutes", meeting.key)
    return Progress(
        done=world.done(meeting.key),
        draft="none" if agenda is None or agenda.state == "superseded" else agenda.state,
        draft_made=agenda.created if agenda else None,
        minutes="none" if minutes is None or minutes.state == "superseded" else minutes.state,
        minutes_made=minutes.created if minutes else None,
        sets_priorities=_sets_priorities(world, meeting),
        has_referrals=bool(agenda and any(i.forum for i in agenda.lines)),
    )


def _sets_priorities(world: World, meeting: Meeting) -> bool:
    """Whether it is the year's first ordinary meeting, and nobody has told what it decided."""
    first = min(
        (
            m.start
            for m in world.meetings.values()
            if m.kind == "ordinary" and not m.cancelled and m.start.year == meeting.start.year
        ),
        default=None,
    )
    return meeting.start == first and meeting.start.year not in world.priorities


def state(world: World, meeting: Meeting, timeline: Timeline, now: datetime) -> State:
    """Where a meeting stands, in one word."""
    if meeting.cancelled:
        return "cancelled"
    far = progress(world, meeting)
    if far.minutes == "sent":
        return "minutes-sent"
    if far.minutes in ("waiting", "approved"):
        return "minutes-draft"
    if now >= meeting.end:
        return "held"
    if far.draft == "sent":
        return "agenda-sent"
    if far.draft == "approved":
        return "approved"
    if far.draft == "waiting":
        return "draft"
    if not open_for_matters(world, meeting, timeline, now):
        return "closed-for-matters"
    return "open" if "call" in far.done else "planned"


def open_for_matters(world: World, meeting: Meeting, timeline: Timeline, now: datetime) -> bool:
    """Whether a matter proposed now still belongs on the agenda without anyone being asked."""
    if meeting.cancelled or now >= meeting.start or "close" in world.done(meeting.key):
        return False
    if world.newest_draft("agenda", meeting.key) is not None:
        return False
    return now < closes_at(meeting, timeline)


def closes_at(meeting: Meeting, timeline: Timeline) -> datetime:
    """When a meeting closes for matters, aware."""
    return next((r.moment(meeting) for r in timeline if r.step == "close"), meeting.start)


def agenda_at(meeting: Meeting, timeline: Timeline) -> datetime:
    """When the agenda is to go out, aware."""
    return next((r.moment(meeting) for r in timeline if r.step == "send-agenda"), meeting.start)


def agenda_is_out(world: World, meeting: date) -> bool:
    """Whether any version of the agenda has been sent."""
    return any(d.state == "sent" for d in world.drafts_of("agenda", meeting))
