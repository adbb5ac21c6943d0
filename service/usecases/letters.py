"""Letters that several use cases send, each as a function from facts to values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from service.domain import agenda as agendas
from service.domain.agenda import Draft, FileRef, Item
from service.domain.distribution import chair, names, recipient, recipients, secretary
from service.domain.network import Meeting, Person, Seat
from service.domain.personal_data import has_personal_number
from service.domain.progress import agenda_at
from service.domain.world import CallIn, World
from service.usecases.minutes import minutes_documents, remarks, stored, told
from service.usecases.office import Rules
from service.usecases.outgoing import CalendarEntry, DocumentOrder, Post, Recipient, agenda_lines
from service.usecases.parcels import parcel


def to_secretary(world: World, now: datetime) -> Recipient | None:
    """The secretary, or whoever stands in for her; None when there is nobody to write to."""
    found = secretary(world, now)
    return recipient(found) if found and found.email else None


# From here the minutes are counted that make a calendar entry newer than the one before.
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def calendar_entry(world: World, meeting: Meeting, now: datetime, *, cancel: bool = False) -> CalendarEntry:
    """The meeting in a calendar; the same UID as long as it lives.

    SEQUENCE rises with time rather than with the meeting's changes, for a
    substitute who is released and called in again has to see the second call
    (RFC 5546, 2.1.4).
    """
    charter = world.charter
    return CalendarEntry(
        method="CANCEL" if cancel else "REQUEST",
        uid=f"{meeting.key.isoformat()}.{charter.address.replace('@', '.')}@{world.domain}",
        sequence=int((now - EPOCH).total_seconds() // 60),
        start=meeting.start,
        end=meeting.end,
        summary=charter.short_name + (" – strategisk dag" if meeting.kind == "strategic" else ""),
        place=meeting.place,
        online=meeting.online,
        description=f"Länk: {meeting.online}" if meeting.online else "",
        organizer_name=charter.short_name,
        organizer_address=charter.address,
    )


def sent_agenda(world: World, meeting: date) -> Draft | None:
    """The version of the agenda that last went out."""
    return next((d for d in reversed(world.drafts_of("agenda", meeting)) if d.state == "sent"), None)


def has_substitute(world: World, to: Recipient, day: date) -> bool:
    """Whether somebody has a seat that a substitute can be called in for."""
    network = world.network_on(day)
    seat = network.seat_of(to.person) if to.person else None
    return bool(seat and network.substitutes_of(seat))


def files_of(lines: Iterable[Item]) -> tuple[FileRef, ...]:
    """All files of the items, in order, each content under each name once."""
    return tuple(dict.fromkeys(f for item in lines for f in item.files))


def agenda_document(world: World, meeting: Meeting, lines: Sequence[Item], now: datetime) -> DocumentOrder:
    """The agenda as a PDF to be made."""
    who, lead = secretary(world, now), chair(world, now)
    return DocumentOrder(
        kind="agenda",
        filename=f"Dagordning {world.charter.short_name} {meeting.day.isoformat()}.pdf",
        facts={
            "network": world.charter,
            "meeting": meeting,
            "lines": agenda_lines(tuple(lines), meeting, names(world)),
            "secretary_name": who.name if who else "",
            "chair_name": lead.name if lead else "",
        },
    )


def agenda_documents(
    world: World, meeting: Meeting, lines: Sequence[Item], now: datetime
) -> tuple[DocumentOrder, ...]:
    """The agenda, and the packet of it and its annexes where it has any."""
    agenda = agenda_document(world, meeting, lines, now)
    if not files_of(lines):
        return (agenda,)
    name = f"Möteshandlingar {world.charter.short_name} {meeting.day.isoformat()}.pdf"
    return (agenda, DocumentOrder("packet", name, agenda.facts))


def call_in(
    world: World, meeting: Meeting, call: CallIn, now: datetime, because_of: int | None
) -> Post | None:
    """Call a substitute in, with whatever material has already gone out."""
    to = person_or_contact(world, call)
    if to is None:
        return None
    seat, holder = seat_and_holder(world, meeting, call.seat)
    sent = sent_agenda(world, meeting.key)
    lines = sent.lines if sent else ()
    return Post(
        what="invitation",
        mailing="call-in",
        to=to,
        meeting=meeting.key,
        facts={
            "for_name": holder.name if holder else "",
            "seat_title": seat.title if seat else "",
            "agenda": agenda_lines(lines, meeting, names(world)),
            "agenda_sent": sent is not None,
        },
        files=files_of(lines),
        documents=agenda_documents(world, meeting, lines, now) if sent else (),
        calendar=calendar_entry(world, meeting, now),
        because_of=because_of,
    )


def released(
    world: World, meeting: Meeting, call: CallIn, now: datetime, because_of: int | None
) -> Post | None:
    """Tell a substitute that the holder comes after all."""
    to = person_or_contact(world, call)
    if to is None:
        return None
    _, holder = seat_and_holder(world, meeting, call.seat)
    return Post(
        what="invitation",
        mailing="released",
        to=to,
        meeting=meeting.key,
        facts={"for_name": holder.name if holder else ""},
        calendar=calendar_entry(world, meeting, now, cancel=True),
        because_of=because_of,
    )


def substitution_posts(
    before: World, after: World, now: datetime, because_of: int | None
) -> tuple[Post, ...]:
    """What substitutes have to be told when the world has changed.

    Looks at who is called in before and after, so that an absence, a change
    of mind, an undone mistake and a moved seat all lead to the same letters.
    """
    posts: list[Post | None] = []
    # Whoever moves from one empty seat to another need not be told that he is released.
    busy = {(c.meeting, c.person) for c in after.callins.values() if c.state == "called" and c.person}
    for key in dict.fromkeys((*before.callins, *after.callins)):
        was, now_is = before.callins.get(key), after.callins.get(key)
        meeting = after.meetings.get(key[0])
        if was == now_is or meeting is None or meeting.cancelled or meeting.end <= now:
            continue
        old = was if was and was.state == "called" else None
        new = now_is if now_is and now_is.state == "called" else None
        gone = old and (new is None or (new.person, new.email) != (old.person, old.email))
        if old and gone and (key[0], old.person) not in busy:
            posts.append(released(after, meeting, old, now, because_of))
        if new and (old is None or (new.person, new.email) != (old.person, old.email)):
            posts.append(call_in(after, meeting, new, now, because_of))
    return tuple(p for p in posts if p)


def person_or_contact(world: World, call: CallIn) -> Recipient | None:
    """Who has been called in, if that person can be written to."""
    person = world.people.get(call.person or "")
    if person:
        return recipient(person) if person.email else None
    return Recipient(call.name, call.email) if call.email else None


def seat_and_holder(world: World, meeting: Meeting, seat_id: str) -> tuple[Seat | None, Person | None]:
    """A seat as it is on the meeting's day, and who holds it."""
    network = world.network_on(meeting.day)
    seat = next((s for s in network.seats if s.id == seat_id), None)
    return seat, world.people.get(seat.holder or "") if seat else None


