"""Proposals, supplements and withdrawals: what goes onto an agenda, and off it."""

from __future__ import annotations

import dataclasses

from rapidfuzz import fuzz

from service.domain.agenda import Draft, Item
from service.domain.distribution import co_opted_for, names, recipients
from service.domain.intents import Contact, Proposal, Supplement, Withdrawal
from service.domain.network import Meeting
from service.domain.progress import agenda_is_out, closes_at, open_for_matters
from service.domain.world import Entity
from service.interpretation.words import fold
from service.usecases.drafting import next_version, with_item, without_item
from service.usecases.filing.case import Ask, Case, Note, Outcome, ToDecide
from service.usecases.letters import draft_posts, to_secretary
from service.usecases.office import OpenQuestion, Option
from service.usecases.outgoing import Post, agenda_lines, name_alone, their_words
from service.usecases.words import day_in_words


def file_proposal(case: Case) -> Outcome:
    """Put a matter on the list of the meeting that it names, else of the next one."""
    intent = case.intent
    assert isinstance(intent, Proposal)
    meeting = case.meeting(intent.meeting) if intent.meeting else case.next_meeting()
    if meeting is None:
        if intent.meeting:
            return _ask_which_meeting(case, intent)
        return Outcome(
            put=(_item(case, intent, None),), notes=(Note("proposal-waits", {"title": intent.title}),)
        )
    if meeting.cancelled or meeting.start <= case.now:
        return _ask_which_meeting(case, intent)
    if open_for_matters(case.world, meeting, case.rules.timeline, case.now):
        item = _item(case, intent, meeting)
        return Outcome(put=(item,), notes=(_noted(item, meeting, late=False),))
    if case.decided:
        return _add_after_closing(case, intent, meeting)
    return _too_late(case, intent, meeting)


def held_item(case: Case) -> Item | None:
    """A proposed matter as it is kept while nobody may see it yet; None for other wishes."""
    intent = case.intent
    if not isinstance(intent, Proposal):
        return None
    meeting = case.meeting(intent.meeting) if intent.meeting else case.next_meeting()
    return dataclasses.replace(_item(case, intent, meeting), state="held")


def _item(case: Case, intent: Proposal, meeting: Meeting | None) -> Item:
    # What has been kept since it came has its id already, and now gets its place.
    kept = (
        i.id
        for i in case.world.items.values()
        if i.letter == case.number and i.state in ("late", "held") and i.title == intent.title
    )
    return Item(
        id=next(kept, case.id),
        meeting=meeting.key if meeting else None,
        title=intent.title,
        type=intent.type,
        forum=intent.forum,
        minutes=intent.minutes,
        presenter=_known(case, intent.presenter),
        proposer=case.speaker.id if case.speaker else None,
        proposer_address=_from_outside(case),
        description=intent.description,
        files=case.file_refs(intent.attachments),
        received=case.received,
        letter=case.number,
    )


def _from_outside(case: Case) -> str:
    """Who proposes without being in the network, as "Name <address>" (RFC 5322, 3.4) or the bare address."""
    sender = case.letter.sender
    if case.speaker or sender is None:
        return ""
    name = " ".join(sender.name.split())
    return f"{name} <{sender.address}>" if name and name != sender.address else sender.address


def _known(case: Case, contact: Contact | None) -> Contact | None:
    """A presenter whom the network knows gets the network's address."""
    if contact is None or contact.email or not contact.name:
        return contact
    same = [p for p in case.world.people.values() if fold(p.name) == fold(contact.name)]
    return dataclasses.replace(contact, email=same[0].email) if len(same) == 1 else contact


def _noted(item: Item, meeting: Meeting, *, late: bool) -> Note:
    return Note("proposal", {"item": item, "meeting": meeting, "late": late, "files": item.files})


def _ask_which_meeting(case: Case, intent: Proposal) -> Outcome:
    """The meeting named is not one of ours, or is over: which one is meant?"""
    coming = list(case.network.upcoming(case.now))[:4]
    said = day_in_words(intent.meeting) if intent.meeting else "då"
    return Outcome(
        asks=(
            Ask(
                f"Vi hittar inget kommande möte {said}. Till vilket möte ska ”{intent.title}” föras?",
                tuple(
                    Option(f"Mötet {day_in_words(m.day)}.", (dataclasses.replace(intent, meeting=m.key),))
                    for m in coming
                ),
            ),
        )
    )


