"""From a letter as a value to a letter in the outbox: rendered, its Message-ID settled."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from service.domain.agenda import FileRef
from service.domain.references import Reference, in_text
from service.usecases.office import Book, Office, Outbound
from service.usecases.outgoing import DocumentOrder, Post
from service.usecases.parcels import packed, parcel

# What the press can make, by ending.
KINDS = {
    "pdf": "application/pdf",
    "ics": "application/ics",
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
    desk = _Desk(office, book)
    letters = [letter for post in posts if post.to.address for letter in _write_one(desk, post, now)]
    book.post(letters)
    return letters


class _Desk:
    """What several letters share while they are written: documents made, files packed."""

    def __init__(self, office: Office, book: Book) -> None:
        self.office = office
        self.book = book
        self._made: dict[tuple[str, str], FileRef | None] = {}
        self._packed: dict[tuple[str, str], FileRef] = {}

    def make(self, order: DocumentOrder) -> FileRef | None:
        """The document, stored; None for a packet that would hold nothing."""
        key = (order.kind, _whose(order))
        if key not in self._made:
            if order.kind == "packet":
                content = self.office.bind(order, self.book.file)
            else:
                content = self.office.make_document(order)
            kind = KINDS[order.filename.rpartition(".")[2]]
            self._made[key] = (
                FileRef(self.book.add_file(content), order.filename, kind, len(content)) if content else None
            )
        return self._made[key]

    def pack(self, file: FileRef) -> FileRef:
        """The file as a zip, where that makes it clearly smaller."""
        key = (file.sha256, file.filename)
        if key not in self._packed:
            small = packed(file, self.book.file(file.sha256))
            self._packed[key] = (
                FileRef(self.book.add_file(small[1]), small[0], "application/zip", len(small[1]))
                if small
                else file
            )
        return self._packed[key]


def _write_one(desk: _Desk, post: Post, now: datetime) -> list[Outbound]:
    """The letter, and the messages after it with the files for which it had no room."""
    world = desk.book.world
    documents = [(order, desk.make(order)) for order in post.documents]
    parcels = parcel(
        (*(made for _, made in documents if made), *post.files),
        world.charter.max_mailing_mb,
        spare=tuple(made for order, made in documents if made and order.kind == "packet"),
        pack=desk.pack,
    )
    first, *more = parcels.parts
    parts = len(parcels.parts)
    facts = {
        **post.facts,
        "mail_parts": parts,
        "later_files": tuple(f for part in more for f in part),
        "left_out": parcels.left_out,
    }
    letters = [_render(desk, post, facts, first, now, _of(1, parts))]
    for number, files in enumerate(more, 2):
        rest = dataclasses.replace(post, mailing="more-files", calendar=None, thread=(letters[0].message_id,))
        said = {"first_subject": letters[0].subject, "mail_part": number, "mail_parts": parts}
        letters.append(_render(desk, rest, said, files, now, _of(number, parts)))
    return letters


def _whose(order: DocumentOrder) -> str:
    """What tells one document from another of its kind; a calendar file is its receiver's own."""
    return (
        f"{order.filename} {order.facts['attendee'].address}" if order.kind == "calendar" else order.filename
    )


def _of(number: int, parts: int) -> str:
    return f" (del {number} av {parts})" if parts > 1 else ""


def _render(
    desk: _Desk, post: Post, facts: Mapping[str, Any], files: tuple[FileRef, ...], now: datetime, mark: str
) -> Outbound:
    world = desk.book.world
    reference = Reference(
        what=post.what,
        meeting=post.meeting,
        version=post.version,
        token=desk.office.token(),
        domain=world.domain,
    )
    rendered = desk.office.render(
        post.mailing,
        {
            "network": world.charter,
            "to": post.to,
            "meeting": world.meetings.get(post.meeting) if post.meeting else None,
            **facts,
            "reference": in_text(reference),
            "attached": files,
        },
    )
    return Outbound(
        message_id=str(reference),
        what=post.what,
        mailing=post.mailing,
        meeting=post.meeting,
        version=post.version,
        to=post.to,
        subject=rendered.subject + mark,
        text=rendered.text,
        html=rendered.html,
        created=now,
        files=files,
        calendar=post.calendar,
        thread=post.thread,
        because_of=post.because_of,
    )
