"""The secretary's answers to a draft: approval, changes, and the minutes she sends in.

Approval binds to the version that was seen; silence and anything unclear
never send a mailing.
"""

from __future__ import annotations

import dataclasses

from service.domain import agenda as agendas
from service.domain.agenda import Draft
from service.domain.distribution import may_decide
from service.domain.intents import Changes, MinutesFiled
from service.domain.network import Meeting
from service.domain.progress import agenda_at, agenda_is_out
from service.domain.world import Entity
from service.usecases.drafting import next_version
from service.usecases.filing.case import Ask, Case, Note, Outcome, ToDecide
from service.usecases.letters import draft_posts, minutes_draft_posts, to_secretary
from service.usecases.office import OpenQuestion, Option
from service.usecases.outgoing import Post
from service.usecases.words import day_in_words


def draft_answered(case: Case) -> tuple[Meeting, Draft] | None:
    """Which version of which draft the letter answers."""
    if case.reference is None or case.reference.meeting is None:
        return None
    what = {"agenda-draft": "agenda", "minutes-draft": "minutes"}.get(case.reference.what)
    meeting = case.meeting(case.reference.meeting)
    if what is None or meeting is None:
        return None
    draft = case.world.drafts.get((what, meeting.key, case.reference.version))
    return (meeting, draft) if draft else None


def file_approval(case: Case) -> Outcome:
    """Approve exactly the version that was answered; an old one brings the newest back."""
    answered = draft_answered(case)
    if answered is None:
        return Outcome(notes=(Note("no-draft", {}),))
    if not may_decide(case.world, case.speaker.id if case.speaker else None, case.now):
        return _not_yours(case)
    if case.by_others:
        return Outcome(notes=(Note("approval-by-another", {}),))
    meeting, draft = answered
    newest = case.world.newest_draft(draft.what, meeting.key)
    assert newest is not None
    goes_at = agenda_at(meeting, case.rules.timeline) if draft.what == "agenda" else None
    if goes_at and goes_at <= case.now:
        goes_at = None
    out = "sent" in (draft.state, newest.state)
    told = Note("approval", {"meeting": meeting, "what": draft.what, "goes_at": goes_at, "out": out})
    if not case.genuine and newest.state == "waiting":
        # A right subject or a guessed reference is no answer to a draft: only the real one is.
        return Outcome(notes=(Note("approval-unbound", {}),), posts=_show_again(case, meeting, newest))
    if draft.version != newest.version:
        if newest.state in ("approved", "sent"):
            return Outcome(notes=(told,))
        old = Note("approval-old", {"version": draft.version, "newest": newest.version, "meeting": meeting})
        return Outcome(notes=(old,), posts=_show_again(case, meeting, newest, seen=draft))
    if draft.state in ("approved", "sent"):
        # Approving twice is harmless.
        return Outcome(notes=(told,))
    approved = dataclasses.replace(
        draft, state="approved", approved_by=case.speaker.id if case.speaker else None, approved_at=case.now
    )
    return Outcome(put=(approved,), notes=(told,))


def _show_again(case: Case, meeting: Meeting, draft: Draft, seen: Draft | None = None) -> tuple[Post, ...]:
    """The newest version, what is new since the one that was `seen` marked."""
    if draft.what == "minutes":
        return minutes_draft_posts(
            case.world, case.rules, meeting, draft, case.now, case.number, _thread(case)
        )
    return draft_posts(
        case.world,
        case.rules,
        meeting,
        draft,
        case.now,
        because_of=case.number,
        thread=_thread(case),
        seen=seen,
        removed=tuple(i.title for i in seen.lines if draft.number_of(i.id) is None) if seen else (),
    )


def _thread(case: Case) -> tuple[str, ...]:
    return (case.letter.message_id,) if case.letter.message_id else ()


def _not_yours(case: Case) -> Outcome:
    """Somebody else than the secretary or the chair answers a draft: she gets to know."""
    to = to_secretary(case.world, case.now)
    note = Note("not-yours", {"passed_to": to.name if to else ""})
    if to is None:
        return Outcome(notes=(note,))
    sender = case.letter.sender
    question = OpenQuestion("question", case.number, case.speaker.id if case.speaker else None, to)
    post = Post(
        what="ask",
        mailing="question",
        to=to,
        meeting=case.reference.meeting if case.reference else None,
        facts={
            "from_name": (sender.name or sender.address) if sender else "",
            "from_address": sender.address if sender else "",
            "their_subject": case.letter.subject,
            "their_text": case.text,
        },
        because_of=case.number,
    )
    return Outcome(notes=(note,), decide=(ToDecide(question, post),))


