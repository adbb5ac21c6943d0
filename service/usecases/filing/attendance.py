"""Absence and attendance: who comes, and which substitute is called in.

By the terms of reference an area head has a named substitute of her own, and
the three heads of individual and family care share one; whoever cannot come
is replaced at once.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from service.domain.distribution import once, recipient
from service.domain.intents import Absence, Attendance, Contact
from service.domain.network import Meeting, Person, Seat
from service.domain.world import CallIn, Entity, Presence, World
from service.usecases.filing.case import Ask, Case, Note, Outcome
from service.usecases.letters import substitution_posts, to_secretary
from service.usecases.office import Option
from service.usecases.outgoing import Post
from service.usecases.words import day_in_words

_STATES = {"whole": "absent", "late": "late", "early": "early"}


def file_absence(case: Case) -> Outcome:
    """Note who is away, late or leaves early, and call in a substitute for a whole absence."""
    intent = case.intent
    assert isinstance(intent, Absence)
    person = case.world.people.get(intent.person or "")
    meetings = _meetings(case, intent.meetings)
    if person is None:
        return Outcome(asks=(Ask("Vem är det som inte kan komma?"),))
    if not meetings:
        return _ask_which_meeting(case, intent, intent.meetings)
    put: list[Entity] = []
    outcome = Outcome()
    world = case.world
    substitutes: list[str] = []
    empty = False
    for meeting in meetings:
        state = _STATES[intent.extent]
        told = Presence(meeting.key, person.id, state, _words(case), case.now)  # type: ignore[arg-type]
        changes: list[Entity] = [told]
        if intent.extent == "whole":
            found = _substitute(case, world, meeting, person, intent.substitute)
            changes += found.changes
            outcome = outcome.plus(found.told)
            substitutes += found.names
            empty = empty or found.seat_empty
        world = world.put(changes)
        put += changes
    posts = substitution_posts(case.world, world, case.now, case.number)
    note = Note(
        "absence",
        {
            "person_name": person.name,
            "is_self": case.speaker is not None and person.id == case.speaker.id,
            "meetings": meetings,
            "extent": intent.extent,
            "substitute_name": " och ".join(dict.fromkeys(substitutes)),
            "seat_empty": empty,
        },
    )
    return Outcome(put=tuple(put), notes=(note,), posts=posts).plus(outcome)


@dataclass(frozen=True, slots=True)
class _Substitution:
    """Who comes instead at one meeting."""

    changes: tuple[Entity, ...] = ()
    told: Outcome = field(default_factory=Outcome)
    names: tuple[str, ...] = ()
    seat_empty: bool = False


def _substitute(
    case: Case, world: World, meeting: Meeting, person: Person, named: str | Contact | None
) -> _Substitution:
    """Find whoever comes instead of a seat's holder, or of a substitute who cannot come either."""
    network = world.network_on(meeting.day)
    seat = network.seat_of(person.id)
    if seat is not None:
        return _for_holder(case, world, meeting, seat, person, named)
    found = _Substitution()
    for call in world.called_in(meeting.key):
        place = next((s for s in network.seats if s.id == call.seat), None)
        if call.person != person.id or place is None:
            continue
        # The new presence is not in the world yet, so the person is left out by name.
        other = _call_for(world, meeting, place, named, without=person.id)
        holder = world.people.get(place.holder or "") or person
        one = (
            _Substitution((other,), names=(_name(world, other),))
            if other
            else _Substitution(
                (dataclasses.replace(call, state="released"),),
                _tell_empty(case, meeting, place, holder),
                seat_empty=True,
            )
        )
        found = _Substitution(
            (*found.changes, *one.changes),
            found.told.plus(one.told),
            (*found.names, *one.names),
            found.seat_empty or one.seat_empty,
        )
    return found


def _for_holder(
    case: Case, world: World, meeting: Meeting, seat: Seat, person: Person, named: str | Contact | None
) -> _Substitution:
    before = world.callins.get((meeting.key, seat.id))
    call = _call_for(world, meeting, seat, named)
    usual = world.network_on(meeting.day).substitutes_of(seat)
    if call is None:
        off = (dataclasses.replace(before, state="released"),) if before and before.state == "called" else ()
        told = _tell_empty(case, meeting, seat, person)
        return _Substitution(off, told, seat_empty=True)
    name = _name(world, call)
    if before == call:
        return _Substitution(names=(name,))
    odd = call.person is None or (bool(usual) and call.person not in usual)
    return _Substitution(
        (call,), _tell_outside(case, meeting, seat, person, name) if odd else Outcome(), (name,)
    )


def _call_for(
    world: World, meeting: Meeting, seat: Seat, named: str | Contact | None, without: str | None = None
) -> CallIn | None:
    """The substitute to call in for a seat; None when nobody is free.

    Whoever the member names comes, else the seat's own substitute, else the
    group's, as long as that person is not away or taken for another seat.
    """
    if isinstance(named, str) and named in world.people:
        return CallIn(meeting.key, seat.id, named)
    if isinstance(named, Contact) and (named.name or named.email):
        return CallIn(meeting.key, seat.id, None, named.name or named.email or "", named.email or "")
    network = world.network_on(meeting.day)
    before = world.callins.get((meeting.key, seat.id))
    if before and before.state == "called" and before.person != without:
        return before
    away = {*world.absent_from(meeting.key), without}
    taken = {c.person for c in world.called_in(meeting.key) if c.seat != seat.id and c.person}
    free = (p for p in network.substitutes_of(seat) if p not in away and p not in taken)
    substitute = next(free, None)
    return CallIn(meeting.key, seat.id, substitute) if substitute else None


