"""Replacement and contact: who has left, who comes instead, and how a member is reached."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from datetime import date

from service.domain.distribution import chair, recipient, secretary
from service.domain.intents import Contact, ContactChange, Replacement
from service.domain.network import Person
from service.domain.world import Entity, Tenure, World
from service.usecases.briefing import calendar_orders, coming_matters, last_minutes, open_tasks
from service.usecases.filing.case import Ask, Case, Note, Outcome
from service.usecases.letters import calendar_entry, to_secretary
from service.usecases.outgoing import Post


def file_replacement(case: Case) -> Outcome:
    """Give a seat to its new holder from the first day without the old one.

    The secretary is told, the successor is welcomed, and what still waits
    for someone who has already left is stopped.
    """
    intent = case.intent
    assert isinstance(intent, Replacement)
    leaving = case.world.people.get(intent.leaving or "")
    if leaving is None:
        return Outcome(asks=(Ask("Vem är det som slutar?"),))
    from_ = intent.from_ or case.now.date()
    successor = _successor(case.world, intent.successor, leaving)
    tenures = _hand_over(case.world, leaving.id, successor.id if successor else None, from_)
    if not tenures:
        return Outcome(notes=(Note("replacement-no-seat", {"person_name": leaving.name}),))
    put: list[Entity] = [*([successor] if successor else []), *tenures]
    seat_title = _seat_title(case, tenures)
    facts = {
        "leaving_name": leaving.name,
        "successor_name": successor.name if successor else "",
        "from_date": from_,
    }
    outcome = Outcome(put=tuple(put), notes=(Note("replacement", facts),))
    if successor and not successor.email:
        outcome = outcome.plus(Outcome(asks=(Ask(f"Vilken e-postadress har {successor.name}?"),)))
    kind = "replaced" if successor else "leaving-no-successor"
    outcome = outcome.plus(_tell_secretary(case, kind, leaving, seat_title, successor, from_))
    if successor and successor.email:
        outcome = outcome.plus(_welcome(case, case.world.put(put), successor, leaving, seat_title, from_))
    if from_ <= case.now.date():
        outcome = outcome.plus(Outcome(stop=(leaving.id,)))
    return outcome


def _successor(world: World, contact: Contact | None, leaving: Person) -> Person | None:
    """The successor as a person: someone known already, else a new one."""
    if contact is None or not (contact.name or contact.email):
        return None
    for person in world.people.values():
        same_address = contact.email and contact.email.casefold() in (a.casefold() for a in person.addresses)
        same_name = not contact.email and contact.name and person.name.casefold() == contact.name.casefold()
        if same_address or same_name:
            return dataclasses.replace(
                person, title=contact.title or person.title, phone=contact.phone or person.phone
            )
    name = contact.name or (contact.email or "").partition("@")[0]
    return Person(
        id=new_id(name, world),
        name=name,
        email=contact.email or "",
        title=contact.title or leaving.title,
        phone=contact.phone or "",
    )


def new_id(name: str, world: World) -> str:
    """An id like "petra.hallin" that nobody has."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain) or ["person"]
    stem = ".".join((words[0], words[-1])) if len(words) > 1 else words[0]
    number = 1
    while (found := stem if number == 1 else f"{stem}.{number}") in world.people:
        number += 1
    return found


def _hand_over(world: World, leaving: str, successor: str | None, from_: date) -> list[Tenure]:
    """End each tenure of the one who leaves and begin the successor's."""
    changed: list[Tenure] = []
    for tenure in world.tenures.values():
        if tenure.person != leaving or (tenure.until is not None and tenure.until <= from_):
            continue
        if tenure.since < from_:
            changed.append(dataclasses.replace(tenure, until=from_))
        changed.append(
            Tenure(tenure.place, tenure.role, successor, since=max(from_, tenure.since), until=tenure.until)
        )
    return changed


