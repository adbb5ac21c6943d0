"""Measures what issue and README promise, and prints it as a table: `make bench`.

The service is the real program in a process of its own, on a Dovecot and an SMTP
server of their own; its processor time is what the system says that it took.
`BENCH="backlog latency"` measures only what is named.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from bench.letters import STOCKHOLM, backlog, network_text, people
from bench.runs import cost_of, daemon
from bench.sink import Sink
from service.adapters.database import open_store
from service.adapters.smtp import SmtpSettings
from service.config import load_config
from service.domain.agenda import Draft, FileRef, Item
from service.interpretation.surroundings import Surroundings
from service.usecases.office import Arrival
from service.wiring import network_of, open_service
from tests.servers import Account, Dovecot, NotInstalled, wait_for
from tests.settings import write_settings

Row = tuple[str, str, str]
# A January day between a year's first agenda and its last call for matters; nothing else is due.
YEAR = datetime.now(STOCKHOLM).year + 1
JANUARY = f"{YEAR}-01-20T10:00"
AT = datetime.fromisoformat(JANUARY).replace(tzinfo=STOCKHOLM)


class Bench:
    """The servers, and a folder for each measurement."""

    def __init__(self) -> None:
        self.dovecot = Dovecot()
        self.sink = Sink()
        self.folder = Path(tempfile.mkdtemp(prefix="kallelse-bench-"))
        self._made = 0

    def settings(self, *, members: int = 0, **imap: object) -> tuple[Path, Account]:
        """A configuration with an empty mailbox and a database of its own."""
        self._made += 1
        account = self.dovecot.account()
        smtp = SmtpSettings("127.0.0.1", self.sink.port, tls="none")
        path = write_settings(self.folder / str(self._made), account.settings(**imap), smtp)
        text = network_text(AT.date() - timedelta(days=365), members)
        (path.parent / "network.toml").write_text(text, encoding="utf-8")
        return path, account

    def close(self) -> None:
        self.sink.stop()
        self.dovecot.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


def measure_backlog(bench: Bench, count: int = 1000) -> Iterator[Row]:
    """A full mailbox, taken in, read, filed and answered."""
    settings, account = bench.settings()
    network = (settings.parent / "network.toml").read_text(encoding="utf-8")
    cost_of(settings, "run", "--once", "--at", JANUARY)
    start = cost_of(settings, "run", "--once", "--at", JANUARY)
    yield "start, nothing to do", f"{start.seconds:.1f} s, {start.processor:.1f} s processor", ""
    letters = list(backlog(count, network, AT))
    account.drop(*letters)
    before = len(bench.sink.taken)
    cost = cost_of(settings, "run", "--once", "--at", JANUARY)
    answers = len(bench.sink.taken) - before
    size = sum(map(len, letters)) / 1e6
    work, processor = cost.seconds - start.seconds, cost.processor - start.processor
    yield f"backlog: messages, {size:.0f} MB, answers", f"{count}, {answers} answers", ""
    yield "backlog: messages a second", f"{count / work:.0f}", "at least 60"
    yield "backlog: processor time a message", f"{processor / count * 1000:.1f} ms", "at most 15 ms"
    yield "backlog: messages a second, start included", f"{count / cost.seconds:.0f}", ""
    yield "backlog: memory at most", f"{cost.memory:.0f} MB", ""
    yield "backlog: database", f"{_database_size(settings):.0f} MB", ""
    left = len(account.contents())
    yield "backlog: left in the inbox", str(left), "0"


def measure_latency(bench: Bench, tries: int = 30) -> Iterator[Row]:
    """From APPEND on a watched mailbox to the confirmation at the SMTP server."""
    settings, account = bench.settings()
    network = (settings.parent / "network.toml").read_text(encoding="utf-8")
    _, address = people(network)[0]
    took: list[float] = []
    with daemon(settings) as running:
        time.sleep(5)
        idle = running.memory()
        letters = backlog(400, network, datetime.now(STOCKHOLM), big=False, seed=11)
        mine = [raw for raw in letters if address.encode() in raw and b"Tack" not in raw]
        with account.client() as client:
            for number in range(tries):
                raw = mine[number % len(mine)].replace(b"Message-ID: <", f"Message-ID: <{number}.".encode())
                began = time.monotonic()
                client.append("INBOX", raw)
                taken = bench.sink.wait_for_one_to(address, began)
                took.append((taken.at if taken else time.monotonic()) - began)
                # Not in step with anything the server does once a second.
                time.sleep(0.9 + number % 7 * 0.13)
        later = running.memory()
        account.drop(*backlog(200, network, datetime.now(STOCKHOLM), seed=13))
        wait_for(lambda: not account.contents(), 120, "the end of the backlog", step=1.0)
        time.sleep(3)
        large = running.memory()
        before = running.processor()
        time.sleep(20)
        resting = (running.processor() - before) / 20
    took.sort()
    yield "APPEND to confirmation, median", f"{statistics.median(took):.2f} s", "under 0.7 s"
    yield "APPEND to confirmation, 95th percentile", f"{took[int(len(took) * 0.95) - 1]:.2f} s", "under 1.2 s"
    yield "memory of the idle daemon, fresh", f"{idle:.0f} MB", "under 150 MB"
    yield f"memory of the idle daemon, after {tries} letters", f"{later:.0f} MB", "under 150 MB"
    yield "memory of the idle daemon, after 200 more with files", f"{large:.0f} MB", "under 150 MB"
    yield "processor of the idle daemon", f"{resting * 100:.1f} %", ""


def measure_start(bench: Bench, count: int = 50_000) -> Iterator[Row]:
    """A start with many handled messages in the mailbox and the database, against one with none."""
    settings, account = bench.settings(handled="")
    cost_of(settings, "run", "--once", "--at", JANUARY)
    none = [cost_of(settings, "run", "--once", "--at", JANUARY) for _ in range(3)]
    raw = b"From: a@regionjh.example\r\nSubject: Tack\r\nMessage-ID: <%d@x.example>\r\n\r\nTack %d!\r\n"
    account.drop(*(raw % (n, n) for n in range(count)))
    with account.client() as client:
        validity = int(client.select_folder("INBOX")[b"UIDVALIDITY"])
        uids = sorted(client.search())
    config = load_config(settings)
    store = open_store(config.database_url, data_folder=config.data)
    for begin in range(0, count, 1000):
        some = uids[begin : begin + 1000]
        store.keep([Arrival(raw % (n, n), AT, "INBOX", validity, n) for n in some])
    store.close()
    with sqlite3.connect(config.data / "kallelse.db") as line:
        line.execute("UPDATE incoming SET state = 'noted'")
    many = [cost_of(settings, "run", "--once", "--at", JANUARY) for _ in range(3)]
    for name, costs in (("none", none), (f"{count}", many)):
        best = min(costs, key=lambda c: c.seconds)
        yield (
            f"start with {name} handled",
            f"{best.seconds:.2f} s, {best.processor:.2f} s processor",
            ("" if name == "none" else "no more than with none"),
        )


def measure_mailing(bench: Bench, members: int = 27, size: int = 20_000_000) -> Iterator[Row]:
    """An agenda with 20 MB of attachments to forty people."""
    settings, _ = bench.settings(members=members)
    cost_of(settings, "run", "--once", "--at", JANUARY)
    start = cost_of(settings, "run", "--once", "--at", JANUARY)
    config = load_config(settings)
    with open_service(config, lambda: AT) as service, service.store.work() as book:
        meeting = service.store.world().network_on(AT.date()).next_meeting(AT)
        assert meeting is not None
        files = []
        for number in range(4):
            # What cannot be compressed, as scanned pages are.
            content = random.Random(number).randbytes(size // 4)
            files.append(
                FileRef(book.add_file(content), f"Bilaga {number}.pdf", "application/pdf", len(content))
            )
        item = Item("bench", meeting.key, "Ett stort ärende", files=tuple(files), received=AT)
        approved = Draft("agenda", meeting.key, 1, AT, (item,), state="approved", approved_at=AT)
        book.put((item, approved))
    database = _database_size(settings)
    before = len(bench.sink.taken)
    cost = cost_of(settings, "run", "--once", "--at", (meeting.start - timedelta(days=6)).isoformat())
    large = [one for one in bench.sink.taken[before:] if one.size > size / 4]
    yield "mailing of 20 MB: recipients", str(len({one.to for one in large})), "40"
    yield (
        "mailing of 20 MB: messages, bytes",
        f"{len(large)}, {sum(one.size for one in large) / 1e6:.0f} MB",
        "",
    )
    yield "mailing of 20 MB: time", f"{cost.seconds - start.seconds:.1f} s", ""
    yield (
        "mailing of 20 MB: memory above the start's",
        f"{cost.memory - start.memory:.0f} MB",
        "not 40 copies",
    )
    yield (
        "mailing of 20 MB: growth of the database",
        f"{_database_size(settings) - database:.1f} MB",
        ("not 40 copies"),
    )


def _database_size(settings: Path) -> float:
    return sum(f.stat().st_size for f in (settings.parent / "data").glob("kallelse.db*")) / 1e6


def measure_reading(bench: Bench) -> Iterator[Row]:
    """Parsing and reading, without mailbox or database."""
    settings, _ = bench.settings()
    letters = [p.read_bytes() for p in sorted(Path("tests/letters").glob("*/*.eml"))]
    kind = f"tests/letters ({len(letters)})"
    with open_service(load_config(settings), lambda: AT) as service:
        surroundings = Surroundings(network_of(load_config(settings)), AT)

        def took(raw: bytes) -> float:
            began = time.process_time()
            service.office.read(service.office.parse(raw), surroundings)
            return time.process_time() - began

        times = sorted(took(raw) for raw in letters)
        yield f"reading {kind}: median", f"{statistics.median(times) * 1000:.1f} ms", ""
        yield (
            f"reading {kind}: 95th percentile, longest",
            (f"{times[int(len(times) * 0.95)] * 1000:.0f} ms, {times[-1] * 1000:.0f} ms"),
            "",
        )
        line = "Jag har förhinder den 11 februari och vill ta upp ett ärende om skolsköterskor, säger Lena.\n"
        for name, body in (
            ("prose", line),
            ("blank lines", "\n"),
            ("one word", "möte "),
            ("quotes", "> " + line),
        ):
            per_mb = []
            for megabytes in (1, 5, 25):
                text = body * (megabytes * 1_000_000 // len(body.encode()))
                raw = b"From: Lena <lena.wikstrom@regionjh.example>\r\nSubject: Test\r\n"
                raw += (
                    b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.replace("\n", "\r\n").encode()
                )
                per_mb.append(f"{took(raw):.1f}")
            yield f"reading 1, 5, 25 MB of {name}", f"{', '.join(per_mb)} s", "linear"


MEASURES: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "backlog": measure_backlog,
    "latency": measure_latency,
    "start": measure_start,
    "mailing": measure_mailing,
    "reading": measure_reading,
}


def main(wanted: list[str]) -> int:
    """Print a row for each measurement as soon as it is made."""
    if unknown := set(wanted) - MEASURES.keys():
        print(f"{', '.join(unknown)}? There are {', '.join(MEASURES)}.", file=sys.stderr)
        return 2
    try:
        bench = Bench()
    except NotInstalled as reason:
        print(reason, file=sys.stderr)
        return 1
    busy, cores = os.getloadavg()[0], os.cpu_count()
    print(f"{cores} processors, of which {busy:.1f} were busy with other things during the last minute")
    print(f"{'measured':52} {'result':30} wanted")
    try:
        for name in wanted or MEASURES:
            for what, result, goal in MEASURES[name](bench):
                print(f"{what:52} {result:30} {goal}".rstrip(), flush=True)
    finally:
        bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
