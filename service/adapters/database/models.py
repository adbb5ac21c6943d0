"""The tables: what each holds and why, one class a table.

No table carries a network's id: a network has a database of its own (a
SQLite file, or a schema in PostgreSQL).  Times are stored in UTC and come
back aware; what the domain holds as a value inside a value (the lines of a
draft, what undoes a letter) is JSON text written by `codec`.

`ordinal` keeps the order in which entities came, which is the order of the
world's mappings.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware time, stored in UTC.  SQLite forgets the offset, so it is put back on the way out."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def storable(words: str) -> str:
    """Words as any database takes them: a NUL and half a surrogate pair become U+FFFD.

    PostgreSQL refuses the first, UTF-8 the second, and a hostile or broken
    letter may bring both.
    """
    try:
        words.encode()
    except UnicodeEncodeError:
        words = words.encode(errors="replace").decode()
    return words.replace("\0", "�") if "\0" in words else words


class Words(TypeDecorator[str]):
    """Text that came from outside, made storable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value


# SQLite numbers rows only in a column that it knows as INTEGER.
_Counted = BigInteger().with_variant(Integer, "sqlite")
Number = Annotated[int, mapped_column(_Counted, primary_key=True, autoincrement=True)]
Json = Annotated[str, mapped_column(Text)]
Sha256 = Annotated[str, mapped_column(String(64))]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        str: Words,
        datetime: Moment,
        int: _Counted,
    }


class Turn(Base):
    """One row: whoever works holds it, and `revision` rises with each change of the world."""

    __tablename__ = "turn"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]


# The world, a table for each class of entity.


class CharterRow(Base):
    __tablename__ = "charter"
    ordinal: Mapped[Number]
    # Always "charter": there is one.
    key: Mapped[str] = mapped_column(unique=True)
    content: Mapped[Json]


class PersonRow(Base):
    __tablename__ = "person"
    ordinal: Mapped[Number]
    id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str]
    title: Mapped[str]
    phone: Mapped[str]


class PersonAddressRow(Base):
    """Other addresses that a person writes from, in order."""

    __tablename__ = "person_address"
    person: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    address: Mapped[str]


class TenureRow(Base):
    __tablename__ = "tenure"
    __table_args__ = (UniqueConstraint("place", "role", "since", "whose"),)
    ordinal: Mapped[Number]
    place: Mapped[str]
    role: Mapped[str]
    person: Mapped[str | None]
    since: Mapped[date]
    until: Mapped[date | None]
    # A group may have several substitutes at a time; a seat has one holder.
    whose: Mapped[str]


class TermRow(Base):
    __tablename__ = "term"
    ordinal: Mapped[Number]
    year: Mapped[int] = mapped_column(unique=True)
    chair: Mapped[str | None]
    secretary: Mapped[str | None]


class MeetingRow(Base):
    __tablename__ = "meeting"
    ordinal: Mapped[Number]
    key: Mapped[date] = mapped_column(unique=True)
    start: Mapped[datetime]
    end: Mapped[datetime]
    place: Mapped[str]
    online: Mapped[str]
    kind: Mapped[str]
    preparation: Mapped[datetime | None]
    cancelled: Mapped[bool]
    sequence: Mapped[int]


class ItemRow(Base):
    __tablename__ = "item"
    ordinal: Mapped[Number]
    id: Mapped[str] = mapped_column(unique=True)
    meeting: Mapped[date | None]
    title: Mapped[str]
    type: Mapped[str | None]
    forum: Mapped[str | None]
    minutes: Mapped[int | None]
    presenter: Mapped[Json | None]
    proposer: Mapped[str | None]
    proposer_address: Mapped[str]
    description: Mapped[str]
    files: Mapped[Json]
    state: Mapped[str]
    received: Mapped[datetime | None]
    standing: Mapped[bool]
    place: Mapped[str]
    letter: Mapped[int | None]


class DraftRow(Base):
    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("what", "meeting", "version"),)
    ordinal: Mapped[Number]
    what: Mapped[str]
    meeting: Mapped[date]
    version: Mapped[int]
    created: Mapped[datetime]
    lines: Mapped[Json]
    text: Mapped[str]
    files: Mapped[Json]
    state: Mapped[str]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]


class PresenceRow(Base):
    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("meeting", "person"),)
    ordinal: Mapped[Number]
    meeting: Mapped[date]
    person: Mapped[str]
    state: Mapped[str]
    words: Mapped[str]
    told: Mapped[datetime | None]


class CallInRow(Base):
    __tablename__ = "callin"
    __table_args__ = (UniqueConstraint("meeting", "seat"),)
    ordinal: Mapped[Number]
    meeting: Mapped[date]
    seat: Mapped[str]
    person: Mapped[str | None]
    name: Mapped[str]
    email: Mapped[str]
    state: Mapped[str]


class InviteeRow(Base):
    __tablename__ = "invitee"
    __table_args__ = (UniqueConstraint("meeting", "folded"),)
    ordinal: Mapped[Number]
    meeting: Mapped[date]
    name: Mapped[str]
    email: Mapped[str]
    item: Mapped[str | None]
    # The address without regard to letter case, which is what tells two invitees apart.
    folded: Mapped[str]


class PrioritiesRow(Base):
    __tablename__ = "priorities"
    ordinal: Mapped[Number]
    year: Mapped[int] = mapped_column(unique=True)
    areas: Mapped[Json]


