"""The year's own business: who comes after chair and secretary, empty seats, and the focus areas."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.domain.distribution import chair, names, once, recipient, secretary
from service.domain.network import Meeting, Network, Person, Term
from service.domain.progress import agenda_at, progress, state
from service.domain.timeline import due, next_moment
from service.domain.working_days import is_working_day
from service.domain.world import Entity, Priorities, StepDone, Tenure, World
from service.domain.year import YearStep, complete, next_principal, year_due
from service.interpretation.choices import choose
from service.interpretation.words import fold
from service.usecases.briefing import coming_matters, last_minutes, open_tasks
from service.usecases.filing.case import ToDecide
from service.usecases.letters import draft_posts, to_secretary
from service.usecases.office import Book, Office, OpenQuestion, Option, Rules
from service.usecases.outgoing import Post
from service.usecases.rehearse import STEP_WORDS
from service.usecases.words import short_day
from service.usecases.writing import write

log = logging.getLogger("kallelse.year")

# Asks about no letter in particular.
NO_LETTER = 0
# How often an empty seat is asked about.
VACANCY_WEEKS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step of the year sends and asks."""

    posts: tuple[Post, ...] = ()
    decide: tuple[ToDecide, ...] = ()
    put: tuple[Entity, ...] = ()


def keep_year(office: Office) -> int:
    """Take the steps of this year and the next that are due; returns how many were taken."""
    now = office.now()
    taken = 0
    for year in (now.year, now.year + 1):
        while _take_next(office, year, now):
            taken += 1
    return taken + _remind_of_vacancies(office, now)


def _waiting(world: World, rules: Rules, year: int, now: datetime) -> list[YearStep]:
    # A network that began this year has nobody to hand over from.
    if not world.meetings:
        return []
    done = world.done(date(year, 1, 1))
    confirmed = "successors-confirmed" in done
    waiting = year_due(year, done, rules.year, now, world.zone, confirmed=confirmed)
    before = world.terms.get(year - 1)
    return [s for s in waiting if before is not None] if not complete(before) else waiting


def _take_next(office: Office, year: int, now: datetime) -> bool:
    if not _waiting(office.store.world(), office.rules, year, now):
        return False
    with office.store.work() as book:
        waiting = _waiting(book.world, office.rules, year, now)
        if not waiting:
            return False
        step = waiting[0]
        turn = _STEPS[step](book.world, office.rules, year, now)
        book.put((*turn.put, StepDone(date(year, 1, 1), step, now)))
        write(office, book, turn.posts, now)
        for asked in turn.decide:
            letters = write(office, book, [asked.post], now)
            book.ask(asked.question, [letter.message_id for letter in letters])
    log.info("step=%s year=%d", step, year)
    return True


# Chair and secretary.


def _ask_successors(world: World, rules: Rules, year: int, now: datetime) -> Turn:
    """Name who is next by the rule, and ask the secretary to confirm the persons."""
    to = to_secretary(world, now)
    if to is None:
        return Turn()
    network = world.network_on(now.date())
    term = world.terms.get(year)
    lead, writer = chair(world, now), secretary(world, now)
    turn = next_principal(network, lead.id if lead else None)
    known = names(world)
    options: tuple[Option, ...] = ()
    if term and complete(term):
        sentence = (
            f"Ordförande {known.get(term.chair or '')} och sekreterare {known.get(term.secretary or '')}."
        )
        options = (Option(sentence),)
    facts = {
        "year": year,
        "chair_now": lead.name if lead else "",
        "secretary_now": writer.name if writer else "",
        "chair_principal": turn.name if turn else "",
        "chair_next": known.get(term.chair or "", "") if term else "",
        "secretary_next": known.get(term.secretary or "", "") if term else "",
        "options": tuple(o.sentence for o in options),
    }
    question = OpenQuestion("successors", NO_LETTER, None, to, options)
    post = Post(what="ask", mailing="successors", to=to, meeting=date(year, 1, 1), facts=facts)
    return Turn(decide=(ToDecide(question, post),))


