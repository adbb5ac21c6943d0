"""What every reader of a letter is given: the letter, its new words, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.domain.intents import Evidence
from service.domain.letters import Letter
from service.domain.network import Meeting, Person
from service.domain.references import Reference
from service.interpretation.hearing import Sense
from service.interpretation.meetings import MeetingMention
from service.interpretation.people import Mention
from service.interpretation.quoting import NewWords
from service.interpretation.rulebook import Hit, Line, NearMiss, Rulebook
from service.interpretation.surroundings import Surroundings
from service.interpretation.words import Sentence

# The number that stands for the subject line among the sentences.
SUBJECT = -1


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that is known of a letter before anyone asks what it wants.

    Mentions and sentences have their places in `words.text`; those of the
    subject line in `subject_people` and `subject_meetings` have theirs in
    `subject`.
    """

    letter: Letter
    words: NewWords
    # Without Re:, Sv:, VB: and the like.
    subject: str
    sentences: tuple[Sentence, ...]
    surroundings: Surroundings
    rulebook: Rulebook
    # Which of our own messages is answered.
    reference: Reference | None
    # The person in the network whose address the letter came from.
    sender: Person | None
    # On whose behalf it is written: the sender, or whom an assistant speaks for.
    speaker: Person | None
    # Whether it is someone else (an assistant) who writes for the speaker.
    by_assistant: bool
    # Whom the letter may act for at once: false for everybody outside the network.
    trusted: bool
    people: tuple[Mention, ...]
    meetings: tuple[MeetingMention, ...]
    subject_people: tuple[Mention, ...]
    subject_meetings: tuple[MeetingMention, ...]
    lines: tuple[Line, ...]
    hits: tuple[Hit, ...]
    near_misses: tuple[NearMiss, ...]
    # The meeting that the thread is about, when it has not been held.
    thread_meeting: Meeting | None
    # What the second reader makes of the subject line and of each sentence; empty where nothing was learnt.
    senses: tuple[Sense, ...] = ()
    # What a forward passes on, understood as letters of their own, the nearest first.
    forwarded: tuple[Context, ...] = ()

    def sense(self, index: int) -> Sense:
        """What the second reader makes of one sentence; SUBJECT for the subject line."""
        return self.senses[index + 1] if index + 1 < len(self.senses) else Sense()

    def likeliest(self, *acts: str) -> float:
        """How likely the likeliest sentence of the text does one of these."""
        return max((s.of(*acts) for s in self.senses[1:]), default=0.0)

    def hits_of(self, kind: str) -> tuple[Hit, ...]:
        """The rules of one kind ("absence") that spoke, subject line first, then in order."""
        return tuple(h for h in self.hits if h.kind == kind)

    def hits_in(self, index: int, kind: str | None = None) -> tuple[Hit, ...]:
        """The rules that spoke in one sentence; SUBJECT for the subject line."""
        return tuple(h for h in self.hits if h.line == index and (kind is None or h.kind == kind))

    def text_of(self, index: int) -> str:
        """A sentence's own words, or the subject line."""
        return self.subject if index == SUBJECT else self.sentences[index].text

    def evidence(self, hit: Hit) -> Evidence:
        """The rule, and the sentence in which it saw its words."""
        return Evidence(hit.rule, self.text_of(hit.line))

    def people_in(self, index: int) -> tuple[Mention, ...]:
        """Who is named in one sentence."""
        if index == SUBJECT:
            return self.subject_people
        s = self.sentences[index]
        return tuple(m for m in self.people if s.start <= m.start < s.end)

    def meetings_in(self, index: int) -> tuple[MeetingMention, ...]:
        """Which meetings and dates stand in one sentence."""
        if index == SUBJECT:
            return self.subject_meetings
        s = self.sentences[index]
        return tuple(m for m in self.meetings if s.start <= m.start < s.end)

    def person_at(self, slot: str) -> Mention | None:
        """The mention that a hit's slot ("p3") stands for; None for a pronoun."""
        number = int(slot[1:]) if slot[:1] == "p" and slot[1:].isdigit() else -1
        everyone = (*self.people, *self.subject_people)
        return everyone[number] if 0 <= number < len(everyone) else None

    def code_of(self, index: int, start: int) -> str | None:
        """The slot ("p3") of who is named at a place in a sentence."""
        base = 0 if index == SUBJECT else self.sentences[index].start
        everyone = (*self.people, *self.subject_people)
        here = self.people_in(index)
        return next((f"p{n}" for n, m in enumerate(everyone) if m in here and m.start - base == start), None)

    def numbered(self) -> Iterator[tuple[int, Sentence]]:
        """The sentences with their numbers."""
        return iter(enumerate(self.sentences))
