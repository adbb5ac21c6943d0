"""Runs the real `kallelse` in a process of its own, and kills it before the step that it is told.

    python -m tests.faults.launcher

reads orders, one JSON object a line, and answers each with one.  Everything is loaded
once; each order is a fork, which calls the program's own `main` with the words of a
command line.  Nothing of the program knows of this: the steps are counted from outside,
by SQLAlchemy's events, by Python's audit hook for files, and by wrappers round what
imaplib and asyncio write to a socket and what they get back.

A step is: a statement to the database, a commit or rollback, a piece of an IMAP command, its
answer, a piece that is written to SMTP, an answer from it, a file opened for writing.
SIGKILL comes before the step is made, so between it and the one before.
"""

from __future__ import annotations

import asyncio.selector_events
import imaplib
import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any


class Steps:
    """Counts steps, notes their kinds, and dies before the one it is told."""

    def __init__(self, kill_at: int | None, told: str) -> None:
        self._kill_at = kill_at
        self._count = 0
        self._lock = threading.Lock()
        # Written without buffering, so that it is whole when the process is not.
        self._told = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def __call__(self, kind: str) -> None:
        with self._lock:
            self._count += 1
            if self._count == self._kill_at:
                os.write(self._told, f"killed before {kind}\n".encode())
                os.kill(os.getpid(), signal.SIGKILL)
            os.write(self._told, f"{kind}\n".encode())


def watch(step: Callable[[str], None]) -> None:
    """Put the hooks in place in this process."""
    from sqlalchemy import Engine, event

    @event.listens_for(Engine, "before_cursor_execute")
    def statement(_c: Any, _cursor: Any, words: str, *_: Any) -> None:
        step("sql " + " ".join(words.split()[:3]))

    @event.listens_for(Engine, "commit")
    def commit(_: Any) -> None:
        step("sql COMMIT")

    @event.listens_for(Engine, "rollback")
    def rollback(_: Any) -> None:
        step("sql ROLLBACK")

    def before(owner: Any, name: str, kind: Callable[..., str | None]) -> None:
        real = getattr(owner, name)

        def wrapped(*args: Any, **more: Any) -> Any:
            if said := kind(*args):
                step(said)
            return real(*args, **more)

        setattr(owner, name, wrapped)

    def after(owner: Any, name: str, kind: str) -> None:
        real = getattr(owner, name)

        def wrapped(*args: Any, **more: Any) -> Any:
            found = real(*args, **more)
            step(kind)
            return found

        setattr(owner, name, wrapped)

    before(imaplib.IMAP4, "send", lambda _self, data: f"imap says {len(data)} bytes")
    after(imaplib.IMAP4, "_command_complete", "imap answered")
    transport = asyncio.selector_events._SelectorSocketTransport  # type: ignore[attr-defined]
    before(transport, "write", lambda _self, data: f"smtp says {_verb(data)}")

    import aiosmtplib.protocol

    before(
        aiosmtplib.protocol.SMTPProtocol,
        "data_received",
        lambda _self, data: f"smtp answered {bytes(data[:3]).decode('ascii', 'replace')}",
    )

    writing = os.O_WRONLY | os.O_RDWR

    def opened(name: str, args: tuple[Any, ...]) -> None:
        if name == "open" and isinstance(args[2], int) and args[2] & writing:
            step("file opened")

    sys.addaudithook(opened)


def _verb(data: bytes) -> str:
    word = bytes(data[:5]).split(b" ")[0].strip()
    if bytes(data) == b".\r\n":
        return "the final dot"
    known = (b"EHLO", b"MAIL", b"RCPT", b"DATA", b"RSET", b"QUIT", b"NOOP")
    return word.decode() if word in known else f"{len(data)} bytes of the letter"


def run(order: dict[str, Any]) -> int:
    """In the child: the program, with its hooks."""
    from service.cli import main

    words = os.open(order["words"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(words, 1)
    os.dup2(words, 2)
    if limit := order.get("largest_file"):
        # What is written beyond this fails, as on a full disk.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    os.environ.update(order.get("environment", {}))
    watch(Steps(order.get("kill_at"), order["told"]))
    return main(order["argv"])


def _load() -> None:
    """Import and build whatever a run needs, before the first fork."""
    import service.adapters.database.upgrade
    import service.cli
    from service.wiring import shipped_rulebook

    assert service

    shipped_rulebook()


def serve() -> None:
    """Carry out orders until there are no more."""
    _load()
    children: dict[int, int] = {}
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            order = order["start"]
            child = _fork(order)
            children[child] = child
            print(json.dumps({"pid": child}), flush=True)
            continue
        child = children.pop(order["await"]) if "await" in order else _fork(order)
        status = os.waitpid(child, 0)[1]
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)


def _fork(order: dict[str, Any]) -> int:
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        # The orders are not the child's to read.
        os.close(0)
        os.open(os.devnull, os.O_RDONLY)
        status = run(order)
    finally:
        os._exit(status)


if __name__ == "__main__":
    serve()
