"""The database when things go wrong: another service, a lost server, a full disk, a kill, many letters."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from service.adapters.database import SqlStore, StoreAway, StoreError, open_store
from service.adapters.database.errors import named
from service.domain.network import Term
from service.usecases.office import Outbound
from tests.servers import Proxy
from tests.test_database import ASA, CHARTER, NOW, an_outbound, arrival, posted


def test_a_second_service_on_the_same_file_refuses_to_start(tmp_path: Path):
    """Also in another process; and once the first is killed, the way is free."""
    url = f"sqlite:///{tmp_path}/kallelse.db"
    program = (
        "import sys, time; from service.adapters.database import open_store; "
        "store = open_store(sys.argv[1]); store.hold(); print('held', flush=True); time.sleep(60)"
    )
    first = subprocess.Popen([sys.executable, "-c", program, url], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        second = open_store(url)
        with pytest.raises(StoreError, match="en annan kallelse kör redan"):
            second.hold()
        # A command beside the daemon may work, but not be a second daemon.
        with second.work() as book:
            book.put([CHARTER])
    finally:
        first.kill()
        first.wait()
    second.hold()
    second.hold()
    second.close()


@pytest.mark.postgres
def test_a_service_that_starts_leaves_what_a_living_one_is_sending(postgres_url: str):
    """On PostgreSQL two take turns: only what a dead one was sending is sent again."""
    living, starting = open_store(postgres_url), open_store(postgres_url)
    living.hold()
    living.hold()
    starting.hold()
    living.sending(posted(living, an_outbound()))

    assert starting.interrupted() == []
    living.close()
    assert [o.message_id for o in _when_the_server_knows(starting)] == ["<ack.1@samverkan.example>"]
    starting.close()


def _when_the_server_knows(starting: SqlStore) -> Sequence[Outbound]:
    """What a dead one was sending; the server takes a moment to see that a line is closed."""
    for _ in range(100):
        if found := starting.interrupted():
            return found
        time.sleep(0.1)
    return ()


@pytest.mark.postgres
def test_a_server_that_goes_away_is_waited_for(postgres_url: str):
    """The line is cut in the midst of work, then refused, then there again: nothing half, nothing lost."""
    parts = urlsplit(postgres_url)
    if parts.port is None:
        pytest.skip("this PostgreSQL listens on no port")
    line = Proxy(parts.port)
    try:
        store = open_store(postgres_url.replace(f":{parts.port}/", f":{line.port}/"))
        store.hold()

        def cut_in_the_middle() -> None:
            with store.work() as book:
                book.put([CHARTER])
                line.cut()
                book.put([ASA])

        with pytest.raises(StoreAway):
            cut_in_the_middle()
        line.refusing = True
        calls: list[Callable[[], Any]] = [store.unhandled, store.world, lambda: store.keep([arrival()])]
        for call in calls:
            with pytest.raises(StoreAway):
                call()
        line.refusing = False

        assert not store.world().people
        assert store.keep([arrival()]) == [1]
        numbers = posted(store, an_outbound())
        line.cut()
        # The sign of life went with the line, and is set up again before a letter is taken.
        store.sending(numbers)
        with closing(open_store(postgres_url)) as other:
            assert other.interrupted() == []
        store.close()
    finally:
        line.close()


def test_a_server_that_is_not_there_is_away_and_the_password_stays_unsaid():
    with pytest.raises(StoreAway, match="svarar inte") as away:
        open_store("postgresql+psycopg://kallelse:hemligt@127.0.0.1:1/x")

    assert "hemligt" not in str(away.value)


@pytest.mark.parametrize(
    "wrong", ["mysql://x/y", "kallelse.db", "postgresql+psycopg2://x/y", f"sqlite:///{__file__}/x.db"]
)
def test_a_wrong_url_is_told_in_one_line(wrong: str):
    with pytest.raises(StoreError) as error:
        open_store(wrong)

    assert "\n" not in str(error.value)


@pytest.mark.postgres
def test_a_database_that_does_not_exist_is_an_error_for_the_operator(postgres_url: str):
    with pytest.raises(StoreError, match="finns inte; skapa den"):
        open_store(postgres_url.replace("/prov", "/nosuch"))


@pytest.mark.postgres
def test_networks_in_schemas_of_one_database_see_nothing_of_each_other(postgres_url: str):
    joint = "&" if "?" in postgres_url else "?"
    ours, theirs, again = (
        open_store(f"{postgres_url}{joint}schema={name}") for name in ("vi", "de andra", "vi")
    )
    with ours.work() as book:
        book.put([CHARTER, ASA])

    assert not theirs.world().people
    assert again.world() == ours.world()
    for store in (ours, theirs, again):
        store.close()


STATEMENTS = {
    "full": ("PRAGMA max_page_count = 2", "INSERT INTO t VALUES (zeroblob(1000000))"),
    "read-only": ("PRAGMA query_only = ON", "INSERT INTO t VALUES (1)"),
    "tables": ("SELECT 1", "SELECT * FROM incoming"),
    "locked": ("SELECT 1", "BEGIN IMMEDIATE"),
}


def _told_by_sqlite(folder: Path, work: str) -> BaseException:
    """What sqlite3 itself raises when something is done to a database in the folder."""
    first, second = STATEMENTS[work]
    path = folder / "prov.db"
    with closing(sqlite3.connect(path)) as other, closing(sqlite3.connect(path, timeout=0)) as line:
        other.execute("CREATE TABLE t (a)")
        other.commit()
        if work == "locked":
            other.execute("BEGIN EXCLUSIVE")
        line.execute(first)
        with pytest.raises(sqlite3.Error) as raised:
            line.execute(second)
    return raised.value


@pytest.mark.parametrize(
    ("work", "kind", "remedy"),
    [
        ("locked", StoreAway, "går över av sig självt"),
        ("full", StoreAway, "frigör utrymme"),
        ("read-only", StoreError, "rätt till filen"),
        ("tables", StoreError, "kallelse restore"),
    ],
)
def test_what_is_wrong_with_the_file_is_said_with_what_to_do(
    tmp_path: Path, work: str, kind: type[Exception], remedy: str
):
    """In Swedish and in one line, SQLite's own words last."""
    error = named(_told_by_sqlite(tmp_path, work), False, "/data/kallelse.db")

    assert type(error) is kind
    assert str(error).startswith("databasen /data/kallelse.db ")
    assert remedy in str(error)
    assert "\n" not in str(error)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("statement", "kind", "remedy"),
    [
        ("SELECT * FROM ingenting", StoreError, "säkerhetskopia"),
        ("SET ROLE nobody_at_all", None, ""),
        ("SELECT pg_terminate_backend(pg_backend_pid())", StoreAway, "databasservern är igång"),
    ],
)
def test_what_is_wrong_with_the_server_is_said_with_what_to_do(
    postgres_url: str, statement: str, kind: type[Exception] | None, remedy: str
):
    """The same for PostgreSQL; what no operator can mend keeps its own name."""
    import psycopg

    with (
        psycopg.connect(postgres_url.replace("+psycopg", "")) as line,
        pytest.raises(psycopg.Error) as raised,
    ):
        line.execute(statement)
    error = named(raised.value, False, "postgresql://db/kallelse")

    assert error is None if kind is None else type(error) is kind
    assert remedy in str(error)


