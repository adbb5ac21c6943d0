"""Taking back what an earlier letter led to."""

from __future__ import annotations

import dataclasses

from service.domain.agenda import Draft
from service.usecases.drafting import next_version
from service.usecases.filing.case import Case, Note, Outcome
from service.usecases.letters import draft_posts, substitution_posts
from service.usecases.office import Book, Undo
from service.usecases.outgoing import Post


def undo_letter(book: Book, number: int, case: Case) -> Outcome:
    """Put the records back as they were before a letter, and tell whoever was told of it.

    A version of the agenda is never taken away: the former lines come back
    as a new version, so that a number never means two things.
    """
    undo = book.undo_of(number)
    if not undo:
        return Outcome(notes=(Note("nothing-to-undo", {}),))
    before = book.world
    take_away = tuple(e for e in undo.take_away if not isinstance(e, Draft))
    put_back = tuple(e for e in undo.put_back if not isinstance(e, Draft))
    if take_away:
        book.drop(take_away)
    if put_back:
        book.put(put_back)
    book.undone(number)
    posts = (
        *substitution_posts(before, book.world, case.now, case.number),
        *_former_agenda(book, undo, case),
    )
    return Outcome(notes=(Note("undone", {"what": ()}),), posts=posts)


def _former_agenda(book: Book, undo: Undo, case: Case) -> tuple[Post, ...]:
    """The agenda as it was, as the newest version, shown to the secretary."""
    posts: tuple[Post, ...] = ()
    for former in (e for e in undo.put_back if isinstance(e, Draft)):
        meeting = book.world.meetings.get(former.meeting)
        newest = book.world.newest_draft(former.what, former.meeting)
        if meeting is None or newest is None or newest.state == "sent" or former.what != "agenda":
            continue
        if newest.version == former.version:
            # Only an approval is taken back: the version waits again.
            book.put((dataclasses.replace(former, state="waiting", approved_by=None, approved_at=None),))
            continue
        drafts = next_version(book.world, meeting, former.lines, case.now)
        book.put(drafts)
        posts += draft_posts(book.world, case.rules, meeting, drafts[-1], case.now, because_of=case.number)
    return posts
