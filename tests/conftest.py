"""What many tests stand on: real servers, started once, with a mailbox or database for each test.

`make test` needs nothing but what pip installs; a test that wants Dovecot or PostgreSQL
is skipped, with the reason, where it is not installed.  Where KALLELSE_REQUIRE_SERVERS
is 1, as in .ci/run, it fails instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from service.adapters.embedded import EmbeddedServers
from tests.servers import THE_SERVICE, Account, Dovecot, NotInstalled, Post, Postgres, Proxy

T = TypeVar("T")


def started(start: Callable[[], T]) -> T:
    """The server, or a skip that says why there is none."""
    try:
        return start()
    except NotInstalled as reason:
        if os.environ.get("KALLELSE_REQUIRE_SERVERS") == "1":
            pytest.fail(f"KALLELSE_REQUIRE_SERVERS=1, but {reason}", pytrace=False)
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """One Dovecot for the whole run."""
    server = started(Dovecot)
    yield server
    server.remove()


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Account:
    """An empty mailbox at a real Dovecot."""
    return dovecot_server.account()


@pytest.fixture
def smtp() -> Iterator[Post]:
    """An SMTP server that keeps what it is given and answers as it is told."""
    server = Post()
    yield server
    server.stop()


@pytest.fixture
def proxy() -> Iterator[Callable[[int], Proxy]]:
    """Makes lines to a port that can be stalled and cut."""
    made: list[Proxy] = []

    def make(port: int) -> Proxy:
        made.append(Proxy(port))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL for the whole run."""
    server = started(Postgres)
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> str:
    """The SQLAlchemy URL of a new, empty PostgreSQL database."""
    return postgres_server.database()


@pytest.fixture
def embedded() -> Iterator[EmbeddedServers]:
    """The servers inside the process, with the service's mailbox and one member's."""
    with EmbeddedServers({THE_SERVICE: "hemligt", "asa.oberg@region.example": "hemligt"}) as servers:
        yield servers
