"""What somebody else than the one who decides has answered, passed on to her."""

from __future__ import annotations

from service.usecases.filing.case import Case, Note, Outcome, ToDecide
from service.usecases.letters import to_secretary
from service.usecases.office import OpenQuestion
from service.usecases.outgoing import Post, their_words


def not_yours(case: Case) -> Outcome:
    """Somebody else than the secretary or the chair answers a draft: she gets to know."""
    to = to_secretary(case.world, case.now)
    note = Note("not-yours", {"passed_to": to.name if to else ""})
    if to is None:
        return Outcome(notes=(note,))
    question = OpenQuestion("question", case.number, case.speaker.id if case.speaker else None, to)
    post = Post(
        what="ask",
        mailing="question",
        to=to,
        meeting=case.reference.meeting if case.reference else None,
        facts=their_words(case.letter, case.text),
        because_of=case.number,
    )
    return Outcome(notes=(note,), decide=(ToDecide(question, post),))
