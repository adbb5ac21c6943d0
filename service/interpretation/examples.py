"""Example sentences with their meaning marked: what the second reader learns from.

A line of such a file is what a sentence means, a bar, and the sentence, in
which the words that name a matter or play a part are marked:

    proposal+detail | Kan vi ta upp [title: skolskjutsarna]? [presenter: Karin] drar.

A line that begins with @ opens a letter: the lines up to the next blank line
follow each other in it.  `answers=agenda-draft` says what it answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# What a sentence can mean.  The first are acts; a type says what kind of matter it is.
TYPES = ("decision", "discussion", "information")
LABELS = frozenset(
    [
        "proposal",
        "detail",
        "withdrawal",
        "supplement",
        "absence",
        "late",
        "early",
        "attendance",
        "replacement",
        "contact",
        "approval",
        "changes",
        "minutes",
        "cancel",
        "move",
        "place",
        "question",
        "help",
        "undo",
        "courtesy",
        "background",
        "subject",
    ]
) | frozenset(TYPES)
# The parts that marked words play; all but the title are played by people.
PEOPLE = ("presenter", "substitute", "successor", "absent", "coming", "leaving", "holder", "person")
ROLES = frozenset(("title", *PEOPLE))

_MARK = re.compile(r"\[(\w+): ?([^\[\]]*)\]")


class BadExample(ValueError):
    """A line that cannot be understood; says which and why."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a sentence that play a part, by their place in it."""

    role: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and what it means."""

    labels: tuple[str, ...]
    text: str
    spans: tuple[Span, ...]

    @property
    def acts(self) -> tuple[str, ...]:
        """What the sentence does, without the type of its matter."""
        return tuple(x for x in self.labels if x not in TYPES) or ("background",)

    @property
    def type(self) -> str:
        """The type of matter that it speaks of; "" when it says none."""
        return next((x for x in self.labels if x in TYPES), "")


@dataclass(frozen=True, slots=True)
class ExampleLetter:
    """Sentences that follow each other; a lone sentence is a letter of one."""

    sentences: tuple[Example, ...]
    # What the letter answers ("agenda-draft"), "-" for nothing of ours, None when that is left open.
    answers: str | None = None


def parse_example(line: str) -> Example:
    """A marked line.  Raises BadExample."""
    said, bar, marked = line.partition(" | ")
    labels = tuple(x.strip() for x in said.split("+"))
    if not bar or not marked.strip():
        raise BadExample(
            f"{line[:60]!r}: det ska stå betydelse, mellanslag, lodstreck, mellanslag och mening"
        )
    if unknown := [x for x in labels if x not in LABELS]:
        raise BadExample(f"{line[:60]!r}: betydelsen {unknown[0]!r} finns inte")
    pieces: list[str] = []
    spans: list[Span] = []
    at = written = 0
    for mark in _MARK.finditer(marked):
        if mark[1] not in ROLES:
            continue
        before = marked[at : mark.start()]
        pieces += [before, mark[2]]
        written += len(before)
        spans.append(Span(mark[1], written, written + len(mark[2])))
        written += len(mark[2])
        at = mark.end()
    pieces.append(marked[at:])
    return Example(labels, "".join(pieces), tuple(spans))


def parse_examples(lines: Iterable[str]) -> Iterator[ExampleLetter]:
    """The letters of a file; # begins a comment line.  Raises BadExample."""
    rows: list[Example] = []
    answers: str | None = None
    within = False
    for raw in lines:
        line = raw.strip()
        if line.startswith("#") or line == "subject |":
            continue
        if line.startswith("@") or not line:
            if rows:
                yield ExampleLetter(tuple(rows), answers)
            rows, within = [], line.startswith("@")
            found = re.search(r"answers=(\S+)", line)
            answers = found[1] if found else None
            continue
        example = parse_example(line)
        if within:
            rows.append(example)
        else:
            yield ExampleLetter((example,))
    if rows:
        yield ExampleLetter(tuple(rows), answers)
