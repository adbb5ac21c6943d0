"""The database of one network: opening it, taking turns, and the letters' way in and out."""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, bindparam, func, select, update
from sqlalchemy import insert as plain_insert

from service.adapters.database import disposal, letters
from service.adapters.database.book import FILE, OPEN, SqlBook, add_blobs
from service.adapters.database.engine import PATIENCE, Lock, make_engine, migrate
from service.adapters.database.errors import StoreAway, StoreError
from service.adapters.database.fingerprint import fingerprint
from service.adapters.database.models import (
    CharterRow,
    Incoming,
    Journal,
    Outgoing,
    Place,
    Question,
    Turn,
    table_of,
)
from service.adapters.database.shelves import Shelving
from service.domain.references import sealed
from service.domain.world import World
from service.usecases.office import Arrival, Handled, OpenQuestion, Outbound

T = TypeVar("T")

_charter = table_of(CharterRow)
_turn = table_of(Turn)
_incoming = table_of(Incoming)
_outgoing = table_of(Outgoing)
_place = table_of(Place)
_question = table_of(Question)

_REVISION = select(_turn.c.revision).where(_turn.c.id == 1)
_HIGH_UID = (
    select(_place.c.uid)
    .where(_place.c.folder == bindparam("folder"), _place.c.uidvalidity == bindparam("validity"))
    .order_by(_place.c.uid.desc())
    .limit(1)
)
_UNHANDLED = (
    select(_incoming.c.number)
    .where(_incoming.c.state == "kept")
    .order_by(_incoming.c.number)
    .limit(bindparam("limit"))
)
_TO_MOVE = (
    select(_place.c.uid)
    .join_from(_place, _incoming, _place.c.incoming == _incoming.c.number)
    .where(
        _place.c.folder == bindparam("folder"),
        _place.c.uidvalidity == bindparam("validity"),
        _place.c.moved.is_(False),
        _incoming.c.state != "kept",
    )
    .order_by(_place.c.uid)
)
_DUE = (
    select(_outgoing)
    .where(
        _outgoing.c.state == "waiting",
        (_outgoing.c.next_try.is_(None)) | (_outgoing.c.next_try <= bindparam("now")),
    )
    .order_by(_outgoing.c.number)
    .limit(bindparam("limit"))
)
_ANSWERED = (
    update(_outgoing)
    .where(_outgoing.c.number == bindparam("n"))
    .values(
        state=bindparam("new_state"),
        answer=bindparam("new_answer"),
        sent_at=bindparam("new_sent_at"),
        next_try=bindparam("new_next_try"),
        tries=_outgoing.c.tries + bindparam("try"),
        taken_by=None,
    )
)


def _wall_clock() -> datetime:
    return datetime.now(UTC)


def open_store(
    url: str,
    *,
    data_folder: Path | None = None,
    now: Callable[[], datetime] = _wall_clock,
    patience: float = PATIENCE,
) -> SqlStore:
    """Open the database at an SQLAlchemy URL and bring its tables up to this version of the program.

    `sqlite:///name.db` (a relative path is taken from `data_folder`) or
    `postgresql+psycopg://…`, where `?schema=name` chooses, and at need
    makes, the network's own schema.  `now` dates the lines of the journal.
    `patience` is how many seconds to wait for another writer.
    Raises StoreError for what an operator must mend, among it a database
    that a newer version has written, and StoreAway when the server is away.
    """
    engine, lock, where = make_engine(url, data_folder, patience)
    try:
        migrate(engine, where)
        return SqlStore(engine, lock, now, where)
    except BaseException:
        engine.dispose()
        raise


