"""From a letter as a value to a letter in the outbox: rendered, its Message-ID settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from service.domain.agenda import FileRef
from service.domain.references import Reference, in_text
from service.usecases.office import Book, Office, Outbound
from service.usecases.outgoing import DocumentOrder, Post

# What the press can make, by ending.
KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

# Confirmations answer somebody; all the rest is written of our own accord.
REPLIES = frozenset({"ack", "ask"})


def write(office: Office, book: Book, posts: Sequence[Post], now: datetime) -> list[Outbound]:
    """Render letters and put them into the outbox.

    Runs inside the transaction that files what the letters tell, so that
    neither can exist without the other.  A document that several letters
    carry is made and stored once.
    """
    made: dict[tuple[str, str], FileRef] = {}
    letters = [_write_one(office, book, post, now, made) for post in posts if post.to.address]
    book.post(letters)
    return letters


def _write_one(
    office: Office, book: Book, post: Post, now: datetime, made: dict[tuple[str, str], FileRef]
) -> Outbound:
    world = book.world
    meeting = world.meetings.get(post.meeting) if post.meeting else None
    facts = {"network": world.charter, "to": post.to, "meeting": meeting, **post.facts}
    documents = tuple(_make(office, book, order, made) for order in post.documents)
    files = (*documents, *post.files)
    reference = Reference(
        what=post.what,
        meeting=post.meeting,
        version=post.version,
        token=office.token(),
        domain=world.domain,
    )
    facts["reference"] = in_text(reference)
    rendered = office.render(post.mailing, {**facts, "attached": files})
    return Outbound(
        message_id=str(reference),
        what=post.what,
        mailing=post.mailing,
        meeting=post.meeting,
        version=post.version,
        to=post.to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        created=now,
        files=files,
        calendar=post.calendar,
        thread=post.thread,
        because_of=post.because_of,
    )


def _make(office: Office, book: Book, order: DocumentOrder, made: dict[tuple[str, str], FileRef]) -> FileRef:
    key = (order.kind, order.filename)
    if key not in made:
        content = office.make_document(order)
        kind = KINDS[order.filename.rpartition(".")[2]]
        made[key] = FileRef(book.add_file(content), order.filename, kind, len(content))
    return made[key]
