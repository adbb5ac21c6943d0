"""Who gets what: groups of people resolved for a meeting on a day.

The groups of each mailing stand in rules/distribution.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from service.domain.agenda import Item
from service.domain.intents import Contact
from service.domain.network import Meeting, Network, Person
from service.domain.world import World

Group = Literal[
    "holders", "substitutes", "called-in", "presenters", "invitees", "preparers", "secretary", "chair"
]
GROUPS: tuple[str, ...] = get_args(Group)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a letter; `person` is None for someone outside the network."""

    name: str
    address: str
    person: str | None = None

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else ""


def recipient(person: Person) -> Recipient:
    return Recipient(person.name, person.email, person.id)


def secretary(world: World, now: datetime) -> Person | None:
    """The secretary of the year; without one the chair, else whoever prepares the agenda."""
    network = world.network_on(now.date())
    found = network.secretary(now.year) or network.chair(now.year)
    if found is None and network.preparers:
        found = world.people.get(network.preparers[0])
    return found


def chair(world: World, now: datetime) -> Person | None:
    return world.network_on(now.date()).chair(now.year)


def may_decide(world: World, person: str | None, now: datetime) -> bool:
    """Whether someone may approve and convene: the year's secretary and chair may."""
    deciders = {p.id for p in (secretary(world, now), chair(world, now)) if p}
    return person is not None and person in deciders


def recipients(
    world: World, groups: Sequence[str], meeting: Meeting, lines: Iterable[Item], now: datetime
) -> tuple[Recipient, ...]:
    """Everyone in these groups who can be written to, each once.

    Whoever has left by `now` gets nothing more; who has a seat on the
    meeting's day, though not yet today, is among the holders already.
    """
    today = now.date()
    on_the_day = world.network_on(max(today, meeting.day))
    networks: tuple[Network, ...] = (world.network_on(today), on_the_day)
    lines = tuple(lines)
    found: list[Recipient] = []

    def add(person_id: str | None) -> None:
        person = world.people.get(person_id or "")
        if person:
            found.append(recipient(person))

    for group in groups:
        match group:
            case "holders":
                for network in networks:
                    for holder in network.holders:
                        add(holder)
            case "substitutes":
                for network in networks:
                    for substitute in network.substitutes:
                        add(substitute)
                found += _called_in(world, meeting)
            case "called-in":
                found += _called_in(world, meeting)
            case "presenters":
                for item in lines:
                    if item.presenter:
                        found += _contact(world, item.presenter)
            case "invitees":
                found += [
                    Recipient(i.name, i.email) for i in world.invitees.values() if i.meeting == meeting.key
                ]
            case "preparers":
                for preparer in networks[0].preparers:
                    add(preparer)
            case "secretary":
                add(getattr(secretary(world, now), "id", None))
            case "chair":
                add(getattr(chair(world, now), "id", None))
    return once(found)


def co_opted_for(
    world: World, meeting: Meeting, lines: Iterable[Item], to: Recipient, now: datetime
) -> frozenset[str] | None:
    """The ids of the items that somebody is co-opted for and gets no more of than those.

    None for whoever gets all of the agenda: members and their substitutes,
    presenters, and those co-opted for the whole meeting.
    """
    invitee = world.invitees.get((meeting.key, to.address.casefold()))
    if invitee is None or not invitee.items:
        return None
    lines = tuple(lines)
    groups = ("holders", "called-in", "presenters", "preparers", "secretary", "chair")
    others = recipients(world, groups, meeting, lines, now)
    if to.address.casefold() in (other.address.casefold() for other in others):
        return None
    return frozenset(i.id for n, i in enumerate(lines, 1) if any(names_item(r, n, i) for r in invitee.items))


def names_item(said: str, number: int | None, item: Item) -> bool:
    """Whether an item's id, number or title is what is said."""
    return said == item.id or said == str(number) or said.casefold() == item.title.casefold()


def once(found: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """Those who have an address, each person and each address once, in order."""
    seen: dict[str, Recipient] = {}
    for one in found:
        if one.address:
            seen.setdefault(one.address.casefold(), one)
    return tuple(seen.values())


def _called_in(world: World, meeting: Meeting) -> list[Recipient]:
    found = []
    for call in world.called_in(meeting.key):
        person = world.people.get(call.person or "")
        found.append(recipient(person) if person else Recipient(call.name, call.email))
    return found


def _contact(world: World, contact: Contact) -> list[Recipient]:
    """A presenter by address, else by the full name of someone the network knows."""
    for person in world.people.values():
        if contact.email and contact.email.casefold() in (a.casefold() for a in person.addresses):
            return [recipient(person)]
        if not contact.email and contact.name and contact.name.casefold() == person.name.casefold():
            return [recipient(person)]
    return [Recipient(contact.name or contact.email, contact.email)] if contact.email else []


def names(world: World) -> dict[str, str]:
    """The name of each person id."""
    return {person.id: person.name for person in world.people.values()}
