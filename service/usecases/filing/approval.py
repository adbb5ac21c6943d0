"""The secretary's answers to a draft: approval and changes; and the chair's, who may adjust the minutes.

Approval binds to the version that was seen; silence and anything unclear
never send a mailing.
"""

from __future__ import annotations

import dataclasses

from service.domain import agenda as agendas
from service.domain.agenda import Draft
from service.domain.distribution import chair, may_decide, recipient, secretary
from service.domain.intents import Changes, MinutesFiled
from service.domain.network import Meeting, Person
from service.domain.progress import agenda_at, agenda_is_out
from service.domain.world import Entity
from service.usecases.drafting import next_version
from service.usecases.filing.case import Ask, Case, Note, Outcome
from service.usecases.filing.minutes import file_minutes
from service.usecases.filing.passed_on import not_yours
from service.usecases.letters import draft_posts, minutes_draft_posts, to_secretary
from service.usecases.outgoing import Post


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
        return not_yours(case)
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
    if draft.what == "minutes" and (lead := _adjuster(case)):
        return _to_be_adjusted(case, meeting, draft, lead)
    approved = dataclasses.replace(
        draft, state="approved", approved_by=case.speaker.id if case.speaker else None, approved_at=case.now
    )
    return Outcome(put=(approved,), notes=(told,))


def _adjuster(case: Case) -> Person | None:
    """The chair, where she adjusts the minutes and it is somebody else who has approved them now."""
    lead = chair(case.world, case.now) if case.world.charter.minutes_adjusted_by_chair else None
    if lead is None or not lead.email or (case.speaker and case.speaker.id == lead.id):
        return None
    return lead


def _to_be_adjusted(case: Case, meeting: Meeting, draft: Draft, lead: Person) -> Outcome:
    """The secretary is content: now the chair gets the same version, and her "ok" lets it go."""
    told = Note("minutes-to-chair", {"meeting": meeting, "chair_name": lead.name})
    if draft.approved_by:
        return Outcome(notes=(told,))
    seen = dataclasses.replace(
        draft, approved_by=case.speaker.id if case.speaker else None, approved_at=case.now
    )
    world = case.world.put((seen,))
    posts = minutes_draft_posts(world, case.rules, meeting, seen, case.now, case.number, to=recipient(lead))
    return Outcome(put=(seen,), notes=(told,), posts=posts)


def _corrected_by_the_chair(case: Case, meeting: Meeting, draft: Draft, comment: str) -> Outcome:
    """What the chair wants changed goes to the secretary, who sends the next version."""
    who = case.speaker.name if case.speaker else ""
    put = (dataclasses.replace(draft, approved_by=None, approved_at=None),) if draft.approved_by else ()
    to = to_secretary(case.world, case.now)
    posts = minutes_draft_posts(
        case.world.put(put), case.rules, meeting, draft, case.now, case.number,
        comment=comment, comment_by=who,
    )  # fmt: skip
    note = Note("minutes-corrections", {"meeting": meeting, "passed_to": to.name if to else ""})
    return Outcome(put=put, notes=(note,), posts=posts)


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


def file_changes(case: Case) -> Outcome:
    """Carry out the operations, and show a new version with what changed marked."""
    intent = case.intent
    assert isinstance(intent, Changes)
    answered = draft_answered(case)
    if answered is None:
        return Outcome(notes=(Note("no-draft", {}),))
    if not may_decide(case.world, case.speaker.id if case.speaker else None, case.now):
        return not_yours(case)
    meeting, seen = answered
    if seen.what == "minutes":
        newest = case.world.newest_draft("minutes", meeting.key)
        if newest and newest.state == "sent":
            return Outcome(notes=(Note("approval", {"meeting": meeting, "what": "minutes", "out": True}),))
        if case.files:
            # A new file is a new version, whatever is said of it.
            filed = MinutesFiled(certain=True, meeting=meeting.key, attachments=tuple(case.files))
            return file_minutes(dataclasses.replace(case, intent=filed))
        lead, keeper = chair(case.world, case.now), secretary(case.world, case.now)
        if newest and lead and case.speaker and case.speaker.id == lead.id and lead != keeper:
            return _corrected_by_the_chair(case, meeting, newest, intent.comment or case.text)
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
