"""What the example sentences teach: their features, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from service.interpretation.dates import find_dates
from service.interpretation.examples import Example, ExampleLetter
from service.interpretation.features import sentence_features, signed, token_features, tokens_of
from service.interpretation.hearing import NO_TYPE, PRONOUNS, Words, place_of
from service.interpretation.lines import mark
from service.interpretation.rulebook import Rulebook
from service.interpretation.words import fold


def words_of(example: Example) -> Words:
    """An example with its people, as a letter's sentence is heard."""
    return Words(
        example.text,
        tuple(
            (s.start, s.end)
            for s in example.spans
            if s.role != "title" and fold(example.text[s.start : s.end]) not in PRONOUNS
        ),
        dates=tuple((d.start, d.end, signed(d)) for d in find_dates(example.text, _ANY_DAY)),
    )


def with_rules(words: Words, rulebook: Rulebook) -> Words:
    """An example with the rules that speak in it; every date in it counts as a meeting's."""
    places = [*words.people]
    people = [(f"p{n}", _Place(*at)) for n, at in enumerate(places)]
    dates = [(f"m{n}", _Place(start, end)) for n, (start, end, _) in enumerate(words.dates)]
    hits, _ = rulebook.match(mark(0, words.text, 0, (*people, *dates), False))
    return replace(words, rules=tuple(h.rule for h in hits))


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int


# The examples have no date of their own; only where their dates stand is of interest.
_ANY_DAY = date(2027, 1, 15)


def lesson_of(letter: ExampleLetter, rulebook: Rulebook) -> list[tuple[list[str], str, str]]:
    """What a letter of examples teaches: features, act and type of each sentence."""
    body = [n for n, e in enumerate(letter.sentences) if "subject" not in e.labels]
    rows: list[tuple[list[str], str, str]] = []
    for n, example in enumerate(letter.sentences):
        words = with_rules(words_of(example), rulebook)
        if "subject" in example.labels:
            place = "subject"
        elif letter.answers is None:
            place = ""
        else:
            place = place_of(body.index(n) + 1, len(body))
        tokens = tokens_of(words.text, words.people, words.dates)
        features = sentence_features(tokens, place, letter.answers, words.rules)
        rows.append((features, example.acts[0], example.type or NO_TYPE))
    return rows


def parts_lesson_of(example: Example) -> tuple[list[list[str]], list[str]]:
    """What an example teaches of its words: features and part of each."""
    words = words_of(example)
    tokens = tokens_of(words.text, words.people, words.dates)
    tags: list[str] = []
    for token in tokens:
        span = next((s for s in example.spans if s.start <= token.start < s.end), None)
        if span is None:
            tags.append("O")
        elif span.role == "title":
            tags.append("B-title" if token.start == span.start else "I-title")
        else:
            tags.append(span.role)
    return [token_features(tokens, n, example.acts[0]) for n in range(len(tokens))], tags
