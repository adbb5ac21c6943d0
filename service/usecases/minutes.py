"""The minutes as the clerk works with them: read from what came, numbered through the year, made into a PDF.

What is decided and promised is kept in the text of the minutes' draft and
nowhere else; it is read out of it when the next agenda needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from service.domain.agenda import Draft
from service.domain.distribution import chair, names, names_item, secretary
from service.domain.minutes import Decision, Matter, Minutes, numbered
from service.domain.network import Meeting
from service.domain.world import World
from service.interpretation.minutes_form import read_minutes
from service.usecases.outgoing import DocumentOrder, agenda_lines
from service.usecases.words import listed


def agenda_of(world: World, meeting: date) -> Draft | None:
    """The agenda that was sent, else its newest draft."""
    versions = world.drafts_of("agenda", meeting)
    return next((d for d in reversed(versions) if d.state == "sent"), versions[-1] if versions else None)


def titles_of(world: World, meeting: date) -> dict[int, str]:
    """The titles of a meeting's matters, by number."""
    draft = agenda_of(world, meeting)
    return {n: i.title for n, i in enumerate(draft.lines, 1)} if draft else {}


def read_for(world: World, meeting: Meeting, text: str) -> Minutes | None:
    """The minutes of a meeting in a text that came; None when it holds none."""
    following = min(
        (m.day for m in world.meetings.values() if m.day > meeting.day and not m.cancelled), default=None
    )
    return read_minutes(
        text,
        titles_of(world, meeting.key),
        meeting.day,
        people=tuple(p.name for p in world.people.values()),
        network=world.charter.short_name,
        following=following,
    )


def stored(world: World, draft: Draft) -> Minutes | None:
    """The minutes that a draft holds; None where it holds a finished document or words of no form."""
    meeting = world.meetings.get(draft.meeting)
    return read_minutes(draft.text, titles_of(world, draft.meeting), meeting.day) if meeting else None


def with_numbers(world: World, meeting: Meeting, minutes: Minutes) -> Minutes:
    """Decisions numbered after those of the year's other meetings."""
    newest = world.newest_draft("minutes", meeting.key)
    before = stored(world, newest) if newest else None
    former = min((d.number for _, d in before.decisions if d.number), default=None) if before else None
    taken = {
        d.number
        for other, found in _of_the_year(world, meeting.start.year)
        if other.key != meeting.key
        for _, d in found.decisions
        if d.number
    }
    return numbered(minutes, taken, former)


def _of_the_year(world: World, year: int) -> Iterator[tuple[Meeting, Minutes]]:
    for meeting in sorted(world.meetings.values(), key=lambda m: m.start):
        draft = world.newest_draft("minutes", meeting.key) if meeting.start.year == year else None
        if draft and (found := stored(world, draft)):
            yield meeting, found


def last_decisions(world: World, meeting: Meeting) -> tuple[Meeting, tuple[Decision, ...]] | None:
    """What the meeting before decided; None when its minutes do not tell."""
    earlier = [m for m in world.meetings.values() if m.start < meeting.start and not m.cancelled]
    for held in sorted(earlier, key=lambda m: m.start, reverse=True):
        draft = world.newest_draft("minutes", held.key)
        if draft is None:
            continue
        minutes = stored(world, draft) if draft.state in ("approved", "sent") else None
        decisions = tuple(d for _, d in minutes.decisions) if minutes else ()
        return (held, decisions) if decisions else None
    return None


# What the secretary is told of minutes that she has written on the form.


def remarks(world: World, meeting: Meeting, minutes: Minutes) -> tuple[str, ...]:
    """What a careful secretary would look at before she lets the minutes go."""
    found: list[str] = []
    written = {m.number: m for m in minutes.matters if m}
    draft = agenda_of(world, meeting.key)
    for number, item in enumerate(draft.lines if draft else (), 1):
        matter = written.get(number)
        if item.type == "decision" and not (matter and matter.decisions):
            found.append(f"Punkt {number}, ”{item.title}”, var ett beslutsärende men har inget beslut.")
        elif matter is None and not item.standing:
            found.append(f"Punkt {number}, ”{item.title}”, har ingen text.")
    for matter, action in minutes.actions:
        where = f"under punkt {matter.number}" if matter.number else f"under ”{matter.title}”"
        if not action.who:
            found.append(f"Ingen är utsedd för ”{action.what}” {where}.")
    return tuple(found)


