"""The daemon as a real process: `kallelse run` on a real mailbox, until SIGTERM."""

from __future__ import annotations

import contextlib
import email
import email.policy
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.servers import Account, Post, Proxy, wait_for
from tests.settings import write_settings

ROOT = Path(__file__).resolve().parent.parent
LENA = "lena.wikstrom@regionjh.example"


def now() -> datetime:
    """The network's local time; the daemon lives in the present."""
    return datetime.now(ZoneInfo("Europe/Stockholm"))


@dataclass
class Process:
    """`kallelse run`, and what it has said."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def said(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def is_ready(self) -> bool:
        assert self.process.poll() is None, "".join(self.lines)
        return self.said("ready network=SamReKo")

    def end(self, seconds: float = 30) -> int:
        """Send SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


@contextlib.contextmanager
def running(settings: Path, wait: bool = True, **environment: str) -> Iterator[Process]:
    """The daemon, ready; killed at the end if it still lives."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "--config", str(settings), "run"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    daemon = Process(process)
    assert process.stderr is not None
    listener = threading.Thread(target=lambda: daemon.lines.extend(process.stderr or ()), daemon=True)
    listener.start()
    try:
        if wait:
            wait_for(daemon.is_ready, 60, "the daemon's start")
        yield daemon
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        listener.join(10)


def a_letter(text: str, subject: str = "Hej", sender: str = f"Lena Wikström <{LENA}>") -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = sender
    message["To"] = "samreko@samverkan.example"
    message["Subject"] = subject
    message["Message-ID"] = f"<{time.monotonic_ns()}@regionjh.example>"
    message["Date"] = now()
    message.set_content(text)
    return message.as_bytes()


def move_to_this_year(settings: Path) -> None:
    """The daemon lives in the present; so must the network's meetings."""
    network = settings.parent / "network.toml"
    text = network.read_text(encoding="utf-8")
    year = now().year
    soon = (now() + timedelta(days=40)).date()
    text = text.replace("2027", "NEXT").replace("2026", str(year)).replace("NEXT", str(year + 1))
    # One meeting, far enough ahead that no mailing of its own is due.
    first = text.index("[[meetings]]")
    end = text.index("[[audiences]]") if "[[audiences]]" in text else len(text)
    meeting = f"[[meetings]]\nstart = {soon}T13:00:00\nend = {soon}T15:00:00\nplace = 'Östersund'\n\n"
    network.write_text(text[:first] + meeting + text[end:], encoding="utf-8")


@pytest.fixture
def settings(dovecot: Account, smtp: Post, tmp_path: Path) -> Path:
    path = write_settings(tmp_path, dovecot.settings(), smtp.settings())
    move_to_this_year(path)
    return path


def answers_to(smtp: Post, address: str) -> list[EmailMessage]:
    """What the service has written to an address, but its mailings to all."""
    read = [email.message_from_bytes(raw, policy=email.policy.default) for raw in smtp.to(address)]
    return [m for m in read if m["In-Reply-To"]]


@pytest.mark.dovecot
def test_a_letter_is_answered_as_soon_as_it_comes(settings: Path, dovecot: Account, smtp: Post):
    """APPEND on a watched mailbox, and the confirmation is there; the letter lies among the handled."""
    with running(settings) as daemon:
        dovecot.append(a_letter("Hej! Jag kan tyvärr inte komma på nästa möte. /Lena"))

        answer = wait_for(lambda: answers_to(smtp, LENA), 10, "the confirmation")[0]

        assert answer["Auto-Submitted"] == "auto-replied"
        wait_for(lambda: len(dovecot.contents("Hanterat")) == 1, 10, "the move")
        assert dovecot.contents() == []
        assert daemon.end() == 0


@pytest.mark.dovecot
def test_the_log_tells_what_became_of_a_letter_without_names_or_words(
    settings: Path, dovecot: Account, smtp: Post
):
    """One line with number, id, meaning and rule; the words stay in the database."""
    with running(settings) as daemon:
        dovecot.append(a_letter("Hej! Jag kan tyvärr inte komma på nästa möte, min kusin gifter sig."))
        wait_for(lambda: answers_to(smtp, LENA), 10, "the confirmation")
        daemon.end()

    log = "".join(daemon.lines)
    assert re.search(r"letter=1 from=lena\.wikstrom meaning=absence because=absence/\S+ state=acted", log)
    assert "kusin" not in log
    assert "Wikström" not in log
    assert LENA not in log


