"""Rows of letters as values, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from service.adapters.database import codec
from service.adapters.database.models import Outgoing, table_of
from service.domain.references import sealed, token_of
from service.usecases.office import Correction, Kept, LetterState, OpenQuestion, Outbound
from service.usecases.outgoing import Recipient

Row = RowMapping | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """A letter that came in and what became of it; `sha256` is that of its raw bytes."""

    number: int
    arrived: datetime
    state: LetterState
    message_id: str | None
    # The id of the person who sent it.
    sender: str | None
    # As `inspect` prints it; None until it is handled.
    reading: Mapping[str, Any] | None
    sha256: str


def outgoing_row(letter: Outbound) -> dict[str, Any]:
    return {
        "message_id": letter.message_id,
        "what": letter.what,
        "mailing": letter.mailing,
        "meeting": letter.meeting,
        "version": letter.version,
        "to_name": letter.to.name,
        "to_address": letter.to.address,
        "to_person": letter.to.person,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "created": letter.created,
        "files": codec.dumps(letter.files),
        "calendar": None if letter.calendar is None else codec.dumps(letter.calendar),
        "thread": codec.dumps(letter.thread),
        "because_of": letter.because_of,
        "state": letter.state,
        "tries": letter.tries,
        "next_try": None,
        "answer": letter.answer,
        "sent_at": letter.sent_at,
        "taken_by": None,
    }


def outbound(row: Row, zone: ZoneInfo) -> Outbound:
    return Outbound(
        message_id=row["message_id"],
        what=row["what"],
        mailing=row["mailing"],
        meeting=row["meeting"],
        version=row["version"],
        to=Recipient(row["to_name"], row["to_address"], row["to_person"]),
        subject=row["subject"],
        text=row["text"],
        html=row["html"],
        created=row["created"].astimezone(zone),
        files=codec.loads(row["files"], zone),
        calendar=codec.loads(row["calendar"], zone) if row["calendar"] else None,
        thread=codec.loads(row["thread"], zone),
        because_of=row["because_of"],
        number=row["number"],
        state=row["state"],
        tries=row["tries"],
        answer=row["answer"],
        sent_at=_local(row["sent_at"], zone),
    )


_outgoing = table_of(Outgoing)
_THIS = _outgoing.c.number == bindparam("n")
_IDS = select(_outgoing.c.message_id, _outgoing.c.thread).where(_THIS)
_WORDS = select(_outgoing.c.text, _outgoing.c.html).where(_THIS)


def seal(connection: Connection, number: int) -> None:
    """Put the hash in the place of a sent letter's token, in its Message-ID and in its words.

    It has been needed in clear until now, for a letter that may have gone out is sent again under
    the same Message-ID.
    """
    row = connection.execute(_IDS, {"n": number}).one()
    closed = sealed(row.message_id)
    thread = codec.loads(row.thread, ZoneInfo("UTC"))
    values: dict[str, Any] = {}
    if (before := tuple(map(sealed, thread))) != thread:
        values["thread"] = codec.dumps(before)
    if closed != row.message_id:
        was, now = token_of(row.message_id), token_of(closed)
        words = connection.execute(_WORDS, {"n": number}).one()
        values |= {
            "message_id": closed,
            "text": words.text.replace(was, now),
            "html": words.html.replace(was, now),
        }
    if values:
        connection.execute(update(_outgoing).where(_outgoing.c.number == number).values(values))


def kept(row: Row, zone: ZoneInfo) -> Kept:
    return Kept(
        number=row["number"],
        arrived=row["arrived"].astimezone(zone),
        state=row["state"],
        tries=row["tries"],
        message_id=row["message_id"],
    )


def received(row: Row, zone: ZoneInfo) -> Received:
    return Received(
        number=row["number"],
        arrived=row["arrived"].astimezone(zone),
        state=row["state"],
        message_id=row["message_id"],
        sender=row["sender"],
        reading=json.loads(row["reading"]) if row["reading"] else None,
        sha256=row["raw"],
    )


def question_row(question: OpenQuestion, asked_at: datetime) -> dict[str, Any]:
    return {
        "kind": question.kind,
        "about": question.about,
        "speaker": question.speaker,
        "asked_name": question.asked.name,
        "asked_address": question.asked.address,
        "asked_person": question.asked.person,
        "options": codec.dumps(question.options),
        "closed": question.closed,
        "answer": "",
        "asked_at": asked_at,
        "closed_at": None,
    }


def open_question(row: Row, zone: ZoneInfo) -> OpenQuestion:
    return OpenQuestion(
        kind=row["kind"],
        about=row["about"],
        speaker=row["speaker"],
        asked=Recipient(row["asked_name"], row["asked_address"], row["asked_person"]),
        options=codec.loads(row["options"], zone),
        number=row["number"],
        closed=row["closed"],
    )


def correction_row(correction: Correction) -> dict[str, Any]:
    return {
        "letter": correction.letter,
        "said_in": correction.said_in,
        "read": codec.dumps(correction.read),
        "meant": codec.dumps(correction.meant),
        "by": correction.by,
        "how": correction.how,
        "at": correction.at,
    }


def correction(row: Row, zone: ZoneInfo) -> Correction:
    return Correction(
        letter=row["letter"],
        read=codec.loads(row["read"], zone),
        meant=codec.loads(row["meant"], zone),
        by=row["by"],
        said_in=row["said_in"],
        how=row["how"],
        at=row["at"].astimezone(zone),
        number=row["number"],
    )


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if moment is None else moment.astimezone(zone)
