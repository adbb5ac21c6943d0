"""A meeting is cancelled, moved, or held somewhere else: everyone concerned is told."""

from __future__ import annotations

import dataclasses

from service.domain.distribution import co_opted_for, recipients
from service.domain.intents import MeetingChange
from service.domain.network import Meeting
from service.domain.progress import agenda_is_out
from service.domain.timeline import Step
from service.domain.world import Entity, World
from service.usecases.filing.case import Ask, Case, Note, Outcome
from service.usecases.invitees import entry_of
from service.usecases.letters import calendar_entry
from service.usecases.outgoing import CalendarEntry, Post


def file_meeting_change(case: Case) -> Outcome:
    """Carry out the secretary's or the chair's word on a meeting."""
    intent = case.intent
    assert isinstance(intent, MeetingChange)
    meeting = case.meeting(intent.meeting) if intent.meeting else None
    if meeting is None or meeting.start <= case.now:
        return Outcome(asks=(Ask("Vilket möte gäller det?"),))
    if meeting.cancelled:
        return Outcome(notes=(Note("meeting", {"meeting": meeting, "action": "cancel"}),))
    match intent.action:
        case "cancel":
            return _cancel(case, meeting)
        case "move":
            if intent.start is None:
                return Outcome(asks=(Ask("Till vilken dag och tid ska mötet flyttas?"),))
            return _move(case, meeting, intent)
        case _:
            if not intent.place:
                return Outcome(asks=(Ask("Var ska mötet hållas?"),))
            return _place(case, meeting, intent.place)


def _cancel(case: Case, meeting: Meeting) -> Outcome:
    """Everyone is told, the calendar is cancelled, and the matters go to the next meeting."""
    off = dataclasses.replace(meeting, cancelled=True, sequence=meeting.sequence + 1)
    following = next((m for m in case.network.upcoming(case.now) if m.start > meeting.start), None)
    carried: list[Entity] = []
    if following:
        carried = [
            dataclasses.replace(i, meeting=following.key)
            for i in case.world.items_of(meeting.key)
            if i.state in ("proposed", "late") and not i.standing
        ]
    world = case.world.put((off, *carried))
    posts = _everyone(
        case, world, off, "meeting-cancelled", {"reason_text": "", "following": following}, cancel=True
    )
    return Outcome(
        put=(off, *carried),
        notes=(Note("meeting", {"meeting": off, "action": "cancel"}),),
        posts=posts,
        stop_about=((meeting.key, ("agenda", "call", "remind-call", "preparation", "call-in")),),
    )


def _move(case: Case, meeting: Meeting, intent: MeetingChange) -> Outcome:
    assert intent.start is not None
    start = intent.start.replace(tzinfo=case.world.zone)
    length = meeting.end - meeting.start
    end = intent.end.replace(tzinfo=case.world.zone) if intent.end else start + length
    preparation = meeting.preparation + (start - meeting.start) if meeting.preparation else None
    moved = dataclasses.replace(
        meeting,
        start=start,
        end=end,
        place=intent.place or meeting.place,
        # A preparation that has been held already is not held again.
        preparation=preparation if preparation and preparation > case.now else meeting.preparation,
        sequence=meeting.sequence + 1,
    )
    world = case.world.put((moved,))
    # Steps that would come again after the move are taken again.
    again = tuple(
        s for s in case.world.steps.values()
        if s.meeting == meeting.key and s.step in _TAKEN_AGAIN and _comes_again(case, moved, s.step)
    )  # fmt: skip
    posts = _everyone(
        case,
        world,
        moved,
        "meeting-moved",
        {"old_start": meeting.start, "action": "move", "old_place": meeting.place},
    )
    return Outcome(
        put=(moved,),
        drop=again,
        notes=(Note("meeting", {"meeting": moved, "action": "move"}),),
        posts=posts,
    )


# What belongs to the day itself is done again when the day changes; calls and agendas are not sent twice.
_TAKEN_AGAIN: frozenset[Step] = frozenset(
    {
        "remind-call",
        "close",
        "remind-draft",
        "escalate-draft",
        "agenda-late",
        "attendance-list",
        "minutes-form",
    }
)


def _comes_again(case: Case, moved: Meeting, step: str) -> bool:
    rule = next((r for r in case.rules.timeline if r.step == step), None)
    return rule is not None and rule.moment(moved) > case.now


def _place(case: Case, meeting: Meeting, place: str) -> Outcome:
    moved = dataclasses.replace(meeting, place=place, sequence=meeting.sequence + 1)
    world = case.world.put((moved,))
    posts = _everyone(
        case,
        world,
        moved,
        "meeting-moved",
        {"old_start": meeting.start, "action": "place", "old_place": meeting.place},
    )
    return Outcome(put=(moved,), notes=(Note("meeting", {"meeting": moved, "action": "place"}),), posts=posts)


def _everyone(
    case: Case,
    world: World,
    meeting: Meeting,
    mailing: str,
    facts: dict[str, object],
    *,
    cancel: bool = False,
) -> tuple[Post, ...]:
    newest = world.newest_draft("agenda", meeting.key)
    lines = newest.lines if newest else tuple(
        i for i in world.items.values() if i.meeting == meeting.key and i.state == "proposed"
    )  # fmt: skip
    everyone = recipients(world, case.rules.distribution[mailing], meeting, lines, case.now)
    entry = calendar_entry(world, meeting, case.now, cancel=cancel)
    out = agenda_is_out(world, meeting.key)
    entries: dict[str, CalendarEntry | None] = {}
    for to in everyone:
        if co_opted_for(world, meeting, lines, to, case.now) is not None:
            invitee = world.invitees[(meeting.key, to.address.casefold())]
            # Before the agenda is out no time has been told, and so none is taken back.
            entries[to.address] = entry_of(world, meeting, invitee, case.now, cancel=cancel) if out else None
    if out and facts.get("action") == "move":
        # They are told the new time of their item instead.
        everyone = tuple(to for to in everyone if to.address not in entries)
    return tuple(
        Post(
            what="invitation",
            mailing=mailing,
            to=to,
            meeting=meeting.key,
            version=meeting.sequence + 1,
            facts={**facts},
            calendar=entries.get(to.address, entry),
            because_of=case.number,
        )
        for to in everyone
    )
