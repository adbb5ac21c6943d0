"""What a letter says of matters already proposed: they are taken back, or get more material."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.domain.intents import (
    Evidence,
    Intent,
    Supplement,
    Withdrawal,
)
from service.interpretation.context import SUBJECT
from service.interpretation.matter_reader import LetterReader
from service.interpretation.naming import best, cut_off, is_loose, is_telling, names_in
from service.interpretation.phrases import Spoken
from service.interpretation.titles import (
    after,
    before,
    in_quotes,
    is_title,
    related,
    tidy,
)
from service.interpretation.words import fold


class EarlierMatters(LetterReader):
    """A letter looked at for withdrawals and supplements."""

    def withdrawals(self) -> list[tuple[int, Intent]]:
        """Matters that are taken back."""
        context = self.context
        found: list[tuple[int, Intent]] = []
        for index in self._body():
            text = self.text(index)
            spoken = self._spoken(self.taking_back, index)
            if not spoken:
                continue
            if any(
                h.kind in {"absence", "attendance", "contact", "undo", "cancel", "place"}
                for h in context.hits_in(index)
            ) and not re.search(r"\b(?:punkt|ärende|fråga|item|anmälan|förslag)", fold(text)):
                continue
            if (
                any(h.kind in {"help", "question"} for h in context.hits_in(index))
                and text.rstrip().endswith("?")
                and not re.match(r"\W*(?:kan|skulle|could|can)\b", fold(text))
            ):
                continue
            if re.search(r"^\W*(?:om|ifall|if)\b", fold(text)) or re.search(
                r"\bhur (?:gör|stryker|tar)\b", fold(text)
            ):
                continue
            if _SUPPOSES.match(fold(text)):
                # "Säger de nej drar jag tillbaka det": not yet.
                continue
            title, sure = self._of_both(index, self._settled(index, self._withdrawn_title(index, spoken)))
            pointed = (
                bool(title)
                or any(s.name == "pronoun" for s in spoken)
                or re.search(
                    (
                        r"\b(?:punkt(?:en|er|erna)?|ärende(?:t|n|na)?|frågan|förslag(?:et)?|anmälan|item|"
                        r"den|det|topic)\b"
                    ),
                    fold(text),
                )
            )
            if not pointed:
                continue
            if found and (
                title is None
                or any(isinstance(w, Withdrawal) and w.title and related(title, w.title) for _, w in found)
            ):
                continue
            doubt = None
            known = bool(title) or self.acked or self.context.reference is not None
            known = known or bool(context.letter.in_reply_to)
            if title is None:
                title = self._own_matter() or self._thread_title()
                if title and not is_telling(title):
                    # "Appen" names nothing that the text does not name in the same word.
                    words = " ".join(fold(x.text) for x in context.sentences)
                    sure = bool(re.search(rf"\b{re.escape(fold(title))}", words))
                known = known or title is not None
            if title is None and len(context.surroundings.matters) == 1:
                title = context.surroundings.matters[0]
                known = True
            if not known:
                doubt = "det framgår inte vilket ärende som tas tillbaka"
            elif not sure or (title and is_loose(title)):
                doubt = "rubriken är vår tolkning"
            if found and isinstance(found[0][1], Withdrawal) and found[0][1].title is None and title:
                found.clear()
            found.append(
                (
                    index,
                    Withdrawal(
                        certain=doubt is None and context.trusted,
                        doubt=doubt,
                        title=title,
                        evidence=(Evidence(spoken[0].rule, text),),
                    ),
                )
            )
            self.taken.add(index)
        if not found and (heard := self._heard_withdrawal()):
            found.append(heard)
        if found:
            self.withdrawn = True
            # Sentences around a withdrawal give its reasons.
            for at, _ in found:
                for i, s in context.numbered():
                    if s.paragraph != context.sentences[at].paragraph or i < at:
                        continue
                    if i != at and self._spoken(self.asking, i, "title-after", "title-before", "asks"):
                        break
                    self.taken.add(i)
        return found

    def _settled(self, index: int, title: str | None) -> tuple[str | None, bool]:
        """A title without loose ends, and whether it is the sender's own; another name when it is none."""
        if title is None:
            return None, True
        whole = title if in_quotes(self.text(index)) == title else tidy(cut_off(title))
        if is_title(whole) and not is_loose(whole):
            return whole, True
        for at in [index, *reversed(range(index)), *range(index + 1, len(self.context.sentences))]:
            names = names_in(self.masked[at], self._spoken(self.naming, at), at)
            told = (n for n in names if is_telling(n.text) and not self._only_people(n.text))
            if found := best(told, at, title):
                return tidy(cut_off(found.text)), False
        return title, False

    def _of_both(self, index: int, seen: tuple[str | None, bool]) -> tuple[str | None, bool]:
        """An earlier matter's title as both readers understand it: what is heard names it better."""
        title, sure = seen
        if in_quotes(self.text(index)) == title and title:
            return seen
        heard = self.heard_title(index)
        if heard is None:
            return seen
        if title is None or related(title, heard[0]):
            return heard[0], heard[1] >= _PLAIN
        return (heard[0], False) if heard[1] >= _PLAIN and not sure else (title, False)

    def heard_title(self, index: int) -> tuple[str, float] | None:
        """What the second reader takes for the name of a matter in a sentence, and how likely that is."""
        for part in self.context.sense(index).having("title"):
            words = self.text(index)[part.start : part.end]
            title = tidy(
                re.sub(r"(?i)^(?:min|mitt|mina|vår|vårt|våra|den|det|de) ", "", words.strip(' .,:;!?"”“'))
            )
            if part.likelihood >= _LIKELY and is_title(title) and not self._only_people(title):
                return title, part.likelihood
        return None

    def _heard_in(self, act: str) -> tuple[int, float] | None:
        """The sentence that most likely does something, when it likely does."""
        likely = [(self.context.sense(i).of(act), i) for i in self._body()]
        likelihood, index = max(likely, default=(0.0, 0))
        return (index, likelihood) if likelihood >= _LIKELY else None

    def _heard_name(self, index: int) -> tuple[str | None, float]:
        """The name of an earlier matter: in the sentence, in another one, in the subject line."""
        order = [index, *(i for i in self._body() if i != index)]
        if self.fresh:
            order.append(SUBJECT)
        found = [(t, n) for n, i in enumerate(order) if (t := self.heard_title(i)) is not None]
        if not found:
            return self._thread_title(), 0.0
        return max(found, key=lambda row: (row[1] == 0, row[0][1]))[0]

    def _heard_withdrawal(self) -> tuple[int, Intent] | None:
        """A matter that is taken back in words that no rule knows."""
        if (heard := self._heard_in("withdrawal")) is None:
            return None
        index, likelihood = heard
        title, likeness = self._heard_name(index)
        threaded = self.acked or self.context.reference is not None or bool(self.context.letter.in_reply_to)
        if title is None and not threaded:
            return None
        sure = likelihood >= _PLAIN and (likeness >= _PLAIN or title is None)
        self.taken.add(index)
        return index, Withdrawal(
            certain=sure and self.context.trusted,
            doubt=None if sure else "det kan vara menat på ett annat sätt",
            title=title,
            evidence=(Evidence("withdrawal/by-example", self.text(index)),),
        )

    def _heard_supplement(self) -> tuple[int, Intent] | None:
        """More material, sent in words that no rule knows."""
        heard = self._heard_in("supplement")
        if heard is None or self.context.likeliest("proposal") > heard[1]:
            return None
        index, likelihood = heard
        title, likeness = self._heard_name(index)
        threaded = self.acked or self.context.reference is not None or bool(self.context.letter.in_reply_to)
        if not self.files and title is None:
            return None
        sure = likelihood >= _PLAIN and (likeness >= _PLAIN if title else threaded)
        self.taken.update(self._body())
        return index, Supplement(
            certain=sure and self.context.trusted,
            doubt=None if sure else "det framgår inte vilket ärende materialet hör till",
            title=title,
            evidence=(Evidence("supplement/by-example", self.text(index)),),
        )

    def _own_matter(self) -> str | None:
        """What another sentence calls "mitt ärende om ..."."""
        for index in range(len(self.context.sentences)):
            found = re.search(
                r"(?i)\b(?:mitt|vårt|min|vår) (?:ärende|punkt|fråga|förslag|anmälan)\w* "
                r"(?:om|kring|rörande|gällande|avseende)\s+(?P<title>.+)$",
                self.masked[index],
            )
            if found and is_title(title := after(found["title"])):
                return title
        return None

    def _withdrawn_title(self, index: int, spoken: Sequence[Spoken]) -> str | None:
        text, cover = self.text(index), self.masked[index]
        if quoted := in_quotes(text):
            return quoted
        candidates: list[str] = []
        for hit in sorted(spoken, key=lambda s: -s.end):
            if hit.name == "title-after" and not re.match(r"\s*(?:[,.;!?]|$)", cover[hit.end :]):
                candidates.append(after(_without_off(cover[hit.end :])))
                # "lägga Mini Maria i inlandet på is", "take X off the list"
                inner = re.match(
                    r"(?i)(?:take|måste lägga|lägga|får lägga|lägger)\s+(.+)", cover[hit.start :]
                )
                if inner:
                    candidates.append(after(re.split(r"(?i)\s+(?:på is|off|åt sidan|till)\b", inner[1])[0]))
        for hit in sorted(spoken, key=lambda s: s.start):
            if hit.name == "title-after" and re.match(r"\s*(?:[,.;!?]|$)", cover[hit.end :]):
                # "Boendestödet drar jag tillbaka, det får mogna."
                candidates.append(before(re.split(r"[:,;]\s+", cover[: hit.start])[-1]))
            if hit.name == "title-before":
                candidates.append(
                    before(
                        re.sub(
                            r"(?i)^.*?\bav (?:våra|mina|de) \w+ (?:ärenden|punkter)[^,]*?\bkan\b",
                            "",
                            cover[: hit.start],
                        )
                    )
                )
        if modal := re.search(
            (
                r"(?i)\b(?:kan|ska|får|bör)\s+(?:ni\s+|vi\s+)?(?P<what>\S.{3,100}?)\s+(?:strykas|tas bort|"
                r"utgå|dras tillbaka|återkallas)\b"
            ),
            cover,
        ):
            candidates.insert(0, after(modal["what"]))
        if ice := re.search(
            r"(?i)\b(?:lägga|lägger|lägg|ställa in|pausa)\s+(?P<what>.+?)\s+(?:på is|åt sidan)\b", cover
        ):
            candidates.insert(0, after(ice["what"]))
        if about := re.search(
            r"(?i)\b(?:om|rörande|gällande|angående|avseende|ärendet|punkten)\s+(?P<what>\S.{3,100})$", cover
        ):
            candidates.append(after(about["what"]))
        for candidate in candidates:
            candidate = re.sub(
                (
                    r"(?i)^(?:härmed )?(?:min|mitt|vår|vårt|den|det|mina|sin) (?:tidigare )?(?:punkt|"
                    r"ärende|fråga|förslag|anmälan|framställan)(?:en|et)?(?: om| kring| rörande| avseende| "
                    r"angående| gällande| beträffande)? "
                ),
                "",
                candidate,
            )
            candidate = re.sub(r"(?i)\s+(?:från|ur)$", "", candidate)
            if is_title(candidate):
                return tidy(candidate)
        return None

    def supplements(self) -> list[tuple[int, Intent]]:
        """More material for matters already proposed."""
        context = self.context
        found: list[tuple[int, Supplement]] = []
        body = self._body()
        asks = self.subject_asks() or self.called
        unsure: set[int] = set()
        for index in body:
            text = self.text(index)
            named = self._spoken(self.adding, index, "title-after")
            threaded = self._spoken(self.adding, index, "thread")
            if not named and not threaded:
                continue
            asking = (
                self._spoken(self.asking, index, "title-after", "title-before", "asks")
                if not threaded
                else ()
            )
            if named and self.files:
                # "The slides for the item on ...": the item is what the slides are for.
                asking = tuple(
                    s for s in asking
                    if s.start < named[0].start
                    or not re.search(r"\b(?:item|point|slot)\b", fold(text)[s.start : s.end])
                )  # fmt: skip
            material = self._spoken(self.adding, index, "material")
            if asking and not threaded and not re.search(r"\b(?:till|i) (?:punkten|ärendet)\b", fold(text)):
                continue
            if (
                not self.files
                and not material
                and not re.search(
                    r"\b(?:komplett\w+|tillägg|till (?:punkten|ärendet|min|mitt))\b", fold(text)
                )
            ):
                continue
            if (asks or self._asks_near(index, body)) and not threaded and not self._belongs_to_known(text):
                # Files that come with a new matter are the matter's own.
                continue
            title, sure = self._of_both(index, self._settled(index, self._added_title(index, named)))
            if not sure:
                unsure.add(index)
            if not title and not (threaded or material or self.files):
                continue
            if found and (
                not title or found[-1][1].title is None or related(title, found[-1][1].title or "")
            ):
                if title and found[-1][1].title is None:
                    at, earlier = found[-1]
                    found[-1] = (
                        at,
                        Supplement(certain=earlier.certain, title=title, evidence=earlier.evidence),
                    )
                self.taken.add(index)
                continue
            found.append(
                (
                    index,
                    Supplement(
                        certain=context.trusted,
                        title=title,
                        evidence=(Evidence((named or threaded)[0].rule, text),),
                    ),
                )
            )
            self.taken.add(index)
        sends = self.context.reference is not None and self._spoken_any(self.adding, body, "material")
        if (
            not found
            and self.files
            and (self.acked or sends)
            and not self._spoken_any(self.asking, body, "title-after", "title-before")
        ):
            # "En statistikbild till." under our receipt.
            at = body[0] if body else 0
            found.append(
                (
                    at,
                    Supplement(
                        certain=context.trusted,
                        title=None,
                        evidence=(Evidence("supplement/thread", self.text(at) if body else context.subject),),
                    ),
                )
            )
            self.taken.update(body)
        if not found and (heard := self._heard_supplement()):
            return [heard]
        settled: list[tuple[int, Intent]] = []
        for at, supplement in found:
            title = supplement.title or self._thread_title()
            if title and supplement.title is None and not self._told(title):
                # "Äntligen" above "det är den om stödfamiljer": what the text names is nearer.
                spoken = {i: self._spoken(self.naming, i) for i in body}
                names = [n for i in body for n in names_in(self.masked[i], spoken[i], i)]
                nearer = best((n for n in names if not self._only_people(n.text)), at, None)
                if nearer:
                    title = tidy(cut_off(nearer.text))
                    unsure.add(at)
            doubt = None
            if (
                title is None
                and context.reference is None
                and not self.acked
                and not context.letter.in_reply_to
            ):
                doubt = "det framgår inte vilket ärende materialet hör till"
            elif at in unsure or (title and supplement.title is None and not self._told(title)):
                doubt = "rubriken är vår tolkning"
            settled.append(
                (
                    at,
                    Supplement(
                        certain=context.trusted and doubt is None,
                        doubt=doubt,
                        title=title,
                        evidence=supplement.evidence,
                    ),
                )
            )
        if settled:
            paragraphs = {context.sentences[i].paragraph for i, _ in found if 0 <= i < len(context.sentences)}
            asked = any(
                self._spoken(self.asking, i, "title-after", "title-before", "asks")
                for i, s in context.numbered() if s.paragraph not in paragraphs
            )  # fmt: skip
            self.taken.update(
                i for i, s in context.numbered()
                if not asked
                or (s.paragraph in paragraphs and not self._spoken(self.asking, i, "title-after"))
            )  # fmt: skip
        return settled

    def _told(self, title: str) -> bool:
        """Whether the text too speaks of what the subject line names."""
        return any(related(title, s.text) for s in self.context.sentences)

    def _belongs_to_known(self, text: str) -> bool:
        return bool(
            re.search(
                (
                    r"\b(?:komplett\w+|ersätter|reviderad|uppdaterad|rättad|slutlig\w*|som (?:jag|vi) "
                    r"(?:skickade|anmälde|lovade|aviserade)|till punkten|i ärendet|utlovad\w*|utlovat)\b"
                ),
                fold(text),
            )
        )

    def _asks_near(self, index: int, body: Sequence[int]) -> bool:
        """Whether another sentence of the same paragraph asks for a matter."""
        paragraph = self.context.sentences[index].paragraph
        bulleted = any(s.bullet for s in self.context.sentences)
        for other in body:
            if other == index or (bulleted and self.context.sentences[other].paragraph != paragraph):
                continue
            if (
                self._spoken(self.asking, other, "title-after", "title-before", "asks")
                and not self._spoken(self.asking, other, "never")
                and not self._spoken(self.adding, other, "thread")
            ):
                return True
        return False

    def _added_title(self, index: int, spoken: Sequence[Spoken]) -> str | None:
        text, cover = self.text(index), self.masked[index]
        if quoted := in_quotes(text):
            return quoted
        cover = (
            re.split(r":\s", cover)[0]
            if re.search(r":\s", cover) and len(cover.split(":")[0]) > 20
            else cover
        )
        for hit in sorted((s for s in spoken if s.end < len(cover)), key=lambda s: -s.end):
            candidate = after(
                re.sub(r"(?i)^\s*(?:den|det|vår|min|mitt|er|de)\s+(?=\w)", " ", cover[hit.end :])
            )
            candidate = re.sub(
                r"(?i)\s+(?:bifogas|bifogad|bifogat|medföljer|i stället|nu|här)$", "", candidate
            )
            if is_title(candidate):
                return tidy(candidate)
        return None


# How likely a meaning or a name must be to count, and to need no question.
_LIKELY, _PLAIN = 0.55, 0.85
# A condition may be said with the verb first: "Säger de nej drar jag tillbaka ärendet".
_SUPPOSES = re.compile(
    r"\W*(?:säger|blir|får|skulle|går|kommer|lyckas|misslyckas|hinner|finns|tycker|vill)\s[^.?]*?\b(?:drar|tar|stryker|"
    r"återkallar|avstår)\b"
)


def _without_off(text: str) -> str:
    return re.split(
        r"(?i)\s+(?:off|from) (?:the|your)\b|\s+från (?:dagordningen|agendan|listan|mötet)\b", text
    )[0]
