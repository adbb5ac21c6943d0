"""`make faults`: makes the faults, and prints what they cost as a table.

A sample that takes a minute or two; FAULTS=full makes more than two hundred kills on each database.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.figures import broken, count, table

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent
# Counts here too, without knowing of it.
UGLY = TESTS / "test_any_bytes.py"


class Counting:
    """Counts what the tests of ugly messages have tried."""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count each message that is taken in, where the test file calls its own `take_in`."""
        modules = {i.module for i in session.items if isinstance(i, pytest.Function) and i.path == UGLY}
        for module in modules:
            real: Callable[[bytes], Any] = module.take_in

            def counted(raw: bytes, real: Callable[[bytes], Any] = real) -> Any:
                count("ugly messages taken in")
                try:
                    return real(raw)
                except BaseException:
                    count("ugly messages that raised an exception or were lost")
                    raise

            module.take_in = counted


def main() -> int:
    """Run every test that counts into the table, then print it."""
    others = [
        path
        for path in sorted(TESTS.rglob("test_*.py"))
        if HERE not in path.parents
        and (path == UGLY or "tests.faults.figures" in path.read_text(encoding="utf-8"))
    ]
    status = pytest.main(["-q", "-p", "no:cacheprovider", str(HERE), *map(str, others)], plugins=[Counting()])
    print()
    print(table())
    for row in broken():
        print(f"Not 0: {row}", file=sys.stderr)
    return int(status) or int(bool(broken()))


if __name__ == "__main__":
    sys.exit(main())
