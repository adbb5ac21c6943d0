"""What `make faults` prints: each test counts into a row, and the table is their sum.

Any test may count here; `python -m tests.faults` runs the tests of this folder and every other
test file that imports this one.  The rows whose figure must be 0 are named in MUST_BE_NONE.
"""

from __future__ import annotations

from collections import Counter

_FIGURES: Counter[str] = Counter()
_NAMES: dict[str, list[str]] = {}

# In the order of the table; what is counted under another name comes after them.
ROWS = (
    "kills made",
    "handed over twice in the window that SMTP leaves open, same Message-ID, told in the journal",
    "messages lost",
    "mailings doubled",
    "kinds of server fault survived",
    "second daemons that refused or took turns",
    "services restored from a backup that sent nothing again",
    "ugly messages taken in",
    "ugly messages that raised an exception or were lost",
    "forged approvals tried",
    "forged approvals obeyed",
)
MUST_BE_NONE = (
    "messages lost",
    "mailings doubled",
    "ugly messages that raised an exception or were lost",
    "forged approvals obeyed",
)


def count(row: str, number: int = 1, name: str = "") -> None:
    """Add to a row; `name` is said behind the figure."""
    _FIGURES[row] += number
    if name and name not in _NAMES.setdefault(row, []):
        _NAMES[row].append(name)


def table() -> str:
    """The rows as lines."""
    rows = [r for r in (*ROWS, *sorted(set(_FIGURES) - set(ROWS))) if r in _FIGURES]
    lines = []
    for row in rows:
        lines.append(f"{_FIGURES[row]:>8}  {row}")
        lines += [f"{'':8}    {name}" for name in _NAMES.get(row, ())]
    return "\n".join(lines)


def broken() -> list[str]:
    """The rows that should be 0 and are not."""
    return [row for row in MUST_BE_NONE if _FIGURES[row]]
