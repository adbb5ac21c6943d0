"""The second reader: what sentences mean by their likeness to examples.

The rules say what they see and why; the second reader, which has learnt from
marked sentences, says how likely each meaning is.  Where both agree the
service may act at once, where they differ it asks, and where no rule knows
the words the examples often do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from service.interpretation.features import PERSON, Token, sentence_features, token_features, tokens_of

# A sentence further down than this is not listened to.
MOST_SENTENCES = 60
# Pronouns that play a part themselves are words, not people.
PRONOUNS = frozenset({"jag", "undertecknad", "i", "själv", "mig"})
NO_TYPE = "none"
# The acts that tell of somebody's coming to a meeting or staying away.
COMING = ("absence", "late", "early", "attendance")
# From here on a sentence may speak of a matter, and its type is asked for.
_OF_A_MATTER = 0.1
# What is as good as certainly a greeting or a reason, and names nobody, has no parts.
_IDLE, _SILENT = ("courtesy", "background"), 0.95


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one word: its likeliest part, and how likely that is."""

    tag: str
    likelihood: float


@dataclass(frozen=True, slots=True)
class Opening:
    """How likely a title begins at a word, and goes on from the word before."""

    begins: float
    goes_on: float


class Learnt(Protocol):
    """What was learnt from the examples; `adapters.learning` makes it."""

    def acts(self, letter: Sequence[Sequence[str]]) -> list[dict[str, float]]:
        """How likely each act is, sentence by sentence, from their features."""

    def types(self, letter: Sequence[Sequence[str]]) -> list[dict[str, float]]:
        """How likely each type of matter is."""

    def parts(self, sentence: Sequence[Sequence[str]]) -> list[Told]:
        """The likeliest part of each word."""

    def openings(self, sentence: Sequence[Sequence[str]]) -> list[Opening]:
        """How likely a title begins and goes on at each word."""


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a sentence that name a matter, or a person who plays a part; places lie in the sentence."""

    role: str
    start: int
    end: int
    likelihood: float


@dataclass(frozen=True, slots=True)
class Sense:
    """What one sentence likely means."""

    acts: Mapping[str, float] = field(default_factory=dict)
    types: Mapping[str, float] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    def of(self, *acts: str) -> float:
        """How likely it is that the sentence does one of these."""
        return sum(self.acts.get(a, 0.0) for a in acts)

    @property
    def act(self) -> str:
        """What it likeliest does; "" when nothing was learnt."""
        return max(self.acts, key=lambda a: self.acts[a], default="")

    @property
    def type(self) -> tuple[str | None, float]:
        """The likeliest type of its matter, and how likely; None when it likely says none."""
        best = max(self.types, key=lambda a: self.types[a], default=NO_TYPE)
        return (None if best == NO_TYPE else best), self.types.get(best, 0.0)

    def having(self, *roles: str) -> tuple[Part, ...]:
        """The words that play one of these parts."""
        return tuple(p for p in self.parts if p.role in roles)


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence with the places of people and dates in it, and the rules that speak in it."""

    text: str
    people: tuple[tuple[int, int], ...] = ()
    rules: tuple[str, ...] = ()
    # Where dates stand, and the sign of each (`features.signed`).
    dates: tuple[tuple[int, int, str], ...] = ()


def listen(learnt: Learnt, subject: Words, body: Sequence[Words], answers: str) -> list[Sense]:
    """The senses of the subject line and of the sentences, in that order.

    `answers` is what the letter answers ("agenda-draft"), "-" for nothing of ours.
    """
    rows = [tokens_of(w.text, w.people, w.dates) for w in (subject, *body[:MOST_SENTENCES])]
    last = len(rows) - 1
    places = ["subject", *(place_of(n, last) for n in range(1, last + 1))]
    features = [
        sentence_features(t, p, answers, w.rules)
        for w, t, p in zip((subject, *body), rows, places, strict=False)
    ]
    acts = learnt.acts(features)
    # Only of matters is there a type.
    types = learnt.types(features) if any(_of_a_matter(a) for a in acts[1:]) else [{} for _ in acts]
    senses: list[Sense] = []
    for n, tokens in enumerate(rows):
        sense = Sense(acts[n], types[n])
        act = "subject" if n == 0 else sense.act
        silent = act in _IDLE and sense.of(act) >= _SILENT and not any(t.word == PERSON for t in tokens)
        senses.append(sense if silent else replace(sense, parts=tuple(_parts(learnt, tokens, act))))
    return _with_mentioned(learnt, rows, senses)


