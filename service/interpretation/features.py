"""What a sentence looks like to the second reader: its words, made comparable.

People become one sign whoever they are, numbers and days likewise, so that
what was learnt of one meeting and one network holds for the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.interpretation.dates import DateMention
from service.interpretation.words import bare, fold

# More of a sentence than this many words is not looked at.
MOST_WORDS = 80
# Sentences are as long as the next of these.
_LENGTHS = (1, 2, 4, 9, 19)
_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+(?:[.:/-]\d+)*|[^\w\s]")
_MONTHS = (
    "januari februari mars april maj juni juli augusti september oktober november december jan feb mar apr "
    "jun jul aug sep sept okt nov dec january february march may june july august october"
)
_DAYS = (
    "måndag tisdag onsdag torsdag fredag lördag söndag mån tis ons tors tor fre lör sön monday tuesday "
    "wednesday thursday friday saturday sunday"
)
_MONTH = re.compile(rf"(?:{'|'.join(_MONTHS.split())})\Z")
_MONTH_HEAD = re.compile(
    r"(januari|februari|mars|april|juni|juli|augusti|september|oktober|november|december)s?(?=möte|träff|samman)"
)
_DAY = re.compile(rf"(?:{'|'.join(_DAYS.split())})(?:en|ens|ar|s)?\Z")
_CLOCK = re.compile(r"\d{1,2}[.:]\d\d\Z")
_DATE = re.compile(r"\d{1,4}[/-]\d{1,2}(?:[/-]\d{1,4})?\Z")
PERSON, NUMBER, CLOCK, DATE, MONTH, DAY, MAIL = "‹p›", "‹n›", "‹kl›", "‹dat›", "‹mån›", "‹dag›", "‹@›"
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a person of a sentence: what it is compared as, and its place."""

    word: str
    start: int
    end: int
    # As it was written, for its shape.
    raw: str


def _word(raw: str) -> str:
    word = fold(raw)
    if word[0].isdigit():
        return CLOCK if _CLOCK.match(word) else DATE if _DATE.match(word) else NUMBER
    if _DAY.match(word):
        return DAY
    if _MONTH.match(word):
        return MONTH
    return _MONTH_HEAD.sub("x", bare(word))


def tokens_of(
    text: str, people: Sequence[tuple[int, int]], dates: Sequence[tuple[int, int, str]] = ()
) -> list[Token]:
    """The words of a sentence; each of `people` and `dates`, by place in it, is one.

    `dates` come with their sign; see `signed`.
    """
    found: list[Token] = []
    marked = sorted(
        [(a, b, PERSON) for a, b in people]
        + [(m.start(), m.end(), MAIL) for m in _MAIL.finditer(text)]
        + [*dates]
    )
    at = 0
    for start, end, sign in marked:
        if start < at:
            continue
        _add(found, text, at, start)
        found.append(Token(sign, start, end, text[start:end]))
        at = end
    _add(found, text, at, len(text))
    return found[:MOST_WORDS]


def signed(mention: DateMention) -> str:
    """The sign that stands for a date: a day of the week, a month, or a date."""
    return DAY if mention.kind in {"weekday", "relative"} else MONTH if mention.kind == "month" else DATE


def _add(found: list[Token], text: str, begin: int, end: int) -> None:
    for match in _TOKEN.finditer(text, begin, end):
        raw = match.group()
        found.append(Token(_word(raw), match.start(), match.end(), raw))


def sentence_features(
    tokens: Sequence[Token], place: str, answers: str | None, rules: Sequence[str] = ()
) -> list[str]:
    """What tells what a sentence does.

    `place` is "subject", "first", "mid", "last", "only" or "" for unknown,
    `answers` what the letter answers, `rules` the names of the rules that
    speak in the sentence.
    """
    words = [t.word for t in tokens]
    heads = [w[:5] for w in words]
    found = [f"w={w}" for w in dict.fromkeys(words)]
    found += [f"h={w}" for w in dict.fromkeys(h for h, w in zip(heads, words, strict=True) if len(w) > 5)]
    found += [f"t={w[-5:]}" for w in dict.fromkeys(words) if len(w) > 7]
    letters = [h for h in heads if h[0].isalnum() or h[0] == "‹"]
    found += [f"b={a} {b}" for a, b in pairwise(letters)]
    found += [f"s={a} {b}" for a, b in zip(letters, letters[2:], strict=False)]
    found += [f"c={a} {b} {c}" for a, b, c in zip(letters, letters[1:], letters[2:], strict=False)]
    if letters:
        found += [f"first={letters[0]}", f"last={letters[-1]}"]
        found.append("f2=" + " ".join(letters[:2]))
    count = len(letters)
    found.append(f"len={next((n for n in _LENGTHS if count <= n), 99)}")
    if words and words[-1] in "?!:":
        found.append(f"end={words[-1]}")
    if place:
        found.append(f"at={place}")
    if answers is not None:
        found.append(f"re={answers}")
    found += [f"rule={name}" for name in dict.fromkeys(rules)]
    return found


def token_features(tokens: Sequence[Token], n: int, act: str) -> list[str]:
    """What tells which part a word plays in a sentence that does `act`."""
    token = tokens[n]
    word = token.word
    found = ["", f"w={word}", f"act={act}", f"shape={_shape(token)}|{n == 0}"]
    if word[0] != "‹":
        found += [
            f"h3={word[:3]}",
            f"h5={word[:5]}",
            f"t3={word[-3:]}",
            f"t5={word[-5:]}",
            f"len={min(len(word), 12)}",
        ]
    else:
        found.append(f"act={act}|{word}")
    for d in (-3, -2, -1, 1, 2, 3):
        at = n + d
        near = tokens[at].word if 0 <= at < len(tokens) else "‹›"
        found.append(f"{d}={near[:6]}")
        if abs(d) == 1:
            found.append(f"{d}|w={near[:6]} {word[:6]}")
            if word[0] == "‹" or word in {"jag", "undertecknad", "i"}:
                found.append(f"{d}|act={near[:6]} {act}")
    if n >= 2:
        found.append(f"-2-1={tokens[n - 2].word[:6]} {tokens[n - 1].word[:6]}")
    if n + 2 < len(tokens):
        found.append(f"+1+2={tokens[n + 1].word[:6]} {tokens[n + 2].word[:6]}")
    if word[0] == "‹" or word in {"jag", "undertecknad", "i", "mig", "själv"}:
        # Which verbs stand about a person decides what part he plays.
        found += [f"after={t.word[:6]}" for t in tokens[n + 1 : n + 8]]
        found += [f"before={t.word[:6]}" for t in tokens[max(0, n - 7) : n]]
        found.append(f"nth={sum(t.word == PERSON for t in tokens[:n])}")
    return found


def _shape(token: Token) -> str:
    raw = token.raw
    if token.word[0] == "‹":
        return token.word
    if not raw[0].isalpha():
        return raw[0]
    return "AA" if raw.isupper() and len(raw) > 1 else "Aa" if raw[0].isupper() else "a"
