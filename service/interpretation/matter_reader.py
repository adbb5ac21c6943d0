"""One letter, made ready to be looked through for matters: its sentences, what the rules heard."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from service.interpretation.context import Context
from service.interpretation.files import files_of
from service.interpretation.matter_fields import (
    Found,
)
from service.interpretation.meetings import MeetingMention
from service.interpretation.people import find_people
from service.interpretation.phrases import Phrases, Spoken, phrases
from service.interpretation.titles import (
    masked,
    subject_title,
)
from service.interpretation.words import fold


@dataclass(slots=True)
class Matter:
    """A matter in the making."""

    title: str | None
    # The sentences that speak of it, and the one that asks.
    indexes: list[int]
    asked_in: int
    rule: str
    # The title is the sender's own, not our guess.
    sure: bool = True
    type_text: str | None = None
    minutes: int | None = None
    presenter: Found | None = None
    words: str = ""
    # The title is the subject line's, which the sentence points at.
    pointed: bool = False
    # Time, type and presenter were read in its own part of a sentence.
    own_words: bool = False
    forum: str | None = None
    meeting: MeetingMention | None = None
    shared: list[int] = field(default_factory=list)


_GREETING = re.compile(
    r"^\W*(?:hej(?:san|hej)?|hallå|god ?(?:morgon|dag|kväll|middag|fortsättning)|tjena|tjänare|"
    r"morsning|hi|hello|dear|bästa|kära|till samreko)\b(?:,? (?!kan\b|vi\b|jag\b|ska\b|har\b|här\b|"
    r"ang\b|en\b|ett\b|två\b|det\b|den\b|ny\b|lägg|ta\b|sätt|bifog|till\b|"
    r"om\b)[\wåäöé]+){0,4}[,!.]?\W*$"
)

SIGN_OFF = re.compile(
    r"^\W*(?:mvh|med vänlig(?:a)? hälsning(?:ar)?|vänlig(?:a|en)?\b|hälsn(?:ing(?:ar)?)?|bästa "
    r"hälsningar|allt gott|ha det|tack på förhand|tack|/\s*\w+|bästa|best|kind regards|regards|"
    r"thanks|cheers|vi ses|trevlig|kram)\b[^.?]{0,40}\W*$"
)

# Sentences that other readers own, or that say nothing of a matter.
OTHERS = frozenset(
    ["absence", "attendance", "leaving", "contact", "late", "early", "move", "cancel", "place", "undo"]
)

# What such a sentence means to the second reader, and under what likelihood it does not.
_THEIRS = (
    "absence",
    "attendance",
    "replacement",
    "contact",
    "late",
    "early",
    "move",
    "cancel",
    "place",
    "undo",
)
_HARDLY = 0.1

_OURS = frozenset(
    f"proposal/{name}"
    for name in ("title-after", "title-before", "presents", "decision", "discussion", "information")
)


# From here on a sentence plainly does something.
_PLAINLY = 0.6
# A sentence in which more is heard than this is no sentence.
_MOST_HITS = 40


class LetterReader:
    """One letter, looked at for matters."""

    def __init__(self, context: Context) -> None:
        self.context = context
        book = context.rulebook
        self.asking: Phrases = phrases(book, "proposal")
        self.taking_back: Phrases = phrases(book, "withdrawal")
        self.adding: Phrases = phrases(book, "supplement")
        self.filing: Phrases = phrases(book, "minutes")
        self.naming: Phrases = phrases(book, "naming")
        self._heard: dict[tuple[str, int], tuple[Spoken, ...]] = {}
        self._rules: dict[int, set[str]] = {}
        for hit in context.hits:
            self._rules.setdefault(hit.line, set()).add(hit.rule)
        for miss in context.near_misses:
            self._rules.setdefault(miss.line, set()).add(miss.rule)
        self.files = [a.filename for a in files_of(context.letter)]
        self.subject_spans = [(m.start, m.end) for m in context.subject_meetings if m.ours]
        self.masked = {i: self._mask(i) for i in range(len(context.sentences))}
        self.taken: set[int] = set()
        self.withdrawn = False
        what = context.reference.what if context.reference else ""
        self.called = what in {"call", "preparation"}
        self.acked = what in {"ack", "ask"}
        self.own_words = self._own_words()
        fresh = not context.letter.in_reply_to and not re.match(
            r"(?i)\s*(?:re|sv|ang|aw)\s?:", context.letter.subject
        )
        self.fresh = fresh

    def _mask(self, index: int) -> str:
        sentence = self.context.sentences[index]
        spans = [
            (m.start - sentence.start, m.end - sentence.start)
            for m in self.context.meetings_in(index)
            if (m.ours and (m.named or not m.span))
            or (m.open and re.match(r"(?i)(?:under|i|till|någon|nån|på|hela|över)\b", m.text))
        ]
        return masked(sentence.text, spans)

    def text(self, index: int) -> str:
        return self.context.text_of(index)

    def _own_words(self) -> tuple[str, ...]:
        """Names and places that say nothing in a subject line."""
        words: list[str] = []
        for person in self.context.surroundings.network.people:
            words += re.findall(r"\w+", fold(person.name))
            words += (
                re.findall(r"\w+", fold(person.title.split("kommun")[0])) if "kommun" in person.title else []
            )
        if self.context.sender:
            words += re.findall(r"\w+", fold(self.context.sender.title))
        for forum in self.context.surroundings.network.forums:
            words.append(fold(forum.short_name))
        for principal in self.context.surroundings.network.principals:
            words += re.findall(r"\w+", fold(principal.name))
        return tuple(words)

    def subject(self) -> str | None:
        """The title that the subject line gives, when it gives one."""
        return subject_title(self.context.subject, self.subject_spans, self.own_words)

    def subject_asks(self) -> bool:
        """Whether the subject line itself announces a matter for the agenda."""
        folded = fold(self.context.subject)
        return bool(
            re.search(
                (
                    r"\b(?:dagordningspunkt\w*|agendapunkt\w*|(?:info|besluts|diskussions|"
                    r"informations)punkt|punkt(?:er)?|ärende(?:n)?|agenda item|item|dagordningen|"
                    r"agendan|mötespunkt\w*|ärendeanmälan|inspel|framställan|förslag på ämne)\b"
                ),
                folded,
            )
            and not re.search(
                (
                    r"\b(?:min punkt|mitt ärende|underlag|handlingar|komplettering|bilagor?|stryk|utgår|"
                    r"dagordning \d|protokoll|återkallelse|bilder|presentation|drop)\b"
                ),
                folded,
            )
        )

    def _spoken(self, book: Phrases, index: int, *names: str) -> tuple[Spoken, ...]:
        """Where the rules of a kind speak in a sentence; only those that the rulebook heard there at all."""
        known = self._heard.get((book.kind, index))
        if known is None:
            rules: set[str] = self._rules.get(index, set())
            heard = tuple(r.partition("/")[2] for r in rules if r.partition("/")[0] == book.kind)
            line = next((row for row in self.context.lines if row.index == index), None)
            known = book.spoken(self.text(index), *heard, line=line)[:_MOST_HITS] if heard else ()
            self._heard[book.kind, index] = known
        return tuple(s for s in known if s.name in names) if names else known

    def _spoken_any(self, book: Phrases, indexes: Iterable[int], *names: str) -> bool:
        return any(self._spoken(book, i, *names) for i in indexes)

    def _body(self) -> list[int]:
        """The sentences that may speak of a matter."""
        found = []
        for index, sentence in self.context.numbered():
            folded = fold(sentence.text)
            if index in self.taken or (
                (_GREETING.match(folded) or SIGN_OFF.match(folded)) and not self._says_more(index)
            ):
                continue
            found.append(index)
        return found

    def _says_more(self, index: int) -> bool:
        """Whether what looks like a greeting is heard as more: "Vänligen ta bort det från dagordningen"."""
        sense = self.context.sense(index)
        return sense.act not in {"", "courtesy", "background"} and sense.of(sense.act) >= _PLAINLY

    def _foreign(self, index: int) -> bool:
        """Whether a sentence speaks of something that another reader owns."""
        heard = self.context.hits_in(index)
        if any(h.rule in _OURS for h in heard):
            return False
        sense = self.context.sense(index)
        if sense.acts and sense.of(*_THEIRS) < _HARDLY:
            # The rules saw a word of theirs; by all likeness the sentence means something else.
            return False
        return any(h.kind in OTHERS for h in heard)

    def _thread_title(self) -> str | None:
        """The matter that a fresh letter's subject line names; None when only the thread tells."""
        if self.context.reference is not None or not self.fresh:
            return None
        subject = self.subject()
        if subject and re.fullmatch(
            r"(?i)(?:överspel\w*|åter\w*|ändr\w*|avanmäl\w*|rätt\w*|borttag\w*|inställ\w*)", subject
        ):
            # "Överspelat" names nothing.
            return None
        return subject

    def _only_people(self, title: str) -> bool:
        people = find_people(title, self.context.letter, self.context.surroundings)
        return bool(people) and sum(m.end - m.start for m in people) >= len(title) - 6

    def _looks_like_a_line(self, index: int, title: str) -> bool:
        """Whether a sentence is a title with details, and not a story."""
        folded = fold(title)
        folded = re.split(r" [–—-] |: ", folded)[0]
        return not re.search(
            r"\b(?:jag|vi|ni|du|är|har|ska|skulle|kan|ser|tycker|kommer|blir|var|går|gör|tar|får)\b", folded
        ) or title.endswith("?")
