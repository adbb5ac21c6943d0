"""`make faults`: makes the faults, and prints what they cost as a table.

A sample that takes a minute or two; FAULTS=full makes more than two hundred kills on each database.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.faults.figures import broken, table

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run every test that counts into the table, then print it."""
    others = [
        path
        for path in sorted(HERE.parent.rglob("test_*.py"))
        if HERE not in path.parents and "tests.faults.figures" in path.read_text(encoding="utf-8")
    ]
    status = pytest.main(["-q", "-p", "no:cacheprovider", str(HERE), *map(str, others)])
    print()
    print(table())
    for row in broken():
        print(f"Not 0: {row}", file=sys.stderr)
    return int(status) or int(bool(broken()))


if __name__ == "__main__":
    sys.exit(main())