def _too_late(case: Case, intent: Proposal, meeting: Meeting) -> Outcome:
    """Matters have closed: the sender is told, and the secretary chooses."""
    item = dataclasses.replace(_item(case, intent, meeting), state="late")
    to = to_secretary(case.world, case.now)
    if to is None:
        return Outcome(put=(item,), notes=(_noted(item, meeting, late=True),))
    following = next((m for m in case.network.upcoming(case.now) if m.start > meeting.start), None)
    day = day_in_words(meeting.day)
    options = [Option(f"Ta med det på mötet {day}.", (dataclasses.replace(intent, meeting=meeting.key),))]
    if following:
        options.append(
            Option(
                f"Ta det på mötet {day_in_words(following.day)} i stället.",
                (dataclasses.replace(intent, meeting=following.key),),
            )
        )
    options.append(Option("Ta inte upp det."))
    who = case.speaker.name if case.speaker else name_alone(item.proposer_address)
    question = OpenQuestion(
        "late", case.number, case.speaker.id if case.speaker else None, to, tuple(options)
    )
    post = Post(
        what="ask",
        mailing="ask-secretary",
        to=to,
        meeting=meeting.key,
        facts={
            "reason": (
                f"{who} föreslår ”{intent.title}” till mötet {day}, men ärendelistan stängdes "
                f"{day_in_words(closes_at(meeting, case.rules.timeline).date())}. Vad vill du göra?"
            ),
            **_their_words(case),
            "options": tuple(o.sentence for o in options),
        },
        files=item.files,
        because_of=case.number,
    )
    return Outcome(put=(item,), notes=(_noted(item, meeting, late=True),), decide=(ToDecide(question, post),))


def _their_words(case: Case) -> dict[str, object]:
    # The reason tells already who it is and what is wished.
    return {"wish": "", "claimed": False, **their_words(case.letter, case.text)}


def _add_after_closing(case: Case, intent: Proposal, meeting: Meeting) -> Outcome:
    """The secretary wants it on this agenda: a new version of the draft, if there is one."""
    item = _item(case, intent, meeting)
    draft = case.world.newest_draft("agenda", meeting.key)
    outcome = Outcome(put=(item,), notes=(_noted(item, meeting, late=False),))
    if draft is None:
        return outcome
    if draft.state == "sent":
        # The agenda is out: the matter is added to it, and everyone gets what is new.
        added = dataclasses.replace(draft, lines=with_item(draft, item))
        after = dataclasses.replace(case, world=case.world.put((item, added)))
        return outcome.plus(Outcome(put=(added,), posts=supplementary_posts(after, meeting, item)))
    return outcome.plus(
        _redraft(case, meeting, with_item(draft, item), (f"”{item.title}” är tillagt.",), also=(item,))
    )


def _redraft(
    case: Case,
    meeting: Meeting,
    lines: tuple[Item, ...],
    done: tuple[str, ...],
    *,
    also: tuple[Entity, ...] = (),
    removed: tuple[str, ...] = (),
) -> Outcome:
    """Show the secretary a new version because a matter has changed under the old one."""
    drafts = next_version(case.world, meeting, lines, case.now)
    after = case.world.put((*also, *drafts))
    return Outcome(
        put=drafts,
        posts=draft_posts(
            after,
            case.rules,
            meeting,
            drafts[-1],
            case.now,
            done=done,
            removed=removed,
            because_of=case.number,
        ),
    )


def find_item(case: Case, title: str | None) -> Item | None:
    """The sender's matter that a title or the thread means; None when it is not plain which.

    Only matters of coming meetings are looked at.  A title decides by
    likeness; without one the answered receipt tells, and else the sender's
    only matter.
    """
    coming = {m.key for m in case.network.upcoming(case.now)}
    items = [
        i for i in case.world.items.values()
        if not i.standing and i.state in ("proposed", "late") and (i.meeting in coming or i.meeting is None)
    ]  # fmt: skip
    own = [i for i in items if case.speaker and i.proposer == case.speaker.id]
    if title:
        return _likest(title, own) or _likest(title, items)
    if case.answers is not None:
        told = [i for i in items if i.letter == case.answers]
        if len(told) == 1:
            return told[0]
    if case.reference and case.reference.meeting and case.reference.what != "ack":
        here = [i for i in own if i.meeting == case.reference.meeting]
        if len(here) == 1:
            return here[0]
    return own[0] if len(own) == 1 else None


# How alike a title and a matter must be, of 100; below it nothing is assumed.
ALIKE = 75.0


def _likest(title: str, items: list[Item]) -> Item | None:
    said = fold(title)
    scored = sorted(
        (
            (max(fuzz.token_set_ratio(said, fold(i.title)), fuzz.partial_ratio(said, fold(i.title))), i)
            for i in items
        ),
        key=lambda pair: -pair[0],
    )
    if not scored or scored[0][0] < ALIKE:
        return None
    if len(scored) > 1 and scored[0][0] - scored[1][0] < 5:
        return None
    return scored[0][1]


def _ask_which_item(case: Case, verb: str) -> Outcome:
    coming = {m.key for m in case.network.upcoming(case.now)}
    own = [
        i for i in case.world.items.values()
        if case.speaker and i.proposer == case.speaker.id and i.meeting in coming and i.state == "proposed"
    ]  # fmt: skip
    if not own:
        return Outcome(notes=(Note("no-such-item", {"title": getattr(case.intent, "title", None) or ""}),))
    return Outcome(
        asks=(
            Ask(
                f"Vilket ärende vill du {verb}?",
                tuple(
                    Option(f"”{i.title}”.", (dataclasses.replace(case.intent, title=i.title),))  # type: ignore[call-arg]
                    for i in own[:6]
                ),
            ),
        )
    )


