"""Proposals: the matters of a letter with all that it says of each."""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from service.domain.intents import (
    Evidence,
    Intent,
    ItemType,
    Proposal,
)
from service.interpretation.context import SUBJECT
from service.interpretation.heard_matters import HeardMatters, who
from service.interpretation.listed_matters import ListedMatters
from service.interpretation.matter_fields import (
    ENTERED,
    Found,
    conflict_in,
    contact_of,
    denied,
    forum_in,
    meeting_in,
    meeting_key,
    minutes_in,
    presenter_in,
    type_in,
    type_of_word,
    writer,
)
from service.interpretation.matter_reader import Matter
from service.interpretation.titles import (
    related,
)
from service.interpretation.words import fold

_DECIDING = re.compile(r"\b(?:beslut\w*|ställning\w*|bestämma(?:s)?|avgöra(?:s)?|klubba(?:s)?)\b")
# "Inget att besluta om, men vi borde ha pratat om det": then it is to be discussed.
_TALKING = re.compile(r"\b(?:prata\w*|diskut\w*|resoner\w*|samtal\w*|bolla\w*|dryfta\w*|tänker|tycker)\b")
# Meanings of a sentence in which nothing is said of a matter, and how likely they must be.
_ELSEWHERE = (
    "absence", "late", "early", "attendance", "replacement", "contact", "withdrawal",
    "cancel", "move", "minutes",
)  # fmt: skip
_LIKELY, _HARDLY = 0.6, 0.15
_LIKELY_PRESENTER, _BORNE_OUT, _SURE_PRESENTER = 0.55, 0.75, 0.9
# How likely a sentence of a forwarded mail must tell something of a matter.
_TELLING = 0.3
# Rules that find a matter for which no sentence asks.
_UNASKED = frozenset({"proposal/details", "proposal/under-the-call", "proposal/subject", "proposal/forward"})
# "Jag tar ettan, Camilla tvåan": which of several matters a word means.
_PLACES = (
    r"(?:ettan|1:an|(?:den|det|punkt|ärende|nr|nummer)? ?(?:första|1))(?!\w)",
    r"(?:tvåan|2:an|(?:den|det|punkt|ärende|nr|nummer)? ?(?:andra|senare|2))(?!\w)",
    r"(?:trean|3:an|(?:den|det|punkt|ärende|nr|nummer)? ?(?:tredje|3))(?!\w)",
    r"(?:fyran|4:an|(?:den|det|punkt|ärende|nr|nummer)? ?(?:fjärde|4))(?!\w)",
)
# What may stand between who presents and which matter: a verb, little words.
_TAKES = r"[ ,]*(?:(?:tar|drar|kör|håller i|föredrar|presenterar|inleder|står för|ansvarar för|sköter|på|för|i|den|det|och|gärna|själv|medan|kan|dra|ta)[ ,]*)*"


