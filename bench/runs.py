"""Running the real program, and asking the system what it cost."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds by the clock, seconds of processor, and memory at most, in MB."""

    seconds: float
    processor: float
    memory: float


def command(settings: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "service.cli", "--config", str(settings), *words]


def cost_of(settings: Path, *words: str) -> Cost:
    """Run a command to its end.  RuntimeError, with what it said, when it fails."""
    began = time.monotonic()
    with subprocess.Popen(
        command(settings, *words), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as one:
        said: list[bytes] = []
        assert one.stderr is not None
        reader = threading.Thread(target=lambda: said.append(one.stderr.read()))  # type: ignore[union-attr]
        reader.start()
        _, status, used = os.wait4(one.pid, 0)
        one.returncode = os.waitstatus_to_exitcode(status)
        reader.join()
    if one.returncode:
        raise RuntimeError(f"{words}: {b''.join(said).decode(errors='replace')[-2000:]}")
    return Cost(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


@dataclass(frozen=True, slots=True)
class Running:
    """A daemon at work."""

    process: subprocess.Popen[str]
    lines: list[str]

    def memory(self, what: str = "VmRSS") -> float:
        """In MB, as the system counts it now."""
        found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0

    def processor(self) -> float:
        """Seconds of processor so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def daemon(settings: Path) -> Iterator[Running]:
    """`kallelse run`, ready to work; ended with SIGTERM."""
    lines: list[str] = []
    ready = threading.Event()
    process = subprocess.Popen(
        command(settings, "run"), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )

    def listen() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line)
            if " ready " in line:
                ready.set()
        ready.set()

    threading.Thread(target=listen, daemon=True).start()
    try:
        if not ready.wait(120) or process.poll() is not None:
            raise RuntimeError("the daemon did not start: " + "".join(lines[-5:]))
        yield Running(process, lines)
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        process.kill()