def file_changes(case: Case) -> Outcome:
    """Carry out the operations, and show a new version with what changed marked."""
    intent = case.intent
    assert isinstance(intent, Changes)
    answered = draft_answered(case)
    if answered is None:
        return Outcome(notes=(Note("no-draft", {}),))
    if not may_decide(case.world, case.speaker.id if case.speaker else None, case.now):
        return _not_yours(case)
    meeting, seen = answered
    if seen.what == "minutes":
        return Outcome(notes=(Note("minutes-changes", {"meeting": meeting, "comment": intent.comment}),))
    if agenda_is_out(case.world, meeting.key):
        return Outcome(notes=(Note("agenda-is-out", {"meeting": meeting}),))
    if not intent.operations:
        return Outcome(
            asks=(Ask("Vi förstod inte vad som ska ändras i utkastet. Kan du skriva det på ett annat sätt?"),)
        )
    newest = case.world.newest_draft("agenda", meeting.key)
    assert newest is not None
    edited = agendas.edit(seen, newest, intent.operations, new_id=case.id)
    if not edited.done:
        return Outcome(asks=(Ask(" ".join(edited.not_done)),))
    put = [*_items_after(case, meeting, edited), *next_version(case.world, meeting, edited.lines, case.now)]
    draft = put[-1]
    assert isinstance(draft, Draft)
    comment = (
        (f"Du skrev också: ”{intent.comment}”. Det har vi inte gjort något åt.",) if intent.comment else ()
    )
    return Outcome(
        put=tuple(put),
        posts=draft_posts(
            case.world.put(put),
            case.rules,
            meeting,
            draft,
            case.now,
            done=edited.done,
            not_done=(*edited.not_done, *comment),
            removed=tuple(i.title for i in (*edited.removed, *edited.postponed)),
            because_of=case.number,
            thread=_thread(case),
        ),
    )


def _items_after(case: Case, meeting: Meeting, edited: agendas.Edited) -> list[Entity]:
    """The matters as the secretary left them; a postponed one belongs to the next meeting."""
    following = next((m for m in case.network.upcoming(case.now) if m.start > meeting.start), None)
    changed: list[Entity] = [
        item if item.received else dataclasses.replace(item, received=case.now, letter=case.number)
        for item in edited.lines
        if not item.standing and case.world.items.get(item.id) != item
    ]
    changed += [dataclasses.replace(i, state="withdrawn") for i in edited.removed if not i.standing]
    changed += [
        dataclasses.replace(i, meeting=following.key if following else None)
        for i in edited.postponed
        if not i.standing
    ]
    return changed


def file_minutes(case: Case) -> Outcome:
    """Make a draft of the minutes mailing and show it before it goes."""
    intent = case.intent
    assert isinstance(intent, MinutesFiled)
    if not may_decide(case.world, case.speaker.id if case.speaker else None, case.now) and not case.decided:
        return _not_yours(case)
    meeting = case.meeting(intent.meeting) if intent.meeting else _last_held(case)
    if meeting is None or meeting.start > case.now:
        held = [m for m in case.network.meetings if m.end <= case.now and not m.cancelled][-3:]
        return Outcome(
            asks=(
                Ask(
                    "Vilket möte gäller protokollet?",
                    tuple(
                        Option(f"Mötet {day_in_words(m.day)}.", (dataclasses.replace(intent, meeting=m.key),))
                        for m in reversed(held)
                    ),
                ),
            )
        )
    newest = case.world.newest_draft("minutes", meeting.key)
    files = case.file_refs(intent.attachments)
    draft = Draft(
        what="minutes",
        meeting=meeting.key,
        version=newest.version + 1 if newest else 1,
        created=case.now,
        text=case.text,
        files=files,
    )
    put: tuple[Entity, ...] = (draft,)
    if newest and newest.state in ("waiting", "approved"):
        put = (dataclasses.replace(newest, state="superseded"), draft)
    return Outcome(
        put=put,
        posts=minutes_draft_posts(
            case.world, case.rules, meeting, draft, case.now, case.number, _thread(case)
        ),
    )


def _last_held(case: Case) -> Meeting | None:
    return next((m for m in reversed(case.network.meetings) if m.end <= case.now and not m.cancelled), None)
