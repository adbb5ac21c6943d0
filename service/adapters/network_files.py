"""The network file: network.toml into a Network.

Every mistake a person can make in it becomes one line that names the file,
the key and the mend.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field
from rapidfuzz import process

from service.adapters.toml_files import BadFile, Strict, checked, read_toml
from service.domain.network import (
    Audience,
    Forum,
    GroupSubstitute,
    Invitee,
    Meeting,
    MeetingKind,
    Network,
    Person,
    Principal,
    Seat,
    Term,
)


class BadNetwork(BadFile):
    """The network file cannot be used; the message names file, key and mend in one line."""


class _Network(Strict):
    name: str = Field(min_length=1)
    short_name: str = Field(min_length=1)
    address: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    language: str = "sv"
    timezone: str = "Europe/Stockholm"
    max_mailing_mb: int = Field(default=20, ge=1, le=500)
    minutes_adjusted_by_chair: bool = False
    keep_courtesies_days: int = Field(default=90, ge=0, le=36_500)
    keep_letters_days: int = Field(default=0, ge=0, le=36_500)
    other_addresses: tuple[str, ...] = ()


class _Principal(Strict):
    id: str
    name: str


class _Forum(Strict):
    id: str
    name: str
    short_name: str


class _Person(Strict):
    id: str
    name: str = Field(min_length=1)
    email: str = Field(default="", pattern=r"^([^@\s<>]+@[^@\s<>]+)?$")
    title: str = ""
    phone: str = ""
    aliases: tuple[str, ...] = ()


class _Seat(Strict):
    id: str
    title: str
    principal: str
    holder: str | None = None
    substitute: str | None = None
    group: str | None = None
    preparation: bool = False


class _GroupSubstitute(Strict):
    group: str
    person: str


class _Term(Strict):
    year: int
    chair: str | None = None
    secretary: str | None = None


class _Meeting(Strict):
    start: datetime
    end: datetime
    place: str = ""
    online: str = ""
    kind: MeetingKind = "ordinary"
    preparation: datetime | None = None
    cancelled: bool = False
    # The date for which a moved meeting was first called.
    key: date | None = None


class _Audience(Strict):
    name: str
    email: str
    carried_by: tuple[str, ...] = ()


class _Invited(Strict):
    # The meeting's date, as it stands under [[meetings]].
    meeting: date
    name: str = Field(min_length=1)
    email: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    # An item's title, or its number on the agenda; left out: the whole meeting.
    item: str | int | None = None


class _File(Strict):
    network: _Network
    principals: tuple[_Principal, ...] = ()
    forums: tuple[_Forum, ...] = ()
    people: tuple[_Person, ...] = ()
    seats: tuple[_Seat, ...] = ()
    group_substitutes: tuple[_GroupSubstitute, ...] = ()
    terms: tuple[_Term, ...] = ()
    meetings: tuple[_Meeting, ...] = ()
    audiences: tuple[_Audience, ...] = ()
    invited: tuple[_Invited, ...] = ()


def load_network(path: Path) -> Network:
    """Read a network file.  Raises BadNetwork when it cannot be used."""
    try:
        content = read_toml(path)
    except BadFile as error:
        raise BadNetwork(str(error)) from error
    return network_from(content, str(path))


def network_from(content: dict[str, Any], source: str = "network.toml") -> Network:
    """Build a Network from what a network file holds; raises BadNetwork."""
    try:
        file = checked(_File, content, source)
    except BadFile as error:
        raise BadNetwork(str(error)) from error
    _check(source, file)
    try:
        zone = ZoneInfo(file.network.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadNetwork(
            f"{source}: network.timezone: tidszonen {file.network.timezone!r} finns inte; "
            "skriv till exempel Europe/Stockholm"
        ) from error
    settings = file.network.model_dump(exclude={"timezone"})
    return Network(
        **settings,
        timezone=zone,
        principals=tuple(Principal(**p.model_dump()) for p in file.principals),
        forums=tuple(Forum(**f.model_dump()) for f in file.forums),
        people=tuple(Person(**p.model_dump()) for p in file.people),
        seats=tuple(Seat(**s.model_dump()) for s in file.seats),
        group_substitutes=tuple(GroupSubstitute(**g.model_dump()) for g in file.group_substitutes),
        terms=tuple(Term(**t.model_dump()) for t in file.terms),
        meetings=tuple(sorted((_meeting(m, zone) for m in file.meetings), key=lambda m: m.start)),
        audiences=tuple(Audience(**a.model_dump()) for a in file.audiences),
        invited=tuple(
            Invitee(_key(file, i.meeting), i.name, i.email, None if i.item is None else str(i.item).strip())
            for i in file.invited
        ),
    )


def _meeting(row: _Meeting, zone: ZoneInfo) -> Meeting:
    def local(moment: datetime) -> datetime:
        return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)

    start = local(row.start)
    return Meeting(
        key=row.key or start.date(),
        start=start,
        end=local(row.end),
        place=row.place,
        online=row.online,
        kind=row.kind,
        preparation=local(row.preparation) if row.preparation else None,
        cancelled=row.cancelled,
    )


def _key(file: _File, day: date) -> date:
    """The key of the meeting on a day, which is another date once it has been moved."""
    return next((m.key or m.start.date() for m in file.meetings if day in (m.key, m.start.date())), day)


def _check(source: str, file: _File) -> None:
    """What belongs together: every id that is named must exist, and no address twice."""
    people = [p.id for p in file.people]
    principals = [p.id for p in file.principals]

    def known(where: str, value: str | None, among: list[str], what: str) -> None:
        if value is None or value in among:
            return
        nearest = process.extractOne(value, among)
        mend = f"menade du {nearest[0]}?" if nearest else f"lägg till {what}"
        raise BadNetwork(f"{source}: {where}: {what} {value} finns inte; {mend}")

    for where, ids in (("people", people), ("seats", [s.id for s in file.seats])):
        double = next((i for i in ids if ids.count(i) > 1), None)
        if double:
            raise BadNetwork(f"{source}: {where}: id {double} står två gånger; ge den ena ett annat id")
    owners: dict[str, str] = {}
    for person in file.people:
        for address in filter(None, (person.email, *person.aliases)):
            other = owners.setdefault(address.casefold(), person.id)
            if other != person.id:
                raise BadNetwork(
                    f"{source}: people: adressen {address} står hos både {other} och {person.id}; "
                    "ta bort den ena"
                )
    for number, seat in enumerate(file.seats, 1):
        where = f"seats[{number}]"
        known(f"{where}.holder", seat.holder, people, "personen")
        known(f"{where}.substitute", seat.substitute, people, "personen")
        known(f"{where}.principal", seat.principal, principals, "huvudmannen")
    for number, row in enumerate(file.group_substitutes, 1):
        known(f"group_substitutes[{number}].person", row.person, people, "personen")
    for number, term in enumerate(file.terms, 1):
        known(f"terms[{number}].chair", term.chair, people, "personen")
        known(f"terms[{number}].secretary", term.secretary, people, "personen")
    for number, meeting in enumerate(file.meetings, 1):
        if meeting.end.replace(tzinfo=None) <= meeting.start.replace(tzinfo=None):
            raise BadNetwork(f"{source}: meetings[{number}].end: mötet slutar innan det börjar; ändra tiden")
    days = {d for m in file.meetings for d in (m.key, m.start.date()) if d}
    for number, invited in enumerate(file.invited, 1):
        if invited.meeting not in days:
            raise BadNetwork(
                f"{source}: invited[{number}].meeting: det finns inget möte {invited.meeting}; "
                "skriv ett datum som står under [[meetings]]"
            )
    for number, audience in enumerate(file.audiences, 1):
        for person_id in audience.carried_by:
            known(f"audiences[{number}].carried_by", person_id, people, "personen")