def draft_posts(
    world: World,
    rules: Rules,
    meeting: Meeting,
    draft: Draft,
    now: datetime,
    *,
    done: Sequence[str] = (),
    not_done: Sequence[str] = (),
    removed: Sequence[str] = (),
    because_of: int | None = None,
    thread: tuple[str, ...] = (),
    seen: Draft | None = None,
) -> tuple[Post, ...]:
    """Show a version of the agenda to the secretary; marked is what is new since the one she has `seen`."""
    to = to_secretary(world, now)
    if to is None:
        return ()
    versions = world.drafts_of("agenda", meeting.key)
    former = seen or next((d for d in reversed(versions) if d.version < draft.version), None)
    changed = agendas.differences(former.lines, draft.lines) if former else frozenset()
    over = max(0, draft.minutes_planned - meeting.length_minutes)
    everyone = recipients(world, rules.distribution["agenda"], meeting, draft.lines, now)
    return (
        Post(
            what="agenda-draft",
            mailing="agenda-draft",
            to=to,
            meeting=meeting.key,
            version=draft.version,
            facts={
                "version": draft.version,
                "lines": agenda_lines(draft.lines, meeting, names(world), changed),
                "done": tuple(done),
                "not_done": tuple(not_done),
                "removed": tuple(removed),
                # Once the time has passed, what is approved goes at once.
                "agenda_at": at if (at := agenda_at(meeting, rules.timeline)) > now else None,
                "minutes_planned": draft.minutes_planned,
                "minutes_available": meeting.length_minutes,
                "over_minutes": over,
                "warnings": (*warnings(draft), *size_warnings(draft, world.charter.max_mailing_mb)),
                "recipients_count": len(everyone),
                "is_new_version": draft.version > 1,
            },
            files=files_of(draft.lines),
            documents=(agenda_document(world, meeting, draft.lines, now),),
            because_of=because_of,
            thread=thread,
        ),
    )


