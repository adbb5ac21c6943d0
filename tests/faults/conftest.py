"""What the faults are made on: the launcher, and servers that nobody has used."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.faults.running import Launcher


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """The loaded program, ready to be forked."""
    with Launcher() as found:
        yield found


@pytest.fixture(scope="session")
def full() -> bool:
    """Whether this is the long run."""
    return os.environ.get("FAULTS") == "full"
