"""Everything that one network's clerk knows, as one value.

The database loads it once; each letter and each step of the calendar gives
back the entities that are new or changed, and `put` makes the next world of
them.  To take something back is to put the former entities again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from service.domain.agenda import Draft, Item
from service.domain.network import (
    Audience,
    Forum,
    GroupSubstitute,
    Invitee,
    Meeting,
    Network,
    Person,
    Principal,
    Seat,
    Term,
)

# Since the beginning, for what the network file states without a date.
ALWAYS = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Charter:
    """What the network file says that no letter changes: names, bodies, places at the table.

    The seats stand here without holders; who sits where is a Tenure.
    """

    name: str
    short_name: str
    address: str
    timezone: str = "Europe/Stockholm"
    language: str = "sv"
    principals: tuple[Principal, ...] = ()
    forums: tuple[Forum, ...] = ()
    seats: tuple[Seat, ...] = ()
    audiences: tuple[Audience, ...] = ()
    max_mailing_mb: int = 20
    minutes_adjusted_by_chair: bool = False
    # So many days the words of thanks and automatic mail are kept, and of all other mail; 0: for ever.
    keep_courtesies_days: int = 90
    keep_letters_days: int = 0

    @property
    def key(self) -> str:
        return "charter"


@dataclass(frozen=True, slots=True)
class Tenure:
    """Someone holds a seat, or is its or its group's substitute, from one day to another.

    `place` is a seat's id or a group's name; `until` is the first day
    without the person, and None while it goes on.  A seat left empty has a
    tenure without a person.
    """

    place: str
    role: Literal["holder", "substitute", "group-substitute"]
    person: str | None
    since: date = ALWAYS
    until: date | None = None

    @property
    def key(self) -> tuple[str, str, date, str]:
        return (
            self.place,
            self.role,
            self.since,
            self.person or "" if self.role == "group-substitute" else "",
        )

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of a person's coming to a meeting."""

    meeting: date
    person: str
    state: Literal["attending", "absent", "late", "early"]
    # The sentence that told us, shown when the secretary asks why.
    words: str = ""
    told: datetime | None = None

    @property
    def key(self) -> tuple[date, str]:
        return (self.meeting, self.person)


@dataclass(frozen=True, slots=True)
class CallIn:
    """A substitute called in for a seat at one meeting.

    `person` is an id, or None for someone whom the network does not know and
    who is then reached by `name` and `email`.
    """

    meeting: date
    seat: str
    person: str | None
    name: str = ""
    email: str = ""
    state: Literal["called", "released"] = "called"

    @property
    def key(self) -> tuple[date, str]:
        return (self.meeting, self.seat)


@dataclass(frozen=True, slots=True)
class Priorities:
    """The focus areas that a year's first meeting has set, and its last evaluates."""

    year: int
    areas: tuple[str, ...]

    @property
    def key(self) -> int:
        return self.year


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What somebody has told of a thing that was to be done after a meeting.

    `task` tells it from the meeting's other tasks; `words` are those of the
    one who told, and `due` is a new day that they gave it.
    """

    meeting: date
    task: str
    state: Literal["open", "done"]
    told: datetime
    by: str = ""
    words: str = ""
    due: date | None = None

    @property
    def key(self) -> tuple[date, str]:
        return (self.meeting, self.task)


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step of the calendar that has been taken, and when.

    `meeting` is a meeting's key; for a step of the year it is 1 January.
    """

    meeting: date
    step: str
    at: datetime

    @property
    def key(self) -> tuple[date, str]:
        return (self.meeting, self.step)


Entity = (
    Charter
    | Person
    | Tenure
    | Term
    | Meeting
    | Item
    | Draft
    | Presence
    | CallIn
    | Invitee
    | Priorities
    | FollowUp
    | StepDone
)


def key_of(entity: Entity) -> Any:
    """What tells one entity of a class from another."""
    match entity:
        case Person() | Item():
            return entity.id
        case Term():
            return entity.year
        case _:
            return entity.key


