"""Connections: how SQLite and PostgreSQL are opened, kept apart from one another, and brought up to date."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from service.adapters.database.errors import StoreAway, StoreError, named

# The newest migration; a test holds it equal to what lies under migrations/versions.
HEAD = "0004"

# How long a writer waits for the other one, in seconds.
PATIENCE = 10.0


class Lock(Protocol):
    """What keeps two services apart."""

    @property
    def held(self) -> bool: ...

    def hold(self, service: int) -> None: ...

    def is_alive(self, connection: Connection, service: int | None, own: int) -> bool:
        """Whether another service, by its number, still runs."""

    def release(self) -> None: ...


def make_engine(url: str, data_folder: Path | None, patience: float) -> tuple[Engine, Lock, str]:
    """The engine for a URL, its lock, and the database's name as an operator knows it."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            "database.url går inte att läsa; skriv den som sqlite:///data/kallelse.db "
            "eller postgresql+psycopg://användare@server/namn"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            engine, lock, where = _sqlite(parsed, data_folder, patience)
        case "postgresql":
            engine, lock, where = _postgresql(parsed, patience)
        case other:
            raise StoreError(f"database.url nämner {other}; kallelse klarar sqlite och postgresql")
    _name_errors(engine, where)
    return engine, lock, where


def _name_errors(engine: Engine, where: str) -> None:
    @event.listens_for(engine, "handle_error")
    def name(context: ExceptionContext) -> None:
        if context.is_pre_ping:
            # The pool has noticed that a connection is lost, and makes a new one.
            return
        error = named(context.original_exception, context.is_disconnect, where)
        if error is not None:
            raise error from context.original_exception


# SQLite.


def _sqlite(url: URL, data_folder: Path | None, patience: float) -> tuple[Engine, Lock, str]:
    if not url.database or url.database == ":memory:":
        # A store in memory would be one connection; a file that vanishes behaves like the real one.
        folder = tempfile.TemporaryDirectory(prefix="kallelse-")
        path = Path(folder.name) / "kallelse.db"
        durable = False
    else:
        folder = None
        path = Path(url.database)
        if not path.is_absolute() and data_folder is not None:
            path = data_folder / path
        durable = True
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The database holds personal data: nobody else on the machine may read it.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        # Not opened even to see whether it can be: closing it would let go of SQLite's locks on it in
        # this process (sqlite.org/howtocorrupt.html, 2.2).
        if not os.access(path, os.R_OK | os.W_OK):
            raise StoreError(
                f"databasen {path} får inte läsas och skrivas; "
                "ge tjänstens användare rätt till filen och dess mapp"
            ) from None
    except OSError as error:
        raise StoreError(
            f"databasen {path} går inte att öppna ({error.strerror}); rätta database.url, eller skapa mappen "
            "och ge tjänstens användare rätt till den"
        ) from error

    def connect() -> sqlite3.Connection:
        # "rw": a database that has vanished is not silently begun anew.
        return sqlite3.connect(
            f"file:{quote(str(path.resolve()))}?mode=rw",
            uri=True,
            timeout=patience,
            check_same_thread=False,
        )

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        # A fault is logged with its statement, never with the names and words that it held.
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        record.info["file"] = _identity(path)
        # Python's own idea of when a transaction begins is switched off; `begin` says it below.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
        # A killed process loses nothing; what must outlive a power cut is asked for (`make_lasting`).
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if durable else 'OFF'}")
        # The log of a day with large letters does not stay large for ever.
        connection.execute("PRAGMA journal_size_limit = 67108864")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.info["file"] != _identity(path):
            # What is written to a file that has been moved or replaced is lost with it.
            connection.invalidate()
            raise StoreAway(
                f"databasen {path} har flyttats eller bytts ut medan den användes; "
                "lägg tillbaka den, eller starta om"
            )
        options = connection.get_execution_options()
        if options.get("reads"):
            return
        connection.exec_driver_sql("BEGIN" if options.get("snapshot") else "BEGIN IMMEDIATE")

    return engine, _FileLock(Path(f"{path}.lock"), folder), str(path)


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at a path; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