class SqlStore:
    """What `service.usecases.office.Store` says, on SQLite or PostgreSQL.

    Raises StoreAway when the database cannot serve now, in which case
    nothing of that call has been saved.
    """

    def __init__(self, engine: Engine, lock: Lock, now: Callable[[], datetime], where: str) -> None:
        self._engine = engine
        # A single question needs no transaction.  SQLite begins none by itself (see `engine`).
        self._reader = engine.execution_options(
            **({"isolation_level": "AUTOCOMMIT"} if self._serves_many else {"reads": True})
        )
        self._lock = lock
        # The SQLite file, or the server's address for an error's sake.
        self._where = where
        self._now = now
        self._shelving = Shelving(engine.dialect)
        # Tells our own letters on their way from those of another service.
        self._id = secrets.randbits(62)
        self._mutex = threading.RLock()
        self._working = False
        # The revision that the world was read at, or that we ourselves made.
        self._known: tuple[int, World] | None = None

    # Turns and the world.

    @contextmanager
    def work(self) -> Iterator[SqlBook]:
        """A transaction; see the Protocol.  Not to be nested, nor mixed with the store's own writing."""
        with self._turn() as (connection, revision):
            world = self._world_at(connection, revision)
            book = SqlBook(connection, world, self._now(), self._shelving)
            yield book
        self._known = (revision + 1 if book.changed else revision, book.world)

    @contextmanager
    def _turn(self) -> Iterator[tuple[Connection, int]]:
        """The network's turn to write, and the world's revision."""
        with self._mutex:
            if self._working:
                raise RuntimeError("the store is at work already in this thread")
            self._working = True
            try:
                with self._engine.begin() as connection:
                    wanted = _REVISION.with_for_update() if self._serves_many else _REVISION
                    yield connection, connection.execute(wanted).scalar_one()
            finally:
                self._working = False

    @property
    def _serves_many(self) -> bool:
        return self._engine.dialect.name == "postgresql"

    def _world_at(self, connection: Connection, revision: int) -> World:
        if self._known is None or self._known[0] != revision:
            self._known = (revision, self._shelving.world(connection))
        return self._known[1]

    def world(self) -> World:
        with self._mutex:
            if self._working and self._known is not None:
                return self._known[1]
            with self._reader.connect() as connection:
                revision = connection.execute(_REVISION).scalar_one()
            if self._known is not None and self._known[0] == revision:
                return self._known[1]
            with self._snapshot() as connection:
                return self._world_at(connection, connection.execute(_REVISION).scalar_one())

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        """Several reads that all see the same."""
        level = {"isolation_level": "REPEATABLE READ"} if self._serves_many else {"snapshot": True}
        with self._engine.connect().execution_options(**level) as connection, connection.begin():
            yield connection

    @property
    def _zone(self) -> ZoneInfo:
        return (self._known[1] if self._known else self.world()).zone

    # Letters in.

    def keep(self, arrivals: Sequence[Arrival]) -> list[int]:
        if not arrivals:
            return []
        marks = [(*fingerprint(a.raw), hashlib.sha256(a.raw).hexdigest()) for a in arrivals]
        with self._turn() as (connection, _):
            return self._keep(connection, arrivals, marks)

    def _keep(
        self,
        connection: Connection,
        arrivals: Sequence[Arrival],
        marks: Sequence[tuple[str | None, str, str]],
    ) -> list[int]:
        taken = self._taken(connection, arrivals)
        known = self._known_letters(connection, {mark for _, mark, _ in marks})
        fresh: list[tuple[Arrival, tuple[str | None, str, str]]] = []
        places: list[tuple[Arrival, int | tuple[str | None, str]]] = []
        for arrival, mark in zip(arrivals, marks, strict=True):
            spot = (arrival.folder, arrival.uidvalidity, arrival.uid)
            if arrival.uid and spot in taken:
                continue
            taken.add(spot)
            message_id, print_, _ = mark
            letter = known.get((message_id, print_)) or (known.get(print_) if message_id is None else None)
            if letter is None:
                fresh.append((arrival, mark))
                # Its number comes below; a second copy in the same batch finds it here.
                known[(message_id, print_)] = known[print_] = letter = (message_id, print_)
            if arrival.uid:
                places.append((arrival, letter))
        if fresh:
            add_blobs(connection, {mark[2]: a.raw for a, mark in fresh}, self._now())
        numbers = self._number(connection, fresh)
        if places:
            connection.execute(
                plain_insert(_place),
                [
                    {
                        "folder": a.folder,
                        "uidvalidity": a.uidvalidity,
                        "uid": a.uid,
                        "incoming": letter if isinstance(letter, int) else numbers[letter],
                        "moved": False,
                    }
                    for a, letter in places
                ],
            )
        return list(numbers.values())

    def _number(
        self, connection: Connection, fresh: Sequence[tuple[Arrival, tuple[str | None, str, str]]]
    ) -> dict[tuple[str | None, str], int]:
        """Write the new letters; returns the number of each by its marks, in their order."""
        if not fresh:
            return {}
        rows = [
            {
                "raw": sha256,
                "message_id": message_id,
                "fingerprint": print_,
                "arrived": arrival.arrived,
                "state": "kept",
                "tries": 0,
                "note": "",
            }
            for arrival, (message_id, print_, sha256) in fresh
        ]
        statement = plain_insert(_incoming).returning(_incoming.c.number, sort_by_parameter_order=True)
        numbers = connection.execute(statement, rows).scalars().all()
        return {mark[:2]: n for (_, mark), n in zip(fresh, numbers, strict=True)}

    @staticmethod
    def _taken(connection: Connection, arrivals: Sequence[Arrival]) -> set[tuple[str, int, int]]:
        """Which of the places are known already."""
        folders: dict[tuple[str, int], list[int]] = {}
        for a in arrivals:
            if a.uid:
                folders.setdefault((a.folder, a.uidvalidity), []).append(a.uid)
        return {
            (folder, validity, uid)
            for (folder, validity), uids in folders.items()
            for uid in connection.execute(
                select(_place.c.uid).where(
                    _place.c.folder == folder,
                    _place.c.uidvalidity == validity,
                    _place.c.uid.in_(uids),
                )
            ).scalars()
        }

    @staticmethod
    def _known_letters(connection: Connection, prints: set[str]) -> dict[Any, Any]:
        """Letters with these fingerprints: by Message-ID and fingerprint, and by fingerprint alone."""
        known: dict[Any, Any] = {}
        rows = connection.execute(
            select(_incoming.c.number, _incoming.c.message_id, _incoming.c.fingerprint)
            .where(_incoming.c.fingerprint.in_(sorted(prints)))
            .order_by(_incoming.c.number)
        )
        for number, message_id, print_ in rows:
            known.setdefault((message_id, print_), number)
            known.setdefault(print_, number)
        return known

    def high_uid(self, folder: str, uidvalidity: int) -> int:
        with self._reader.connect() as connection:
            found = connection.execute(_HIGH_UID, {"folder": folder, "validity": uidvalidity}).scalar()
        return found or 0

    def unknown(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> list[int]:
        """Those of the UIDs at which no letter is known to lie."""
        if not uids:
            return []
        with self._reader.connect() as connection:
            known = set(
                connection.execute(
                    select(_place.c.uid).where(
                        _place.c.folder == folder,
                        _place.c.uidvalidity == uidvalidity,
                        _place.c.uid.between(min(uids), max(uids)),
                    )
                ).scalars()
            )
        return [uid for uid in uids if uid not in known]

    def put_away(self, since: datetime) -> list[letters.Received]:
        """Letters that arrived since then and, as far as we know, lie in the handled folder; in order."""
        zone = self._zone
        with self._reader.connect() as connection:
            rows = connection.execute(
                select(_incoming)
                .where(
                    _incoming.c.arrived >= since,
                    _incoming.c.number.in_(select(_place.c.incoming).where(_place.c.moved.is_(True))),
                )
                .order_by(_incoming.c.number)
            ).mappings()
            return [letters.received(row, zone) for row in rows]

    def message_ids(self) -> set[str]:
        """The Message-IDs of all letters that have come in."""
        with self._reader.connect() as connection:
            found = connection.execute(
                select(_incoming.c.message_id).where(_incoming.c.message_id.is_not(None))
            )
            return set(found.scalars())

    def unhandled(self, limit: int = 100) -> list[int]:
        with self._reader.connect() as connection:
            return list(connection.execute(_UNHANDLED, {"limit": limit}).scalars())

    def to_move(self, folder: str, uidvalidity: int) -> list[int]:
        with self._reader.connect() as connection:
            found = connection.execute(_TO_MOVE, {"folder": folder, "validity": uidvalidity})
            return list(found.scalars())

    def moved(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        if not uids:
            return
        with self._turn() as (connection, _):
            for some in _portions(uids):
                connection.execute(
                    update(_place)
                    .where(
                        _place.c.folder == folder,
                        _place.c.uidvalidity == uidvalidity,
                        _place.c.uid.in_(some),
                    )
                    .values(moved=True)
                )

    def failed(self, number: int, why: str) -> int:
        with self._turn() as (connection, _):
            tries = connection.execute(
                update(_incoming)
                .where(_incoming.c.number == number)
                .values(tries=_incoming.c.tries + 1, note=why)
                .returning(_incoming.c.tries)
            ).scalar()
        if tries is None:
            raise KeyError(number)
        return int(tries)

    # Letters out.

    def waiting(self, now: datetime, limit: int = 50) -> list[Outbound]:
        zone = self._zone
        with self._reader.connect() as connection:
            rows = connection.execute(_DUE, {"now": now, "limit": limit}).mappings()
            return [letters.outbound(row, zone) for row in rows]

    def sending(self, numbers: Sequence[int]) -> None:
        """Take letters to send; StoreAway, and none is taken, when another service has taken one."""
        if not numbers:
            return
        if self._lock.held:
            # A lock that went with a lost connection is taken again before anything depends on it.
            self._lock.hold(self._id)
        with self._turn() as (connection, _):
            taken = sum(
                connection.execute(
                    update(_outgoing)
                    .where(_outgoing.c.number.in_(some), _outgoing.c.state == "waiting")
                    .values(state="sending", taken_by=self._id)
                ).rowcount
                for some in _portions(numbers)
            )
            if taken != len(set(numbers)):
                raise StoreAway(
                    "en annan kallelse har tagit några av mejlen som skulle skickas; de skickas av den"
                )

    def delivered(self, number: int, answer: str, at: datetime) -> None:
        """Record that the server has taken a letter, and seal its Message-ID; see `references.sealed`."""
        self._answered(number, "sent", answer, sent_at=at)

    def refused(self, number: int, answer: str, at: datetime) -> None:
        self._answered(number, "refused", answer)

    def uncertain(self, number: int, answer: str, at: datetime) -> None:
        self._answered(number, "uncertain", answer)

    def postponed(self, number: int, answer: str, until: datetime, *, counts: bool = True) -> None:
        self._answered(number, "waiting", answer, next_try=until, counts=counts)

    def _answered(
        self,
        number: int,
        state: str,
        answer: str,
        *,
        sent_at: datetime | None = None,
        next_try: datetime | None = None,
        counts: bool = True,
    ) -> None:
        with self._turn() as (connection, _):
            connection.execute(
                _ANSWERED,
                {
                    "n": number,
                    "new_state": state,
                    "new_answer": answer,
                    "new_sent_at": sent_at,
                    "new_next_try": next_try,
                    "try": int(counts),
                },
            )
            if state == "sent":
                letters.seal(connection, number)

    def next_try(self) -> datetime | None:
        with self._reader.connect() as connection:
            found = connection.execute(
                select(func.min(func.coalesce(_outgoing.c.next_try, _outgoing.c.created))).where(
                    _outgoing.c.state == "waiting"
                )
            ).scalar_one_or_none()
        return found.astimezone(self._zone) if found else None

    def is_loaded(self) -> bool:
        with self._reader.connect() as connection:
            return bool(connection.execute(select(func.count()).select_from(_charter)).scalar_one())

    def interrupted(self) -> list[Outbound]:
        zone = self._zone
        with self._turn() as (connection, _):
            rows = connection.execute(
                select(_outgoing).where(_outgoing.c.state == "sending").order_by(_outgoing.c.number)
            ).mappings()
            left = [row for row in rows if not self._lock.is_alive(connection, row["taken_by"], self._id)]
            if not left:
                return []
            connection.execute(
                update(_outgoing)
                .where(_outgoing.c.number.in_([row["number"] for row in left]))
                .values(state="waiting", taken_by=None)
            )
            connection.execute(
                plain_insert(table_of(Journal)),
                [
                    {
                        "at": self._now(),
                        "what": "interrupted",
                        "letter": row["because_of"],
                        "meeting": row["meeting"],
                        "detail": f"{sealed(row['message_id'])} was being sent when the service stopped; "
                        "it waits again and may arrive twice",
                    }
                    for row in left
                ],
            )
            return [letters.outbound({**row, "state": "waiting"}, zone) for row in left]

    def handled_before(self, before: datetime) -> list[Handled]:
        with self._reader.connect() as connection:
            return disposal.handled_before(connection, before)

    def dispose(self, numbers: Sequence[int]) -> int:
        with self._turn() as (connection, _):
            return disposal.dispose(connection, numbers, self._now())

    def forget_person(self, person: str, instead: str) -> int:
        """Take a person out of the records, see `disposal`; KeyError when there is none."""
        if person not in self.world().people:
            raise KeyError(person)
        with self.work() as book:
            gone = disposal.forget_person(book.connection, person, instead, self._now())
            book.changed_outside()
        # Everything that has been read is read again.
        self._known = None
        return gone

    def last_note(self, what: str) -> tuple[datetime, str] | None:
        journal = table_of(Journal)
        with self._reader.connect() as connection:
            row = connection.execute(
                select(journal.c.at, journal.c.detail)
                .where(journal.c.what == what)
                .order_by(journal.c.number.desc())
                .limit(1)
            ).first()
        return None if row is None else (row.at, row.detail)

    def file(self, sha256: str) -> bytes:
        """A stored content, outside a transaction; KeyError when there is none."""
        with self._reader.connect() as connection:
            found: bytes | None = connection.execute(FILE, {"sha": sha256}).scalar()
        if found is None:
            raise KeyError(sha256)
        return found

    # The records, whole.

    def letters_in(self, after: int = 0) -> Iterator[letters.Received]:
        """The letters that have come in with a higher number, in order; `file` has their bytes."""
        yield from self._in_order(_incoming, letters.received, after)

    def letters_out(self, after: int = 0) -> Iterator[Outbound]:
        """The letters that have been written with a higher number, in order, whatever became of them."""
        yield from self._in_order(_outgoing, letters.outbound, after)

    def _in_order(self, table: Any, value: Callable[[Any, ZoneInfo], T], after: int) -> Iterator[T]:
        """Some rows at a time, so that years of letters need not be held at once."""
        zone = self._zone
        while True:
            with self._reader.connect() as connection:
                rows = connection.execute(
                    select(table).where(table.c.number > after).order_by(table.c.number).limit(200)
                )
                found = rows.mappings().all()
            if not found:
                return
            yield from (value(row, zone) for row in found)
            after = found[-1]["number"]

    # Where things stand.

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        with self._snapshot() as connection:
            incoming = _by_state(connection, _incoming)
            outgoing = _by_state(connection, _outgoing)
        return {
            "incoming": {
                "received": sum(incoming.values()),
                "acted": incoming.get("acted", 0),
                "asked": incoming.get("asked", 0),
                "failed": incoming.get("set-aside", 0),
                "noted": incoming.get("noted", 0),
                "kept": incoming.get("kept", 0),
            },
            "outgoing": {
                "waiting": outgoing.get("waiting", 0) + outgoing.get("sending", 0),
                "sent": outgoing.get("sent", 0),
                "refused": outgoing.get("refused", 0),
                "uncertain": outgoing.get("uncertain", 0),
                "stopped": outgoing.get("stopped", 0),
            },
        }

    def awaiting(self) -> list[OpenQuestion]:
        zone = self._zone
        with self._reader.connect() as connection:
            rows = connection.execute(select(_question).where(OPEN).order_by(_question.c.number))
            return [letters.open_question(row, zone) for row in rows.mappings()]

    # The database itself.

    def hold(self) -> None:
        """Claim the database for this process, for as long as it lives.

        On SQLite raises StoreError when another service runs on it.  On
        PostgreSQL services take turns, and this only shows the others that
        this one is alive.
        """
        self._lock.hold(self._id)

    def backup_to(self, path: Path) -> None:
        """Copy the database, while it is in use, into a file that must not exist yet."""
        if self._serves_many:
            raise StoreError("PostgreSQL säkerhetskopieras med pg_dump; kallelse backup visar hur")
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError as error:
            raise StoreError(f"{path} finns redan; ange en ny fil för säkerhetskopian") from error
        except OSError as error:
            raise StoreError(
                f"{path} går inte att skriva ({error.strerror}); ange en annan fil eller mapp"
            ) from error
        try:
            with self._reader.connect() as connection, closing(sqlite3.connect(path)) as copy:
                source: Any = connection.connection.driver_connection
                source.backup(copy)
        except sqlite3.Error as error:
            path.unlink(missing_ok=True)
            raise StoreAway(
                f"säkerhetskopian {path} kunde inte skrivas ({error}); finns det plats på disken?"
            ) from error

    def make_lasting(self) -> None:
        """Put on the disk all that has been committed; on PostgreSQL each commit already is.

        One call serves many commits, so letters are not handled at the
        pace of the disk.  What SQLite has moved from its log to the file it
        has put on the disk itself, so the log is all there is to do.  The
        file must never be opened here: closing it again would let go of all
        of this process's locks on it (fcntl(2)), and the next command beside
        the daemon would delete the log under its hands
        (sqlite.org/howtocorrupt.html, 2.2).
        """
        if self._serves_many:
            return
        with suppress(FileNotFoundError), open(f"{self._where}-wal", "rb") as file:
            os.fsync(file.fileno())

    def close(self) -> None:
        self._engine.dispose()
        self._lock.release()


def _by_state(connection: Connection, table: Any) -> dict[str, int]:
    rows = connection.execute(select(table.c.state, func.count()).group_by(table.c.state))
    return {row[0]: row[1] for row in rows}


def _portions(numbers: Sequence[int], size: int = 500) -> Iterator[Sequence[int]]:
    """Some at a time, because a statement takes only so many values."""
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]


__all__ = ["SqlStore", "open_store"]
