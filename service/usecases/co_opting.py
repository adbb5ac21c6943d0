"""Asking people in: whom the secretary co-opts by mail, for a meeting or for items of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz

from service.domain.agenda import Draft, Item
from service.domain.network import Invitee, Meeting
from service.domain.world import World
from service.interpretation.co_opted import CoOpted, co_opted
from service.interpretation.dates import find_dates
from service.interpretation.words import fold
from service.usecases.filing.case import Ask, Note, Outcome
from service.usecases.invitees import told
from service.usecases.letters import sent_agenda
from service.usecases.opening import Opened
from service.usecases.words import day_in_words

# How much of a title has to stand in the sentence, of 100.
ALIKE = 85.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What comes of the sentences that co-opt somebody, and the words that are left."""

    outcome: Outcome
    rest: str


def asked_in(world: World, opened: Opened, now: datetime) -> Asked | None:
    """Co-opt whom the secretary or the chair writes that she co-opts; None when she does not."""
    proven = opened.trust in ("pass", "unchecked") and not opened.by_others
    if opened.role not in ("secretary", "chair") or not proven:
        return None
    orders, rest = co_opted(opened.reading.text)
    if not orders:
        return None
    outcome = Outcome()
    for order in orders:
        outcome = outcome.plus(_ask_in(world.put(outcome.put), opened, order, now))
    return Asked(outcome, rest)


def _ask_in(world: World, opened: Opened, order: CoOpted, now: datetime) -> Outcome:
    meeting = _meeting(world, opened, order, now)
    if meeting is None:
        return Outcome(notes=(Note("no-meeting", {}),))
    named = _items(world, opened, meeting, order)
    if named is None:
        return Outcome(
            asks=(
                Ask(
                    f"Vi hittar inte den punkten på mötet {day_in_words(meeting.day)}. Skriv gärna igen "
                    "med punktens nummer i det senaste utkastet, eller med ärendets rubrik: "
                    f"{order.sentence}"
                ),
            )
        )
    outcome = Outcome()
    for name, address in order.people:
        known = next((p for p in world.people.values() if name and fold(p.name) == fold(name)), None)
        email = address or (known.email if known else "")
        if not email:
            ask = Ask(
                f"Vilken e-postadress har {name}? Skriv gärna igen med adressen: adjungera {name}, "
                "namn@exempel.se, till …"
            )
            outcome = outcome.plus(Outcome(asks=(ask,)))
            continue
        outcome = outcome.plus(_one(world, opened, meeting, name or email, email, named, now))
    return outcome


def _one(
    world: World,
    opened: Opened,
    meeting: Meeting,
    name: str,
    email: str,
    named: Sequence[Item],
    now: datetime,
) -> Outcome:
    before = world.invitees.get((meeting.key, email.casefold()))
    items = dict.fromkeys((*(before.items if before and named else ()), *(i.id for i in named)))
    # Whoever is with us the whole time is so for each item as well.
    whole = not named or (before is not None and before.item is None)
    invitee = Invitee(meeting.key, name, email, None if whole else "\n".join(items))
    note = Note(
        "co-opted",
        {
            "name": name,
            "meeting": meeting,
            "titles": tuple(i.title for i in named),
            "agenda_sent": sent_agenda(world, meeting.key) is not None,
        },
    )
    if invitee == before:
        return Outcome(notes=(note,))
    after = world.put((invitee,))
    return Outcome(
        put=(invitee,), notes=(note,), posts=(told(after, meeting, invitee, now, "new", opened.number),)
    )


def _meeting(world: World, opened: Opened, order: CoOpted, now: datetime) -> Meeting | None:
    """The meeting that the sentence, else the letter, else the thread is about; else the next one."""
    coming = list(world.network_on(now.date()).upcoming(now))
    days = {m.day: m for m in coming} | {m.key: m for m in coming}
    for text in (order.sentence, opened.letter.subject or "", opened.reading.text):
        for mention in find_dates(text, now.date(), tuple(days)):
            if mention.day in days:
                return days[mention.day]
            here = [m for m in coming if mention.day is None and mention.first <= m.day <= mention.last]
            if len(here) == 1:
                return here[0]
    if opened.reference and opened.reference.meeting:
        found = world.meetings.get(opened.reference.meeting)
        if found in coming:
            return found
    return coming[0] if coming else None


def _items(world: World, opened: Opened, meeting: Meeting, order: CoOpted) -> tuple[Item, ...] | None:
    """The items that are meant, none for the whole meeting; None when they cannot be found."""
    if order.numbers:
        draft = _draft_seen(world, opened, meeting)
        lines = tuple(draft.line(n) for n in order.numbers) if draft else (None,)
        found = tuple(line for line in lines if line)
        return found if len(found) == len(lines) else None
    if not order.words:
        return ()
    newest = world.newest_draft("agenda", meeting.key)
    items = newest.lines if newest else world.items_of(meeting.key)
    scored = [(fuzz.partial_ratio(fold(i.title), order.words), i) for i in items if len(i.title) > 3]
    best = max((score for score, _ in scored), default=0.0)
    likest = tuple(i for score, i in scored if score == best)
    return likest if best >= ALIKE and len(likest) == 1 else None


def _draft_seen(world: World, opened: Opened, meeting: Meeting) -> Draft | None:
    """The version whose numbers she uses: the one she answers, else the newest."""
    reference = opened.reference
    if reference and reference.what == "agenda-draft" and reference.meeting == meeting.key:
        seen = world.drafts.get(("agenda", meeting.key, reference.version))
        if seen:
            return seen
    return world.newest_draft("agenda", meeting.key)
