"""The records of one network in one transaction."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy import insert as plain_insert

from service.adapters.database import codec, letters
from service.adapters.database.models import (
    Blob,
    CorrectionRow,
    Incoming,
    Journal,
    Outgoing,
    Question,
    QuestionLetter,
    Turn,
    UndoRow,
    table_of,
)
from service.adapters.database.shelves import Shelving, insert_into
from service.domain.references import is_sealed, sealed
from service.domain.world import Charter, Entity, World, key_of
from service.usecases.office import Correction, Kept, LetterState, OpenQuestion, Outbound, Undo

_incoming = table_of(Incoming)
_outgoing = table_of(Outgoing)
_question = table_of(Question)
_undo = table_of(UndoRow)
_blob = table_of(Blob)
_asks = table_of(QuestionLetter)
_correction = table_of(CorrectionRow)
_WAITING = _outgoing.c.state == "waiting"
OPEN = _question.c.closed.is_(False)

# The statements of every letter are made once.
_NEXT_REVISION = update(table_of(Turn)).values(revision=table_of(Turn).c.revision + 1)
_KEPT = select(
    _incoming.c.number, _incoming.c.arrived, _incoming.c.state, _incoming.c.tries, _incoming.c.message_id
).where(_incoming.c.number == bindparam("n"))
_SETTLE = (
    update(_incoming)
    .where(_incoming.c.number == bindparam("n"))
    .values(
        state=bindparam("new_state"),
        reading=bindparam("new_reading"),
        sender=bindparam("new_sender"),
        note=bindparam("new_note"),
        handled_at=bindparam("at"),
    )
)
_RAW = (
    select(_blob.c.content)
    .join_from(_incoming, _blob, _incoming.c.raw == _blob.c.sha256)
    .where(_incoming.c.number == bindparam("n"))
)
FILE = select(_blob.c.content).where(_blob.c.sha256 == bindparam("sha"))
_UNDO = select(_undo.c.content).where(_undo.c.incoming == bindparam("n"), _undo.c.undone_at.is_(None))
_LATEST = (
    select(_incoming.c.number)
    .join_from(_incoming, _undo, _undo.c.incoming == _incoming.c.number)
    .where(_incoming.c.sender == bindparam("person"), _undo.c.undone_at.is_(None))
    .order_by(_incoming.c.number.desc())
    .limit(1)
)
_SENT = select(_outgoing).where(_outgoing.c.message_id.in_(bindparam("ids", expanding=True)))
_ASKED_IN = (
    select(_question)
    .join_from(_question, _asks, _asks.c.question == _question.c.number)
    .where(_asks.c.message_id.in_(bindparam("ids", expanding=True)))
)
_NOTE = plain_insert(table_of(Journal))


class SqlBook:
    """What `service.usecases.office.Book` says, over one connection.

    KeyError means a number or a hash that the records do not have.
    """

    def __init__(self, connection: Connection, world: World, now: datetime, shelving: Shelving) -> None:
        self._connection = connection
        self._world = world
        self._now = now
        self._shelving = shelving
        # Whether other processes must read the world anew after this.
        self.changed = False

    @property
    def world(self) -> World:
        return self._world

    # The entities.

    def put(self, entities: Iterable[Entity]) -> Undo:
        wanted = list(entities)
        if not wanted:
            return Undo()
        self._change()
        before = self._world
        written = self._shelving.put(self._connection, wanted, before.zone)
        if any(isinstance(e, Charter) and e.timezone != before.charter.timezone for e in written):
            # Every time that has been handed out is now in the wrong zone.
            self._world = self._shelving.world(self._connection)
        else:
            self._world = before.put(written)
        put_back: list[Entity] = []
        take_away: list[Entity] = []
        for entity in _each_once(written):
            former = before.former(entity)
            if former is None:
                take_away.append(entity)
            else:
                put_back.append(former)
        return Undo(tuple(put_back), tuple(take_away))

    def drop(self, entities: Iterable[Entity]) -> Undo:
        found = [f for e in entities if (f := self._world.former(e)) is not None]
        gone = _each_once(found)
        if not gone:
            return Undo()
        self._change()
        self._shelving.drop(self._connection, gone)
        self._world = self._world.drop(gone)
        return Undo(put_back=tuple(gone))

    @property
    def connection(self) -> Connection:
        """For what is not done one entity at a time; `changed_outside` tells of it."""
        return self._connection

    def changed_outside(self) -> None:
        """Make every process read the world anew after this transaction."""
        self._change()

    def _change(self) -> None:
        if not self.changed:
            self._connection.execute(_NEXT_REVISION)
            self.changed = True

    # The incoming letters.

    def kept(self, number: int) -> Kept:
        row = self._connection.execute(_KEPT, {"n": number}).mappings().first()
        if row is None:
            raise KeyError(number)
        return letters.kept(row, self._world.zone)

    def settle(
        self,
        number: int,
        state: LetterState,
        reading: Mapping[str, Any] | None,
        *,
        sender: str | None,
        note: str = "",
    ) -> None:
        written = None if reading is None else json.dumps(reading, separators=(",", ":"), default=str)
        done = self._connection.execute(
            _SETTLE,
            {
                "n": number,
                "new_state": state,
                "new_reading": written,
                "new_sender": sender,
                "new_note": note,
                "at": None if state == "kept" else self._now,
            },
        )
        if not done.rowcount:
            raise KeyError(number)

    def raw(self, number: int) -> bytes:
        found: bytes | None = self._connection.execute(_RAW, {"n": number}).scalar()
        if found is None:
            raise KeyError(number)
        return found

    def remember_undo(self, number: int, undo: Undo) -> None:
        if not undo:
            return
        former = self.undo_of(number)
        content = codec.dumps(undo if former is None else together(former, undo))
        statement = insert_into(self._connection.dialect, _undo).values(
            incoming=number, content=content, undone_at=None
        )
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["incoming"], set_={"content": content, "undone_at": None}
            )
        )

    def undo_of(self, number: int) -> Undo | None:
        content = self._connection.execute(_UNDO, {"n": number}).scalar()
        if content is None:
            return None
        undo: Undo = codec.loads(content, self._world.zone)
        return undo

    def undone(self, number: int) -> None:
        self._connection.execute(update(_undo).where(_undo.c.incoming == number).values(undone_at=self._now))

    def latest_acted(self, person: str) -> int | None:
        found: int | None = self._connection.execute(_LATEST, {"person": person}).scalar()
        return found

    # The outbox.

    def post(self, letters_to_send: Sequence[Outbound]) -> None:
        if not letters_to_send:
            return
        statement = insert_into(self._connection.dialect, _outgoing).on_conflict_do_nothing(
            index_elements=["message_id"]
        )
        self._connection.execute(statement, [letters.outgoing_row(letter) for letter in letters_to_send])

    def stop_waiting(self, person: str, why: str) -> int:
        return self._stop(why, _outgoing.c.to_person == person)

    def stop_waiting_for(self, meeting: date, mailings: Sequence[str], why: str) -> int:
        return self._stop(why, _outgoing.c.meeting == meeting, _outgoing.c.mailing.in_(list(mailings)))

    def _stop(self, why: str, *which: Any) -> int:
        return self._connection.execute(
            update(_outgoing).where(_WAITING, *which).values(state="stopped", answer=why)
        ).rowcount

    def give_up(self, number: int, state: str, answer: str) -> None:
        self._connection.execute(
            update(_outgoing)
            .where(_outgoing.c.number == number)
            .values(state=state, answer=answer, tries=_outgoing.c.tries + 1, next_try=None, taken_by=None)
        )

    def send_again(self, numbers: Sequence[int], why: str) -> int:
        return self._connection.execute(
            update(_outgoing)
            .where(_outgoing.c.number.in_(list(numbers)), _outgoing.c.state == "uncertain")
            .values(state="waiting", answer=why, next_try=None, taken_by=None)
        ).rowcount

    def hold(self, why: str) -> list[Outbound]:
        under_way = _outgoing.c.state.in_(["waiting", "sending"])
        rows = self._connection.execute(select(_outgoing).where(under_way).order_by(_outgoing.c.number))
        held = [letters.outbound(row, self._world.zone) for row in rows.mappings()]
        self._connection.execute(
            update(_outgoing).where(under_way).values(state="uncertain", answer=why, taken_by=None)
        )
        return [dataclasses.replace(letter, state="uncertain", answer=why) for letter in held]

    def noted(self, what: str, detail: str) -> int:
        journal = table_of(Journal)
        found: int = self._connection.execute(
            select(func.count()).where(journal.c.what == what, journal.c.detail == detail)
        ).scalar_one()
        return found

    def sent(self, message_id: str) -> Outbound | None:
        row = self._connection.execute(_SENT, {"ids": kept_as(message_id)}).mappings().first()
        return None if row is None else letters.outbound(row, self._world.zone)

    def mailing(self, mailing: str, meeting: date, version: int | None = None) -> list[Outbound]:
        wanted = (
            select(_outgoing)
            .where(_outgoing.c.meeting == meeting, _outgoing.c.mailing == mailing)
            .order_by(_outgoing.c.number)
        )
        if version is not None:
            wanted = wanted.where(_outgoing.c.version == version)
        rows = self._connection.execute(wanted).mappings()
        return [letters.outbound(row, self._world.zone) for row in rows]

    # The questions.

    def ask(self, question: OpenQuestion, message_ids: Sequence[str]) -> None:
        number = self._connection.execute(
            plain_insert(_question)
            .values(letters.question_row(question, self._now))
            .returning(_question.c.number)
        ).scalar_one()
        asked_in = [{"message_id": sealed(m), "question": number} for m in dict.fromkeys(message_ids)]
        if asked_in:
            statement = insert_into(self._connection.dialect, _asks)
            self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["message_id"], set_={"question": statement.excluded.question}
                ),
                asked_in,
            )

    def question_asked_in(self, message_id: str) -> OpenQuestion | None:
        row = self._connection.execute(_ASKED_IN, {"ids": kept_as(message_id)}).mappings().first()
        return None if row is None else letters.open_question(row, self._world.zone)

    def open_questions(self, about: int | None = None) -> list[OpenQuestion]:
        wanted = select(_question).where(OPEN).order_by(_question.c.number)
        if about is not None:
            wanted = wanted.where(_question.c.about == about)
        rows = self._connection.execute(wanted).mappings()
        return [letters.open_question(row, self._world.zone) for row in rows]

    def close(self, question: OpenQuestion, answer: str) -> None:
        if question.number is None:
            raise ValueError("a question that has not been stored cannot be closed")
        self._connection.execute(
            update(_question)
            .where(_question.c.number == question.number)
            .values(closed=True, answer=answer, closed_at=self._now)
        )

    # The corrections.

    def keep_correction(self, correction: Correction) -> None:
        self._connection.execute(plain_insert(_correction), letters.correction_row(correction))

    def corrections(self, *, said_in: int | None = None) -> list[Correction]:
        wanted = select(_correction).order_by(_correction.c.number)
        if said_in is not None:
            wanted = wanted.where(_correction.c.said_in == said_in)
        rows = self._connection.execute(wanted).mappings()
        return [letters.correction(row, self._world.zone) for row in rows]

    # Files and the journal.

    def add_file(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        add_blobs(self._connection, {sha256: content}, self._now)
        return sha256

    def file(self, sha256: str) -> bytes:
        found: bytes | None = self._connection.execute(FILE, {"sha": sha256}).scalar()
        if found is None:
            raise KeyError(sha256)
        return found

    def note(
        self, what: str, *, letter: int | None = None, meeting: date | None = None, detail: str = ""
    ) -> None:
        self._connection.execute(
            _NOTE,
            {"at": self._now, "what": what, "letter": letter, "meeting": meeting, "detail": detail},
        )


def kept_as(message_id: str) -> list[str]:
    """The Message-IDs under which a letter that an answer names may be kept: sealed once it is sent.

    What is sealed is known to whoever has read the records, and is no answer to anything.
    """
    return [] if is_sealed(message_id) else list(dict.fromkeys((message_id, sealed(message_id))))


def add_blobs(connection: Connection, contents: Mapping[str, bytes], now: datetime) -> None:
    """Store contents under their hashes; those that are there already are not sent again."""
    wanted = select(_blob.c.sha256).where(_blob.c.sha256.in_(list(contents)))
    there = set(connection.execute(wanted).scalars())
    new = [
        {"sha256": sha, "size": len(content), "created": now, "content": content}
        for sha, content in contents.items()
        if sha not in there
    ]
    if new:
        connection.execute(plain_insert(_blob), new)


def together(first: Undo, later: Undo) -> Undo:
    """What undoes two changes, one after the other: of each entity, what the first one found."""
    known = {_name(e) for e in (*first.put_back, *first.take_away)}
    return dataclasses.replace(
        first,
        put_back=(*first.put_back, *(e for e in later.put_back if _name(e) not in known)),
        take_away=(*first.take_away, *(e for e in later.take_away if _name(e) not in known)),
    )


def _name(entity: Entity) -> tuple[type[Any], Any]:
    return (type(entity), key_of(entity))


def _each_once(entities: Iterable[Entity]) -> list[Entity]:
    """The last of those that have the same key, where the first one stood."""
    return list({_name(e): e for e in entities}.values())
