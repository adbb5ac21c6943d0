"""An SMTP server that takes everything and keeps nothing, in a process of its own.

A line on its standard output for each message, "seconds recipient bytes", where the
seconds are of the monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

_ADDRESS = re.compile(rb"<([^>]*)>")


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink.example ESMTP\r\n")
    recipient = b""
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"EHLO":
            answer = b"250-sink.example\r\n250-8BITMIME\r\n250 SIZE 60000000"
        elif verb == b"RCPT":
            found = _ADDRESS.search(line)
            recipient = found[1] if found else b"-"
            answer = b"250 2.1.5 Ok"
        elif verb == b"DATA":
            writer.write(b"354 Go on\r\n")
            size = await _data(reader)
            print(f"{time.monotonic():.4f} {recipient.decode()} {size}", flush=True)
            answer = b"250 2.0.0 Taken"
        elif verb == b"QUIT":
            writer.write(b"221 Bye\r\n")
            break
        else:
            answer = b"250 2.0.0 Ok"
        writer.write(answer + b"\r\n")
        await writer.drain()
    writer.close()


async def _data(reader: asyncio.StreamReader) -> int:
    """How many bytes came before the final dot."""
    size, tail = 0, b""
    while piece := await reader.read(1 << 20):
        size += len(piece)
        tail = (tail + piece)[-5:]
        # Nothing follows the dot until it is answered.
        if tail.endswith(b"\r\n.\r\n"):
            break
    return size


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@dataclass(frozen=True, slots=True)
class Taken:
    """A message at the sink."""

    at: float
    to: str
    size: int


class Sink:
    """The server's process, and what it has taken."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.sink"], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self._news = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            at, to, size = line.split()
            with self._news:
                self.taken.append(Taken(float(at), to, int(size)))
                self._news.notify_all()

    def wait_for_one_to(self, address: str, since: float, seconds: float = 30.0) -> Taken | None:
        """The first message to an address after a moment; None when none comes in time."""
        end = time.monotonic() + seconds
        with self._news:
            while True:
                for one in reversed(self.taken):
                    if one.at < since:
                        break
                    if one.to == address:
                        return one
                left = end - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    return None

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


if __name__ == "__main__":
    asyncio.run(_main())
