"""What a matter may be called: every name that a sentence offers for what it speaks of.

The rules of the kind "naming" tell where a name may begin (after a verb
that raises something, after an "om") and where it has just been said; here
it is cut out, cleaned and weighed.  A name that is a loose end of a
sentence is better not used at all than printed on an agenda.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from service.interpretation.phrases import Spoken
from service.interpretation.titles import MEETING, TIME, after, content_words, in_quotes, is_title, related

Source = Literal[
    "called", "quoted", "question", "object", "about", "time", "colon", "subject", "before", "waits", "stray"
]
# A name said in so many words before one that has to be told from the sentence.
_STRENGTH: dict[Source, int] = {
    "called": 9, "quoted": 6, "colon": 4, "question": 4, "object": 4, "time": 4, "about": 4, "before": 1,
    "subject": 2, "waits": 4, "stray": 0,
}  # fmt: skip

# What a clause asks stands on an agenda as it is: "vem som ansvarar för boendestödet".
_INDIRECT = re.compile(
    r"(?i)(?:vem|vilka|vilken|vilket|vad) som\s|hur \w+\s(?!gör|går|är|har|tänker|ser|kan)|"
    r"(?:vilka|vilken|vilket) \w+ (?:som|vi|man)\s|varför \w+"
)
# A word that no title begins with: pronouns, conjunctions, adverbs, verbs, the little words of asking.
_LOOSE_START = re.compile(
    r"(?i)(?:jag|vi|ni|du|han|hon|hen|dom|man|mig|oss|er|dig|min|mitt|mina|sin|det|detta|denna|dessa|"
    r"men|och|eller|så|att|om|för|utan|eftersom|fast|ifall|som|då|när|här|där|nu|sen|sedan|också|även|"
    r"gärna|kanske|inte|alltså|ju|nog|väl|bara|redan|igen|åter|tyvärr|egentligen|annars|helst|precis|just|"
    r"är|var|har|hade|blir|blev|ska|skall|skulle|kan|kunde|vill|ville|måste|behöver|behöva|borde|bör|får|fick|ta|"
    r"tar|sätt|skriv|lägg|boka|peta|ge|gör|går|tror|tycker|hoppas|undrar|tänkte|vet|säg|se|kom|kommer|"
    r"längre fram|framöver|framgent|"
    r"räcker|vore|finns|hinner|lyft|dryfta|diskutera|prata|pratar|snacka|gått|fått|tagit|blivit|"
    r"på|till|från|hos|vid|inför|av|med|under|efter|åt|mot|enligt|innan|ser|ville|tack|hej|ja|nej|jo|"
    r"alla|allt|något|någon|några|nåt|ingen|inget|inga|både|båda|samma|ett|en|chef|frågan|ärendet|punkten|"
    r"härmed|punkt|ärende|saken|sak|slut|start|möjligt|angeläget|nästa|förra|säger|hörde|läste|satt|vaknade)\b"
)
# A clause of its own is no name, but a question may be one.
_FINITE = re.compile(
    r"(?i)\b(?:är|har|hade|blir|blev|ska|skall|skulle|kan|kunde|vill|ville|måste|behöver|borde|bör|får|"
    r"fick|räcker|vore|finns|tror|tycker|undrar|drar|föredrar|presenterar|berättar|kommer|vet|gick|"
    r"hann|sa|lovat|verkar|ligger|ser|gör|tar|låter|behövs|saknas|innebär|fungerar|gäller|önskar|bad|"
    r"ringde|jag|ni|du|mig|oss)\b"
)
_LOOSE_END = re.compile(
    r"(?i)\b(?:alltså|där|gärna|att|och|eller|som|men|så|den|det|en|ett|till|från|på|om|för|av|vi|jag|"
    r"är|har|ska|drar|bör|kan|upp|in|tack|nu|då|ju|hänskjuten|hänskjutas|hänskjutet|översändes|härmed)$"
)
# After "om" begins a condition and no topic.
_CONDITION = re.compile(
    rf"(?i)\s*(?:det|vi|jag|ni|du|man|de|dom|han|hon|inte|så|möjligt|tid|utrymme|plats|någon|ingen|bara|"
    rf"{MEETING}+|\w+ (?:kan|kunde|vill|ville|skulle|har|hade|får|fick|ska|är|finns|behöver|går|tog|hinner))"
    rf"(?=\W|$)"
)
_INTO = re.compile(
    r"(?i)^\W*(?:(?:frågan|saken|det här|det där|detta|det|den|gamla vanliga|gamla|frågorna|problemet|"
    r"problematiken|en|ett|ihop|oss|er|gruppen|nätverket|samreko|gemensamt|tillsammans)\s+)*"
    r"(?:(?:om|kring|med|gällande|rörande|att)\s+)?(?=(?:vem|vilka|vilken|vilket|vad|hur|varför)\s)"
)


@dataclass(frozen=True, slots=True)
class Name:
    """What a matter may be called, whence, and in which sentence it stands."""

    text: str
    source: Source
    index: int

    @property
    def weight(self) -> int:
        """How much it says: where it stands, and how many words of it say something."""
        words = len(content_words(self.text))
        return _STRENGTH[self.source] * 2 + min(words, 3) * 2 - (3 if len(self.text.split()) > 12 else 0)


def is_loose(title: str) -> bool:
    """Whether a title is the loose end of a sentence rather than the name of something."""
    if _INDIRECT.match(title) and len(title.split()) >= 4:
        return False
    return bool(
        not is_title(title)
        or _LOOSE_START.match(title)
        or _LOOSE_END.search(title)
        or (_FINITE.search(title) and not title.endswith("?"))
        or len(title.split()) > 14
    )


_RUNS_ON = re.compile(
    r"(?i)(?:\s+(?:drar|tar|stryker|återkallar|återkallas|återtas|avanmäls|utgår|dras|tas|översänd\w*|överlämna\w*|inges|insänd\w*|"
    r"bifoga\w*|biläggs|skickas|upptages|upptas|hänskjut\w*|kommer|kan|ska|får|bör|behöver|är|blir|"
    r"har|ber|från (?:min|er|vår|dagordningen|agendan|listan|mötet)|som (?:jag|vi|ni)|"
    r"(?:and|,) (?:the|it|we|I)|is|are|was|härmed|"
    r"tills vidare|den här gången|denna gång)\b|,\s|\s[–—-]\s|[.;:!?](?:\s|$)).*$",
    re.DOTALL,
)


def cut_off(title: str) -> str:
    """A title without the sentence that runs on after it: "intygen till skolan från min lista, Anders"."""
    return _RUNS_ON.sub("", title).strip()


def is_telling(title: str) -> bool:
    """Whether a title can stand alone: two words that say something, or a long compound."""
    words = content_words(title)
    return len(words) >= 2 or any(len(w) >= 14 for w in words)


_STRAY_PREPOSITION = re.compile(r"\s+(?:till|på|inför|vid|under|i|för)$")


def names_in(cover: str, spoken: Sequence[Spoken], index: int) -> Iterator[Name]:
    """The names that a sentence offers; `cover` is its text with minutes and meetings masked."""
    if quoted := in_quotes(cover):
        yield Name(quoted, "quoted", index)
    for hit in spoken:
        rest = cover[hit.end :]
        if hit.name == "about":
            if cover[hit.start : hit.end].casefold() == "om" and _CONDITION.match(rest):
                continue
            yield from _cut(rest, "about", index)
        elif hit.name == "called":
            named = re.split(rf"[,.;!?]|[{TIME}{MEETING}]", rest.strip())[0]
            if 1 <= len(named.split()) <= 12 and re.match(r"\W*[A-ZÅÄÖ0-9]", named):
                # "... till nästa möte": the preposition belongs to the meeting that has been masked.
                yield Name(_STRAY_PREPOSITION.sub("", _plain(named)), "called", index)
        elif hit.name == "raises":
            yield from _cut(rest, "object", index)
    for given in re.finditer(rf"{TIME}+\s+(?:på|åt|för|till|om|kring|for|on)\s+(?!att\b)", cover):
        yield from _cut(cover[given.end() :], "time", index)
    if colon := re.match(r"[^:]{2,60}:\s+(?=\S)", cover):
        yield from _cut(cover[colon.end() :], "colon", index)


def _cut(rest: str, source: Source, index: int) -> Iterator[Name]:
    """The name at the beginning of a text, if it is one."""
    rest = re.sub(r"^[\s:]+", "", rest[:400])
    if asked := _INTO.match(rest):
        rest = rest[asked.end() :]
    if _INDIRECT.match(rest):
        clause = re.split(r"[.,;:!?]|\s[–—-]\s|\s(?:i|på|till|under|den) " + MEETING, rest)[0]
        title = after("\n" + clause) if len(clause.split()) < 4 else _plain(clause)
        if 4 <= len(title.split()) <= 14:
            yield Name(title, "question", index)
        return
    title = after(rest)
    if not is_loose(title):
        yield Name(title, source, index)


def _plain(clause: str) -> str:
    text = re.sub(rf"[{MEETING}{TIME}]+", " ", clause)
    text = re.sub(r"\s+", " ", text).strip(" .,;:–—-")
    return text[:1].upper() + text[1:]


def best(names: Iterable[Name], near: int, subject: str | None) -> Name | None:
    """The name that says most, nearest to the sentence that asks; one that the subject line shares wins."""

    def worth(name: Name) -> tuple[int, int]:
        told = name.source not in {"subject", "stray"}
        shared = 3 if told and subject and related(name.text, subject) else 0
        return name.weight + shared - 2 * min(abs(near - name.index), 3), -name.index

    return max(names, key=worth, default=None)
