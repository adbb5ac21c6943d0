"""Matters as both readers hear them: that something is asked for, how many matters it is, their names.

The rules know the words of asking; the second reader knows how sentences of
asking look, and which of their words are a name.  A name that several sources
give is sure; one that only a single source gives, and faintly, is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.domain.intents import Contact, ItemType
from service.interpretation.asked_matters import AskedMatters
from service.interpretation.context import SUBJECT, Context
from service.interpretation.hearing import PRONOUNS, Part
from service.interpretation.matter_fields import Found, contact_of, minutes_in, writer
from service.interpretation.matter_reader import Matter
from service.interpretation.naming import is_loose, is_telling
from service.interpretation.titles import after, in_quotes, is_title, related, topic, uncovered
from service.interpretation.whole_names import named
from service.interpretation.words import fold

# How likely it must be that a sentence asks for a matter: to take it for one, and to be sure of it.
_LIKELY, _SURE = 0.5, 0.8
# Under this, what the rules took for a matter is most likely something else.
_UNLIKELY = 0.12
_TITLE_FAINT, _TITLE_LIKELY, _TITLE_SURE = 0.1, 0.45, 0.8
_TYPE_LIKELY = 0.6
# Acts whose sentences name a matter that is no new one.
_OTHER_MATTERS = (
    "withdrawal", "supplement", "changes", "absence", "late", "early", "attendance", "replacement", "contact",
    "minutes", "cancel", "move", "place", "undo", "help",
)  # fmt: skip
# The rule's name of what only the second reader hears.
_HEARD_ALONE = "proposal/by-example"
_COUNTED = "proposal/list"
# Where a matter is counted off.
_ORDINAL = re.compile(
    r"(?i)\W*(?:och |sen |sedan )?(?:det|den|för det)? ?(?P<place>första|ena|andra|tredje)\b"
    r"(?: (?:saken|ärendet|punkten|frågan))? ?(?:är|gäller|handlar om|rör|avser|blir)?"
    r"(?: kortare| längre)?[:,]? +"
)
_LOOSE_CLAUSE = re.compile(r"(?i)(?:vi|jag|det|att|vår\w*|en av) ")
_PLACES = {"första": 1, "ena": 1, "andra": 2, "tredje": 3}
# "Se ämnesraden": the subject line is the name.
_POINTS_UP = re.compile(r"(?i)\b(?:ämnesraden|rubriken|ämnet ovan|ovanstående|subject line)\b")


# Where the sentence goes on after a name; by more words than this no name was left unfinished.
_AFTERWARDS = re.compile(r"[,;:.(]|\s(?:och (?:att|jag|vi|det)|men|så|som|från oss|till)\b")
_LONGER = 5
# What is heard as a name now and then and is none.
_NO_NAME = re.compile(r"(?i)-|(?:honom|henne|dem|oss|båda|bägge|alla|allihop|ovanstående|nedanstående)\b")
# "Statistiken", "enkäten": of what, another sentence tells.
_DOCUMENT = re.compile(
    r"(?i)(?:den |det |vår |vårt |min |mitt )?\w*(?:statistik|enkät|rapport|resultat|siffr|undersökning|"
    r"granskning|studie|kartläggning|utredning|förslag|underlag|projekt|modell|uppföljning|bild|film|plan|material|fråg|sak|rutin|läge|"
    r"situation|problem|arbete)"
    r"(?:en|et|n|t|orna|erna|na|a)?"
)
_SHORT = 0.4
# From here on a subject line is likely a name, and that of the matter which the text leaves unnamed.
_HEADED = 0.3


@dataclass(frozen=True, slots=True)
class _Name:
    """What a matter may be called, where it stands, who says so, and how much that is worth (0 to 1)."""

    text: str
    index: int
    source: str
    worth: float


# What a name is worth that is said in so many words, told after "saken gäller", cut out by the rules of
# asking; a loose end of a sentence is worth little.
_SAID, _TOLD, _CUT, _LOOSE, _GUESSED = 1.0, 0.85, 0.7, 0.2, 0.15
# What is heard counts for as much as it is likely, less where nobody asks.
_HEARD, _MENTIONED, _STEP = 0.95, 0.6, 0.03
_IN_SO_MANY_WORDS = ("called", "quoted", "told")
# A name that another source gives too is worth so much of that source's more.
_BORNE_OUT = 0.35
# A name is sure from the first on; from the second on when no other vies with it that is worth the third.
_CERTAIN, _PLAIN, _RIVAL = 0.95, 0.68, 0.55


class HeardMatters(AskedMatters):
    """A letter listened to for matters."""

    def matters_of_both(self) -> list[Matter]:
        """The matters in running text, as both readers understand them."""
        body = self._body()
        asked = [m for m in self._asked() if not self._means_something_else(m)]
        heard = self._apart([t for i in body if self._asks(i) for t in self._heard_in(i)])
        if counted := self._counted(body):
            asked = counted
        elif len(heard) > 1 and len(heard) > len(asked):
            asked = [self._heard_matter(t) for t in heard]
        elif not asked:
            asked = self._by_example(body) or self._unasked(body)
        if len(asked) == 1:
            self._name(asked[0], body)
        else:
            for matter in asked:
                if matter.rule not in {_HEARD_ALONE, _COUNTED} and not matter.own_words:
                    self._name(matter, matter.indexes, alone=False)
        asked = [m for m in asked if m.title]
        self._share_out(asked, body)
        return asked

    def _counted(self, body: Sequence[int]) -> list[Matter]:
        """Matters that are counted off: "Det första är X. ... Det andra gäller Y"."""
        found: dict[int, Matter] = {}
        for index in body:
            opening = _ORDINAL.match(self.masked[index])
            if opening is None:
                continue
            place = _PLACES.get(fold(opening["place"]), 0)
            names = [n for role in ("title", "mentioned") for n in self._heard_in(index, _TITLE_FAINT, role)]
            rest = self.masked[index][opening.end() :]
            told = after(rest)
            if not names and (not is_title(told) or is_loose(told) or _LOOSE_CLAUSE.match(rest)):
                thing = re.search(r"(?i)\b(?:en|ett) (?=\w{4})", rest)
                told = after(rest[thing.start() :].split(", ")[0]) if thing else topic(uncovered(rest)) or ""
            best = max(names, key=lambda n: n.worth, default=None)
            title, sure = (best.text, best.worth >= _TITLE_SURE) if best else (told, not is_loose(told))
            if is_title(title):
                found.setdefault(place, Matter(title, [index], index, _COUNTED, sure=sure))
        return list(found.values()) if len(found) > 1 else []

    def _heard_matter(self, title: _Name) -> Matter:
        """One of several matters that only the second reader hears."""
        plain = (
            title.worth >= _TITLE_SURE and self.context.sense(title.index).of("proposal", "detail") >= _SURE
        )
        return Matter(title.text, [title.index], title.index, _HEARD_ALONE, sure=plain)

    def _asks(self, index: int) -> bool:
        """Whether a sentence likely asks; under a plain name half as likely is enough."""
        sense = self.context.sense(index)
        plain = any(p.likelihood >= _TITLE_SURE for p in sense.having("title"))
        return sense.of("proposal") >= (_LIKELY / 2 if plain else _LIKELY)

    def _by_example(self, body: Sequence[int]) -> list[Matter]:
        """The matter of a letter in which no rule hears asking, and the second reader does."""
        context = self.context
        if any(self._spoken(self.asking, i, "none") for i in body):
            return []
        asking = [i for i in body if self._asks(i)] or self._half_asking(body)
        # "Ätstörningsvården. 20 min. Jag.": details alone ask too, under a name.
        telling = [i for i in body if context.sense(i).of("proposal", "detail") >= _SURE]
        detailed = any(
            minutes_in([self.text(i)]) is not None or context.sense(i).having("presenter") for i in telling
        )
        if not asking and not detailed:
            return []
        at = max(asking, key=lambda i: context.sense(i).of("proposal")) if asking else telling[0]
        sure = context.sense(at).of("proposal", "detail") >= _SURE and bool(asking)
        return [Matter(None, [at], at, _HEARD_ALONE, sure=sure)]

    def _half_asking(self, body: Sequence[int]) -> list[int]:
        """The likeliest sentence of a letter that asks more likely than not, though none of them does."""
        likely = {i: self.context.sense(i).of("proposal") for i in body}
        best = max(likely, key=lambda i: likely[i], default=None)
        if best is None or likely[best] < _LIKELY / 2 or sum(likely.values()) < _LIKELY:
            return []
        told = [i for i in body if self.context.sense(i).of("detail") >= _LIKELY]
        return [best] if told else []

    def _means_something_else(self, matter: Matter) -> bool:
        """What the rules took for a matter, in a letter that by all likeness asks for something else."""
        context = self.context
        if not context.senses or matter.rule == "proposal/title-line" or context.words.forwarded:
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

    def _name(self, matter: Matter, body: Sequence[int], *, alone: bool = True) -> None:
        """Give a matter the best of the names that the letter offers for it, and say whether that is sure."""
        own = [i for i in matter.indexes if i >= 0]
        if own and matter.rule != "proposal/title-line":
            # Which of its sentences asks most plainly.
            matter.asked_in = max(
                own, key=lambda i: (self.context.sense(i).of("proposal"), i == matter.asked_in)
            )
        names = list(self._names(matter, body))
        if alone:
            names += self._over_all(matter, body)
        if not names:
            matter.title = None
            return
        weighed = {n: self._weighed(n, names) for n in names}
        chosen = max(names, key=lambda n: (weighed[n], n.worth))
        worth = weighed[chosen]
        rival = max((weighed[n] for n in names if not _same(n.text, chosen.text)), default=0.0)
        sure = (worth >= _CERTAIN and rival < worth - 0.15) or (worth >= _PLAIN and rival < _RIVAL)
        matter.title = self._worded(chosen, names)
        told = is_telling(matter.title) or worth >= _CERTAIN
        matter.sure = matter.sure and sure and told and self._plain(matter)
        if chosen.index not in matter.indexes:
            matter.indexes.append(chosen.index)

    def _worded(self, chosen: _Name, names: Sequence[_Name]) -> str:
        """The words of a name, where the rules and the second reader end it in different places."""
        told = (n for n in names if n.source in _IN_SO_MANY_WORDS and _same(n.text, chosen.text))
        if plain := max(told, key=lambda n: n.worth, default=None):
            return plain.text
        heard = next((n.text for n in names if n.source == "heard" and _same(n.text, chosen.text)), None)
        cut = next((n.text for n in names if n.source == "rule" and _same(n.text, chosen.text)), None)
        if not heard or not cut or chosen.source not in {"heard", "rule"}:
            return chosen.text
        at = fold(cut).find(fold(heard)[-12:])
        if at < 0:
            return chosen.text
        rest = cut[at + len(heard[-12:]) :]
        if not rest:
            return chosen.text
        return heard if _AFTERWARDS.match(rest) or len(rest.split()) > _LONGER else cut

    def _plain(self, matter: Matter) -> bool:
        """Whether nothing in the letter makes it likely that the sentence only asks or tells."""
        context = self.context
        if not context.senses or context.words.forwarded or context.letter.enclosed:
            return True
        asks = max((context.sense(i).of("proposal", "detail") for i in matter.indexes if i >= 0), default=1.0)
        return asks >= _SURE or context.likeliest("question", "help", "undo") < _SURE

    def _weighed(self, name: _Name, names: Sequence[_Name]) -> float:
        """A name's own worth, and what another source that gives it too adds."""
        others = [n.worth for n in names if n.source != name.source and _same(n.text, name.text)]
        return name.worth + _BORNE_OUT * max(others, default=0.0)

    def _names(self, matter: Matter, body: Sequence[int]) -> Iterator[_Name]:
        """Every name that the letter offers for a matter."""
        at = matter.asked_in
        if matter.title:
            # What the rules cut out of the sentence that asks.
            said = (
                matter.rule == "proposal/title-line"
                or in_quotes(self.text(at) if at >= 0 else "") == matter.title
            )
            loose = is_loose(matter.title) or self._only_people(matter.title)
            cut = _CUT * _SHORT if _DOCUMENT.fullmatch(matter.title) else _CUT
            worth = _SAID if said else _LOOSE if loose else cut
            title = matter.title if said else self._told_before(matter.title, at)
            yield _Name(title, at, "rule", worth)
        for index in body:
            if self._foreign(index) and index not in matter.indexes:
                continue
            yield from self._told_in(index, matter)
            asks = self._asks(index) or index in matter.indexes
            far = abs(index - at) if at >= 0 else 0
            for heard in self._heard_in(index, _TITLE_FAINT):
                share = _HEARD if asks else _MENTIONED - _STEP * far
                yield _Name(heard.text, index, "heard", share * heard.worth)
            for heard in self._heard_in(index, _TITLE_FAINT, "mentioned"):
                yield _Name(heard.text, index, "mentioned", (_MENTIONED - _STEP * far) * heard.worth)

    def _told_in(self, index: int, matter: Matter) -> Iterator[_Name]:
        """Names said in so many words: in quotation marks, after "kallas", after "saken gäller"."""
        cover = self.masked[index]
        quoted = in_quotes(self.text(index))
        if quoted and is_title(quoted) and len(quoted.split()) >= 2:
            yield _Name(
                quoted, index, "quoted", _SAID if self._asks(index) or index in matter.indexes else _CUT
            )
        for hit in self._spoken(self.naming, index, "called"):
            called = re.split(r"[,.;!?\ue000\ue001]", cover[hit.end :].strip())[0]
            if (
                1 <= len(called.split()) <= 12
                and re.match(r"\W*[A-ZÅÄÖ0-9]", called)
                and is_title(after(called))
            ):
                yield _Name(after(called), index, "called", _SAID)
        for hit in self._spoken(self.asking, index, "names"):
            title = after(cover[hit.end :])
            opens = hit.start < 25 or re.match(
                r"(?i)(?:saken|ärendet|punkten)\b", self.text(index)[hit.start :]
            )
            if opens and is_title(title) and not is_loose(title) and not self._only_people(title):
                yield _Name(title, index, "told", _TOLD)

    def _over_all(self, matter: Matter, body: Sequence[int]) -> Iterator[_Name]:
        """What the subject line and a forwarded mail call it, and where nothing else is said a guess."""
        context = self.context
        subject = self.subject()
        forwarded = context.words.forwarded or bool(context.letter.enclosed)
        if forwarded and (inner := self._forwarded_title()):
            yield _Name(inner, SUBJECT, "forwarded", _HEARD)
        if subject and any(_POINTS_UP.search(self.text(i)) for i in body):
            yield _Name(subject, SUBJECT, "subject", _SAID)
        elif subject and (self.fresh or self._in_body(subject, body)):
            parts = self._heard_in(SUBJECT, _TITLE_FAINT)
            heard = max((p.worth for p in parts), default=0.0)
            if heard >= _TITLE_LIKELY and len(parts) == 1:
                subject = parts[0].text
            own = [i for i in matter.indexes if i >= 0]
            unnamed = matter.title is None and not any(self._heard_in(i, _TITLE_FAINT) for i in own)
            pointing = unnamed and any(self._points(i) for i in own)
            worth = 0.15 + 0.45 * heard + 0.2 * self._in_body(subject, body) + 0.15 * pointing
            if not is_telling(subject):
                worth -= 0.1
            elif unnamed and self.fresh and (heard >= _HEADED or pointing):
                worth += 0.2
            yield _Name(subject, SUBJECT, "subject", min(0.9, worth + 0.25 * self.subject_asks()))
        for index in body:
            told = None if self._foreign(index) else topic(uncovered(self.masked[index]))
            if told and not is_loose(told) and not self._only_people(told):
                yield _Name(told, index, "topic", _GUESSED)
        at = matter.asked_in if matter.asked_in >= 0 else (body[0] if body else SUBJECT)
        line = (
            self._line_title(at) if at >= 0 and (self.called or matter.rule == "proposal/subject") else None
        )
        if line and is_title(line) and not is_loose(line) and self._looks_like_a_line(at, line):
            yield _Name(line, at, "line", _CUT)

    def _heard_in(self, index: int, least: float = _TITLE_LIKELY, role: str = "title") -> list[_Name]:
        """The names that are heard in a sentence, worth what they are likely."""
        found = []
        for part in self.context.sense(index).having(role):
            if part.likelihood < least:
                continue
            whole = 1.0 if index == SUBJECT else part.likelihood
            text = named(self._cover(index), part.start, part.end, whole)
            if is_title(text) and not _NO_NAME.match(text) and not self._only_people(text):
                vague = index != SUBJECT and _DOCUMENT.fullmatch(text)
                worth = part.likelihood * (_SHORT if vague else 1.0)
                found.append(_Name(self._told_before(text, index), index, role, worth))
        return found

    def _told_before(self, title: str, index: int) -> str:
        """What the one word stands for that the letter has told at length: "en enkät bland föräldrar"."""
        if not _DOCUMENT.fullmatch(title):
            return title
        stem = re.sub(r"(?i)^(?:den|det|vår|vårt|min|mitt) |(?:en|et|orna|erna)$", "", title)
        for earlier in range(min(index, len(self.context.sentences)) - 1, -1, -1):
            told = re.search(rf"(?i)\b{re.escape(stem)}(?:er|ar|or)? (?=\w)", self.masked[earlier])
            if told and len((whole := after(self.masked[earlier][told.start() :])).split()) >= 3:
                return whole
        return title

    def _cover(self, index: int) -> str:
        return self.context.subject if index == SUBJECT else self.masked[index]

    def _apart(self, titles: list[_Name]) -> list[_Name]:
        """Each matter once, under its likeliest name."""
        kept: list[_Name] = []
        for title in sorted(titles, key=lambda t: -t.worth):
            if any(related(title.text, k.text) for k in kept):
                continue
            beside = [k for k in kept if k.index == title.index]
            if any(not self._listed_beside(k, title) for k in beside):
                continue
            asks = self.context.sense(title.index).of("proposal")
            if kept and not beside and (title.worth < _TITLE_SURE or asks < _SURE):
                continue
            kept.append(title)
        return sorted(kept, key=lambda t: (t.index, self.text(t.index).find(t.text[1:])))

    def _listed_beside(self, one: _Name, other: _Name) -> bool:
        """Whether two names in a sentence are two of a list: no clause stands between them."""
        text = self.text(one.index)
        places = [(at, at + len(n.text) - 1) for n in (one, other) if (at := text.find(n.text[1:])) >= 0]
        if len(places) < 2:
            return False
        (_, end), (start, _) = sorted(places)
        between = re.sub(r"\([^()]*\)", "", text[end : start - 1])
        return bool(re.search(r"[,;&/]|\b(?:och|samt|dels|and)\b", between)) and not re.search(
            r"\b(?:är|har|så|att|som|vi|jag|de|påverkar|men|för)\b", between
        )

    def heard_type(self, indexes: Sequence[int]) -> tuple[ItemType | None, float]:
        """Which type of matter is heard, and how likely that is."""
        best: tuple[ItemType | None, float] = (None, 0.0)
        for index in indexes:
            name, likelihood = self.context.sense(index).type
            if name in {"decision", "discussion", "information"} and likelihood > max(best[1], _TYPE_LIKELY):
                best = name, likelihood  # type: ignore[assignment]
        return best


def _same(one: str, other: str) -> bool:
    """Whether two names are those of one matter: they share a word that says something, or are the same."""
    return fold(one) == fold(other) or related(one, other)


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
