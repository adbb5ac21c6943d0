"""Keeping the calendar: take the steps that meetings are waiting for.

`due` in the domain says which; here each step has a row in a table, and a
function that turns the world into letters and changed entities.  A step and
its mark are saved together, so none is taken twice.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from service.domain.agenda import Draft, Item, compile_agenda
from service.domain.distribution import chair, names, recipient, recipients, secretary
from service.domain.network import Meeting
from service.domain.progress import agenda_at, closes_at, progress
from service.domain.timeline import Due, Step, due
from service.domain.world import Entity, StepDone, World
from service.usecases.bounces import is_unreachable
from service.usecases.filing.case import ToDecide
from service.usecases.follow_up import question_about, referred, remind_of_tasks, to_tell
from service.usecases.invitees import agenda_posts
from service.usecases.letters import (
    agenda_document,
    agenda_documents,
    calendar_entry,
    draft_posts,
    files_of,
    has_substitute,
    minutes_draft_posts,
    to_secretary,
)
from service.usecases.minutes import (
    attendance,
    last_decisions,
    minutes_documents,
    minutes_form_facts,
    stored,
    told,
)
from service.usecases.office import Book, Office, Outbound, Rules
from service.usecases.outgoing import CalendarEntry, DocumentOrder, Post, Recipient, agenda_lines
from service.usecases.retention import keep_retention
from service.usecases.words import listed, short_day
from service.usecases.writing import write
from service.usecases.year import ask_priorities_post, keep_year

log = logging.getLogger("kallelse.calendar")


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a step changes and sends."""

    posts: tuple[Post, ...] = ()
    put: tuple[Entity, ...] = ()
    decide: tuple[ToDecide, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """A meeting at a moment: what each step looks at."""

    world: World
    rules: Rules
    meeting: Meeting
    now: datetime

    def everyone(self, mailing: str) -> tuple[Recipient, ...]:
        draft = self.world.newest_draft("agenda", self.meeting.key)
        lines = draft.lines if draft else ()
        return recipients(self.world, self.rules.distribution[mailing], self.meeting, lines, self.now)


class StepFailed(Exception):
    """A step could not be taken.  All others have been; it is tried again in the next round."""


# After so many failed tries of a step the secretary is told.
TRIES = 3


def keep_calendar(office: Office, temporary: tuple[type[Exception], ...] = ()) -> int:
    """Take every step that is due now; returns how many were taken.

    Each step is a transaction of its own, and what it changes decides what
    is due next.  A fault named in `temporary` (the database is away) is
    raised on; a step with a fault of its own keeps no other from being
    taken, and StepFailed is raised when all of them have been.
    """
    taken = 0
    failed: list[Exception] = []

    def one(part: Callable[[], int], meeting: date | None = None, step: str = "") -> None:
        nonlocal taken
        try:
            taken += part()
        except temporary:
            raise
        except Exception as fault:
            log.exception("step=%s meeting=%s failed", step or "-", meeting or "-")
            failed.append(fault)
            if step:
                _tell_of(office, f"{meeting} {step}", temporary)

    for key in list(office.store.world().meetings):
        tried: set[Step] = set()
        # What fails is passed over, and whatever else is due for the meeting is still done.
        while step := _next(office, key, tried):
            before = len(failed)
            one(partial(_take, office, key, step), key, step)
            if len(failed) > before:
                tried.add(step)
    one(partial(keep_year, office))
    one(partial(remind_of_tasks, office))
    one(partial(_reports, office))
    one(partial(_retention, office))
    if failed:
        raise StepFailed(f"{type(failed[0]).__name__}: {failed[0]}") from failed[0]
    return taken


def _next(office: Office, key: date, passed_over: Container[Step]) -> Step | None:
    """The first step that is due for a meeting; looking costs nothing."""
    steps = (d.step for d in _due(office.store.world(), office.rules, key, office.now()))
    return next((step for step in steps if step not in passed_over), None)


def _take(office: Office, key: date, step: Step) -> int:
    now = office.now()
    with office.store.work() as book:
        # Another clerk may have taken it meanwhile.
        if step not in (d.step for d in _due(book.world, office.rules, key, now)):
            return 0
        meeting = book.world.meetings[key]
        taken = STEPS[step](Moment(book.world, office.rules, meeting, now))
        book.put((*taken.put, StepDone(meeting.key, step, now)))
        write(office, book, taken.posts, now)
        for asked in taken.decide:
            letters = write(office, book, [asked.post], now)
            book.ask(asked.question, [letter.message_id for letter in letters])
        book.note("step", meeting=meeting.key, detail=step)
    log.info("step=%s meeting=%s letters=%d", step, meeting.key, len(taken.posts))
    return 1


def _tell_of(office: Office, mark: str, temporary: tuple[type[Exception], ...]) -> None:
    """Count a failed step in the journal, and tell the secretary after the third time."""
    now = office.now()
    try:
        with office.store.work() as book:
            times = book.noted("step-failed", mark) + 1
            if times <= TRIES:
                book.note("step-failed", detail=mark)
            to = to_secretary(book.world, now)
            if times != TRIES or to is None:
                return
            facts = {
                "heading": "Ett utskick kunde inte göras",
                "intro": "Tjänsten har försökt flera gånger och fortsätter att försöka. "
                "Säg till den som sköter tjänsten.",
                "parts": (("Det här väntar", (mark,)),),
            }
            write(office, book, [Post(what="reminder", mailing="stock-taking", to=to, facts=facts)], now)
    except temporary:
        raise
    except Exception:
        log.exception("the secretary could not be told")


def _due(world: World, rules: Rules, key: object, now: datetime) -> list[Due]:
    meeting = world.meetings.get(key)  # type: ignore[call-overload]
    return due(meeting, progress(world, meeting), rules.timeline, now) if meeting else []


def _call(at: Moment, mailing: str = "call") -> Taken:
    """Ask everyone for matters."""
    # Matters that came while no meeting was planned have waited for this one.
    placed = tuple(
        dataclasses.replace(i, meeting=at.meeting.key)
        for i in at.world.items.values()
        if i.meeting is None and i.state == "proposed" and not i.standing
    )
    known = at.world.items_of(at.meeting.key)
    items = (*(i for i in known if i.state == "proposed" and not i.standing), *placed)
    facts = {
        "closes_at": closes_at(at.meeting, at.rules.timeline),
        "agenda_at": agenda_at(at.meeting, at.rules.timeline),
        "items": agenda_lines(items, at.meeting, names(at.world)),
        "priorities": at.world.focus_areas(at.meeting.start.year),
    }
    what = "call" if mailing == "call" else "reminder"
    return Taken(
        tuple(
            Post(
                what=what,  # type: ignore[arg-type]
                mailing=mailing,
                to=to,
                meeting=at.meeting.key,
                facts={**facts, "has_substitute": has_substitute(at.world, to, at.meeting.day)},
            )
            for to in at.everyone(mailing)
        ),
        placed,
    )


def _remind_call(at: Moment) -> Taken:
    return _call(at, "remind-call")


def _close(at: Moment) -> Taken:
    """From here on a new matter is a question to the secretary."""
    return Taken()


def _preparation(at: Moment) -> Taken:
    """The proposed matters, with all material, to those who prepare the agenda."""
    items = _compiled(at)
    planned = sum(i.minutes or 0 for i in items)
    facts = {
        "items": agenda_lines(items, at.meeting, names(at.world)),
        "preparation": at.meeting.preparation,
        "over_minutes": max(0, planned - at.meeting.length_minutes),
    }
    entry = _preparation_entry(at) if at.meeting.preparation and at.meeting.preparation > at.now else None
    return Taken(
        tuple(
            Post(
                what="preparation",
                mailing="preparation",
                to=to,
                meeting=at.meeting.key,
                facts=facts,
                files=files_of(items),
                calendar=entry,
            )
            for to in at.everyone("preparation")
        )
    )


def _preparation_entry(at: Moment) -> CalendarEntry:
    assert at.meeting.preparation is not None
    entry = calendar_entry(at.world, at.meeting, at.now)
    return dataclasses.replace(
        entry,
        uid=f"beredning.{entry.uid}",
        start=at.meeting.preparation,
        end=at.meeting.preparation + timedelta(hours=1),
        summary=f"{at.world.charter.short_name}: beredning av dagordningen",
        place="",
    )


def _compiled(at: Moment) -> tuple[Item, ...]:
    """The items of the meeting as they stand; the year's focus areas under what evaluates them."""
    items = at.world.items_of(at.meeting.key)
    compiled = compile_agenda(at.meeting, items, at.rules.standing_items, tuple(at.world.meetings.values()))
    areas = at.world.focus_areas(at.meeting.start.year)
    described = {
        ".evaluation": f"Årets fokusområden: {listed(areas)}." if areas else "",
        ".follow-up": _to_follow_up(at),
    }
    return tuple(dataclasses.replace(i, description=_said_of(i, described)) for i in compiled)


def _said_of(item: Item, described: Mapping[str, str]) -> str:
    """What the records have to say of a standing item; of a matter its proposer has."""
    found = next((text for name, text in described.items() if item.id.endswith(name)), "")
    return found if found and item.standing else item.description


def _to_follow_up(at: Moment) -> str:
    """What the last meeting decided, and what has become of what earlier ones left to be done."""
    last = last_decisions(at.world, at.meeting)
    said = [f"§ {d.number} ({short_day(last[0].day)}): {' '.join(d.text)}" for d in last[1]] if last else []
    return "\n\n".join((*said, *to_tell(at.world, at.meeting, at.now)))


def _draft(at: Moment) -> Taken:
    """Number the items and show them to the secretary."""
    lines = _compiled(at)
    newest = at.world.newest_draft("agenda", at.meeting.key)
    draft = Draft("agenda", at.meeting.key, newest.version + 1 if newest else 1, at.now, lines)
    return Taken(draft_posts(at.world.put((draft,)), at.rules, at.meeting, draft, at.now), (draft,))


def _reminder(at: Moment, *, escalated: bool, late: bool, to: tuple[Recipient, ...]) -> Taken:
    draft = at.world.newest_draft("agenda", at.meeting.key)
    if draft is None:
        return Taken()
    who = secretary(at.world, at.now)
    facts = {
        "version": draft.version,
        "lines": agenda_lines(draft.lines, at.meeting, names(at.world)),
        "agenda_at": agenda_at(at.meeting, at.rules.timeline),
        "escalated": escalated,
        "secretary_name": who.name if who else "",
        "late": late,
    }
    return Taken(
        tuple(
            Post(
                # Answering the reminder answers the draft.
                what="agenda-draft",
                mailing="agenda-draft-reminder",
                to=one,
                meeting=at.meeting.key,
                version=draft.version,
                facts=facts,
                files=files_of(draft.lines) if escalated else (),
                documents=(agenda_document(at.world, at.meeting, draft.lines, at.now),),
            )
            for one in to
        )
    )


def _secretary(at: Moment) -> tuple[Recipient, ...]:
    to = to_secretary(at.world, at.now)
    return (to,) if to else ()


def _chair(at: Moment) -> tuple[Recipient, ...]:
    lead = chair(at.world, at.now)
    return (recipient(lead),) if lead and lead.email else ()


def _remind_draft(at: Moment) -> Taken:
    return _reminder(at, escalated=False, late=False, to=_secretary(at))


def _escalate_draft(at: Moment) -> Taken:
    return _reminder(at, escalated=True, late=False, to=_chair(at))


def _agenda_late(at: Moment) -> Taken:
    """The promise of a week is broken: secretary, chair and those who prepare must know."""
    preparers = recipients(at.world, ("secretary", "chair", "preparers"), at.meeting, (), at.now)
    return _reminder(at, escalated=True, late=True, to=preparers)


def _send_agenda(at: Moment) -> Taken:
    """The approved agenda, with its files and a calendar entry, one message for each."""
    draft = at.world.newest_draft("agenda", at.meeting.key)
    assert draft is not None
    assert draft.state == "approved"
    everyone = at.everyone("agenda")
    members = {r.address.casefold() for r in _members(at)}
    lines = agenda_lines(draft.lines, at.meeting, names(at.world))
    documents = agenda_documents(at.world, at.meeting, draft.lines, at.now)
    entry = calendar_entry(at.world, at.meeting, at.now)
    posts = []
    co_opted = agenda_posts(
        at.world.put((dataclasses.replace(draft, state="sent"),)), at.meeting, everyone, at.now
    )
    for to in everyone:
        if to.address in co_opted:
            posts.append(co_opted[to.address])
            continue
        theirs = tuple(line for line in lines if line.presenter and line.presenter == to.name)
        posts.append(
            Post(
                what="agenda",
                mailing="agenda",
                to=to,
                meeting=at.meeting.key,
                version=draft.version,
                facts={
                    "lines": lines,
                    "is_presenter_only": to.address.casefold() not in members,
                    "their_items": theirs,
                    "has_substitute": has_substitute(at.world, to, at.meeting.day),
                },
                files=files_of(draft.lines),
                documents=documents,
                calendar=entry,
            )
        )
    return Taken(tuple(posts), (dataclasses.replace(draft, state="sent"),))


def _members(at: Moment) -> tuple[Recipient, ...]:
    groups = ("holders", "called-in", "secretary", "chair", "invitees")
    return recipients(at.world, groups, at.meeting, (), at.now)


def _attendance_list(at: Moment) -> Taken:
    facts = attendance(at.world, at.meeting)
    return Taken(
        tuple(
            Post(what="reminder", mailing="attendance-list", to=to, meeting=at.meeting.key, facts=facts)
            for to in at.everyone("attendance-list")
        )
    )


def _minutes_form(at: Moment) -> Taken:
    """The agenda and the attendance filled in, for the secretary to write the minutes on."""
    facts = minutes_form_facts(at.world, at.meeting, at.now)
    name = f"Protokollsmall {at.world.charter.short_name} {at.meeting.day.isoformat()}"
    orders = tuple(DocumentOrder("minutes-form", f"{name}.{ending}", facts) for ending in ("docx", "pdf"))
    return Taken(
        tuple(
            Post(
                what="reminder",
                mailing="minutes-form",
                to=to,
                meeting=at.meeting.key,
                facts={k: facts[k] for k in ("lines", "present", "absent", "substitutes")},
                documents=orders,
            )
            for to in at.everyone("minutes-form")
        )
    )


def _minutes_reminder(at: Moment, *, escalated: bool, to: tuple[Recipient, ...]) -> Taken:
    facts = {"days_since": (at.now.date() - at.meeting.day).days, "escalated": escalated}
    return Taken(
        tuple(
            Post(what="reminder", mailing="minutes-reminder", to=one, meeting=at.meeting.key, facts=facts)
            for one in to
        )
    )


def _remind_minutes(at: Moment) -> Taken:
    return _minutes_reminder(at, escalated=False, to=_secretary(at))


def _escalate_minutes(at: Moment) -> Taken:
    lead = _chair(at)
    others = tuple(to for to in _secretary(at) if to not in lead)
    told = _minutes_reminder(at, escalated=True, to=lead)
    return Taken((*told.posts, *_minutes_reminder(at, escalated=False, to=others).posts))


def _remind_minutes_draft(at: Moment) -> Taken:
    draft = at.world.newest_draft("minutes", at.meeting.key)
    if draft is None:
        return Taken()
    # What the secretary has approved waits for the chair to adjust it.
    to = next(iter(_chair(at)), None) if draft.approved_by else None
    return Taken(minutes_draft_posts(at.world, at.rules, at.meeting, draft, at.now, to=to))


def _send_minutes(at: Moment) -> Taken:
    """The approved minutes to everyone; as a PDF where the secretary sent no finished document."""
    draft = at.world.newest_draft("minutes", at.meeting.key)
    assert draft is not None
    assert draft.state == "approved"
    who = secretary(at.world, at.now)
    documents = minutes_documents(at.world, at.meeting, draft, at.now)
    minutes = stored(at.world, draft)
    posts = tuple(
        Post(
            what="minutes",
            mailing="minutes",
            to=to,
            meeting=at.meeting.key,
            version=draft.version,
            facts={
                # Minutes on the form are told by what was decided; all of them stand in the PDF.
                "text": draft.text if not (draft.files or minutes) else "",
                "files": draft.files,
                "secretary_name": who.name if who else "",
                **told(minutes),
            },
            files=draft.files,
            documents=documents,
        )
        for to in at.everyone("minutes")
    )
    return Taken(posts, (dataclasses.replace(draft, state="sent"),))


def _ask_priorities(at: Moment) -> Taken:
    """The year's first meeting has set its priorities: which?"""
    asked = ask_priorities_post(at.world, at.meeting.key, at.now)
    return Taken(decide=(asked,) if asked else ())


def _referrals(at: Moment) -> Taken:
    """What is for SVOM or Barnarenan to decide, with its material, to the secretary.

    Her answer to it, now or after the next reminder, says what became of it there.
    """
    draft = at.world.newest_draft("agenda", at.meeting.key)
    matters = tuple(i for i in draft.lines if i.forum) if draft else ()
    facts = {"lines": agenda_lines(matters, at.meeting, names(at.world))}
    to = next(iter(_secretary(at)), None)
    if to is None:
        return Taken()
    post = Post(
        what="ask",
        mailing="referrals",
        to=to,
        meeting=at.meeting.key,
        facts=facts,
        files=files_of(matters),
    )
    return Taken(decide=(ToDecide(question_about(referred(at.world, at.meeting), to), post),))


STEPS: dict[Step, Callable[[Moment], Taken]] = {
    "call": _call,
    "remind-call": _remind_call,
    "close": _close,
    "preparation": _preparation,
    "draft": _draft,
    "remind-draft": _remind_draft,
    "escalate-draft": _escalate_draft,
    "send-agenda": _send_agenda,
    "agenda-late": _agenda_late,
    "attendance-list": _attendance_list,
    "minutes-form": _minutes_form,
    "remind-minutes": _remind_minutes,
    "escalate-minutes": _escalate_minutes,
    "remind-minutes-draft": _remind_minutes_draft,
    "send-minutes": _send_minutes,
    "ask-priorities": _ask_priorities,
    "referrals": _referrals,
}


# A report waits so long for a server that is away, then says what is known.
PATIENCE = timedelta(hours=2)

_REPORTED: dict[str, tuple[Step, str]] = {
    "agenda": ("send-agenda", "agenda-report"),
    "minutes": ("send-minutes", "minutes-report"),
}


def _reports(office: Office) -> int:
    """Tell the secretary who got what, once a mailing has been delivered."""
    made = 0
    world = office.store.world()
    for meeting in world.meetings.values():
        done = world.done(meeting.key)
        for mailing, (step, report) in _REPORTED.items():
            if step in done and report not in done:
                made += _report(office, meeting, mailing, report, done[step])
    return made


def _report(office: Office, meeting: Meeting, mailing: str, report: str, sent_at: datetime) -> int:
    now = office.now()
    with office.store.work() as book:
        if report in book.world.done(meeting.key):
            return 0
        # Those co-opted for an item get it in a letter of another kind.
        co_opted = [letter for letter in book.mailing("co-opted", meeting.key) if letter.what == mailing]
        letters = book.mailing(mailing, meeting.key) + co_opted
        # What had no room in the first message.
        more = [letter for letter in book.mailing("more-files", meeting.key) if letter.what == mailing]
        under_way = any(letter.state in ("waiting", "sending") for letter in (*letters, *more))
        if under_way and now < sent_at + PATIENCE:
            return 0
        write(office, book, _report_posts(book, meeting, mailing, letters, more, now), now)
        book.put((StepDone(meeting.key, report, now),))
    return 1


def _retention(office: Office) -> int:
    """No step of a meeting, so it counts as none."""
    keep_retention(office)
    return 0


_STATE_WORDS = {
    "sent": "skickat",
    "waiting": "väntar på e-postservern",
    "sending": "väntar på e-postservern",
    "refused": "avvisat",
    "uncertain": "osäkert",
    "stopped": "stoppat",
}


def _rest(letter: Outbound, more: list[Outbound]) -> str:
    """What became of the messages with the files that had no room in the first."""
    missing = [m for m in more if m.to.address == letter.to.address and m.state != "sent"]
    return "; ".join(f"{_STATE_WORDS[m.state]}: {listed([f.filename for f in m.files])}" for m in missing)


def _bounced(book: Book, address: str) -> str:
    """What is known of an address to which mail was handed over."""
    return "tidigare mejl dit har studsat" if is_unreachable(book, address) else ""


def _report_posts(
    book: Book, meeting: Meeting, mailing: str, letters: list[Outbound], more: list[Outbound], now: datetime
) -> tuple[Post, ...]:
    to = to_secretary(book.world, now)
    if to is None:
        return ()
    rows = tuple(
        (
            letter.to.name,
            letter.to.address,
            _STATE_WORDS[letter.state],
            letter.answer
            if letter.state != "sent"
            else _bounced(book, letter.to.address) or _rest(letter, more),
        )
        for letter in letters
    )
    files = tuple(f for letter in (letters[:1] + more) if letter.to == letters[0].to for f in letter.files)
    facts = {"what": mailing, "rows": rows, "files": files, "at": now}
    return (Post(what="ack", mailing="agenda-report", to=to, meeting=meeting.key, facts=facts),)
