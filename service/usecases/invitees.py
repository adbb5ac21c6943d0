"""Co-opted people: they get their item's papers and time, and are told when it moves."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.domain.agenda import Item
from service.domain.distribution import Recipient, co_opted_for, names, names_item
from service.domain.network import Invitee, Meeting
from service.domain.world import Entity, World
from service.usecases.letters import agenda_documents, calendar_entry, files_of, sent_agenda
from service.usecases.outgoing import AgendaLine, CalendarEntry, Post, agenda_lines


def told(
    world: World, meeting: Meeting, invitee: Invitee, now: datetime, why: str, because_of: int | None = None
) -> Post:
    """The letter to someone co-opted; `why` is "new", "agenda", "moved" or "off".

    Papers and the definite time come with the agenda; before it the time is
    a guess and said to be one.
    """
    sent = sent_agenda(world, meeting.key)
    to = Recipient(invitee.name, invitee.email)
    theirs = _theirs(world, meeting, invitee, now)
    own, lines = theirs
    whole = not invitee.items
    ready = sent is not None and why != "off"
    return Post(
        what="agenda" if why == "agenda" else "invitation",
        mailing="co-opted",
        to=to,
        meeting=meeting.key,
        version=sent.version if sent else 1,
        facts={
            "why": why,
            "whole": whole,
            "their_items": lines,
            "agenda_sent": sent is not None,
            "agenda": agenda_lines(sent.lines, meeting, names(world)) if sent and whole else (),
        },
        files=files_of(sent.lines if sent and whole else own) if ready else (),
        documents=agenda_documents(world, meeting, sent.lines, now) if sent and whole and ready else (),
        calendar=entry_of(world, meeting, invitee, now) if whole or ready else None,
        because_of=because_of,
    )


def _theirs(
    world: World, meeting: Meeting, invitee: Invitee, now: datetime
) -> tuple[tuple[Item, ...], tuple[AgendaLine, ...]]:
    """The items that somebody is co-opted for, and how they stand on the agenda."""
    draft = sent_agenda(world, meeting.key) or world.newest_draft("agenda", meeting.key)
    lines = draft.lines if draft else ()
    if not lines:
        lines = tuple(i for i in world.items_of(meeting.key) if i.state == "proposed")
    numbered = zip(lines, agenda_lines(lines, meeting, names(world)), strict=True)
    pairs = [
        (item, line if draft else dataclasses.replace(line, number=0, begins=None))
        for item, line in numbered
        if any(names_item(said, line.number, item) for said in invitee.items)
    ]
    return tuple(item for item, _ in pairs), tuple(line for _, line in pairs)


def entry_of(
    world: World, meeting: Meeting, invitee: Invitee, now: datetime, *, cancel: bool = False
) -> CalendarEntry:
    """The calendar entry: the whole meeting, or the time of the items."""
    entry = calendar_entry(world, meeting, now, cancel=cancel)
    if not invitee.items:
        return entry
    _, lines = _theirs(world, meeting, invitee, now)
    begin = [line.begins for line in lines if line.begins]
    end = [line.begins + timedelta(minutes=line.minutes) for line in lines if line.begins and line.minutes]
    return dataclasses.replace(
        entry,
        uid=f"adjungerad.{entry.uid}",
        start=min(begin, default=entry.start),
        end=max(end, default=entry.end) if begin else entry.end,
        summary=f"{entry.summary}: {lines[0].title}" if len(lines) == 1 else entry.summary,
    )


def agenda_posts(
    world: World, meeting: Meeting, everyone: Sequence[Recipient], now: datetime
) -> dict[str, Post]:
    """The letters, by address, to those who get their items of a sent agenda and not all of it."""
    sent = sent_agenda(world, meeting.key)
    lines = sent.lines if sent else ()
    found: dict[str, Post] = {}
    for to in everyone:
        if co_opted_for(world, meeting, lines, to, now) is not None:
            invitee = world.invitees[(meeting.key, to.address.casefold())]
            found[to.address] = told(world, meeting, invitee, now, "agenda")
    return found


# When an item moves.


@dataclass(frozen=True, slots=True)
class Followed:
    """What has to change when items move, and who is told."""

    put: tuple[Entity, ...] = ()
    drop: tuple[Entity, ...] = ()
    posts: tuple[Post, ...] = ()

    def plus(self, other: Followed) -> Followed:
        return Followed(self.put + other.put, self.drop + other.drop, self.posts + other.posts)


def followed(before: World, after: World, now: datetime, because_of: int | None) -> Followed:
    """What a change of the records means for those co-opted for an item.

    An item that goes to another meeting takes them along, one that is taken
    off lets them go, and another time on a sent agenda is told.
    """
    outcome = Followed()
    for key, invitee in after.invitees.items():
        meeting = after.meetings.get(invitee.meeting)
        if not invitee.items or before.invitees.get(key) != invitee or meeting is None or meeting.end <= now:
            continue
        gone = {said: item for said in invitee.items if (item := _gone(before, after, invitee, said))}
        if gone:
            outcome = outcome.plus(_let_go(after, meeting, invitee, gone, now, because_of))
        elif not meeting.cancelled and _slot(before, invitee, now) not in (None, _slot(after, invitee, now)):
            outcome = outcome.plus(Followed(posts=(told(after, meeting, invitee, now, "moved", because_of),)))
    return outcome


def _gone(before: World, after: World, invitee: Invitee, said: str) -> Item | None:
    """The item as it is now, when it has left the meeting since before."""
    draft = before.newest_draft("agenda", invitee.meeting)
    lines = draft.lines if draft else before.items_of(invitee.meeting)
    was = next((i for n, i in enumerate(lines, 1) if names_item(said, n if draft else None, i)), None)
    is_now = after.items.get(was.id) if was else None
    if was is None or is_now is None:
        return None
    return is_now if is_now.state == "withdrawn" or is_now.meeting != invitee.meeting else None


def _let_go(
    after: World,
    meeting: Meeting,
    invitee: Invitee,
    gone: dict[str, Item],
    now: datetime,
    because_of: int | None,
) -> Followed:
    put: list[Entity] = []
    posts: list[Post] = []
    left = tuple(said for said in invitee.items if said not in gone)
    if left:
        put.append(dataclasses.replace(invitee, item="\n".join(left)))
    for item in gone.values():
        other = after.meetings.get(item.meeting) if item.meeting and item.state != "withdrawn" else None
        if other and other != meeting:
            moved = Invitee(other.key, invitee.name, invitee.email, item.id)
            put.append(moved)
            posts.append(told(after.put((moved,)), other, moved, now, "moved", because_of))
            continue
        off = told(after, meeting, invitee, now, "off", because_of)
        shown = agenda_lines((item,), meeting, names(after))
        cancel = (
            entry_of(after, meeting, invitee, now, cancel=True) if sent_agenda(after, meeting.key) else None
        )
        posts.append(
            dataclasses.replace(
                off,
                facts={**off.facts, "their_items": tuple(dataclasses.replace(s, number=0) for s in shown)},
                files=(),
                documents=(),
                calendar=cancel,
            )
        )
    return Followed(put=tuple(put), drop=() if left else (invitee,), posts=tuple(posts))


def _slot(world: World, invitee: Invitee, now: datetime) -> tuple[datetime, ...] | None:
    """When somebody has been told to come; None before the agenda is out."""
    meeting = world.meetings.get(invitee.meeting)
    if meeting is None or sent_agenda(world, meeting.key) is None:
        return None
    entry = entry_of(world, meeting, invitee, now)
    return (entry.start, entry.end)
