"""What is to be done after a meeting: asked about until it is done, and told at the next one.

Actions come from the minutes, and what is referred to a body above the
network from the agenda; neither is copied.  The records keep only what
somebody has told of them since.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from service.domain.distribution import Recipient, recipient
from service.domain.minutes import Action
from service.domain.network import Meeting
from service.domain.timeline import ActionRule
from service.domain.working_days import is_working_day
from service.domain.world import Entity, FollowUp, StepDone, World
from service.interpretation.follow_ups import told_of_tasks
from service.interpretation.minutes_form import read_minutes
from service.usecases.letters import sent_agenda, to_secretary
from service.usecases.minutes import titles_of
from service.usecases.office import Book, Office, OpenQuestion, Option
from service.usecases.opening import Opened
from service.usecases.outgoing import Post
from service.usecases.words import short_day
from service.usecases.writing import write

log = logging.getLogger("kallelse.calendar")

# So long after its meeting a thing is followed up, done or not.
LONGEST = timedelta(days=365)
NO_LETTER = 0


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a meeting has left to be done; `forum` is the body to which a matter was referred."""

    held: Meeting
    id: str
    what: str
    who: str = ""
    due: date | None = None
    forum: str = ""
    told: FollowUp | None = None

    @property
    def done(self) -> bool:
        return self.told is not None and self.told.state == "done"

    @property
    def reference(self) -> str:
        return f"{self.held.key.isoformat()}|{self.id}"

    @property
    def sentence(self) -> str:
        """As it is said in letters and on the agenda."""
        who = f"{self.who}: " if self.who else f"Till {self.forum}: " if self.forum else ""
        due = f", senast {short_day(self.due)}" if self.due else ""
        return f"{who}{self.what}{due}"


def tasks(world: World, now: datetime) -> tuple[Task, ...]:
    """What the meetings of the last year have left to be done, oldest first, what is done included."""
    found: list[Task] = []
    for held in sorted(world.meetings.values(), key=lambda m: m.start):
        if held.cancelled or held.end > now or held.start < now - LONGEST:
            continue
        found += [
            _with_news(world, Task(held, _id("a", a.who, a.what), a.what, a.who, a.due))
            for a in _actions(world, held)
        ]
        found += referred(world, held)
    return tuple(found)


def referred(world: World, held: Meeting) -> tuple[Task, ...]:
    """What a meeting's agenda had for SVOM or Barnarenan to decide."""
    agenda = sent_agenda(world, held.key)
    return tuple(
        _with_news(world, Task(held, _id("r", i.id), i.title, forum=_forum(world, i.forum)))
        for i in (agenda.lines if agenda else ())
        if i.forum
    )


def _forum(world: World, forum: str) -> str:
    return next((f.short_name for f in world.charter.forums if f.id == forum), forum)


def _id(kind: str, *parts: str) -> str:
    return kind + hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def _with_news(world: World, task: Task) -> Task:
    told = world.followups.get((task.held.key, task.id))
    return dataclasses.replace(task, told=told, due=told.due or task.due) if told else task


def _actions(world: World, held: Meeting) -> tuple[Action, ...]:
    draft = world.newest_draft("minutes", held.key)
    if draft is None or draft.state not in ("approved", "sent"):
        return ()
    return _read(draft.text, tuple(titles_of(world, held.key).items()), held.day)


@lru_cache(maxsize=64)
def _read(text: str, titles: tuple[tuple[int, str], ...], day: date) -> tuple[Action, ...]:
    # Looked at in every round, and the same until new minutes come.
    minutes = read_minutes(text, dict(titles), day)
    return tuple(action for _, action in minutes.actions) if minutes else ()


def to_tell(world: World, meeting: Meeting, now: datetime) -> tuple[str, ...]:
    """For a meeting's follow-up: what is open, with the last news of it, and what has just been done."""
    before = max(
        (m.end for m in world.meetings.values() if m.end < meeting.start and not m.cancelled), default=None
    )
    said: list[str] = []
    for task in tasks(world, now):
        if task.held.start >= meeting.start:
            continue
        where = f"(från mötet {short_day(task.held.day)})"
        if task.done:
            if task.told and (before is None or task.told.told > before):
                said.append(f"Klart: {dataclasses.replace(task, due=None).sentence} {where}")
            continue
        news = (
            f". Senaste besked, {short_day(task.told.told.date())}: ”{task.told.words}”" if task.told else ""
        )
        said.append(f"{task.sentence} {where}{news}")
    return tuple(said)


# Reminders.


