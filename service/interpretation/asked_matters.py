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
from service.interpretation.titles import (
    after,
    before,
    in_quotes,
    is_title,
    masked,
    related,
    subject_title,
    tidy,
)
from service.interpretation.whole_names import named
from service.interpretation.words import fold

# What stands in brackets behind a matter's name.
_DETAILS = r"\ue001|\b(?:info|information|beslut|diskussion)\b"


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
                listed = self.called or self.context.sense(index).of("proposal") >= 0.5
                if listed and len(parts := self._parts(index)) > 1:
                    matters += [self._part(index, part, "proposal/list") for part in parts]
                else:
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
            if title is None:
                if matters:
                    matters[-1].indexes.append(index)
                    continue
                # "Kan detta komma upp?": what it is called is told elsewhere.
                matters.append(Matter(None, [index], index, strong))
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
        return matters

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
        detailed = list(re.finditer(rf"(?P<name>[^():,;]{{4,80}}?) ?\([^()]*(?:{_DETAILS})[^()]*\)", cover))
        if len(detailed) >= 2:
            # "Från oss: X (beslut, 20 min, jag) och Y (info, 10 min)."
            return [re.sub(r"^\W*(?:(?:och|samt|dels)\s)?", "", d.group()) for d in detailed]
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
        inside = (p for p in self.context.sense(index).having("title") if at <= p.start < at + len(part))
        if heard := [p for p in inside if p.likelihood >= 0.5]:
            title = named(self.masked[index], heard[0].start, heard[0].end, heard[0].likelihood)
        matter = Matter(title if is_title(title) else None, [index], index, rule, words=words)
        matter.minutes = minutes_in([words])
        matter.type_text = next(
            (n for n in ("decision", "discussion", "information") if self.asking.speaks(words, n)), None
        )
        matter.presenter = presenter_in(self.context, [index], [(at, at + len(part))])
        matter.own_words = True
        return matter

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
        forwarded = context.words.forwarded or bool(context.letter.enclosed)
        detailed = any(
            minutes_in([self.text(i)]) is not None or self._spoken(self.asking, i, "presents") for i in alive
        )
        thanks = any(h.kind == "courtesy" for h in context.hits)
        if self.called and alive and (detailed or (len(alive) <= 4 and not thanks)):
            return [Matter(None, [alive[0]], alive[0], "proposal/under-the-call")]
        if self.subject_asks() and (subject or alive):
            return [
                Matter(None, [alive[0]] if alive else [], alive[0] if alive else SUBJECT, "proposal/subject")
            ]
        if (
            forwarded
            and alive
            and not any(h.kind in OTHERS for h in context.hits)
            and any(m.ours and not m.past for m in context.meetings)
        ):
            return [Matter(None, [alive[0]], alive[0], "proposal/forward")]
        return []

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