def warnings(draft: Draft) -> list[str]:
    """What a careful secretary would look at before she approves."""
    found = []
    for number, item in enumerate(draft.lines, 1):
        if item.standing:
            continue
        if item.presenter is None:
            found.append(f"Punkt {number}, ”{item.title}”, saknar föredragande.")
        if item.minutes is None:
            found.append(f"Punkt {number}, ”{item.title}”, har ingen tid.")
        if has_personal_number(f"{item.title}\n{item.description}"):
            found.append(f"Punkt {number} innehåller ett personnummer.")
        for file in item.files:
            found += [f"Bilagan {file.filename} {_FLAGS[flag]}." for flag in file.flags if flag in _FLAGS]
    return found


def size_warnings(draft: Draft, limit_mb: int) -> tuple[str, ...]:
    """What the network's limit will do to the mailing: parted, or a file left out."""
    found = parcel(files_of(draft.lines), limit_mb)
    said = [
        f"Bilagan {f.filename} ({f.size / 1_000_000:.0f} MB) är för stor för att skickas med e-post "
        f"(gränsen är {limit_mb} MB), så den följer inte med."
        for f in found.left_out
    ]
    if len(found.parts) > 1:
        said.append(
            f"Bilagorna får inte plats i ett mejl (gränsen är {limit_mb} MB). "
            f"Utskicket delas i {len(found.parts)} mejl."
        )
    return tuple(said)


# What a careful secretary is told of a file, by its flags.
_FLAGS = {
    "unreadable": "går inte att öppna och kan vara skadad",
    "personal-number": "innehåller personnummer",
    "macros": "innehåller makron, alltså program som körs när den öppnas",
    "executable": "är ett program eller innehåller ett",
    "bomb": "packas upp till något orimligt stort och är inte genomsökt",
    "locked": "är låst med lösenord, så alla kan inte läsa den",
    "virus": "innehåller virus enligt virusskyddet",
    "unscanned": "är inte genomsökt, för virusskyddet svarade inte",
}


def minutes_draft_posts(
    world: World,
    rules: Rules,
    meeting: Meeting,
    draft: Draft,
    now: datetime,
    because_of: int | None = None,
    thread: tuple[str, ...] = (),
    *,
    to: Recipient | None = None,
    comment: str = "",
    comment_by: str = "",
) -> tuple[Post, ...]:
    """The minutes mailing, shown before it goes: to the secretary, or `to` the chair who adjusts it."""
    adjusting = to is not None
    to = to or to_secretary(world, now)
    if to is None:
        return ()
    agenda = world.newest_draft("agenda", meeting.key)
    everyone = recipients(world, rules.distribution["minutes"], meeting, agenda.lines if agenda else (), now)
    minutes = stored(world, draft)
    who, lead = secretary(world, now), chair(world, now)
    adjusts = world.charter.minutes_adjusted_by_chair and lead and lead.email and lead != who
    return (
        Post(
            what="minutes-draft",
            mailing="minutes-draft",
            to=to,
            meeting=meeting.key,
            version=draft.version,
            facts={
                "version": draft.version,
                # What stands in the PDF need not stand in the letter as well.
                "text": "" if minutes else draft.text,
                "files": draft.files,
                "recipients": tuple(r.name for r in everyone),
                "comment": comment,
                "comment_by": comment_by,
                "warnings": remarks(world, meeting, minutes) if minutes and not adjusting else (),
                "secretary_name": who.name if who else "",
                # Who has to say ok after the secretary.
                "adjuster": lead.name if adjusts and lead and not adjusting else "",
                "adjusting": adjusting,
                **told(minutes),
            },
            files=draft.files,
            documents=minutes_documents(world, meeting, draft, now),
            because_of=because_of,
            thread=thread,
        ),
    )
