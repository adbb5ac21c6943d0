"""Every place where the rules of one kind speak in a sentence.

The rulebook says of each rule where it speaks first; a draft's answer needs
to know of each verb ("stryk 4, stryk även 6").  The phrases are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from service.interpretation.context import Context
from service.interpretation.rulebook import Line, Phrase, Rulebook, compile_phrase, words_in
from service.interpretation.words import fold


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule and the words it saw.

    `name` is the part of the rule's name after the slash; what follows two
    dashes ("title-after--informed") only tells rules of one name apart.
    """

    rule: str
    start: int
    end: int

    @property
    def name(self) -> str:
        return self.rule.partition("/")[2].partition("--")[0]


@dataclass(frozen=True)
class Phrases:
    """The rules of one kind, ready to be looked for."""

    kind: str
    rules: tuple[tuple[str, tuple[Phrase, ...], tuple[Phrase, ...]], ...]

    def spoken(self, text: str, *names: str, line: Line | None = None) -> tuple[Spoken, ...]:
        """Every hit in a sentence, in order; a hit that a none_of phrase touches is left out.

        `names` keeps to these rules (the part after the slash); none means
        all.  `line` is the same sentence with its mentions marked.
        """
        line = line or Line(0, fold(text), fold(text))
        words = words_in(line.plain)
        found: list[Spoken] = []
        for rule, phrases, against in self.rules:
            if names and not {rule.partition("/")[2], rule.partition("/")[2].partition("--")[0]} & set(names):
                continue
            spans = {_span(p, m, line) for p in phrases if p.possible(words) for m in p.finditer(line)}
            if not spans:
                continue
            stops = [_span(p, m, line) for p in against for m in p.finditer(line)]
            found += [
                Spoken(rule, start, end)
                for start, end in spans
                if not any(a < end and start < b for a, b in stops)
            ]
        return tuple(sorted(found, key=lambda s: (s.start, -s.end)))

    def speaks(self, text: str, *names: str) -> bool:
        """Whether any of these rules speaks in the sentence."""
        return bool(self.spoken(text, *names))


def _span(phrase: Phrase, match: re.Match[str], line: Line) -> tuple[int, int]:
    start, end = match.span()
    return (line.back(start), line.back(end)) if phrase.marked else (start, end)


@lru_cache(maxsize=64)
def phrases(rulebook: Rulebook, kind: str) -> Phrases:
    """The rules of one kind ("changes"), compiled once for a rulebook."""
    return Phrases(kind, tuple(_compiled(rulebook, kind)))


def _compiled(rulebook: Rulebook, kind: str) -> Iterable[tuple[str, tuple[Phrase, ...], tuple[Phrase, ...]]]:
    for rule in rulebook.rules:
        if rule.kind == kind:
            yield (
                rule.name,
                tuple(compile_phrase(p, rulebook.lists) for p in rule.any_of),
                tuple(compile_phrase(p, rulebook.lists) for p in rule.none_of),
            )


def spoken_in(context: Context, kind: str, index: int, *names: str) -> tuple[Spoken, ...]:
    """Where the rules of a kind speak in one sentence of a letter (SUBJECT for its subject line).

    Only the rules that the rulebook heard there at all are asked again.
    """
    rows: list[tuple[int, str]] = [(h.line, h.rule) for h in context.hits]
    rows += [(m.line, m.rule) for m in context.near_misses]
    heard = {r.partition("/")[2] for line, r in rows if line == index and r.startswith(f"{kind}/")}
    wanted = tuple(n for n in heard if not names or n in names or n.partition("--")[0] in names)
    if not wanted:
        return ()
    # The subject line is the first of the lines.
    line = context.lines[index + 1]
    return phrases(context.rulebook, kind).spoken(context.text_of(index), *wanted, line=line)
