"""Bringing the records into line with the network file.

What letters have changed since (a successor, a moved meeting) and the file
still says otherwise is told, line by line, before anything is written.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from service.domain.network import Meeting, Network, Person
from service.domain.world import ALWAYS, Charter, Entity, Tenure, World
from service.usecases.words import clock, day_in_words


@dataclass(frozen=True, slots=True)
class Alignment:
    """What brings the records into line: entities to save, and a Swedish line for each change."""

    put: tuple[Entity, ...]
    lines: tuple[str, ...]


def charter_of(network: Network) -> Charter:
    """What the file says that no letter changes."""
    return Charter(
        name=network.name,
        short_name=network.short_name,
        address=network.address,
        timezone=str(network.timezone),
        language=network.language,
        principals=network.principals,
        forums=network.forums,
        seats=tuple(dataclasses.replace(s, holder=None, substitute=None) for s in network.seats),
        audiences=network.audiences,
        max_mailing_mb=network.max_mailing_mb,
        minutes_adjusted_by_chair=network.minutes_adjusted_by_chair,
        keep_courtesies_days=network.keep_courtesies_days,
        keep_letters_days=network.keep_letters_days,
    )


def align(world: World | None, network: Network, today: date) -> Alignment:
    """Compare the records with the file.

    A seat that changes hands does so today; on an empty database everybody
    has always had the seat.  People who are no longer in the file are kept:
    who held what on any day must be answerable.
    """
    put: list[Entity] = []
    lines: list[str] = []
    charter = charter_of(network)
    if world is None or world.charter != charter:
        put.append(charter)
        lines.append(f"nätverket: {network.short_name}, {network.address}")
    world = (world or World(charter)).put((charter,))
    names = {p.id: p.name for p in network.people}
    for person in network.people:
        was = world.people.get(person.id)
        merged = _with_known_addresses(person, was)
        if was != merged:
            put.append(merged)
            lines.append(f"{'ny person' if was is None else 'ändrad person'}: {person.name}")
    _align_seats(world, network, today, names, put, lines)
    for term in network.terms:
        if world.terms.get(term.year) != term:
            put.append(term)
            lines.append(
                f"{term.year}: ordförande {names.get(term.chair or '', 'ingen')}, "
                f"sekreterare {names.get(term.secretary or '', 'ingen')}"
            )
    for meeting in network.meetings:
        _align_meeting(world.meetings.get(meeting.key), meeting, put, lines)
    for invitee in network.invited:
        if world.invitees.get(invitee.key) != invitee:
            put.append(invitee)
            days = {m.key: m.day for m in network.meetings}
            what = "hela mötet" if invitee.item is None else f"”{invitee.item}”"
            when = day_in_words(days.get(invitee.meeting, invitee.meeting))
            lines.append(
                f"adjungerad: {invitee.name}, mötet {when}, {what} (får sin kallelse med dagordningen)"
            )
    for known in world.meetings.values():
        if known.key not in {m.key for m in network.meetings}:
            lines.append(f"mötet {day_in_words(known.day)} står inte i filen; det ligger kvar")
    return Alignment(tuple(put), tuple(lines))


def _with_known_addresses(person: Person, was: Person | None) -> Person:
    """Old addresses that the service has learnt are still recognised."""
    if was is None:
        return person
    old = (was.email, *was.aliases) if was.email != person.email else was.aliases
    aliases = tuple(dict.fromkeys((*person.aliases, *(a for a in old if a and a != person.email))))
    return dataclasses.replace(person, aliases=aliases)


def _align_seats(
    world: World, network: Network, today: date, names: Mapping[str, str], put: list[Entity], lines: list[str]
) -> None:
    wanted: dict[tuple[str, str], str | None] = {}
    for seat in network.seats:
        wanted[(seat.id, "holder")] = seat.holder
        wanted[(seat.id, "substitute")] = seat.substitute
    titles = {s.id: s.title for s in network.seats}
    for (place, role), person in wanted.items():
        current = _current(world, place, role, today)
        if (current.person if current else None) == person:
            continue
        put += _changed(world, place, role, person, current, today)
        what = titles[place] if role == "holder" else f"ersättare för {titles[place]}"
        lines.append(f"{what}: {names.get(person or '', 'ingen')}")
    in_file = {(g.group, g.person) for g in network.group_substitutes}
    now_has = {
        (t.place, t.person): t
        for t in world.tenures.values()
        if t.role == "group-substitute" and t.covers(today)
    }
    for group, person in sorted(in_file - set(now_has)):
        since = today if _ever(world, group, "group-substitute") else ALWAYS
        put.append(Tenure(group, "group-substitute", person, since))
        lines.append(f"gemensam ersättare i {group}: {names.get(person, person)}")
    for (group, gone), tenure in now_has.items():
        if (group, gone) not in in_file:
            put.append(dataclasses.replace(tenure, until=today))
            lines.append(
                f"inte längre gemensam ersättare i {group}: {names.get(gone or '', gone or 'ingen')}"
            )


def _current(world: World, place: str, role: str, today: date) -> Tenure | None:
    return next(
        (t for t in world.tenures.values() if t.place == place and t.role == role and t.covers(today)), None
    )


def _ever(world: World, place: str, role: str) -> bool:
    return any(t.place == place and t.role == role for t in world.tenures.values())


def _changed(
    world: World, place: str, role: str, person: str | None, current: Tenure | None, today: date
) -> list[Entity]:
    changed: list[Entity] = []
    if current:
        changed.append(dataclasses.replace(current, until=today))
    if person or current:
        since = today if _ever(world, place, role) else ALWAYS
        until = current.until if current else None
        changed.append(Tenure(place, role, person, since, until))  # type: ignore[arg-type]
    return changed


def _align_meeting(was: Meeting | None, meeting: Meeting, put: list[Entity], lines: list[str]) -> None:
    when = f"{day_in_words(meeting.day)} kl. {clock(meeting.start)}"
    if was is None:
        put.append(meeting)
        lines.append(f"nytt möte: {when}")
        return
    same = dataclasses.replace(meeting, sequence=was.sequence)
    if same == was:
        return
    put.append(dataclasses.replace(meeting, sequence=was.sequence + 1))
    lines.append(f"ändrat möte: {when} (ingen får besked; mejla tjänsten om deltagarna ska få det)")