def _seat_title(case: Case, tenures: list[Tenure]) -> str:
    """The seat that the letters speak of: a held one before a substitute's place."""
    first = min(tenures, key=lambda t: ("holder", "substitute", "group-substitute").index(t.role))
    seat = next((s for s in case.world.charter.seats if first.place in (s.id, s.group)), None)
    if seat is None:
        return first.place
    return seat.title if first.role == "holder" else f"ersättare för {seat.title}"


def _tell_secretary(
    case: Case, kind: str, leaving: Person, seat_title: str, successor: Person | None, from_: date
) -> Outcome:
    to = to_secretary(case.world, case.now)
    if to is None:
        return Outcome()
    return Outcome(
        posts=(
            Post(
                what="ack",
                mailing="seat-notice",
                to=to,
                meeting=getattr(case.next_meeting(), "key", None),
                facts={
                    "kind": kind,
                    "person_name": leaving.name,
                    "seat_title": seat_title,
                    "other_name": successor.name if successor else "",
                    "from_date": from_,
                    "meetings": (),
                },
                because_of=case.number,
            ),
        )
    )


def _welcome(
    case: Case, world: World, successor: Person, leaving: Person, seat_title: str, from_: date
) -> Outcome:
    coming = tuple(m for m in case.network.upcoming(case.now) if m.day >= from_)
    who, lead = secretary(world, case.now), chair(world, case.now)
    to = recipient(successor)
    minutes = last_minutes(world, case.now)
    return Outcome(
        posts=(
            Post(
                what="invitation",
                mailing="welcome",
                to=to,
                meeting=coming[0].key if coming else None,
                facts={
                    "leaving_name": leaving.name,
                    "seat_title": seat_title,
                    "from_date": from_,
                    "meetings": coming,
                    "chair_name": lead.name if lead else "",
                    "secretary_name": who.name if who else "",
                    "principals": tuple(p.name for p in world.charter.principals),
                    "forums": tuple(f.short_name for f in world.charter.forums),
                    "priorities": world.focus_areas(case.now.year),
                    "matters": coming_matters(world, case.now),
                    # What was the predecessor's to do.
                    "tasks": tuple(t.sentence for t in open_tasks(world, case.now) if leaving.name in t.who),
                    "minutes_of": minutes.meeting if minutes else None,
                },
                files=minutes.files if minutes else (),
                documents=(
                    *(minutes.documents if minutes else ()),
                    *calendar_orders(world, coming[1:], to, case.now),
                ),
                calendar=calendar_entry(world, coming[0], case.now) if coming else None,
                because_of=case.number,
            ),
        )
    )


def file_contact(case: Case) -> Outcome:
    """A member's new address, phone, title or name; the old address is still recognised."""
    intent = case.intent
    assert isinstance(intent, ContactChange)
    person = case.world.people.get(intent.person or "")
    if person is None:
        return Outcome(asks=(Ask("Vems uppgifter är det som har ändrats?"),))
    aliases = person.aliases
    if intent.email and person.email and intent.email.casefold() != person.email.casefold():
        aliases = tuple(dict.fromkeys((person.email, *(a for a in aliases if a != intent.email))))
    changed = dataclasses.replace(
        person,
        name=intent.name or person.name,
        email=intent.email or person.email,
        phone=intent.phone or person.phone,
        title=intent.title or person.title,
        aliases=aliases,
    )
    rows = tuple(
        (label, new)
        for label, new, old in (
            ("namn", intent.name, person.name),
            ("e-post", intent.email, person.email),
            ("telefon", intent.phone, person.phone),
            ("titel", intent.title, person.title),
        )
        if new and new != old
    )
    return Outcome(
        put=(changed,),
        notes=(
            Note(
                "contact",
                {
                    "person_name": changed.name,
                    "is_self": case.speaker is not None and person.id == case.speaker.id,
                    "changes": rows,
                },
            ),
        ),
    )