def _name(world: World, call: CallIn) -> str:
    person = world.people.get(call.person or "")
    return person.name if person else call.name


def _words(case: Case) -> str:
    return " ".join(e.text for e in case.intent.evidence)[:500] or case.text[:500]


def _meetings(case: Case, keys: tuple[object, ...]) -> tuple[Meeting, ...]:
    """The coming meetings that are meant; without any named, the next one."""
    if not keys:
        coming = case.next_meeting()
        return (coming,) if coming else ()
    found = (case.meeting(k) for k in keys)  # type: ignore[arg-type]
    return tuple(m for m in found if m and not m.cancelled and m.end > case.now)


def _ask_which_meeting(case: Case, intent: Absence | Attendance, keys: tuple[object, ...]) -> Outcome:
    coming = list(case.network.upcoming(case.now))[:4]
    if not coming:
        return Outcome(notes=(Note("no-meeting", {}),))
    return Outcome(
        asks=(
            Ask(
                "Vi hittar inget kommande möte den dagen. Vilket möte gäller det?",
                tuple(
                    Option(f"Mötet {day_in_words(m.day)}.", (dataclasses.replace(intent, meetings=(m.key,)),))
                    for m in coming
                ),
            ),
        )
    )


def file_attendance(case: Case) -> Outcome:
    """Note that someone comes; a substitute who was called in for that seat is released."""
    intent = case.intent
    assert isinstance(intent, Attendance)
    person = case.world.people.get(intent.person or "")
    meetings = _meetings(case, intent.meetings)
    if person is None:
        return Outcome(asks=(Ask("Vem är det som kommer?"),))
    if not meetings:
        return _ask_which_meeting(case, intent, intent.meetings)
    put: list[Entity] = []
    released: list[str] = []
    for meeting in meetings:
        put.append(Presence(meeting.key, person.id, "attending", _words(case), case.now))
        seat = case.world.network_on(meeting.day).seat_of(person.id)
        call = case.world.callins.get((meeting.key, seat.id)) if seat else None
        if seat and call and call.state == "called":
            put.append(dataclasses.replace(call, state="released"))
            put += _call_for_another(case, meeting, seat, call)
            released.append(_name(case.world, call))
    note = Note(
        "attendance",
        {
            "person_name": person.name,
            "is_self": case.speaker is not None and person.id == case.speaker.id,
            "meetings": meetings,
            "released_name": " och ".join(dict.fromkeys(released)),
        },
    )
    posts = substitution_posts(case.world, case.world.put(put), case.now, case.number)
    return Outcome(put=tuple(put), notes=(note,), posts=posts)


def _call_for_another(case: Case, meeting: Meeting, seat: Seat, freed: CallIn) -> list[CallIn]:
    """A group's substitute who is free again is called in for a seat of the group that stays empty."""
    world = case.world
    network = world.network_on(meeting.day)
    away = set(world.absent_from(meeting.key))
    if freed.person is None or freed.person in away:
        return []
    for other in network.seats:
        if (
            other.id == seat.id
            or freed.person not in network.substitutes_of(other)
            or other.holder not in away
        ):
            continue
        call = world.callins.get((meeting.key, other.id))
        if call is None or call.state == "released":
            return [CallIn(meeting.key, other.id, freed.person)]
    return []


def _tell_empty(case: Case, meeting: Meeting, seat: Seat, person: Person) -> Outcome:
    """A seat stays empty: the secretary is told, and the others of the group."""
    network = case.world.network_on(meeting.day)
    group = [
        case.world.people[s.holder]
        for s in network.seats
        if seat.group and s.group == seat.group and s.holder and s.id != seat.id
    ]
    to = to_secretary(case.world, case.now)
    told = once(([to] if to else []) + [recipient(p) for p in group])
    return _seat_notice(case, told, "seat-empty", meeting, seat, person, "")


def _tell_outside(case: Case, meeting: Meeting, seat: Seat, person: Person, name: str) -> Outcome:
    """Somebody else than the seat's substitute comes: the secretary is told."""
    to = to_secretary(case.world, case.now)
    return _seat_notice(case, (to,) if to else (), "outside-substitute", meeting, seat, person, name)


def _seat_notice(
    case: Case,
    told: tuple[object, ...],
    kind: str,
    meeting: Meeting,
    seat: Seat,
    person: Person,
    other: str,
) -> Outcome:
    return Outcome(
        posts=tuple(
            Post(
                what="ack",
                mailing="seat-notice",
                to=to,  # type: ignore[arg-type]
                meeting=meeting.key,
                facts={
                    "kind": kind,
                    "person_name": person.name,
                    "seat_title": seat.title,
                    "other_name": other,
                    "from_date": None,
                    "meetings": (meeting,),
                },
                because_of=case.number,
            )
            for to in told
        )
    )
