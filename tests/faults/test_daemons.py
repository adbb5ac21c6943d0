"""The daemon itself, in processes of its own: two by mistake, kills while it watches, what systemd hears."""

from __future__ import annotations

import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.adapters.database import open_store
from service.domain.references import sealed
from tests.faults.figures import count
from tests.faults.running import Launcher, Started
from tests.faults.story import letter
from tests.faults.test_keeping import House
from tests.servers import Account, Post, wait_for

PEOPLE = ("lena.wikstrom", "mats.hedin", "annika.sjodin", "per.ahlstrom", "johan.edlund", "tomas.oberg")


def questions(first: int, number: int) -> list[bytes]:
    """Letters of today, each of which is answered and passed to the secretary or taken as a matter."""
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M")
    return [
        letter(
            first + n,
            at,
            f"{PEOPLE[n % len(PEOPLE)]}@regionjh.example",
            f"Ärende {first + n}",
            f"Hej, jag vill ta upp köerna till enhet {first + n} i psykiatrin på nästa möte, 10 minuter.",
        )
        for n in range(number)
    ]


def check_once(house: House, letters: int) -> None:
    """Each letter is in the records once and each of ours has gone out once."""
    with closing(open_store(house.url)) as store:
        received = list(store.letters_in())
        written = list(store.letters_out())
        world = store.world()
    assert len(received) == letters
    assert {r.state for r in received} <= {"acted", "asked", "noted"}
    once = Counter((o.what, o.mailing, o.meeting, o.version, o.to, o.because_of, o.subject) for o in written)
    assert set(once.values()) == {1}, [k for k, n in once.items() if n > 1]
    items = Counter(i.letter for i in world.items.values() if not i.standing)
    assert set(items.values()) == {1}
    assert len(items) == letters
    assert len(house.account.contents("Hanterat")) == letters


def handed(house: House) -> Counter[bytes]:
    ids: Counter[bytes] = Counter()
    for posted in house.post.messages:
        head = posted.raw.partition(b"\r\n\r\n")[0]
        line = next(x for x in head.split(b"\r\n") if x.lower().startswith(b"message-id:"))
        ids[line.partition(b":")[2].strip()] += 1
    return ids


def _all_done(house: House, letters: int) -> bool:
    with closing(open_store(house.url)) as store:
        counts = store.counts()
    return (
        counts["incoming"]["received"] == letters
        and counts["incoming"]["kept"] == 0
        and counts["outgoing"]["waiting"] == 0
        and len(house.account.contents("Hanterat")) == letters
    )


@pytest.fixture
def daemons() -> Iterator[list[Started]]:
    """What is appended here is stopped at the end."""
    made: list[Started] = []
    yield made
    for one in made:
        if one.lives:
            one.tell(signal.SIGKILL)


@pytest.mark.dovecot
def test_a_second_daemon_on_sqlite_refuses_to_start(
    launcher: Launcher, tmp_path: Path, dovecot: Account, smtp: Post, daemons: list[Started]
):
    """It says why in a line; the first works on."""
    house = House(launcher, tmp_path, dovecot, smtp)
    first = launcher.start("--config", str(house.config), "run")
    daemons.append(first)
    wait_for(lambda: "ready" in first.words, 30, "the daemon")
    for argv in (("run",), ("run", "--once")):
        second = house.run(*argv)
        assert second.status == 1
        assert "en annan kallelse kör redan" in second.words
    assert house.run("status").status == 0
    dovecot.drop(*questions(1, 2))
    wait_for(lambda: _all_done(house, 2), 30, "the work", step=0.2)
    # What another program reads is what the daemon writes: no command beside it takes its log away.
    assert house.run("status").status == 0
    dovecot.drop(*questions(3, 1))
    wait_for(lambda: _all_done(house, 3), 30, "the work after a command beside it", step=0.2)
    first.tell()
    assert first.end().status == 0
    check_once(house, 3)
    assert set(handed(house).values()) == {1}
    count("second daemons that refused or took turns", 1, "SQLite: the second refuses")