def remind_of_tasks(office: Office) -> int:
    """Ask everyone who has something left to do how it goes; returns how many were asked."""
    now = office.now()
    world = office.store.world()
    # In office hours, for nobody is to be asked at midnight.
    if now.hour < 8 or not is_working_day(now.date()):
        return 0
    asked = 0
    for to, _ in _to_remind(world, office.rules.actions, now):
        with office.store.work() as book:
            own = next((t for who, t in _to_remind(book.world, office.rules.actions, now) if who == to), ())
            if own:
                _remind(office, book, to, own, now)
                asked += 1
    return asked


def _to_remind(world: World, rule: ActionRule, now: datetime) -> list[tuple[Recipient, tuple[Task, ...]]]:
    """Who is to be asked today, and about what: all that is theirs and not done."""
    owned: dict[str, tuple[Recipient, list[Task]]] = {}
    for task in tasks(world, now):
        for to in () if task.done else _owners(world, task, now):
            owned.setdefault(to.address.casefold(), (to, []))[1].append(task)
    return [
        (to, tuple(own)) for to, own in owned.values() if any(_asks_for(world, t, rule, now) for t in own)
    ]


def _owners(world: World, task: Task, now: datetime) -> tuple[Recipient, ...]:
    """Those named in the minutes, as long as they are with us; for all else the secretary."""
    network = world.network_on(now.date())
    here = {*network.holders, *network.substitutes, *network.officers(now.year)}
    named = tuple(
        recipient(p) for p in world.people.values() if p.email and p.id in here and p.name in task.who
    )
    to = to_secretary(world, now)
    return named or ((to,) if to else ())


def _asks_for(world: World, task: Task, rule: ActionRule, now: datetime) -> bool:
    """Whether it is time to ask: some days before its day, and now and then once that has passed.

    What has no day is asked about before each meeting.
    """
    coming = world.network_on(now.date()).next_meeting(now)
    # The answers are to be there when the agenda is drafted.
    by = task.due or (coming.day - timedelta(days=rule.before) if coming else None)
    if by is None or now.date() < by - timedelta(days=rule.before):
        return False
    last = _last_asked(world, task)
    if last is None or last.date() < by - timedelta(days=rule.before):
        return True
    return now.date() > by and task.due is not None and (now - last).days >= rule.every


def _last_asked(world: World, task: Task) -> datetime | None:
    mark = f"asked-{task.id}-"
    return max(
        (s.at for s in world.steps.values() if s.meeting == task.held.key and s.step.startswith(mark)),
        default=None,
    )


def _remind(office: Office, book: Book, to: Recipient, own: Sequence[Task], now: datetime) -> None:
    question = question_about(own, to)
    coming = book.world.network_on(now.date()).next_meeting(now)
    post = Post(
        what="ask",
        mailing="remind-action",
        to=to,
        meeting=coming.key if coming else None,
        facts={
            "tasks": tuple(own),
            "today": now.date(),
            "own": all(to.name in t.who for t in own),
        },
    )
    letters = write(office, book, [post], now)
    # One list is enough to answer; what was asked before is in it.
    for old in book.open_questions(NO_LETTER):
        if old.kind == "follow-up" and old.asked.address.casefold() == to.address.casefold():
            book.close(old, "")
    book.ask(question, [letter.message_id for letter in letters])
    book.put([StepDone(t.held.key, f"asked-{t.id}-{now:%Y-%m-%d}", now) for t in own])
    log.info("asked about tasks=%d", len(own))


def question_about(own: Sequence[Task], to: Recipient) -> OpenQuestion:
    """The question that a list of tasks puts; its numbers are those of the list."""
    options = tuple(Option(t.sentence, task=t.reference) for t in own)
    return OpenQuestion("follow-up", NO_LETTER, to.person, to, options)


# Answers.


def settle_follow_up(
    book: Book, question: OpenQuestion, opened: Opened, now: datetime
) -> dict[str, tuple[str, ...]] | None:
    """Record what an answer says of the tasks it was asked about; None when it says nothing of them."""
    known = {t.reference: t for t in tasks(book.world, now)}
    told = told_of_tasks(opened.reading.text, len(question.options), now.date())
    pairs = [(known.get(question.options[t.number - 1].task), t) for t in told]
    put: list[Entity] = []
    lines: dict[str, list[str]] = {"done": [], "put_off": [], "noted": []}
    for task, said in pairs:
        if task is None:
            continue
        due = said.due or (task.told.due if task.told else None)
        by = opened.speaker.name if opened.speaker else ""
        put.append(FollowUp(task.held.key, task.id, said.state, now, by, said.words[:300], due))
        if said.state == "done":
            lines["done"].append(task.what)
        elif said.due:
            lines["put_off"].append(f"{task.what}, senast {short_day(said.due)}")
        else:
            lines["noted"].append(task.what)
    if not put:
        return None
    book.remember_undo(opened.number, book.put(put))
    return {key: tuple(found) for key, found in lines.items()}