class Proposals(ListedMatters, HeardMatters):
    """A letter looked at for proposals."""

    def proposals(self, supplemented: Sequence[int]) -> list[tuple[int, Intent]]:
        """New matters for an agenda."""
        matters = self._matters()
        if self.withdrawn:
            matters = [
                m for m in matters
                if self._asked_beside(m)
                or (
                    m.sure
                    and m.rule == "proposal/title-after"
                    and re.search(
                        r"\b(?:i stället|istället|i dess ställe|däremot|också|även|dessutom)\b",
                        fold(self.text(m.asked_in)),
                    )
                )
            ]  # fmt: skip
        if not matters:
            return []
        return [(m.asked_in, self._proposal(m, matters)) for m in matters]

    def _matters(self) -> list[Matter]:
        if rows := self._table():
            return rows
        if form := self._form():
            return form
        if listed := self._inline() or self._listed():
            return listed
        return self.matters_of_both()

    def _proposal(self, matter: Matter, matters: Sequence[Matter]) -> Proposal:
        context = self.context
        single = len(matters) == 1
        indexes = [i for i in matter.indexes if i >= 0 and not self._speaks_of_else(matter, i)]
        if single and matter.rule == "proposal/form":
            # What stands above and below a form tells what its lines leave open.
            indexes = matter.shared = [i for i in self._body() if self._tells_of_matter(i)]
        texts = [self.text(i) for i in indexes]
        if single:
            texts.append(context.subject)
        doubts: list[str] = []
        if not matter.sure:
            doubts.append("rubriken är vår tolkning")
        minutes = matter.minutes
        if minutes is None and not matter.own_words:
            # The sentence that asks knows best: "förra gången fick den fem minuter".
            minutes = minutes_in(
                [*([self.text(matter.asked_in)] if matter.asked_in in indexes else []), *texts]
            )
        presenter = matter.presenter or presenter_in(context, indexes)
        placed = self._by_place(matter, matters)
        if placed.contact or placed.doubt:
            presenter = placed
        type_ = type_of_word(matter.type_text) if matter.type_text else None
        if type_ is None and not matter.own_words and matter.rule != "proposal/table":
            type_ = self._type(matter, indexes, single)
        forum = matter.forum or forum_in(context, texts)
        if not single and presenter.contact is None and presenter.doubt is None:
            # "Jag drar båda."
            both = [
                i for i, x in context.numbered()
                if re.search(r"\b(?:båda|bägge|alla tre|alltihop|samtliga)\b", fold(x.text))
            ]  # fmt: skip
            presenter = presenter_in(context, both) if both else presenter
        if not single and forum is None and (referred := self._referred_by_place(matter, matters)):
            forum, unclear = referred
            doubts += [unclear] if unclear else []
        if single and matter.rule not in {"proposal/table", "proposal/form"}:
            labels = self._labels()
            minutes = minutes if minutes is not None else minutes_in([labels.get("minutes", "")])
            if presenter.contact is None and presenter.doubt is None and "presenter" in labels:
                presenter = self._named(labels["presenter"])
            type_ = type_ or (type_of_word(labels["type"]) if "type" in labels else None)
        if (context.words.forwarded or context.letter.enclosed) and single:
            minutes, presenter = self._from_forwarded(minutes, presenter)
        meeting, conflict = self._meeting(matter, indexes, single)
        if not matter.own_words and matter.rule not in {"proposal/table", "proposal/form"}:
            presenter = placed if placed.contact else self._presenter_of_both(presenter, indexes)
            type_ = self._type_of_both(type_, indexes, doubts)
        if presenter.doubt:
            doubts.append(presenter.doubt)
        elif presenter.contact is None and self._unplaced(matter, indexes):
            doubts.append("det framgår inte vem som föredrar")
        if conflict:
            doubts.append(conflict)
        return Proposal(
            certain=context.trusted and not doubts,
            doubt="; ".join(doubts) or None,
            evidence=(Evidence(matter.rule, self._asking_words(matter, indexes)),),
            title=matter.title or "",
            type=type_,
            forum=forum,
            minutes=minutes,
            presenter=presenter.contact,
            meeting=meeting,
            description=matter.words or " ".join(self.text(i) for i in sorted(indexes)),
        )

    def _asking_words(self, matter: Matter, indexes: Sequence[int]) -> str:
        """The sentence that asks; where no rule saw one, the likeliest of those that speak of the matter."""
        context = self.context
        at = matter.asked_in
        if matter.rule in _UNASKED and indexes:
            at = max(indexes, key=lambda i: context.sense(i).of("proposal", "detail"))
        return self.text(at) if at < len(context.sentences) else context.subject

    def _asked_beside(self, matter: Matter) -> bool:
        """Whether a matter is asked for in plain words beside one that is taken back."""
        return matter.asked_in not in self.taken and self.context.sense(matter.asked_in).of("proposal") >= 0.5

    def _speaks_of_else(self, matter: Matter, index: int) -> bool:
        """Whether a sentence by all likeness says something that has nothing to do with the matter."""
        sense = self.context.sense(index)
        return (
            index != matter.asked_in
            and sense.of(*_ELSEWHERE) >= _LIKELY
            and sense.of("proposal", "detail") < _HARDLY
        )

    def _tells_of_matter(self, index: int) -> bool:
        """Whether a sentence may say something of the matter that a form names."""
        sense = self.context.sense(index)
        return not sense.acts or sense.of("proposal", "detail", "background") >= _HARDLY

    def _by_place(self, matter: Matter, matters: Sequence[Matter]) -> Found:
        """Who presents which: "jag tar ettan, Camilla tvåan"."""
        place = matters.index(matter)
        if len(matters) == 1 or place >= len(_PLACES):
            return Found()
        context = self.context
        for index in range(len(context.sentences)):
            folded = fold(self.text(index))
            base = context.sentences[index].start
            named = [
                (m.end - base, contact_of(context, m)) for m in context.people_in(index)
            ] + [
                (m.end(), Found(writer(context))) for m in re.finditer(r"\b(?:jag|undertecknad)\b", folded)
            ]  # fmt: skip
            for end, found in named:
                if re.compile(_TAKES + _PLACES[place]).match(folded, end):
                    return found
        return Found()

    def _presenter_of_both(self, seen: Found, indexes: Sequence[int]) -> Found:
        """Who presents: what the rules saw, or what was heard where they saw nothing or something else."""
        heard = self._heard_presenters(indexes)
        if not heard or seen.doubt:
            return seen
        if seen.contact and self._together(indexes) and not self._entered(indexes):
            return Found(seen.contact, "det framgår inte vem av dem som ska stå som föredragande")
        best, likelihood = max(heard, key=lambda pair: pair[1])
        borne_out = max((p for f, p in heard if seen.contact and f.contact == seen.contact), default=0.0)
        if seen.contact and (borne_out >= _BORNE_OUT or likelihood < _SURE_PRESENTER):
            return seen
        others = [f for f, p in heard if p >= _SURE_PRESENTER and f.contact != best.contact]
        return Found(doubt="det framgår inte vem som föredrar") if others else best

    def _together(self, indexes: Sequence[int]) -> bool:
        """Whether two present together: "Håkan och jag föredrar"."""
        for index in indexes:
            text, parts = self.text(index), self.context.sense(index).having("presenter")
            for one, other in pairwise(parts):
                between = fold(text[one.end : other.start])
                if one.likelihood >= _SURE_PRESENTER <= other.likelihood and re.fullmatch(
                    r"(?: \w+)? och ", between
                ):
                    return True
        return False

    def _entered(self, indexes: Sequence[int]) -> bool:
        """Whether it is said whose name to write: "skriv upp Håkan", "jag står som föredragande"."""
        return any(ENTERED.search(fold(self.text(i))) for i in indexes)

    def _heard_presenters(self, indexes: Sequence[int]) -> list[tuple[Found, float]]:
        """Whom the second reader hears present, each with how likely that is."""
        return [
            (found, part.likelihood)
            for index in indexes
            for part in self.context.sense(index).having("presenter")
            if part.likelihood >= _LIKELY_PRESENTER
            and (found := who(self.context, index, part))
            and (found.contact or found.doubt)
        ]

    def _type_of_both(
        self, seen: ItemType | None, indexes: Sequence[int], doubts: list[str]
    ) -> ItemType | None:
        """Which type a matter has; where the readers differ the likelier one, and a doubt."""
        heard, likelihood = self.heard_type(indexes)
        if heard is None or heard == seen:
            return seen
        if heard == "decision" and any(self._denies_decision(i) for i in indexes):
            return seen
        if seen is None:
            return heard
        doubts.append("det framgår inte vilken sorts ärende det är")
        return heard if likelihood >= 0.9 else seen

    def _referred_by_place(
        self, matter: Matter, matters: Sequence[Matter]
    ) -> tuple[str | None, str | None] | None:
        """The forum that "det första ärendet" goes to, and a doubt where no place is told."""
        own = {i for m in matters if m.own_words or m.rule == "proposal/table" for i in m.indexes}
        for index in range(len(self.context.sentences)):
            if index in own and len(own) > 1:
                continue
            forum = forum_in(self.context, [self.text(index)])
            if forum is None:
                continue
            told = re.search(
                r"\b(första|andra|tredje|fjärde|sista|senare|båda|bägge|alla)\b", fold(self.text(index))
            )
            if told is None:
                return None, "det framgår inte vilket ärende som ska vidare"
            if told[1] in {"båda", "bägge", "alla"}:
                return forum, None
            place = {"första": 0, "andra": 1, "tredje": 2, "fjärde": 3}.get(told[1], len(matters) - 1)
            return (forum, None) if place < len(matters) and matters[place] is matter else None
        return None

    def _unplaced(self, matter: Matter, indexes: Sequence[int]) -> bool:
        """Whether somebody is named beside the time asked for, and nothing says what for."""
        context = self.context
        if matter.own_words or matter.rule in {"proposal/table", "proposal/form"}:
            return False
        for index in indexes:
            text = self.text(index)
            if minutes_in([text]) is None:
                continue
            base = context.sentences[index].start
            for mention in context.people_in(index):
                before = fold(text[: mention.start - base])
                if mention.genitive or (context.sender and mention.person == context.sender.id):
                    continue
                if mention.kind == "address" or fold(mention.text) in fold(matter.title or ""):
                    continue
                if not re.search(
                    r"(?:\b(?:hej|hejsan|för|till|från|av|med|hos|åt|mot|om|på|i|vid|tack)|^)\s*$", before
                ):
                    return True
        return False

    def _type(self, matter: Matter, indexes: Sequence[int], single: bool) -> ItemType | None:
        context = self.context
        paragraph = (
            context.sentences[matter.asked_in].paragraph
            if 0 <= matter.asked_in < len(context.sentences)
            else 0
        )
        near = [i for i in indexes if context.sentences[i].paragraph >= paragraph] or list(indexes)
        title = fold(matter.title or "")
        texts = []
        for i in near:
            # The title's own words ("Beslut om ...") are no type.
            text = fold(self.text(i))
            texts.append(text.replace(title, " ") if title and len(title) > 8 else text)
        subject_type = (
            re.search(
                r"(?i)\b(?:(info|information)|(diskussion)|(beslut))s?(?:punkt|ärende|fråga)?\b\s*[:)]?",
                context.subject,
            )
            if single
            else None
        )
        if (said := type_in(context, texts)) is None and any(self._denies_decision(i) for i in near):
            # "Inget att besluta om": then it is for information, or to be talked about.
            said = "discussion" if any(_TALKING.search(t) for t in texts) else "information"
        return said or (
            type_of_word(subject_type.group().strip(" :)").removesuffix("s"))
            if subject_type and not related(subject_type.group(), matter.title or "")
            else None
        )

    def _denies_decision(self, index: int) -> bool:
        """Whether a sentence says that nothing is to be decided."""
        text = self.text(index)
        return any(denied(text, m.start(), m.end()) for m in _DECIDING.finditer(fold(text)))

    def _from_forwarded(self, minutes: int | None, presenter: Found) -> tuple[int | None, Found]:
        """What the sender's few words leave open is taken from the mail that is forwarded."""
        for context in self.context.forwarded:
            inner = Proposals(context)
            telling = [
                i for i in inner._body()
                if context.sense(i).of("proposal", "detail") >= _TELLING or inner._spoken(inner.asking, i, "presents")
            ]  # fmt: skip
            if minutes is None:
                minutes = minutes_in([context.text_of(i) for i in telling])
            if presenter.contact is None and presenter.doubt is None:
                presenter = inner._presenter_of_both(presenter_in(context, telling), telling)
        return minutes, presenter

    def _meeting(
        self, matter: Matter, indexes: Sequence[int], single: bool
    ) -> tuple[date | None, str | None]:
        context = self.context
        if matter.meeting is not None:
            return meeting_key(matter.meeting), matter.meeting.conflict
        shared = [i for i in matter.shared if not self._foreign(i)]
        asked = [matter.asked_in] if matter.asked_in in indexes else []
        scopes: list[Sequence[int]] = [asked, indexes, shared, [SUBJECT]]
        for scope in scopes:
            conflict = conflict_in(context, scope)
            if conflict:
                return None, conflict
            if found := meeting_in(context, scope):
                return meeting_key(found), None
        if re.search(
            r"\bsamma (?:möte|gång|dag|sammanträde|tillfälle)\b",
            " ".join(fold(self.text(i)) for i in indexes),
        ) and (found := meeting_in(context, [*range(len(context.sentences)), SUBJECT])):
            return meeting_key(found), None
        paragraphs = {context.sentences[i].paragraph for i in indexes}
        near = [i for i, s in context.numbered() if s.paragraph in paragraphs]
        named = {
            meeting_key(m)
            for i in near
            for m in context.meetings_in(i)
            if m.ours and not m.past and len(m.keys) == 1
        }
        if single and len(named) == 1 and (found := meeting_in(context, near)):
            # "Jag kommer inte den 22 april. Men jag vill att ni tar upp ..."
            return meeting_key(found), None
        if any(m.open for i in (*indexes, *shared) if i >= 0 for m in context.meetings_in(i)):
            return None, None
        if context.thread_meeting is not None:
            return context.thread_meeting.key, None
        return None, None
