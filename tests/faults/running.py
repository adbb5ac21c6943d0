"""Starting, killing and awaiting the program from a test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    """How a run ended: its exit status (-9 when it was killed), and the steps that it made."""

    status: int
    steps: tuple[str, ...]
    words: str

    @property
    def killed_before(self) -> str:
        last = self.steps[-1] if self.steps else ""
        return last.removeprefix("killed before ") if last.startswith("killed before ") else ""


class Launcher:
    """The loaded program, ready to be run many times."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kallelse-faults-")
        self._numbers = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.launcher"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self._hear()

    def __enter__(self) -> Launcher:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._folder.cleanup()

    def run(self, *argv: str, kill_at: int | None = None, largest_file: int | None = None) -> Ran:
        """Run a command to its end, or to its death before step `kill_at` (from 1)."""
        order = self._order(argv, kill_at, largest_file)
        return self._ran(order, self._ask(order)["status"])

    def start(self, *argv: str, kill_at: int | None = None, **environment: str) -> Started:
        """Run a command beside the test."""
        order = {**self._order(argv, kill_at, None), "environment": environment}
        return Started(self, self._ask({"start": order})["pid"], order)

    def _order(self, argv: Sequence[str], kill_at: int | None, largest_file: int | None) -> dict[str, Any]:
        self._numbers += 1
        name = f"{self._folder.name}/{self._numbers}"
        return {
            "argv": list(argv),
            "kill_at": kill_at,
            "largest_file": largest_file,
            "told": f"{name}.steps",
            "words": f"{name}.words",
        }

    def _ran(self, order: dict[str, Any], status: int) -> Ran:
        told, words = Path(order["told"]), Path(order["words"])
        found = Ran(
            status,
            tuple(told.read_text().splitlines()) if told.exists() else (),
            words.read_text(errors="replace") if words.exists() else "",
        )
        told.unlink(missing_ok=True)
        words.unlink(missing_ok=True)
        return found

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the launcher is gone"
        answer: dict[str, Any] = json.loads(line)
        return answer


class Started:
    """A run that goes on beside the test."""

    def __init__(self, launcher: Launcher, pid: int, order: dict[str, Any]) -> None:
        self._launcher, self.pid, self._order = launcher, pid, order

    @property
    def words(self) -> str:
        """What it has said until now."""
        path = Path(self._order["words"])
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def lives(self) -> bool:
        """Whether it still runs; a zombie does not."""
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state != "Z"

    def tell(self, number: int = signal.SIGTERM) -> None:
        os.kill(self.pid, number)

    def end(self) -> Ran:
        """Wait for it to end."""
        return self._launcher._ran(self._order, self._launcher._ask({"await": self.pid})["status"])