def test_a_file_that_is_no_database_is_an_error_for_the_operator(tmp_path: Path):
    path = tmp_path / "kallelse.db"
    path.write_bytes(b"Kallelse till mote" * 1000)

    with pytest.raises(StoreError, match="är ingen databas; rätta"):
        open_store(f"sqlite:///{path}")


def test_a_database_moved_away_while_in_use_takes_no_letter_with_it(tmp_path: Path):
    """What would be written to the moved file would be missed for ever; when it is back, work goes on."""
    path = tmp_path / "kallelse.db"
    store = open_store(f"sqlite:///{path}")
    store.keep([arrival()])
    path.rename(tmp_path / "moved.db")

    for _ in range(2):
        with pytest.raises(StoreAway):
            store.keep([arrival("Två", message_id="<2@x>")])
    assert not path.exists()
    (tmp_path / "moved.db").rename(path)
    assert store.keep([arrival("Två", message_id="<2@x>")]) == [2]
    store.close()


def test_a_full_disk_is_a_fault_that_passes(tmp_path: Path):
    """The file may grow no further: StoreAway, nothing half, and when there is room again it goes on."""
    program = textwrap.dedent(
        r"""
        import os, resource, signal, sys
        from datetime import UTC, datetime
        from service.adapters.database import StoreAway, open_store
        from service.usecases.office import Arrival

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = open_store(sys.argv[1])
        letters = [
            Arrival(b"Message-ID: <%d@x>\r\n\r\n" % n + os.urandom(50_000), datetime.now(UTC), "INBOX", 1, n)
            for n in range(1, 21)
        ]
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, hard))
        kept, away = [], 0
        for letter in letters:
            try:
                kept += store.keep([letter])
            except StoreAway:
                away += 1
        assert kept and away, (kept, away)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        later = store.keep(letters)
        assert len(later) == away
        assert store.unhandled() == sorted(kept + later)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{tmp_path}/kallelse.db"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_service_killed_at_any_moment_leaves_whole_transactions(tmp_path: Path):
    """Each transaction puts an item and posts a letter; after eight kills there are as many of each."""
    url = f"sqlite:///{tmp_path}/kallelse.db"
    program = textwrap.dedent(
        """
        import sys
        from datetime import UTC, datetime
        from service.adapters.database import open_store
        from service.domain.agenda import Item
        from service.usecases.office import Outbound
        from service.usecases.outgoing import Recipient

        store = open_store(sys.argv[1])
        n = len(store.world().items)
        print("at work", flush=True)
        while True:
            with store.work() as book:
                book.put([Item(f"i{n}", None, "x" * 2000)])
                to = Recipient("", "x@x.example")
                book.post([Outbound(f"<{n}@x>", "ack", "a", None, 1, to, "", "", "", datetime.now(UTC))])
            n += 1
        """
    )
    open_store(url).close()
    for round_ in range(8):
        service = subprocess.Popen([sys.executable, "-c", program, url], stdout=subprocess.PIPE)
        assert service.stdout is not None
        service.stdout.readline()
        time.sleep(0.007 * round_)
        service.send_signal(signal.SIGKILL)
        service.wait()
        service.stdout.close()

    with closing(open_store(url)) as store:
        items = len(store.world().items)
        assert items > 0
        assert [o.message_id for o in store.waiting(NOW, limit=10**6)] == [f"<{n}@x>" for n in range(items)]


def test_a_backup_taken_at_work_is_a_whole_database_that_only_its_owner_reads(tmp_path: Path):
    store = open_store(f"sqlite:///{tmp_path}/kallelse.db")
    store.keep([arrival()])
    with store.work() as book:
        # What is not yet saved is not in the backup.
        book.put([CHARTER, ASA, Term(2027, None, None)])
        store.backup_to(tmp_path / "backup.db")

    with pytest.raises(StoreError, match="finns redan"):
        store.backup_to(tmp_path / "backup.db")
    with pytest.raises(StoreError, match="No such file"):
        store.backup_to(tmp_path / "nosuch" / "backup.db")
    with closing(open_store(f"sqlite:///{tmp_path}/backup.db")) as restored:
        assert restored.unhandled() == [1]
        assert not restored.world().people
    for name in ("backup.db", "kallelse.db"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    store.close()


def test_a_relative_path_is_taken_from_the_folder_of_the_data(tmp_path: Path):
    open_store("sqlite:///där/kallelse #1.db", data_folder=tmp_path).close()

    assert (tmp_path / "där" / "kallelse #1.db").exists()


def test_a_store_without_a_file_serves_and_leaves_nothing():
    """For a rehearsal: as the real one, and gone when it is closed."""
    store = open_store("sqlite://")
    assert store.keep([arrival()]) == [1]
    with store._reader.connect() as connection:
        folder = Path(connection.exec_driver_sql("PRAGMA database_list").first()[2]).parent
    assert folder.exists()
    store.close()

    assert not folder.exists()


def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path):
    """A write-ahead log that a killed process leaves whole, and foreign keys."""
    store = open_store(f"sqlite:///{tmp_path}/kallelse.db")
    with store._reader.connect() as connection:
        asked = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous")
        ]
    store.close()

    assert asked == ["wal", 1, 1]


def test_what_must_outlive_a_power_cut_is_put_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The log, which holds the newest; the file itself must not be opened here (see `make_lasting`)."""
    synced: list[str] = []
    really = os.fsync
    store = open_store(f"sqlite:///{tmp_path}/kallelse.db")
    store.keep([arrival("1", uid=1, message_id="<1@x>")])
    monkeypatch.setattr(
        os, "fsync", lambda fd: (synced.append(os.readlink(f"/proc/self/fd/{fd}")), really(fd))[1]
    )
    store.make_lasting()
    store.close()

    assert synced == [f"{tmp_path}/kallelse.db-wal"]


@pytest.mark.slow
def test_fifty_thousand_handled_letters_make_nothing_slower(tmp_path: Path):
    """Every question of the daily round finds its few rows by an index."""
    store = open_store(f"sqlite:///{tmp_path}/kallelse.db")
    store.keep([arrival(f"{n}", uid=n, message_id=f"<{n}@x>") for n in range(1, 4)])

    def questions() -> dict[str, float]:
        """The best of twenty times for each, in seconds."""
        asked: dict[str, Callable[[], Any]] = {
            "high_uid": lambda: store.high_uid("INBOX", 7),
            "unhandled": store.unhandled,
            "to_move": lambda: store.to_move("INBOX", 7),
            "waiting": lambda: store.waiting(NOW),
            "interrupted": store.interrupted,
            "awaiting": store.awaiting,
            "keep": lambda: store.keep([arrival("1", uid=1, message_id="<1@x>")]),
        }
        times = {}
        for name, ask in asked.items():
            best = 1.0
            for _ in range(20):
                start = time.perf_counter()
                ask()
                best = min(best, time.perf_counter() - start)
            times[name] = best
        return times

    before = questions()
    many = range(10, 50_010)
    at = "2027-01-01 00:00:00.000000"
    with closing(sqlite3.connect(tmp_path / "kallelse.db")) as fast:
        fast.executemany(
            "INSERT INTO incoming (number, raw, message_id, fingerprint, arrived, state, tries, note)"
            " VALUES (?, (SELECT raw FROM incoming WHERE number = 1), ?, ?, ?, 'acted', 0, '')",
            ((n, f"<{n}@x>", f"{n:064}", at) for n in many),
        )
        fast.executemany("INSERT INTO place VALUES ('INBOX', 7, ?, ?, 1)", ((n, n) for n in many))
        fast.executemany(
            "INSERT INTO outgoing (number, message_id, what, mailing, version, to_name, to_address, subject,"
            " text, html, created, files, thread, state, tries, answer)"
            " VALUES (?, ?, 'ack', 'a', 1, '', '', '', '', '', ?, '[]', '[]', 'sent', 1, '')",
            ((n, f"<{n}@x>", at) for n in many),
        )
        fast.executemany(
            "INSERT INTO question (number, kind, about, asked_name, asked_address, options, closed, answer,"
            " asked_at) VALUES (?, 'reading', ?, '', '', '[]', 1, '', ?)",
            ((n, n, at) for n in many),
        )
        fast.commit()
    start = time.perf_counter()
    open_store(f"sqlite:///{tmp_path}/kallelse.db").close()
    opening = time.perf_counter() - start
    after = questions()
    assert store.high_uid("INBOX", 7) == 50_009
    store.close()

    # A walk through fifty thousand rows takes several milliseconds; the slack is for a busy machine.
    assert {name: s for name, s in after.items() if s > 3 * before[name] + 0.001} == {}
    assert opening < 0.2