def file_withdrawal(case: Case) -> Outcome:
    """Take a matter back; a draft that has it gets a new version."""
    intent = case.intent
    assert isinstance(intent, Withdrawal)
    item = find_item(case, intent.title)
    if item is None:
        return _ask_which_item(case, "ta tillbaka")
    meeting = case.world.meetings.get(item.meeting) if item.meeting else None
    gone = dataclasses.replace(item, state="withdrawn")
    outcome = Outcome(put=(gone,), notes=(Note("withdrawal", {"title": item.title, "meeting": meeting}),))
    draft = _open_draft(case, item)
    if draft and meeting:
        outcome = outcome.plus(
            _redraft(
                case,
                meeting,
                without_item(draft, item.id),
                (f"”{item.title}” är återtaget av den som föreslog det.",),
                also=(gone,),
                removed=(item.title,),
            )
        )
    elif meeting and agenda_is_out(case.world, meeting.key):
        outcome = outcome.plus(
            _tell_secretary(
                case, meeting, f"”{item.title}” har återtagits, men dagordningen är redan skickad."
            )
        )
    return outcome


def file_supplement(case: Case) -> Outcome:
    """Add files to a matter; a draft that has it gets a new version."""
    intent = case.intent
    assert isinstance(intent, Supplement)
    item = find_item(case, intent.title)
    if item is None:
        return _ask_which_item(case, "komplettera")
    files = case.file_refs(intent.attachments)
    fuller = dataclasses.replace(item, files=tuple(dict.fromkeys((*item.files, *files))))
    meeting = case.world.meetings.get(item.meeting) if item.meeting else None
    out = bool(meeting and agenda_is_out(case.world, meeting.key))
    outcome = Outcome(
        put=(fuller,),
        notes=(
            Note(
                "supplement", {"title": item.title, "files": files, "meeting": meeting, "after_agenda": out}
            ),
        ),
    )
    draft = _open_draft(case, item)
    if draft and meeting:
        told = f"”{item.title}” har fått nya handlingar."
        outcome = outcome.plus(_redraft(case, meeting, with_item(draft, fuller), (told,), also=(fuller,)))
    elif out and meeting and case.decided:
        added = dataclasses.replace(fuller, files=files)
        return Outcome(put=(fuller,), posts=supplementary_posts(case, meeting, added))
    elif out and meeting:
        outcome = outcome.plus(_ask_to_send_on(case, meeting, item))
    return outcome


def _ask_to_send_on(case: Case, meeting: Meeting, item: Item) -> Outcome:
    """Material that came after the agenda went out: the secretary says whether it is sent on."""
    to = to_secretary(case.world, case.now)
    if to is None:
        return Outcome()
    intent = dataclasses.replace(case.intent, title=item.title, certain=True)  # type: ignore[call-arg]
    options = (
        Option("Skicka det nya till alla som har fått dagordningen.", (intent,)),
        Option("Skicka inte ut det."),
    )
    question = OpenQuestion("late", case.number, case.speaker.id if case.speaker else None, to, options)
    post = Post(
        what="ask",
        mailing="ask-secretary",
        to=to,
        meeting=meeting.key,
        facts={
            "reason": (
                f"”{item.title}” har fått nya handlingar sedan dagordningen för mötet "
                f"{day_in_words(meeting.day)} skickades. Ska de skickas ut som ett tillägg?"
            ),
            **_their_words(case),
            "options": tuple(o.sentence for o in options),
        },
        files=tuple(case.files.values()),
        because_of=case.number,
    )
    return Outcome(decide=(ToDecide(question, post),))


def supplementary_posts(case: Case, meeting: Meeting, item: Item) -> tuple[Post, ...]:
    """Only what is new, to everyone who has had the agenda."""
    draft = case.world.newest_draft("agenda", meeting.key)
    lines = draft.lines if draft else ()
    number = draft.number_of(item.id) if draft else None
    shown = agenda_lines((item,), meeting, names(case.world))[0]
    everyone = recipients(case.world, case.rules.distribution["agenda"], meeting, (*lines, item), case.now)
    return tuple(
        Post(
            what="agenda",
            mailing="supplementary",
            to=to,
            meeting=meeting.key,
            version=draft.version if draft else 1,
            facts={"line": dataclasses.replace(shown, number=number or 0)},
            files=item.files,
            because_of=case.number,
        )
        for to in everyone
        if (only := co_opted_for(case.world, meeting, lines, to, case.now)) is None or item.id in only
    )


def _open_draft(case: Case, item: Item) -> Draft | None:
    """The newest draft, when it holds the item and has not gone out."""
    draft = case.world.newest_draft("agenda", item.meeting) if item.meeting else None
    if draft and draft.state in ("waiting", "approved") and draft.number_of(item.id):
        return draft
    return None


def _tell_secretary(case: Case, meeting: Meeting, reason: str) -> Outcome:
    to = to_secretary(case.world, case.now)
    if to is None:
        return Outcome()
    return Outcome(
        posts=(
            Post(
                what="ask",
                mailing="ask-secretary",
                to=to,
                meeting=meeting.key,
                facts={"reason": reason, **_their_words(case), "options": ()},
                files=tuple(case.files.values()),
                because_of=case.number,
            ),
        )
    )