# From here on a sentence asks for a matter, or names one.
_ASKS, _NAMES = 0.5, 0.5


def _with_mentioned(learnt: Learnt, rows: Sequence[Sequence[Token]], senses: list[Sense]) -> list[Sense]:
    """Where a matter is asked for, taken back or added to and not named ("stryk den"), what others mention.

    They are listened to as if they asked; what they then name has the role "mentioned".
    """
    asking = [s for s in senses[1:] if s.of("proposal", "detail") >= _ASKS or s.of(*NAMING) >= _ASKS]
    if not asking or any(
        p.likelihood >= _NAMES for s in asking for p in s.having("title") if s.of(*NAMING) >= _ASKS
    ):
        return senses
    return [
        s if n == 0 or s.having("title") or s.act not in _TELLING
        else replace(s, parts=(*s.parts, *_mentioned(learnt, rows[n])))
        for n, s in enumerate(senses)
    ]  # fmt: skip


# What does not ask, and may yet name the matter.
_TELLING = frozenset({"background", "detail", "question", "proposal"})


def _mentioned(learnt: Learnt, tokens: Sequence[Token]) -> list[Part]:
    return [replace(p, role="mentioned") for p in _parts(learnt, tokens, "proposal") if p.role == "title"]


def _of_a_matter(acts: Mapping[str, float]) -> bool:
    return acts.get("proposal", 0.0) + acts.get("detail", 0.0) + acts.get("changes", 0.0) >= _OF_A_MATTER


def place_of(n: int, last: int) -> str:
    """Where a sentence stands among those of the text, counted from 1."""
    return "only" if last == 1 else "first" if n == 1 else "last" if n == last else "mid"


def _parts(learnt: Learnt, tokens: Sequence[Token], act: str) -> list[Part]:
    if not tokens:
        return []
    found: list[Part] = []
    features = [token_features(tokens, n, act) for n in range(len(tokens))]
    told = learnt.parts(features)
    for token, word in zip(tokens, told, strict=True):
        if word.tag == "I-title" and found and found[-1].role == "title":
            before = found[-1]
            found[-1] = Part("title", before.start, token.end, min(before.likelihood, word.likelihood))
        elif word.tag in {"B-title", "I-title"}:
            found.append(Part("title", token.start, token.end, word.likelihood))
        elif word.tag != "O":
            found.append(Part(word.tag, token.start, token.end, word.likelihood))
    if act in NAMING and not any(p.role == "title" for p in found):
        found += _faint(tokens, learnt.openings(features))
    return found


# A sentence that does one of these names a matter as a rule, and its title is then looked for harder.
NAMING = frozenset({"proposal", "withdrawal", "supplement"})
# A title begins at the likeliest word, when it is at least this likely, and goes on as long as that is
# at least so many times as likely as its beginning.
_FAINT, _GOES_ON = 0.1, 0.3


def _faint(tokens: Sequence[Token], openings: Sequence[Opening]) -> list[Part]:
    """The likeliest title of a sentence in which nothing is likelier a title than not."""
    first = max(range(len(openings)), key=lambda n: openings[n].begins)
    begins = openings[first].begins
    if begins < _FAINT:
        return []
    last = first
    while last + 1 < len(openings) and openings[last + 1].goes_on >= _GOES_ON * begins:
        last += 1
    return [Part("title", tokens[first].start, tokens[last].end, begins)]
