"""The network as its terms of reference describe it, on one day.

Who sits where, who substitutes whom, who chairs and who is secretary are
data: they come from the network file or, once the service runs, from the
database, and everything that reads mail or keeps the calendar takes them as
this value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

MeetingKind = Literal["ordinary", "strategic", "extra"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A party that members represent (huvudman): the region, the municipalities."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Forum:
    """A body above the network, to which what needs a political decision is referred."""

    id: str
    name: str
    short_name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with a seat, a substitute's place or a role.

    An empty `email` means that the person is known by name only and cannot
    be written to.
    """

    id: str
    name: str
    email: str
    title: str = ""
    phone: str = ""
    # Other addresses that the same person writes from.
    aliases: tuple[str, ...] = ()

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name else ""

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(a for a in (self.email, *self.aliases) if a)


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in the network, with its holder and its own substitute on that day."""

    id: str
    title: str
    principal: str
    holder: str | None = None
    substitute: str | None = None
    # Seats that share a group share the substitutes of that group.
    group: str | None = None
    # The holder helps to prepare the agenda.
    preparation: bool = False


@dataclass(frozen=True, slots=True)
class GroupSubstitute:
    """One fixed substitute for all the seats of a group."""

    group: str
    person: str


@dataclass(frozen=True, slots=True)
class Term:
    """Who is chair and who is secretary in a year; they alternate between the principals."""

    year: int
    chair: str | None
    secretary: str | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting; `start`, `end` and `preparation` are aware, in the network's time zone.

    `key` is the date for which the meeting was first called.  It never
    changes, not even when the meeting is moved, so that an answer to an older
    letter still finds its meeting.
    """

    key: date
    start: datetime
    end: datetime
    place: str = ""
    online: str = ""
    kind: MeetingKind = "ordinary"
    preparation: datetime | None = None
    cancelled: bool = False
    # Rises each time the calendar entry changes (RFC 5545, 3.8.7.4).
    sequence: int = 0

    @property
    def day(self) -> date:
        return self.start.date()

    @property
    def length_minutes(self) -> int:
        return int((self.end - self.start).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Invitee:
    """Someone co-opted (adjungerad) for a meeting, or for some items of it.

    `item` is None for the whole meeting; else it names the items, a line for
    each: an item's id, its title, or its number on the agenda.
    """

    meeting: date
    name: str
    email: str
    item: str | None = None

    @property
    def key(self) -> tuple[date, str]:
        return (self.meeting, self.email.casefold())

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in (self.item or "").splitlines() if part.strip())


@dataclass(frozen=True, slots=True)
class Audience:
    """A network or forum that members carry information to and from."""

    name: str
    email: str
    carried_by: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """Everything above, as it stands on one day."""

    name: str
    short_name: str
    address: str
    timezone: ZoneInfo
    language: str = "sv"
    principals: tuple[Principal, ...] = ()
    forums: tuple[Forum, ...] = ()
    people: tuple[Person, ...] = ()
    seats: tuple[Seat, ...] = ()
    group_substitutes: tuple[GroupSubstitute, ...] = ()
    terms: tuple[Term, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    audiences: tuple[Audience, ...] = ()
    invited: tuple[Invitee, ...] = ()
    # The network's own settings, with the defaults of the terms of reference.
    max_mailing_mb: int = 20
    minutes_adjusted_by_chair: bool = False
    # Retention, in days; 0 is for ever.
    keep_courtesies_days: int = 90
    keep_letters_days: int = 0
    other_addresses: tuple[str, ...] = field(default=())

    @cached_property
    def _people_by_id(self) -> dict[str, Person]:
        return {p.id: p for p in self.people}

    @cached_property
    def _people_by_address(self) -> dict[str, Person]:
        return {address.casefold(): p for p in self.people for address in p.addresses}

    @cached_property
    def _seats_by_id(self) -> dict[str, Seat]:
        return {s.id: s for s in self.seats}

    def person(self, person_id: str) -> Person:
        """The person with this id; KeyError when there is none."""
        return self._people_by_id[person_id]

    def person_by_address(self, address: str) -> Person | None:
        """Whom an address or alias belongs to; letter case does not matter."""
        return self._people_by_address.get(address.strip().casefold())

    def seat(self, seat_id: str) -> Seat:
        """The seat with this id; KeyError when there is none."""
        return self._seats_by_id[seat_id]

    def seat_of(self, person_id: str) -> Seat | None:
        """The seat that a person holds."""
        return next((s for s in self.seats if s.holder == person_id), None)

    def substitutes_of(self, seat: Seat) -> tuple[str, ...]:
        """Who may come when the holder cannot: the seat's own substitute, else the group's."""
        if seat.substitute:
            return (seat.substitute,)
        return tuple(g.person for g in self.group_substitutes if seat.group and g.group == seat.group)

    def seats_covered_by(self, person_id: str) -> tuple[Seat, ...]:
        """The seats that a person substitutes for."""
        return tuple(s for s in self.seats if person_id in self.substitutes_of(s))

    @property
    def holders(self) -> tuple[str, ...]:
        return tuple(s.holder for s in self.seats if s.holder)

    @property
    def substitutes(self) -> tuple[str, ...]:
        """All substitutes, each once, in the order of the seats."""
        return tuple(dict.fromkeys(p for s in self.seats for p in self.substitutes_of(s)))

    @property
    def preparers(self) -> tuple[str, ...]:
        """Who prepares the agenda: the two coordinators and the chief medical officer."""
        return tuple(s.holder for s in self.seats if s.preparation and s.holder)

    def term(self, year: int) -> Term | None:
        return next((t for t in self.terms if t.year == year), None)

    def secretary(self, year: int) -> Person | None:
        term = self.term(year)
        return self._people_by_id.get(term.secretary) if term and term.secretary else None

    def chair(self, year: int) -> Person | None:
        term = self.term(year)
        return self._people_by_id.get(term.chair) if term and term.chair else None

    def officers(self, *years: int) -> frozenset[str]:
        """The ids of those who are chair or secretary in any of these years."""
        return frozenset(p.id for y in years for p in (self.chair(y), self.secretary(y)) if p)

    def upcoming(self, moment: datetime) -> Iterator[Meeting]:
        """The meetings that start after a moment and are not cancelled, in order."""
        return (m for m in self.meetings if not m.cancelled and m.start > moment)

    def next_meeting(self, moment: datetime) -> Meeting | None:
        return next(self.upcoming(moment), None)

    def meeting(self, key: date) -> Meeting | None:
        """The meeting first called for, or now held on, this date."""
        return next((m for m in self.meetings if m.key == key), None) or next(
            (m for m in self.meetings if m.day == key), None
        )