def _hand_over(world: World, rules: Rules, year: int, now: datetime) -> Turn:
    """The new chair and secretary get what is open, the timeline and how to approve.

    Approvals are taken from the new secretary from New Year on, because the
    term of the day decides; the drafts that wait are shown to her anew.
    """
    term, before = world.terms.get(year), world.terms.get(year - 1)
    if term is None or (before and (term.chair, term.secretary) == (before.chair, before.secretary)):
        return Turn()
    network = world.network_on(now.date())
    posts: list[Post] = []
    for role, person in (("secretary", network.secretary(year)), ("chair", network.chair(year))):
        if person and person.email:
            posts.append(_packet(world, rules, year, role, person, now))
    for draft in world.drafts.values():
        meeting = world.meetings.get(draft.meeting)
        newest = world.newest_draft(draft.what, draft.meeting)
        if meeting and draft == newest and draft.state == "waiting" and draft.what == "agenda":
            posts += draft_posts(world, rules, meeting, draft, now)
    return Turn(tuple(posts))


def _packet(world: World, rules: Rules, year: int, role: str, person: Person, now: datetime) -> Post:
    coming = tuple(m for m in world.network_on(now.date()).upcoming(now) if m.start.year == year)
    who, lead = secretary(world, now), chair(world, now)
    rows = tuple(
        (
            m,
            agenda_at(m, rules.timeline),
            state(world, m, rules.timeline, now),
            len([i for i in world.items_of(m.key) if i.state == "proposed" and not i.standing]),
        )
        for m in coming
    )
    waiting = tuple(
        i.title
        for i in world.items.values()
        if i.state in ("late", "held") and i.meeting in {m.key for m in coming}
    )
    minutes = last_minutes(world, now)
    return Post(
        what="reminder",
        mailing="hand-over",
        to=recipient(person),
        meeting=coming[0].key if coming else None,
        facts={
            "year": year,
            "role": role,
            "chair_name": lead.name if lead else "",
            "secretary_name": who.name if who else "",
            "meetings": rows,
            "waiting": waiting,
            "matters": coming_matters(world, now),
            "tasks": tuple(t.sentence for t in open_tasks(world, now)),
            "priorities": world.focus_areas(year - 1),
            "minutes_of": minutes.meeting if minutes else None,
            **_next_step(world, rules, coming, now),
        },
        files=minutes.files if minutes else (),
        documents=minutes.documents if minutes else (),
    )


def _next_step(world: World, rules: Rules, coming: Sequence[Meeting], now: datetime) -> dict[str, object]:
    """When something happens next of its own accord, and what."""
    moment = next_moment(coming, rules.timeline, now)
    steps = (
        (meeting, step.step)
        for meeting in coming
        for step in (due(meeting, progress(world, meeting), rules.timeline, moment) if moment else ())
    )
    meeting, step = next(steps, (None, None))
    if meeting is None or step is None:
        return {"next_step": None, "next_step_name": ""}
    name = STEP_WORDS[step]
    return {
        "next_step": moment,
        "next_step_name": f"{name[:1].lower()}{name[1:]} (mötet {short_day(meeting.day)})",
    }


_STEPS = {
    "ask-successors": _ask_successors,
    "remind-successors": _ask_successors,
    "hand-over": _hand_over,
}


def settle_successors(book: Book, question: OpenQuestion, text: str, year: int, now: datetime) -> str | None:
    """Record who is chair and secretary in a year.

    Returns a Swedish sentence, or None when nobody was named.
    """
    world = book.world
    network = world.network_on(now.date())
    term = world.terms.get(year)
    chosen = choose(text, max(1, len(question.options)))
    if term and complete(term) and question.options and (chosen.number == 1 or chosen.yes):
        book.put((StepDone(date(year, 1, 1), "successors-confirmed", now),))
        return f"{year}: {question.options[0].sentence}"
    named = _named_roles(text, network)
    if not named:
        return None
    changed = Term(
        year,
        named.get("chair", term.chair if term else None),
        named.get("secretary", term.secretary if term else None),
    )
    book.put((changed, StepDone(date(year, 1, 1), "successors-confirmed", now)))
    known = names(world)
    return (
        f"{year}: Ordförande {known.get(changed.chair or '', 'inte bestämd')} och "
        f"sekreterare {known.get(changed.secretary or '', 'inte bestämd')}."
    )


_ROLE = re.compile(r"\b(?P<chair>ordf(?:örande)?n?)\b|\b(?P<secretary>sekr(?:eterare)?n?)\b")


def _named_roles(text: str, network: Network) -> dict[str, str]:
    """ "Ordförande blir Karin Nyström, sekreterare Ulla Strand": each name goes with the role before it."""
    folded = fold(text)
    marks = [(m.start(), "chair" if m["chair"] else "secretary") for m in _ROLE.finditer(folded)]
    found: dict[str, str] = {}
    for number, (start, role) in enumerate(marks):
        end = marks[number + 1][0] if number + 1 < len(marks) else len(folded)
        stretch = folded[start:end]
        people = [p for p in network.people if fold(p.name) in stretch]
        if len(people) == 1:
            found[role] = people[0].id
    return found