@pytest.mark.dovecot
@pytest.mark.postgres
def test_two_daemons_on_postgresql_take_turns(
    launcher: Launcher,
    tmp_path: Path,
    dovecot: Account,
    smtp: Post,
    postgres_url: str,
    daemons: list[Started],
):
    """On one mailbox and one database: nothing is filed or sent twice."""
    house = House(launcher, tmp_path, dovecot, smtp, postgres_url)
    both = [launcher.start("--config", str(house.config), "run") for _ in range(2)]
    daemons += both
    for one in both:
        wait_for(lambda one=one: "ready" in one.words, 30, "the daemon")
    for n in range(6):
        dovecot.drop(*questions(1 + 3 * n, 3))
        time.sleep(0.15)
    wait_for(lambda: _all_done(house, 18), 60, "the work", step=0.2)
    for one in both:
        one.tell()
    ended = [one.end() for one in both]
    assert [e.status for e in ended] == [0, 0], [e.words[-800:] for e in ended]
    check_once(house, 18)
    assert set(handed(house).values()) == {1}
    count("second daemons that refused or took turns", 1, "PostgreSQL: they take turns")


@pytest.mark.dovecot
def test_a_daemon_killed_while_it_watches_loses_nothing(
    launcher: Launcher, tmp_path: Path, dovecot: Account, smtp: Post, daemons: list[Started], full: bool
):
    """Letters go on coming while it is killed and started anew, as systemd does."""
    house = House(launcher, tmp_path, dovecot, smtp)
    dice = random.Random(7)
    kills = 0
    wanted = 30 if full else 6
    for n in range(wanted):
        dovecot.drop(*questions(1 + n, 1))
        one = launcher.start("--config", str(house.config), "run", kill_at=dice.randint(30, 330))
        daemons.append(one)
        end = time.monotonic() + 4
        while one.lives and time.monotonic() < end:
            time.sleep(0.05)
        if one.lives:
            # It is at rest, listening.
            one.tell(signal.SIGKILL)
        kills += one.end().status == -9
    last = launcher.start("--config", str(house.config), "run")
    daemons.append(last)
    wait_for(lambda: "ready" in last.words, 30, "the daemon")
    wait_for(lambda: _all_done(house, wanted), 60, "the work", step=0.2)
    last.tell()
    assert last.end().status == 0
    check_once(house, wanted)
    with closing(open_store(house.url)) as store:
        written = {sealed(o.message_id) for o in store.letters_out()}
    assert {sealed(i.decode()) for i in handed(house)} == written
    assert kills == wanted
    # Each kill may leave one letter in the window that SMTP leaves open.
    assert sum(handed(house).values()) - len(written) <= kills
    count("kills made", kills, "the daemon while it watches")
    count("messages lost", 0)


@pytest.mark.dovecot
def test_a_disk_that_is_full_is_said_in_one_line_and_nothing_is_lost(
    launcher: Launcher, tmp_path: Path, dovecot: Account, smtp: Post
):
    """The process may write no larger file, as on a full disk; when there is room, all is done once."""
    house = House(launcher, tmp_path, dovecot, smtp)
    assert house.run("run", "--once").status == 0
    before = len(smtp.messages)
    dovecot.drop(*questions(1, 3))
    largest = (tmp_path / "data" / "kallelse.db").stat().st_size // 2
    ran = launcher.run("--config", str(house.config), "run", "--once", largest_file=largest)
    assert ran.status == 1, ran.words
    assert "Traceback" not in ran.words
    assert "df -h" in ran.words.splitlines()[-1]
    assert len(dovecot.contents()) + len(dovecot.contents("Hanterat")) == 3
    assert house.run("run", "--once").status == 0
    check_once(house, 3)
    assert set(handed(house).values()) == {1}
    assert len(smtp.messages) > before
    count("kinds of server fault survived", 1, "disk full, in the real process")


@pytest.mark.dovecot
def test_systemd_hears_that_it_is_ready_alive_and_stopping(
    launcher: Launcher, tmp_path: Path, dovecot: Account, smtp: Post, daemons: list[Started]
):
    """By sd_notify, over a real socket; SIGTERM ends it with 0."""
    house = House(launcher, tmp_path, dovecot, smtp)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(30)
        one = launcher.start("--config", str(house.config), "run", NOTIFY_SOCKET=str(tmp_path / "notify"))
        daemons.append(one)
        heard = [ear.recv(1000).decode()]
        while "WATCHDOG=1" not in heard:
            heard.append(ear.recv(1000).decode())
        one.tell()
        while "STOPPING=1" not in heard:
            heard.append(ear.recv(1000).decode())
        assert one.end().status == 0
    assert heard[0] == "READY=1"
