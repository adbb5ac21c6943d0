"""Matters as the second reader hears them, and what they add to what the rules saw.

The rules know the words of asking; the second reader knows how sentences of
asking look.  A title that both find is sure, one that only one of them finds
is asked about unless it is plain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.intents import Contact, ItemType
from service.interpretation.asked_matters import AskedMatters
from service.interpretation.context import SUBJECT, Context
from service.interpretation.hearing import PRONOUNS, Part
from service.interpretation.matter_fields import Found, contact_of, writer
from service.interpretation.matter_reader import Matter
from service.interpretation.titles import after, is_title, related, tidy
from service.interpretation.words import fold

# How likely it must be that a sentence asks for a matter: to take it for one, and to be sure of it.
_LIKELY, _SURE = 0.5, 0.8
# Under this, what the rules took for a matter is most likely something else.
_UNLIKELY = 0.12
_TITLE_LIKELY, _TITLE_SURE = 0.45, 0.8
_PRESENTER_LIKELY, _PRESENTER_SURE = 0.55, 0.9
_TYPE_LIKELY, _TYPE_SURE = 0.6, 0.9
# Acts whose sentences name a matter that is no new one.
_OTHER_MATTERS = ("withdrawal", "supplement", "changes", "absence", "late", "early", "attendance", "replacement",
                  "contact", "minutes", "cancel", "move", "place", "undo", "help")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Title:
    index: int
    text: str
    likelihood: float
    # How likely its sentence asks for it.
    asked: float


class HeardMatters(AskedMatters):
    """A letter listened to for matters."""

    def matters_of_both(self) -> list[Matter]:
        """The matters in running text, as both readers understand them."""
        asked = self._asked()
        if not self.context.senses:
            return asked
        heard = self._heard_matters()
        if not asked:
            return heard
        if len(heard) > 1 and len(heard) > len(asked):
            return heard
        if len(asked) == 1 and heard:
            return [self._agreed(asked[0], heard[0])]
        return [m for m in asked if not self._means_something_else(m)]

    def _means_something_else(self, matter: Matter) -> bool:
        """What the rules took for a matter, in a letter that by all likeness asks for something else."""
        context = self.context
        if matter.rule in {"proposal/title-line", "proposal/forward"} or context.words.forwarded:
            return False
        if self.called or self.subject_asks() or context.letter.enclosed:
            return False
        told = [i for i in {*matter.indexes, matter.asked_in} if i >= 0]
        asks = max((context.sense(i).of("proposal", "detail") for i in told), default=0.0)
        other = max((context.sense(i).of(*_OTHER_MATTERS, "question") for i in told), default=0.0)
        if asks < _UNLIKELY or (asks < _LIKELY and other > asks):
            matter.sure = False
            return context.likeliest(*_OTHER_MATTERS, "question") >= _LIKELY or asks < _UNLIKELY / 2
        return False

    def _heard_matters(self) -> list[Matter]:
        """The matters that the second reader hears asked for."""
        context = self.context
        body = self._body()
        asking = [i for i in body if context.sense(i).of("proposal") >= _LIKELY]
        # "Ätstörningsvården. 20 min. Jag.": details alone ask too, under a name.
        telling = [i for i in body if context.sense(i).of("proposal", "detail") >= _SURE]
        if not asking and not telling:
            return []
        own = [t for i in asking for t in self._titles(i)]
        own = self._apart(own)
        if not own:
            own = self._elsewhere(body)[:1]
        if not own or (not asking and len(own) != 1):
            return []
        sure = bool(asking)
        matters = []
        for title in own:
            at = title.index if title.index in asking or not asking else asking[0]
            certain = (
                sure
                and max(context.sense(at).of("proposal", "detail"), title.asked) >= _SURE
                and title.likelihood >= _TITLE_SURE
            )
            indexes = [i for i in dict.fromkeys((title.index, at)) if i >= 0]
            matters.append(Matter(title.text, indexes, max(at, 0), "proposal/by-example", sure=certain))
        self._share_out(matters, body)
        return matters

    def _titles(self, index: int) -> list[_Title]:
        sense = self.context.sense(index)
        return [
            _Title(index, text, part.likelihood, sense.of("proposal"))
            for part in sense.having("title")
            if part.likelihood >= _TITLE_LIKELY and (text := self._words_of(index, part))
        ]

    def _words_of(self, index: int, part: Part) -> str | None:
        """The title of a part, without what its beginning and end need not say."""
        words = self.context.text_of(index)[part.start : part.end].strip(' .,:;!?–-"”')
        words = re.sub(
            r"(?i)^(?:(?:frågan|frågor|ärendet|punkten|en punkt|ett ärende|något) (?:om|kring) )", "", words
        )
        title = tidy(words)
        return title if title and is_title(title) and not self._only_people(title) else None

    def _apart(self, titles: list[_Title]) -> list[_Title]:
        """Each matter once, under its likeliest name."""
        kept: list[_Title] = []
        for title in sorted(titles, key=lambda t: -t.likelihood):
            if any(related(title.text, k.text) for k in kept):
                continue
            if kept and (title.likelihood < _TITLE_SURE or title.asked < _SURE):
                continue
            kept.append(title)
        return sorted(kept, key=lambda t: t.index)

    def _elsewhere(self, body: Sequence[int]) -> list[_Title]:
        """Titles in sentences that do not ask themselves, and in the subject line; the likeliest first."""
        context = self.context
        found = [
            t for i in body
            if context.sense(i).of(*_OTHER_MATTERS) < _LIKELY for t in self._titles(i)
        ]  # fmt: skip
        if self.fresh or self.called:
            found += self._titles(SUBJECT)
        if not found and self.fresh and (subject := self.subject()):
            found = [_Title(SUBJECT, subject, 0.0, 0.0)]
        return sorted(found, key=lambda t: -t.likelihood)

    def _agreed(self, seen: Matter, heard: Matter) -> Matter:
        """One matter out of what the rules saw and what was heard."""
        if seen.title is None or not seen.title.strip():
            return heard
        if fold(seen.title) == fold(heard.title or ""):
            seen.sure = seen.sure or heard.sure
            return seen
        alike = related(seen.title, heard.title or "")
        trusted = heard.sure or not seen.sure
        if seen.rule == "proposal/title-line" and alike:
            return seen
        if trusted:
            seen.title = heard.title
            seen.indexes = list(dict.fromkeys([*seen.indexes, *heard.indexes]))
            seen.sure = heard.sure and alike
        else:
            seen.sure = seen.sure and alike
        return seen

    def heard_presenter(self, indexes: Sequence[int]) -> tuple[Found, float]:
        """Who is heard to present, in the sentences of a matter, and how likely that is."""
        best: tuple[Found, float] = (Found(), 0.0)
        for index in indexes:
            parts = [
                p for p in self.context.sense(index).having("presenter") if p.likelihood >= _PRESENTER_LIKELY
            ]
            for part in parts:
                found = who(self.context, index, part)
                if (found.contact or found.doubt) and part.likelihood > best[1]:
                    best = found, part.likelihood
        return best

    def heard_type(self, indexes: Sequence[int]) -> tuple[ItemType | None, float]:
        """Which type of matter is heard, and how likely that is."""
        best: tuple[ItemType | None, float] = (None, 0.0)
        for index in indexes:
            name, likelihood = self.context.sense(index).type
            if name in {"decision", "discussion", "information"} and likelihood > max(best[1], _TYPE_LIKELY):
                best = name, likelihood  # type: ignore[assignment]
        return best


def who(context: Context, index: int, part: Part) -> Found:
    """Whom the words of a part name: the writer, someone in the network, or someone from outside."""
    base = 0 if index == SUBJECT else context.sentences[index].start
    words = context.text_of(index)[part.start : part.end]
    if fold(words) in PRONOUNS:
        return Found(writer(context))
    mention = next(
        (m for m in context.people_in(index) if m.start - base < part.end and m.end - base > part.start), None
    )
    if mention is not None:
        return contact_of(context, mention)
    name = re.match(r"[A-ZÅÄÖ][\w-]+(?: [A-ZÅÄÖ][\w-]+)*", context.text_of(index)[part.start :])
    return Found(Contact(name=name.group())) if name and " " in name.group() else Found()
