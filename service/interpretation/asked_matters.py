"""Matters that a letter asks for in running text, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.interpretation.context import SUBJECT
from service.interpretation.matter_fields import (
    minutes_in,
    presenter_in,
)
from service.interpretation.matter_reader import OTHERS, SIGN_OFF, LetterReader, Matter
from service.interpretation.meetings import find_meetings
from service.interpretation.naming import Name, best, is_loose, is_telling, names_in, undisputed
from service.interpretation.people import find_people
from service.interpretation.titles import (
    after,
    before,
    content_words,
    in_quotes,
    is_title,
    masked,
    question_title,
    related,
    subject_phrase,
    subject_title,
    tidy,
    topic,
    uncovered,
)
from service.interpretation.words import fold

# Words of some length that tell nothing by themselves.
_VAGUE = re.compile(
    r"(?:gemensam|tillsamman|familj|kommun|verksamhet|region|barnen|formuler|hanter|situation|"
    r"fortsätt)"
)


_WONDERS = re.compile(r"(?i)\W*(?:när|var|vem|vilken|vilket|vilka|hur|vad|varför|har|är|blir)\b.*\?\W*$")


# What a meeting needs, and does not speak of: "Kan någon ta med fika den 22 april?"
_PRACTICAL = re.compile(
    r"(?i)\b(?:fika\w*|lunch\w*|kaffe\w*|mat|äta|äter|nötter|gluten\w*|vegan\w*|parker\w*|"
    r"länken|teams|zoom|hotell\w*|tåget|bussen|samåk\w*|hörslinga\w*|projektor\w*)\b"
)


class AskedMatters(LetterReader):
    """A letter looked at for matters in its sentences."""

    def _line_title(self, index: int) -> str | None:
        cover = re.sub(
            r"(?i)^\s*(?:ett |nytt )?ärende från [^–:-]{2,40}\s(?:[–-]|:)\s+", "", self.masked[index]
        )
        cover = re.sub(
            (
                r"(?i)^\s*(?:info(?:rmation)?(?:spunkt)?|beslut(?:spunkt|särende)?|diskussion(?:spunkt)?|"
                r"ärende|punkt|fråga)(?: \d)?\s*[:–-]\s+"
            ),
            "",
            cover,
        )
        if quoted := re.match(r"\s*[\"”“»]([^\"”“«»]{3,120})[\"”“«]", cover):
            return tidy(quoted[1])
        # "Jag önskar att vi på nästa möte - diskuterar X - får höra om Y".
        cover = re.sub(
            (
                r"(?i)^\s*(?:diskuterar|får(?: höra)?(?: om)?|tar upp|pratar om|går igenom|lyfter|"
                r"diskutera|prata om|ta upp)\s+"
            ),
            "",
            cover,
        )
        return after(cover)

    def _explicit(self, index: int) -> str | None:
        """The matter that an asking sentence names itself."""
        if index == SUBJECT:
            return None
        text, cover = self.text(index), self.masked[index]
        hits = self._spoken(self.asking, index, "title-after", "title-before", "names")
        after_hits = [s for s in hits if s.name in {"title-after", "names"}]
        if (quoted := in_quotes(text)) and (hits or self._spoken(self.asking, index, "asks")):
            return quoted
        for hit in sorted(after_hits, key=lambda s: (s.name != "title-after", -s.end)):
            if re.match(r"\s*(?:[,.;!?]|$)", cover[hit.end :]):
                continue
            title = after(cover[hit.end :])
            if is_title(title) and not self._only_people(title):
                return title
        for hit in sorted((s for s in hits if s.name == "title-before"), key=lambda s: s.start)[:1]:
            title = before(cover[: hit.start])
            if (
                is_title(title)
                and not self._only_people(title)
                and len(title.split()) <= 14
                and not re.search(r"(?i)\b(?:man|vi|jag|ni)\b", title)
            ):
                return title
            # "Då kommer lönebidragen upp": between the two parts of the verb.
            inner = re.sub(r"^\S+\s+|\s+\S+$", "", cover[hit.start : hit.end])
            title = after(inner)
            if len(title.split()) >= 2 and is_title(title) and not self._only_people(title):
                return title
        return None

    def _title_line(self, index: int) -> str | None:
        """A title on a line of its own below the sentence that announces it."""
        sentence = self.context.sentences[index]
        rest = self.context.words.text[sentence.end :]
        found = re.match(r"[ \t]*[:.]?[ \t]*\n\s*[\"”]?(?P<line>[A-ZÅÄÖ0-9][^\n]{3,130})", rest)
        if not found:
            return None
        line = found["line"].strip(' "”')
        announced = rest[: found.start("line")].lstrip().startswith(":") or sentence.text.rstrip().endswith(
            ":"
        )
        follows = rest[found.end() :]
        alone = not line.endswith((".", "!", ",", ";", ":")) and (
            follows.strip() == "" or follows.startswith("\n")
        )
        if (
            not alone
            or not self._looks_like_a_line(index, line)
            or len(line.split()) > 14
            or SIGN_OFF.match(fold(line))
        ):
            return None
        if (
            not announced
            and not re.search(r"\bföljande\b", fold(sentence.text))
            and sentence.text.rstrip().endswith(".")
        ):
            return None
        title = tidy(masked(line))
        return title if is_title(title) and len(title.split()) >= 2 and not self._only_people(title) else None

    def _given_time(self, index: int) -> str | None:
        """The matter that time is asked for: "lägga trettiofem minuter nästa gång på X"."""
        cover = self.masked[index]
        found = re.search(
            (
                r"(?i)\b(?:lägga|lägg|ägna|avsätta|sätta av|ta|använda|reservera|vika|spend|"
                r"have)\s+(?:\w+\s+)?\ue001+"
            ),
            cover,
        )
        booked = re.search(
            r"(?i)\b(?:boka|bokar|vill ha|behöver)\s+(?:in\s+)?\ue001+(?=\s+(?:för|till|om)\b)", cover
        )
        found = (
            found
            or booked
            or re.search(
                (
                    r"(?i)\b(?:få|ha|ägna|lägga|ta)\s+(?:in\s+)?(?:en|lite|någon)\s+(?:stund|tid|lucka|"
                    r"plats|slot)\b"
                ),
                cover,
            )
        )
        if not found:
            return None
        for word in re.finditer(r"(?i)\b(?:på|åt|till|för|om|on)\s+", cover[found.end() :]):
            title = after(cover[found.end() + word.end() :])
            if is_title(title) and not cover[found.end() + word.end() :].startswith("\ue000"):
                return title
        return None

    def _asked(self, among: Sequence[int] | None = None) -> list[Matter]:
        """Matters asked for in running text."""
        context = self.context
        body = list(among) if among is not None else self._body()
        matters: list[Matter] = []
        for index in body:
            if self._spoken(self.asking, index, "never"):
                continue
            hits = self._spoken(self.asking, index, "title-after", "title-before", "asks")
            if not hits:
                self._unmarked(index, matters)
                continue
            if self._foreign(index) and not any(s.name != "asks" for s in hits):
                continue
            if all(s.name == "asks" for s in hits) and re.match(
                r"(?i)\W*(?:hur|när|vad|vem|vilken|vilket|var|varför|how|when|what|who)\b.*\?\W*$",
                self.text(index),
            ):
                continue
            if any(h.kind == "help" for h in context.hits_in(index)):
                continue
            title = self._title_line(index) or self._given_time(index) or self._explicit(index)
            strong = hits[0].rule
            if title is None:
                title = self._after_colon(index)
            parts = self._parts(index)
            if len(parts) > 1:
                for part in parts:
                    matters.append(self._part(index, part, strong))
                continue
            if title is not None and re.match(r"(?i)(?:att|hur|vad)\b", title):
                # "Hur vi kan stötta dem": what it is about is told elsewhere, if anywhere.
                title = self._plainer(index, title)
            if title is None:
                if matters:
                    matters[-1].indexes.append(index)
                    continue
                subject = self.subject()
                near = subject and (self._in_body(subject, body) or self._points(index))
                pointed = self._fuller(body) if near and self.fresh and not context.words.forwarded else None
                # "Kan detta komma upp?" under a telling subject line.
                matters.append(Matter(pointed, [index], index, strong, pointed=pointed is not None))
                continue
            if len(matters) == 1 and title and title == self._title_line(index):
                self._name_by_line(matters[0], title, index)
                continue
            same = next((m for m in matters if m.title is None or related(title, m.title)), None)
            if same is None and matters and not self._adds(index, matters[-1]):
                matters[-1].indexes.append(index)
                continue
            if same is not None:
                same.indexes.append(index)
                if same.title is None:
                    same.title, same.asked_in, same.rule = title, index, strong
                continue
            matters.append(Matter(title, [index], index, strong))
        if among is not None:
            return matters
        if not matters:
            matters = self._unasked(body)
        if len(matters) == 1:
            self._settle(matters[0], body)
        else:
            for matter in matters:
                if matter.title is None:
                    self._settle(matter, body)
        if not matters and (hinted := self._hinted(body)):
            matters.append(hinted)
        elif len(matters) == 1:
            self._weigh(matters[0], body)
        matters = [m for m in matters if m.title]
        self._share_out(matters, body)
        return matters

    def _names(self, body: Sequence[int]) -> list[Name]:
        """Every name that the letter offers for what it speaks of."""
        found: list[Name] = []
        for index in body:
            if self._foreign(index):
                continue
            found += [
                name
                for name in names_in(self.masked[index], self._spoken(self.naming, index), index)
                if not self._only_people(name.text)
            ]
            told = subject_phrase(uncovered(self.masked[index])) or subject_phrase(
                re.split(r",?\s(?:men|att|så)\s", uncovered(self.masked[index]))[-1]
            )
            if told and not is_loose(told):
                waits = bool(self._spoken(self.naming, index, "waits"))
                found.append(Name(told, "waits" if waits else "before", index))
        return found

    def _weigh(self, matter: Matter, body: Sequence[int]) -> None:
        """Give a matter with a poor title a better one, and say whether it is sure."""
        title, subject = matter.title, self.subject() if self.fresh else None
        forwarded = self.context.words.forwarded or bool(self.context.letter.enclosed)
        if forwarded or matter.rule == "proposal/title-line":
            return
        if title and in_quotes(self.context.text_of(matter.asked_in)) == title:
            return
        names = self._names(body)
        if called := [n for n in names if n.source == "called"]:
            # "Den kan kallas Kön till utredning i siffror".
            matter.title, matter.sure = called[-1].text, True
            matter.indexes.append(called[-1].index)
            return
        at = max(matter.asked_in, 0)
        unasked = matter.rule in {"proposal/details", "proposal/under-the-call"}
        wanting = [i for i in body if self._spoken(self.naming, i, "waits", "raises")]
        if unasked and wanting:
            at = wanting[0]
        if title is None or self._is_loose(title):
            if subject and not is_loose(subject):
                names.append(Name(subject, "subject" if self._in_body(subject, body) else "stray", at))
            matter.sure = False
            if found := best(names, at, subject):
                matter.title = found.text
                matter.indexes.append(found.index)
                matter.sure = found.index in wanting and undisputed(found, names)
            return
        wanted = [n for n in names if is_telling(n.text) and n.index in wanting]
        astray = unasked and title != subject and not any(related(n.text, title) for n in wanted)
        if (
            astray
            and minutes_in([self.text(max(matter.asked_in, 0))]) is None
            and (found := best(wanted, at, subject))
        ):
            # Nobody asked in so many words: what someone wants to raise says more than the first sentence.
            matter.title, matter.sure = found.text, undisputed(found, names)
            matter.indexes.append(found.index)
            return
        fuller = [n for n in names if related(n.text, title) and is_telling(n.text)]
        if title == subject and not any(related(n.text, title) for n in names) and len(names) > 0:
            # The text speaks of something else, as far as can be seen.
            matter.sure = False
        if is_telling(title):
            return
        put = [n for n in wanted if n.source in {"question", "object", "time", "about"}]
        if title == subject and put and not any(related(n.text, title) for n in put):
            # A heading of one word ("Faktura") above a wish for something else.
            if found := best(put, at, subject):
                matter.title, matter.sure = found.text, False
                matter.indexes.append(found.index)
            return
        if fuller and (found := best(fuller, at, subject)):
            matter.title, matter.sure = found.text, False
            return
        if subject and related(subject, title) and self._in_body(title, body):
            return
        matter.sure = False
        if self.context.reference is not None and (found := best(wanted, at, subject)):
            matter.title = found.text
            matter.indexes.append(found.index)

    def _is_loose(self, title: str) -> bool:
        """Whether a title is the loose end of a sentence; one that begins with somebody's name is."""
        people = find_people(title, self.context.letter, self.context.surroundings)
        return is_loose(title) or any(
            m.start == 0 and not m.genitive and re.match(r"\s+[a-zåäö]", title[m.end :]) for m in people
        )

    def _hinted(self, body: Sequence[int]) -> Matter | None:
        """A matter that no rule of asking saw: a name, and signs enough that time is wanted for it."""
        context = self.context
        if any(h.kind in {"help", "withdrawal", "undo"} for h in context.hits):
            return None
        alive = [
            i for i in body
            if not self._foreign(i) and not any(h.kind == "stand-in" for h in context.hits_in(i))
        ]  # fmt: skip
        if not alive or any(self._spoken(self.asking, i, "never", "none") for i in alive):
            return None
        texts = [*map(self.text, alive), context.subject]
        wanting = [i for i in alive if self._spoken(self.naming, i, "wants", "waits")]
        raising = [i for i in wanting if self._spoken(self.naming, i, "raises", "called", "waits")]
        timed = minutes_in([*map(self.text, body), context.subject]) is not None
        typed = any(self._spoken(self.asking, i, "information", "discussion", "decision") for i in alive)
        presented = any(self._spoken(self.asking, i, "presents") for i in alive)
        tabled = bool(
            re.search(r"(?i)\b(?:\w*dagordning|agenda|bordet|programpunkt|ärende\b)", " ".join(texts))
        )
        placed = any(
            m.ours and not m.past for i in (*alive, SUBJECT) for m in context.meetings_in(i)
        )  # fmt: skip
        thanked = any(h.kind == "courtesy" and h.line not in raising for h in context.hits)
        asked = len(alive) < len(body) or any(
            h.kind == "question" and h.rule != "question/asks" for h in context.hits
        )
        # An answer to something else than the call is seldom a new matter.
        beside = context.reference is not None and not self.called
        strong = timed + tabled + (placed or typed) + bool(wanting) + presented
        talked = typed and any(self._spoken(self.naming, i, "about", "raises") for i in wanting)
        if strong < (3 if thanked or asked or beside else 2) or not (
            timed or tabled or talked or (placed and (typed or raising))
        ):
            return None
        if not timed and any(_WONDERS.match(self.text(i)) for i in alive):
            # "När är sista dag för att anmäla ärenden?"
            return None
        notice = any(h.kind in OTHERS or h.kind in {"substitute", "stand-in"} for h in context.hits)
        if not timed and (notice or any(_PRACTICAL.search(t) for t in texts)):
            # What is told beside a notice gives its reason.
            return None
        subject = self.subject() if self.fresh else None
        names = self._names(alive)
        at = (raising or wanting or alive)[0]
        if subject and not is_loose(subject):
            names.append(Name(subject, "subject" if self._in_body(subject, body) or asked else "stray", at))
        found = best(names, at, subject)
        if found is None:
            return None
        # A matter told of in three ways, under a name that says what it is.
        sure = strong >= 3 and not asked and found.index in wanting and undisputed(found, names)
        return Matter(found.text, [found.index, at], at, "naming/hinted", sure=sure)

    def _unmarked(self, index: int, matters: list[Matter]) -> None:
        """A matter that a sentence names without a word that asks: by a colon, by a line of its own."""
        text, cover = self.text(index), self.masked[index]
        lead = re.match(
            (
                r"(?i)\W*(?:i ?så ?fall|alltså|nämligen|dvs|d\.v\.s\.|förslag|rubrik|ämne|saken|"
                r"det gäller|tänkt rubrik)\s*:\s+"
            ),
            cover,
        )
        if lead and matters and matters[-1].title is None and is_title(told := after(cover[lead.end() :])):
            # "Hinner man få med en punkt till? I så fall: ..."
            matters[-1].title = told
            matters[-1].indexes.append(index)
            return
        announces = re.search(
            r"(?i)\b(?:anmäl\w*|ärende\w*|punkt\w*|föreslå\w*|önska\w*|dagordning\w*)\b[^.?!]*:\s*$", text
        )
        below = self._title_line(index) if announces else None
        if below and len(matters) == 1:
            self._name_by_line(matters[0], below, index)
        elif below:
            matters.append(Matter(below, [index], index, "proposal/title-line"))
        elif (
            (title := self._after_colon(index))
            and not self._foreign(index)
            and self._looks_like_a_line(index, title)
        ):
            matters.append(Matter(title, [index], index, "proposal/after-colon"))

    def _name_by_line(self, matter: Matter, title: str, index: int) -> None:
        """A title on a line of its own is what a matter is called, whatever was said before."""
        matter.title, matter.asked_in, matter.rule = title, index, "proposal/title-line"
        matter.indexes.append(index)

    def _after_colon(self, index: int) -> str | None:
        """The matter after "ett ärende från oss:"."""
        found = re.match(
            (
                r"(?i)[^:]{0,60}?(?:\b(?:ärende|ärendet|punkt|punkten|dagordningspunkt|förslag|"
                r"önskemål|item|inspel|ärendeförslag|dagordning|agenda|möte|gång)\w*\b|"
                r"\ue000)[^:]{0,40}:\s+(?P<title>\S.{3,})$"
            ),
            self.masked[index],
        )
        if not found or re.search(r"\ue001\s*:", self.masked[index]):
            # "fyrtio minuter: tio för min dragning" divides the time.
            return None
        title = after(found["title"])
        return title if is_title(title) else None

    def _parts(self, index: int) -> list[str]:
        """Several matters in one sentence: "dels ... dels ...", "1) ... 2) ..."."""
        cover = self.masked[index]
        pieces = re.split(r"(?i)(?:^|[\s,:;(])dels\s+", cover)
        if len(pieces) >= 3:
            return [p for p in pieces[1:] if re.search(r"\w{3}", p)]
        quotes = list(re.finditer(r"[\"”“»][^\"”“«»\n]{4,120}[\"”“«]", cover))
        if len(quotes) >= 2 and re.search(
            r"(?i)\b(?:punkter|ärenden|saker|frågor|två|tre|båda|items)\b", cover
        ):
            # "... anmälde två ärenden: ”X” (20 min) och ”Y” (info)."
            ends = [q.start() for q in quotes[1:]] + [len(cover)]
            return [cover[q.start() : end] for q, end in zip(quotes, ends, strict=True)]
        pieces = re.split(r"(?:^|\s)(?:\(?\d\)|[a-d]\))\s+", cover)
        if len(pieces) >= 3:
            return [p for p in pieces[1:] if re.search(r"\w{3}", p)]
        return []

    def _part(self, index: int, part: str, rule: str) -> Matter:
        """A matter that a part of a sentence names, with what that part says of it."""
        at = self.masked[index].find(part)
        words = self.text(index)[at : at + len(part)]
        hits = [s for s in self.asking.spoken(words, "title-after") if s.end < len(words)]
        title = next(
            (t for s in sorted(hits, key=lambda s: -s.end) if is_title(t := after(part[s.end :]))), None
        ) or after(part)
        matter = Matter(title if is_title(title) else None, [index], index, rule, words=words)
        matter.minutes = minutes_in([words])
        matter.type_text = next(
            (n for n in ("decision", "discussion", "information") if self.asking.speaks(words, n)), None
        )
        matter.presenter = presenter_in(self.context, [index], [(at, at + len(part))])
        matter.own_words = True
        return matter

    def _plainer(self, index: int, title: str) -> str | None:
        """A name for what an asking sentence only circles around."""
        body = uncovered(self.masked[index])
        if (
            (found := subject_phrase(body))
            and not related(found, "möte")
            and found not in title
            and not re.match(r"(?i)(?:hur|vad|att)\b", found)
        ):
            return found
        telling = [w for w in content_words(title) if len(w) >= 7 and not _VAGUE.match(w)]
        if telling and not title.casefold().startswith("att"):
            return title
        subject = self.subject()
        if title.casefold().startswith("att") or (subject and self.fresh):
            return None
        return title

    def _adds(self, index: int, earlier: Matter) -> bool:
        """Whether a sentence opens one more matter rather than going on with the last."""
        folded = fold(self.text(index))
        if re.search(
            (
                r"\b(?:också|även|dessutom|därutöver|vidare|en sak till|ytterligare|en annan|ett annat|sen|"
                r"sedan|för det andra|andra|dels|slutligen|till sist|till|also|another|second)\b"
            ),
            folded,
        ):
            return True
        apart = self.context.sentences[index].paragraph != self.context.sentences[earlier.asked_in].paragraph
        return apart and (
            minutes_in([self.text(index)]) is not None
            or bool(self._spoken(self.asking, index, "title-after"))
        )

    def _unasked(self, body: Sequence[int]) -> list[Matter]:
        """A matter that nobody asks for in so many words: under our call, under a telling subject."""
        context = self.context
        alive = [i for i in body if not self._foreign(i) and not self._spoken(self.asking, i, "never")]
        if any(self._spoken(self.asking, i, "none") for i in body):
            return []
        if (
            any(
                h.kind in {"help", "undo"} or (h.kind == "question" and not self.called)
                for h in context.hits
                if h.line != SUBJECT
            )
            and not self.subject_asks()
        ):
            return []
        subject = self.subject()
        details = [
            i
            for i in alive
            if minutes_in([self.text(i)]) is not None or self._spoken(self.asking, i, "presents")
        ]
        forwarded = context.words.forwarded or bool(context.letter.enclosed)
        if (
            self.called
            and alive
            and (details or (len(alive) <= 4 and not any(h.kind == "courtesy" for h in context.hits)))
        ):
            return [Matter(None, [alive[0]], alive[0], "proposal/under-the-call")]
        if self.subject_asks() and (subject or alive):
            return [
                Matter(None, [alive[0]] if alive else [], alive[0] if alive else SUBJECT, "proposal/subject")
            ]
        if (
            subject
            and self.fresh
            and not forwarded
            and any(minutes_in([self.text(i)]) is not None for i in alive)
            and details
        ):
            return [Matter(None, [alive[0]], alive[0], "proposal/details", sure=True)]
        telegram = [
            i for i in alive
            if minutes_in([self.text(i)]) is not None
            and self._spoken(self.asking, i, "presents", "information", "discussion", "decision")
            and any(m.ours and not m.past for m in (*context.meetings, *context.subject_meetings))
        ]  # fmt: skip
        if telegram and (title := self._line_title(telegram[0])) and is_title(title):
            # "Info om nya vårdgarantin 22/4, 10 min, JE drar."
            return [
                Matter(
                    title,
                    [telegram[0]],
                    telegram[0],
                    "proposal/details",
                    sure=self._looks_like_a_line(telegram[0], title),
                )
            ]
        timed = any(minutes_in([self.text(i)]) is not None for i in alive)
        presented = [i for i in alive if self._spoken(self.asking, i, "presents")]
        ours = any(m.ours and not m.past for m in (*context.meetings, *context.subject_meetings))
        if timed and presented and ours and not forwarded:
            # "Annika har en dragning om X som hon kan köra den 11 februari. Den tar 15 minuter."
            return [Matter(None, [presented[0]], presented[0], "proposal/details")]
        first = self._line_title(alive[0]) if alive else None
        if (
            timed
            and ours
            and len(alive) <= 5
            and not forwarded
            and first
            and len(first.split()) <= 7
            and is_title(first)
            and self._looks_like_a_line(alive[0], first)
            and not self._only_people(first)
        ):
            # "Ätstörningsvården. 20 min. Jag."
            return [Matter(first, [alive[0]], alive[0], "proposal/details")]
        if (
            forwarded
            and alive
            and not any(h.kind in OTHERS for h in context.hits)
            and any(m.ours and not m.past for m in context.meetings)
        ):
            return [Matter(None, [alive[0]], alive[0], "proposal/forward")]
        return []

    def _settle(self, matter: Matter, body: Sequence[int]) -> None:
        """Find the title of the only matter: subject, sentence, forwarded mail, neighbours."""
        context = self.context
        subject = self.subject()
        forwarded = context.words.forwarded or bool(context.letter.enclosed)
        points_away = any(
            re.search(r"(?i)\b(?:ämnesraden|rubriken|ämnet ovan|subject)\b", self.text(i)) for i in body
        )
        if points_away and subject:
            matter.title = subject
            return
        if matter.title is None or matter.pointed:
            for index in body:
                if (
                    (quoted := in_quotes(self.text(index)))
                    and is_title(quoted)
                    and len(quoted.split()) >= 2
                    and not forwarded
                ):
                    matter.title = quoted
                    return
        if forwarded:
            inner = self._forwarded_title()
            own = matter.title
            if own and is_title(own) and not (inner and len(own.split()) > 8):
                return
            matter.title = inner or subject or own
            matter.sure = matter.title is not None and bool(inner or subject)
            return
        if matter.title and not matter.pointed:
            if matter.rule == "proposal/title-line":
                return
            if subject and self.fresh and self._prefers(subject, matter.title, body):
                matter.title = subject
            return
        for index in body:
            # "Saken gäller väntelistan": a sentence that says what it is about.
            for hit in self._spoken(self.asking, index, "names"):
                if matter.pointed and not re.match(
                    r"(?i)(?:saken|ärendet|punkten|det hela)\b", self.text(index)[hit.start :]
                ):
                    continue
                title = after(self.masked[index][hit.end :])
                if (
                    is_title(title)
                    and not self._only_people(title)
                    and not self._foreign(index)
                    and (
                        hit.start < 25
                        or re.match(r"(?i)(?:saken|ärendet|punkten)\b", self.text(index)[hit.start :])
                    )
                ):
                    if subject and self.fresh and self._prefers(subject, title, body):
                        title = subject
                    matter.title = title
                    matter.indexes.append(index)
                    return
        pointing = matter.asked_in >= 0 and self._points(matter.asked_in)
        if subject and (self._in_body(subject, body) or (self.fresh and (pointing or points_away))):
            matter.title = self._fuller(body)
            return
        if subject and self.fresh and self.subject_asks():
            matter.title = subject
            return
        if self.called or self.subject_asks():
            for index in body:
                colon = re.match(r"[^:]{0,45}:\s+(?P<title>\S.{3,})$", self.masked[index])
                if (
                    colon
                    and is_title(title := after(colon["title"]))
                    and not self._foreign(index)
                    and self._looks_like_a_line(index, title)
                ):
                    matter.title = title
                    return
            at = matter.asked_in if matter.asked_in != SUBJECT else (body[0] if body else SUBJECT)
            if at != SUBJECT:
                line = self._line_title(at)
                if (
                    line
                    and is_title(line)
                    and not self._only_people(line)
                    and len(line.split()) <= 12
                    and not self._spoken(self.asking, at, "title-after", "title-before", "asks")
                ):
                    matter.title = line
                    matter.sure = self._looks_like_a_line(at, line)
                    return
        order = [i for i in reversed(body) if i < matter.asked_in] + [i for i in body if i >= matter.asked_in]
        topics = [
            (i, t) for i in order
            if not self._foreign(i) and (t := topic(uncovered(self.masked[i])))
        ]  # fmt: skip
        topics = [(i, t) for i, t in topics if not find_people(t, context.letter, context.surroundings)]
        specific = [(i, t) for i, t in topics if len(t.split()) > 1]
        for index in order[:3]:
            if question := question_title(self.text(index)):
                # "Vem har ansvaret? Skulle vilja att vi reder ut det": the question is the matter.
                matter.title, matter.sure = question, False
                matter.indexes.append(index)
                return
        for index, title in specific or topics:
            matter.title, matter.sure = title, False
            matter.indexes.append(index)
            return
        known = {fold(f.short_name) for f in context.surroundings.network.forums}
        for index in order:
            # "... skicka folk till Sundsvall för LARO ...": an acronym may be all the name there is.
            for match in re.finditer(r"\b[A-ZÅÄÖ]{3,7}\b", self.text(index)):
                if fold(match.group()) not in known and len(self.text(index)) > 20:
                    matter.title, matter.sure = match.group(), False
                    return
        if subject and self.fresh:
            matter.title, matter.sure = subject, False
            return
        for index in order:
            line = self._line_title(index)
            if line and is_title(line) and len(line.split()) <= 12:
                matter.title, matter.sure = line, False
                return

    def _fuller(self, body: Sequence[int]) -> str | None:
        """The subject line's title, or the text's fuller form of it ("vejpen på högstadiet" for "Vejp")."""
        subject = self.subject()
        if subject and len(subject.split()) == 1:
            for index in body:
                found = topic(uncovered(self.masked[index]))
                if found and related(subject, found) and 2 <= len(found.split()) <= 7:
                    return found
        return subject

    def _prefers(self, subject: str, title: str, body: Sequence[int]) -> bool:
        """Whether the subject line names the matter better than the sentence does."""
        words = re.findall(r"\w+", title)
        if related(subject, title):
            return not (len(re.findall(r"\w+", subject)) <= 1 and 2 <= len(words) <= 9)
        if not self._in_body(subject, body):
            # Nothing in the text speaks of it: a subject that leads astray, or all that there is.
            return len(words) > 14 or not is_title(title)
        return len(words) > 9

    def _in_body(self, subject: str, body: Sequence[int]) -> bool:
        """Whether the text speaks of what the subject line names, and not only to say thanks."""
        words = re.findall(r"[A-ZÅÄÖa-zåäö]+", subject)
        initials = "".join(w[0] for w in words).upper() if len(words) >= 3 else ""
        return any(
            related(subject, text) or bool(initials and re.search(rf"\b{initials}\b", text))
            for text in map(self.text, body)
            if not re.match(r"(?i)\W*(?:tack|thanks)\b", text)
        )

    def _points(self, index: int) -> bool:
        """Whether a sentence says "this", and so points at the subject line above it."""
        pointing = r"\b(?:detta|det här|den här|den här frågan|frågan|saken|ärendet|this)\b"
        return bool(re.search(pointing, fold(self.text(index))))

    def _forwarded_title(self) -> str | None:
        context = self.context
        for letter in reversed(context.letter.enclosed):
            subject = re.sub(r"(?i)^\s*(?:(?:re|sv|vb|fw|fwd|ang)\s?:\s*)+", "", letter.subject)
            if title := self._plain_subject(subject):
                return title
        for quoted in reversed(context.words.quoted):
            subject = re.sub(r"(?i)^\s*(?:(?:re|sv|vb|fw|fwd|ang)\s?:\s*)+", "", quoted.subject)
            if title := self._plain_subject(subject):
                return title
        if title := self.subject():
            return title
        return None

    def _plain_subject(self, subject: str) -> str | None:
        spans = [
            (m.start, m.end)
            for m in find_meetings(subject, self.context.letter, self.context.surroundings)
            if m.ours and m.named
        ]
        return subject_title(subject, spans, self.own_words)

    def _share_out(self, matters: list[Matter], body: Sequence[int]) -> None:
        """Give each sentence to the matter that it speaks of."""
        if len(matters) == 1:
            only = matters[0]
            paragraph = self.context.sentences[only.asked_in].paragraph if only.asked_in >= 0 else 0
            own = [i for i in body if not self._foreign(i) or i in only.indexes]
            near = [i for i in own if self.context.sentences[i].paragraph == paragraph]
            later = [i for i in own if self.context.sentences[i].paragraph > paragraph]
            earlier = [i for i in own if self.context.sentences[i].paragraph < paragraph]
            start = [i for i in only.indexes if i >= 0 and i not in near]
            only.indexes = list(dict.fromkeys([*near, *start, *later, *earlier]))
            return
        starts = [min([i for i in m.indexes if i >= 0], default=m.asked_in) for m in matters]
        for number, matter in enumerate(matters):
            if matter.own_words:
                matter.shared = [i for i in body if i < starts[0]]
                continue
            end = starts[number + 1] if number + 1 < len(matters) else len(self.context.sentences)
            matter.indexes = [i for i in body if starts[number] <= i < end]
            matter.shared = [i for i in body if i < starts[0]]