class FollowUpRow(Base):
    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("meeting", "task"),)
    ordinal: Mapped[Number]
    meeting: Mapped[date]
    task: Mapped[str]
    state: Mapped[str]
    told: Mapped[datetime]
    by: Mapped[str]
    words: Mapped[str]
    due: Mapped[date | None]


class StepDoneRow(Base):
    __tablename__ = "step_done"
    __table_args__ = (UniqueConstraint("meeting", "step"),)
    ordinal: Mapped[Number]
    meeting: Mapped[date]
    step: Mapped[str]
    at: Mapped[datetime]


# The letters, in and out.


class Blob(Base):
    """Content of any kind, once, by its hash: raw letters, attachments, documents."""

    __tablename__ = "blob"
    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    size: Mapped[int]
    created: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Incoming(Base):
    __tablename__ = "incoming"
    __table_args__ = (
        # Finds the few that are still to do, in order, among all that are done.
        Index("ix_incoming_state_number", "state", "number"),
        Index("ix_incoming_sender_number", "sender", "number"),
        {"sqlite_autoincrement": True},
    )
    number: Mapped[Number]
    raw: Mapped[Sha256] = mapped_column(ForeignKey("blob.sha256"), index=True)
    message_id: Mapped[str | None]
    fingerprint: Mapped[Sha256] = mapped_column(index=True)
    arrived: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int]
    sender: Mapped[str | None]
    reading: Mapped[Json | None]
    note: Mapped[str]
    handled_at: Mapped[datetime | None]


class Place(Base):
    """Where in the mailbox a letter lies or has lain (RFC 3501, 2.3.1.1)."""

    __tablename__ = "place"
    __table_args__ = (
        Index(
            "ix_place_here",
            "folder",
            "uidvalidity",
            # With the uid SQLite prefers it to the primary key, which also knows what has been moved.
            "uid",
            sqlite_where=text("moved IS 0"),
            postgresql_where=text("moved IS false"),
        ),
    )
    folder: Mapped[str] = mapped_column(primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    uid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    incoming: Mapped[int] = mapped_column(ForeignKey("incoming.number"), index=True)
    moved: Mapped[bool]


class Outgoing(Base):
    """A letter to one recipient."""

    __tablename__ = "outgoing"
    __table_args__ = (
        Index("ix_outgoing_state_number", "state", "number"),
        Index("ix_outgoing_meeting_mailing", "meeting", "mailing"),
        {"sqlite_autoincrement": True},
    )
    number: Mapped[Number]
    message_id: Mapped[str] = mapped_column(unique=True)
    what: Mapped[str]
    mailing: Mapped[str]
    meeting: Mapped[date | None]
    version: Mapped[int]
    to_name: Mapped[str]
    to_address: Mapped[str]
    to_person: Mapped[str | None]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    created: Mapped[datetime]
    files: Mapped[Json]
    calendar: Mapped[Json | None]
    thread: Mapped[Json]
    because_of: Mapped[int | None] = mapped_column(ForeignKey("incoming.number"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int]
    # None: as soon as may be.
    next_try: Mapped[datetime | None]
    answer: Mapped[str]
    sent_at: Mapped[datetime | None]
    # Which running service is handing it to the server.
    taken_by: Mapped[int | None]


# What is open, what can be undone, and what has happened.


class Question(Base):
    __tablename__ = "question"
    __table_args__ = (
        Index(
            "ix_question_open",
            "number",
            sqlite_where=text("closed IS 0"),
            postgresql_where=text("closed IS false"),
        ),
        {"sqlite_autoincrement": True},
    )
    number: Mapped[Number]
    kind: Mapped[str]
    # A letter's number; no foreign key, because a late matter may have come without one.
    about: Mapped[int] = mapped_column(index=True)
    speaker: Mapped[str | None]
    asked_name: Mapped[str]
    asked_address: Mapped[str]
    asked_person: Mapped[str | None]
    options: Mapped[Json]
    closed: Mapped[bool]
    answer: Mapped[str]
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class QuestionLetter(Base):
    """Which of our letters asks a question."""

    __tablename__ = "question_letter"
    message_id: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[int] = mapped_column(ForeignKey("question.number"), index=True)


class UndoRow(Base):
    """What undoes the effects of a letter."""

    __tablename__ = "undo"
    incoming: Mapped[int] = mapped_column(
        ForeignKey("incoming.number"), primary_key=True, autoincrement=False
    )
    content: Mapped[Json]
    undone_at: Mapped[datetime | None]


class CorrectionRow(Base):
    """What was read in a letter, and what somebody says was meant."""

    __tablename__ = "correction"
    __table_args__ = ({"sqlite_autoincrement": True},)
    number: Mapped[Number]
    letter: Mapped[int] = mapped_column(ForeignKey("incoming.number"), index=True)
    said_in: Mapped[int] = mapped_column(ForeignKey("incoming.number"), index=True)
    read: Mapped[Json]
    meant: Mapped[Json]
    by: Mapped[str | None]
    how: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]


class Journal(Base):
    """What has happened, a line each, in order."""

    __tablename__ = "journal"
    __table_args__ = ({"sqlite_autoincrement": True},)
    number: Mapped[Number]
    at: Mapped[datetime]
    what: Mapped[str]
    letter: Mapped[int | None] = mapped_column(index=True)
    meeting: Mapped[date | None] = mapped_column(index=True)
    detail: Mapped[str]


def table_of(model: type[Base]) -> Any:
    """The Core table of a model."""
    return model.__table__
