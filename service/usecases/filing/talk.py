"""What needs an answer rather than a record: questions, help, and taking things back."""

from __future__ import annotations

from service.domain.distribution import chair, recipient
from service.domain.progress import closes_at
from service.usecases.filing.case import Case, Note, Outcome, ToDecide
from service.usecases.letters import has_substitute, to_secretary
from service.usecases.office import OpenQuestion
from service.usecases.outgoing import Post, Recipient, their_words


def file_question(case: Case) -> Outcome:
    """Pass a question on to the secretary, who answers the member by answering the service."""
    to = to_secretary(case.world, case.now)
    if to and case.speaker and to.person == case.speaker.id:
        # Her own question goes to the chair.
        lead = chair(case.world, case.now)
        to = recipient(lead) if lead and lead.id != case.speaker.id else None
    if to is None:
        return Outcome(notes=(Note("received", {}),))
    question = OpenQuestion("question", case.number, case.speaker.id if case.speaker else None, to)
    post = Post(
        what="ask",
        mailing="question",
        to=to,
        meeting=case.reference.meeting if case.reference else None,
        facts=their_words(case.letter, case.text),
        files=tuple(case.files.values()),
        because_of=case.number,
    )
    return Outcome(notes=(Note("question", {"passed_to": to.name}),), decide=(ToDecide(question, post),))


def file_help(case: Case) -> Outcome:
    """Say how the service works."""
    sender = case.letter.sender
    if sender is None:
        return Outcome()
    to = recipient(case.speaker) if case.speaker else Recipient(sender.name, sender.address)
    coming = case.next_meeting()
    return Outcome(
        posts=(
            Post(
                what="ack",
                mailing="help",
                to=to,
                meeting=coming.key if coming else None,
                facts={
                    "next_meeting": coming,
                    "closes_at": closes_at(coming, case.rules.timeline) if coming else None,
                    "has_substitute": has_substitute(
                        case.world, to, coming.day if coming else case.now.date()
                    ),
                },
                because_of=case.number,
                thread=(case.letter.message_id,) if case.letter.message_id else (),
            ),
        )
    )


def file_undo(case: Case) -> Outcome:
    """Take the last action back: that of the receipt which is answered, else the sender's newest."""
    if case.answers is None:
        return Outcome(notes=(Note("nothing-to-undo", {}),))
    return Outcome(undo=case.answers)


def file_courtesy(case: Case) -> Outcome:
    """Thanks need no answer."""
    return Outcome()