@dataclass(frozen=True)
class World:
    """All entities, each under its key, in the order in which they came."""

    charter: Charter
    people: Mapping[str, Person] = field(default_factory=dict)
    tenures: Mapping[Any, Tenure] = field(default_factory=dict)
    terms: Mapping[int, Term] = field(default_factory=dict)
    meetings: Mapping[date, Meeting] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    drafts: Mapping[Any, Draft] = field(default_factory=dict)
    presences: Mapping[Any, Presence] = field(default_factory=dict)
    callins: Mapping[Any, CallIn] = field(default_factory=dict)
    invitees: Mapping[Any, Invitee] = field(default_factory=dict)
    priorities: Mapping[int, Priorities] = field(default_factory=dict)
    followups: Mapping[Any, FollowUp] = field(default_factory=dict)
    steps: Mapping[Any, StepDone] = field(default_factory=dict)

    def put(self, entities: Iterable[Entity]) -> World:
        """The world after these entities have come or changed."""
        changed: dict[str, dict[Any, Any]] = {}
        charter = self.charter
        for entity in entities:
            if isinstance(entity, Charter):
                charter = entity
                continue
            name = _SHELF[type(entity)]
            if name not in changed:
                changed[name] = dict(getattr(self, name))
            changed[name][key_of(entity)] = entity
        return dataclasses.replace(self, charter=charter, **changed)

    def drop(self, entities: Iterable[Entity]) -> World:
        """The world without these entities; those that are not there are no fault."""
        changed: dict[str, dict[Any, Any]] = {}
        for entity in entities:
            name = _SHELF[type(entity)]
            if name not in changed:
                changed[name] = dict(getattr(self, name))
            changed[name].pop(key_of(entity), None)
        return dataclasses.replace(self, **changed)  # type: ignore[arg-type]

    def former(self, entity: Entity) -> Entity | None:
        """What stands under an entity's key today, or None when it is new."""
        if isinstance(entity, Charter):
            return self.charter
        found: Entity | None = getattr(self, _SHELF[type(entity)]).get(key_of(entity))
        return found

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.charter.timezone)

    @cached_property
    def domain(self) -> str:
        """The domain of the network's address, which our Message-IDs carry."""
        return self.charter.address.rpartition("@")[2]

    def network_on(self, day: date) -> Network:
        """Who held what on a day, with all meetings and terms."""
        known = self._networks
        if day not in known:
            known[day] = self._network_on(day)
        return known[day]

    @cached_property
    def _networks(self) -> dict[date, Network]:
        return {}

    def _network_on(self, day: date) -> Network:
        holders: dict[str, str | None] = {}
        substitutes: dict[str, str | None] = {}
        groups: list[GroupSubstitute] = []
        for tenure in sorted(self.tenures.values(), key=lambda t: t.since):
            if not tenure.covers(day):
                continue
            if tenure.role == "holder":
                holders[tenure.place] = tenure.person
            elif tenure.role == "substitute":
                substitutes[tenure.place] = tenure.person
            elif tenure.person:
                groups.append(GroupSubstitute(tenure.place, tenure.person))
        charter = self.charter
        return Network(
            name=charter.name,
            short_name=charter.short_name,
            address=charter.address,
            timezone=self.zone,
            language=charter.language,
            principals=charter.principals,
            forums=charter.forums,
            people=tuple(self.people.values()),
            seats=tuple(
                dataclasses.replace(s, holder=holders.get(s.id), substitute=substitutes.get(s.id))
                for s in charter.seats
            ),
            group_substitutes=tuple(groups),
            terms=tuple(self.terms.values()),
            meetings=tuple(sorted(self.meetings.values(), key=lambda m: m.start)),
            audiences=charter.audiences,
            max_mailing_mb=charter.max_mailing_mb,
            minutes_adjusted_by_chair=charter.minutes_adjusted_by_chair,
            keep_courtesies_days=charter.keep_courtesies_days,
            keep_letters_days=charter.keep_letters_days,
        )

    def focus_areas(self, year: int) -> tuple[str, ...]:
        """The priorities set for a year; none before its first meeting has set them."""
        found = self.priorities.get(year)
        return found.areas if found else ()

    # What belongs to one meeting.

    def invited_to(self, meeting: date) -> tuple[Invitee, ...]:
        """Those co-opted for a meeting, or for items of it."""
        return tuple(i for i in self.invitees.values() if i.meeting == meeting)

    def done(self, meeting: date) -> dict[str, datetime]:
        """The steps taken for a meeting, and when."""
        return {s.step: s.at for s in self.steps.values() if s.meeting == meeting}

    def items_of(self, meeting: date) -> tuple[Item, ...]:
        return tuple(i for i in self.items.values() if i.meeting == meeting)

    def drafts_of(self, what: Literal["agenda", "minutes"], meeting: date) -> tuple[Draft, ...]:
        """The versions, oldest first."""
        found = (d for d in self.drafts.values() if d.what == what and d.meeting == meeting)
        return tuple(sorted(found, key=lambda d: d.version))

    def newest_draft(self, what: Literal["agenda", "minutes"], meeting: date) -> Draft | None:
        versions = self.drafts_of(what, meeting)
        return versions[-1] if versions else None

    def presence(self, meeting: date, person: str) -> Presence | None:
        return self.presences.get((meeting, person))

    def absent_from(self, meeting: date) -> tuple[str, ...]:
        return tuple(
            p.person for p in self.presences.values() if p.meeting == meeting and p.state == "absent"
        )

    def called_in(self, meeting: date) -> tuple[CallIn, ...]:
        return tuple(c for c in self.callins.values() if c.meeting == meeting and c.state == "called")


_SHELF: dict[type[Any], str] = {
    Person: "people",
    Tenure: "tenures",
    Term: "terms",
    Meeting: "meetings",
    Item: "items",
    Draft: "drafts",
    Presence: "presences",
    CallIn: "callins",
    Invitee: "invitees",
    Priorities: "priorities",
    FollowUp: "followups",
    StepDone: "steps",
}