# Empty seats.


def _remind_of_vacancies(office: Office, now: datetime) -> int:
    """A seat without a holder is asked about each week, until somebody is named."""
    world = office.store.world()
    if now.hour < 8 or not is_working_day(now.date()):
        return 0
    made = 0
    for tenure in _vacancies(world, now.date()):
        step = _vacancy_step(world, tenure, now)
        if step is None:
            continue
        with office.store.work() as book:
            book.put((StepDone(tenure.since, step, now),))
            # The letter that told was a notice itself; the first reminder comes a week later.
            if not step.endswith("-0"):
                write(office, book, _vacancy_posts(book.world, tenure, now), now)
                made += 1
    return made


def _vacancies(world: World, today: date) -> list[Tenure]:
    """Seats that somebody has left or is about to leave, with nobody to come instead."""
    return [
        t
        for t in world.tenures.values()
        if t.role == "holder" and t.person is None and (t.until is None or t.until > today)
    ]


def _vacancy_step(world: World, tenure: Tenure, now: datetime) -> str | None:
    prefix = f"vacancy-{tenure.place}-"
    taken = {
        s.step: s.at for s in world.steps.values() if s.meeting == tenure.since and s.step.startswith(prefix)
    }
    last = max(taken.values(), default=None)
    if last is None:
        return f"{prefix}0"
    return f"{prefix}{len(taken)}" if now >= last + VACANCY_WEEKS else None


def _vacancy_posts(world: World, tenure: Tenure, now: datetime) -> tuple[Post, ...]:
    seat = next((s for s in world.charter.seats if s.id == tenure.place), None)
    left = next(
        (
            t.person
            for t in world.tenures.values()
            if (t.place, t.role, t.until) == (tenure.place, "holder", tenure.since)
        ),
        None,
    )
    leaving = world.people.get(left or "")
    to = to_secretary(world, now)
    # Whoever has left already gets nothing more.
    still_here = leaving if leaving and tenure.since > now.date() else None
    told = once(([to] if to else []) + ([recipient(still_here)] if still_here else []))
    coming = world.network_on(now.date()).next_meeting(now)
    return tuple(
        Post(
            what="reminder",
            mailing="seat-notice",
            to=one,
            meeting=coming.key if coming else None,
            facts={
                "kind": "leaving-no-successor",
                "person_name": leaving.name if leaving else "",
                "seat_title": seat.title if seat else tenure.place,
                "other_name": "",
                "from_date": tenure.since,
                "meetings": (),
            },
        )
        for one in told
    )


# Focus areas.


def ask_priorities_post(world: World, meeting_key: date, now: datetime) -> ToDecide | None:
    """Ask the secretary which focus areas the year's first meeting decided."""
    to = to_secretary(world, now)
    if to is None:
        return None
    question = OpenQuestion("priorities", NO_LETTER, None, to)
    post = Post(
        what="ask", mailing="ask-priorities", to=to, meeting=meeting_key, facts={"year": meeting_key.year}
    )
    return ToDecide(question, post)


_MARK = re.compile(r"^\s*(?:[-–—•*·]|\d{1,2}[.):])\s*")
_FRAME = re.compile(
    r"^(?:hej|tack|mvh|hälsningar|vänliga hälsningar|med vänlig|det blev|vi beslutade|här kommer"
    r"|fokusområde|/)"
)


def read_areas(text: str) -> tuple[str, ...]:
    """The focus areas of an answer: a line each, else parted by commas or semicolons."""
    lines = [_MARK.sub("", line).strip(" .") for line in text.splitlines() if line.strip()]
    marked = [_MARK.sub("", line).strip(" .") for line in text.splitlines() if _MARK.match(line)]
    areas = marked or [line for line in lines if not _FRAME.match(fold(line)) and len(line) > 3]
    if len(areas) == 1:
        said = areas[0].partition(":")[2] or areas[0]
        areas = [part.strip(" .") for part in re.split(r"[,;]| samt | och (?=[^,;]*$)", said)]
    return tuple(a[:1].upper() + a[1:] for a in areas if a)[:12]


def settle_priorities(book: Book, text: str, year: int) -> tuple[str, ...]:
    """Store the focus areas that an answer names; empty when it names none."""
    areas = read_areas(text)
    if areas:
        book.put((Priorities(year, areas),))
    return areas