class _FileLock:
    """A lock on a file beside the database; let go when the process ends, however it ends."""

    def __init__(self, path: Path, folder: tempfile.TemporaryDirectory[str] | None) -> None:
        self._path = path
        # Of a database that is to vanish with the store.
        self._folder = folder
        self._file: int | None = None

    @property
    def held(self) -> bool:
        return self._file is not None

    def hold(self, service: int) -> None:
        import fcntl

        if self._file is not None:
            return
        try:
            opened = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(
                f"{self._path} går inte att öppna ({error.strerror}); ge tjänstens användare rätt till mappen"
            ) from error
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(opened)
            raise StoreError(
                f"en annan kallelse kör redan på den här databasen ({self._path} är låst); stoppa den först"
            ) from error
        self._file = opened

    def is_alive(self, connection: Connection, service: int | None, own: int) -> bool:
        # Whoever asks holds the database alone.
        return False

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._folder is not None:
            self._folder.cleanup()


# PostgreSQL.


def _postgresql(url: URL, patience: float) -> tuple[Engine, Lock, str]:
    if url.drivername not in {"postgresql", "postgresql+psycopg"}:
        raise StoreError(f"database.url börjar med {url.drivername}; skriv postgresql+psycopg")
    schema = url.query.get("schema")
    if isinstance(schema, tuple):
        raise StoreError("database.url nämner flera scheman; ett nätverk har ett")
    url = url.set(drivername="postgresql+psycopg").difference_update_query(["schema"])
    where = url.set(query={}).render_as_string(hide_password=True)
    try:
        engine = create_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": max(2, round(patience)),
                # A machine that went away without a word does not keep the turn for ever.
                "keepalives_idle": 30,
                "keepalives_interval": 10,
                "keepalives_count": 3,
                # Nor does a network that has fallen silent keep us waiting; milliseconds.
                "tcp_user_timeout": 30_000,
                "application_name": "kallelse",
            },
        )
    except (NoSuchModuleError, ImportError) as error:
        raise StoreError(
            "psycopg saknas för PostgreSQL; installera med: pip install 'kallelse[postgres]'"
        ) from error

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.autocommit = True
        if schema is not None:
            quoted = '"' + schema.replace('"', '""') + '"'
            connection.execute(f"SET search_path TO {quoted}")
        connection.execute(f"SET lock_timeout TO '{round(patience * 1000)}ms'")
        connection.execute("SET idle_in_transaction_session_timeout TO '10min'")
        connection.autocommit = False

    if schema is not None:
        engine = engine.execution_options(own_schema=schema)
    return engine, _ServerLock(engine), where


class _ServerLock:
    """An advisory lock in PostgreSQL, held by a connection of its own, which says "this service lives"."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @property
    def held(self) -> bool:
        return self._connection is not None

    def hold(self, service: int) -> None:
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
                return
            except StoreAway:
                # The server has let go of the lock with the connection.
                self._connection.close()
                self._connection = None
        connection = self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        connection.execute(text("SELECT pg_advisory_lock(:service)"), {"service": service})
        self._connection = connection

    def is_alive(self, connection: Connection, service: int | None, own: int) -> bool:
        if service is None or service == own:
            return False
        # The lock is free again at the end of this transaction.
        free = connection.execute(
            text("SELECT pg_try_advisory_xact_lock(:service)"), {"service": service}
        ).scalar_one()
        return not free

    def release(self) -> None:
        if self._connection is not None:
            # Closing the connection for good lets go of the lock.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


# Bringing the tables up to date.


def migrate(engine: Engine, where: str) -> None:
    """Bring the tables to the newest form; the usual start, where they are, costs one question.

    Raises StoreError when a newer version of the program has written them.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            schema = engine.get_execution_options().get("own_schema")
            # Two services that start together: the second finds the work done.
            connection.execute(text("SELECT pg_advisory_xact_lock(7205759)"))
            if schema is not None and not inspect(connection).has_schema(schema):
                quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
                connection.execute(text(f"CREATE SCHEMA {quoted}"))
        found = _version(connection)
        if found is None and engine.dialect.name == "postgresql":
            encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
            if encoding != "UTF8":
                raise StoreError(f"databasen {where} är i {encoding}; skapa en med ENCODING 'UTF8'")
        if found == HEAD:
            return
        # Alembic is loaded only when there is something to do.
        from service.adapters.database.upgrade import upgrade

        upgrade(connection, found, where)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version