@pytest.mark.dovecot
def test_what_came_while_it_was_off_is_answered_at_the_start_and_once(
    settings: Path, dovecot: Account, smtp: Post
):
    """A weekend without the service costs nobody an answer, and a restart sends nothing twice."""
    dovecot.append(a_letter("Jag har förhinder på nästa möte."))
    with running(settings) as daemon:
        wait_for(lambda: answers_to(smtp, LENA), 10, "the confirmation")
        assert daemon.end() == 0
    sent = len(smtp.messages)

    with running(settings) as daemon:
        dovecot.append(a_letter("Jag kommer på nästa möte."))
        wait_for(lambda: len(answers_to(smtp, LENA)) > 1, 10, "the second confirmation")
        assert daemon.end() == 0

    # The second start wrote the second answer, and perhaps to the substitute; not the first again.
    assert len({m["Message-ID"] for m in answers_to(smtp, LENA)}) == len(answers_to(smtp, LENA)) == 2
    assert len(smtp.messages) > sent


@pytest.mark.dovecot
def test_sigterm_finishes_the_letter_in_hand(settings: Path, dovecot: Account, smtp: Post):
    """Told to stop in the middle of a backlog it stops soon, and leaves nothing half done."""
    # Long letters, so that there is a middle to stop in.
    chat = "Vi hörs mer om det sedan. " * 400
    dovecot.drop(*(a_letter(f"Jag föreslår ärendet Fråga {n} till nästa möte.\n\n{chat}") for n in range(60)))
    with running(settings, wait=False) as daemon:
        wait_for(lambda: daemon.said("letter=3 "), 60, "the third letter")

        began = time.monotonic()
        assert daemon.end() == 0

        assert time.monotonic() - began < 20
    handled = sum("meaning=" in line for line in daemon.lines)
    assert 3 <= handled < 60

    with running(settings) as daemon:
        wait_for(lambda: len(dovecot.contents("Hanterat")) == 60, 60, "the rest")
        wait_for(lambda: len(answers_to(smtp, LENA)) == 60, 60, "all answers")
        daemon.end()
    assert len({m["In-Reply-To"] for m in answers_to(smtp, LENA)}) == 60


@pytest.mark.dovecot
def test_a_second_daemon_on_the_same_database_refuses(settings: Path):
    """One line, status 1, and the first one works on."""
    with running(settings) as first:
        done = subprocess.run(
            [sys.executable, "-m", "service.cli", "--config", settings, "run"],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=60,
            check=False,
        )

        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "kallelse" in done.stderr.splitlines()[-1]
        assert first.process.poll() is None
        assert first.end() == 0


@pytest.mark.dovecot
def test_a_mail_server_that_comes_back_gets_what_waited(
    dovecot: Account, smtp: Post, proxy: Callable[[int], Proxy], tmp_path: Path
):
    """SMTP away: the letter is handled all the same, and its answer goes out afterwards."""
    line = proxy(smtp.port)
    path = write_settings(tmp_path, dovecot.settings(), smtp.settings(port=line.port))
    move_to_this_year(path)
    line.refusing = True
    with running(path) as daemon:
        dovecot.append(a_letter("Jag har förhinder på nästa möte."))
        wait_for(lambda: daemon.said("mail server is away"), 20, "the warning")
        assert smtp.messages == []
        wait_for(lambda: len(dovecot.contents("Hanterat")) == 1, 10, "the move")
        assert daemon.end() == 0
    line.refusing = False

    # What was put off a minute is due by then, and nobody waits for it in a test.
    later = (now() + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M")
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "--config", path, "run", "--once", "--at", later],
        cwd=ROOT,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0
    assert len(answers_to(smtp, LENA)) == 1


@pytest.mark.dovecot
def test_an_imap_server_that_goes_away_and_comes_back(
    dovecot: Account, smtp: Post, proxy: Callable[[int], Proxy], tmp_path: Path
):
    """The line is cut under the watcher; what comes afterwards is answered without a restart."""
    line = proxy(dovecot.server.port)
    path = write_settings(tmp_path, dovecot.settings(port=line.port), smtp.settings())
    move_to_this_year(path)
    with running(path) as daemon:
        line.refusing = True
        line.cut()
        wait_for(lambda: daemon.said("watch was broken"), 20, "the warning")
        dovecot.append(a_letter("Jag har förhinder på nästa möte."))
        line.refusing = False

        # A login that fails while the line is cut is tried again after a minute.
        wait_for(lambda: answers_to(smtp, LENA), 90, "the confirmation")
        assert daemon.end() == 0


@pytest.mark.dovecot
def test_systemd_is_told(settings: Path, tmp_path: Path):
    """Ready, alive and stopping, as Type=notify and WatchdogSec want it (sd_notify(3))."""
    told: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        address = tmp_path / "notify"
        line.bind(str(address))
        line.settimeout(30)
        with running(settings, NOTIFY_SOCKET=str(address)) as daemon:
            while "WATCHDOG=1" not in told:
                told.append(line.recv(200).decode())
            daemon.end()
        line.settimeout(5)
        with contextlib.suppress(TimeoutError):
            while "STOPPING=1" not in told:
                told.append(line.recv(200).decode())

    assert told[0] == "READY=1"
    assert told[-1] == "STOPPING=1"