# Its document.


def attendance(world: World, meeting: Meeting) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Who comes, who does not and who comes instead, by name and seat."""
    network = world.network_on(meeting.day)
    called = {c.seat: c for c in world.called_in(meeting.key)}
    known = names(world)
    rows: dict[str, list[tuple[str, ...]]] = {"attending": [], "absent": [], "late": [], "unknown": []}
    rows["invited"] = list(co_opted(world, meeting))
    for seat in network.seats:
        if seat.holder is None:
            continue
        presence = world.presence(meeting.key, seat.holder)
        name = known.get(seat.holder, seat.holder)
        if presence is None:
            rows["unknown"].append((name, seat.title))
        elif presence.state == "absent":
            call = called.get(seat.id)
            instead = (known.get(call.person or "") or call.name) if call else ""
            rows["absent"].append((name, seat.title, instead))
        elif presence.state in ("late", "early"):
            rows["late"].append((name, seat.title))
        else:
            rows["attending"].append((name, seat.title))
    return {key: tuple(found) for key, found in rows.items()}


def minutes_form_facts(world: World, meeting: Meeting, now: datetime) -> dict[str, object]:
    """What the minutes form is filled in with."""
    draft = agenda_of(world, meeting.key)
    lists = attendance(world, meeting)
    who, lead = secretary(world, now), chair(world, now)
    return {
        "network": world.charter,
        "meeting": meeting,
        "lines": agenda_lines(draft.lines if draft else (), meeting, names(world)),
        "present": _present(world, meeting),
        "absent": tuple((n, t) for n, t, _ in lists["absent"]),
        "substitutes": tuple((s, f"för {n}") for n, _, s in lists["absent"] if s),
        "secretary_name": who.name if who else "",
        "chair_name": lead.name if lead else "",
    }


def co_opted(world: World, meeting: Meeting) -> tuple[tuple[str, str], ...]:
    """Those co-opted, and for which items of the agenda."""
    draft = agenda_of(world, meeting.key)
    lines = tuple(enumerate(draft.lines, 1)) if draft else ()
    found = []
    for invitee in world.invited_to(meeting.key):
        numbers = [str(n) for n, i in lines if any(names_item(said, n, i) for said in invitee.items)]
        which = f", punkt {listed(numbers)}" if numbers else ""
        found.append((invitee.name, f"adjungerad{which}"))
    return tuple(found)


def _present(world: World, meeting: Meeting) -> tuple[tuple[str, str], ...]:
    """Everyone who is expected, in the order of the seats."""
    away = set(world.absent_from(meeting.key))
    known = names(world)
    seats = world.network_on(meeting.day).seats
    members = ((known.get(s.holder, s.holder), s.title) for s in seats if s.holder and s.holder not in away)
    return (*members, *co_opted(world, meeting))


def minutes_documents(
    world: World, meeting: Meeting, draft: Draft, now: datetime
) -> tuple[DocumentOrder, ...]:
    """The minutes as a PDF, unless the secretary has sent them as a finished document."""
    if draft.files and stored(world, draft) is None:
        return ()
    facts = {**minutes_form_facts(world, meeting, now), "text": draft.text}
    adjuster = world.people.get(draft.approved_by or "") if draft.state in ("approved", "sent") else None
    if world.charter.minutes_adjusted_by_chair and adjuster and draft.approved_at:
        facts |= {"adjusted_by": adjuster.name, "adjusted_at": draft.approved_at.astimezone(world.zone)}
    name = f"Protokoll {world.charter.short_name} {meeting.day.isoformat()}.pdf"
    return (DocumentOrder("minutes", name, facts),)


def told(minutes: Minutes | None) -> dict[str, object]:
    """Decisions and actions as the mailings tell them."""
    return {
        "decisions": minutes.decisions if minutes else (),
        "actions": minutes.actions if minutes else (),
    }


__all__ = [
    "Matter", "agenda_of", "attendance", "last_decisions", "minutes_documents", "minutes_form_facts",
    "read_for", "remarks", "stored", "titles_of", "told", "with_numbers",
]  # fmt: skip
