"""What a letter says of matters already proposed: they are taken back, or get more material."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.intents import (
    Evidence,
    Intent,
    Supplement,
    Withdrawal,
)
from service.interpretation.context import SUBJECT
from service.interpretation.hearing import Part
from service.interpretation.matter_reader import LetterReader
from service.interpretation.naming import best, cut_off, is_loose, is_telling, names_in
from service.interpretation.phrases import Spoken
from service.interpretation.titles import (
    after,
    before,
    content_words,
    in_quotes,
    is_title,
    related,
    tidy,
)
from service.interpretation.whole_names import named as whole_name
from service.interpretation.words import fold


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A matter that is spoken of again; no title when only the thread tells."""

    index: int
    title: str | None
    # Its name is the sender's own words.
    sure: bool
    rule: str


# How likely a meaning or a name must be to count, to need no question, and to bear out a rule that speaks.
_LIKELY, _PLAIN, _SPOKEN = 0.55, 0.85, 0.15
# A name that is this likely is better than none, and better than what only a rule took for one.
_FAINT, _EVEN = 0.3, 0.5
# Taken back on a condition ("säger de nej drar jag tillbaka det"), or only asked about.
_NOT_YET = re.compile(
    r"^\W*(?:om|ifall|if)\b|\bhur (?:gör|stryker|tar)\b|"
    r"^\W*(?:säger|blir|får|skulle|går|kommer|lyckas|misslyckas|hinner|finns|tycker|vill)\s[^.?]*?"
    r"\b(?:drar|tar|stryker|återkallar|avstår)\b"
)
_OF_COMING = re.compile(r"\b(?:förhind(?:er|ret)|återbud(?:et)?|frånvaron?|avanmälan|närvaron?)\b")
_POINTS = re.compile(
    r"\b(?:punkt(?:en|er|erna)?|ärende(?:t|n|na)?|frågan|förslag(?:et)?|anmälan|item|den|det|topic)\b"
)
# "TSI-punkten", "Barnahuspunkten"; but no "beslutspunkten".
_POINT_OF = re.compile(
    r"(?i)\b(?!dagordning|besluts|info|diskussion|mötes|agenda|syn|tyngd|stånd|tid|ut|hög|fram)"
    r"[\w-]{3,}punkten\b"
)
# What is done with a matter, and no part of its name: "vejpningen på rektorsmötet", "X med en bilaga".
_NOT_OF_IT = re.compile(r"^ med\b|(?:möte|möten|mötet|träff|träffen|konferens|konferensen|nätverket)$")
_MATERIAL = re.compile(
    r"(?:(?:de|den|det|\w+s|\w+ade|\w+ande) )?"
    r"(?:\w*bild\w*|\w*underlag\w*|presentation\w*|handling\w*|material\w*|bilag\w*|pm\w*|promemoria\w*|\w*rapport\w*|dokument\w*|statistik\w*|siffr\w*|kalkyl\w*|fil|filen|filer\w*|tabell\w*|diagram\w*|"
    r"version\w*|skrivelse\w*|yttrande\w*|komplettering\w*|slides|figures|papers) "
    r"(?:till|för|om|i|över|kring|inför|rörande|av|for|on|to)\b"
)
_IN_ITS_PLACE = re.compile(r"(?i)\b(?:i ?stället|i dess ställe|byt(?:a|er)?|ersätt\w*|hellre|instead)\b")
# What a sentence goes on to tell of a matter: "X innehöll felaktiga uppgifter", "X var nog mest en idé".
_TOLD_OF = re.compile(
    r"(?<=\w)\s+(?:innehöll|innehåller|saknade|saknar|var|blev|hade|visade sig|ligger|är)\s.*$",
    re.IGNORECASE | re.DOTALL,
)
_OWNED = re.compile(r"(?i)^(?:min|mitt|mina|vår|vårt|våra|den|det|de) ")


class EarlierMatters(LetterReader):
    """A letter looked at for withdrawals and supplements."""

    def withdrawals(self) -> list[tuple[int, Intent]]:
        """Matters that are taken back."""
        context = self.context
        found: list[_Earlier] = []
        for index in self._body():
            spoken = self._spoken(self.taking_back, index)
            if not self._struck_back(index) or _NOT_YET.search(fold(self.text(index))):
                continue
            if _OF_COMING.search(fold(self.text(index))):
                # "Ni kan ta bort mitt förhinder" is said by who comes after all.
                continue
            rule = spoken[0].rule if spoken else "withdrawal/by-example"
            seen = self._withdrawn_title(index, spoken) if spoken else None
            named = self._named_in(index, seen) or self._listed_below(index)
            if not named and (found or not (seen or self._points_back(index, spoken) or self._ours())):
                continue
            if not named:
                title, sure = self._named_elsewhere(index)
                named = [(title, sure)] if title or self._told_by_thread() else [(seen, False)]
            for title, sure in named:
                if found and (title is None or any(related(title, w.title or title) for w in found)):
                    if title and found[-1].title is None:
                        found[-1] = _Earlier(index, title, sure, rule)
                    continue
                if found and not sure and found[-1].title:
                    # A loose end beside a name that is plain.
                    continue
                found.append(_Earlier(index, title, sure, rule))
        if not found and (faint := self._faintly_taken_back()):
            found = [faint]
        if not found:
            return []
        self.withdrawn = True
        # Sentences around a withdrawal give its reasons.
        for taken in found:
            for i, s in context.numbered():
                if s.paragraph != context.sentences[taken.index].paragraph or i < taken.index:
                    continue
                if i != taken.index and self._asks_for_matter(i):
                    break
                self.taken.add(i)
        return [(w.index, self._withdrawal(w)) for w in found]

    def _faintly_taken_back(self) -> _Earlier | None:
        """What a letter that asks for nothing else likeliest takes back; we ask first."""
        body = self._body()
        if any(self._asks_for_matter(i) for i in body):
            return None
        for index in body:
            sense = self.context.sense(index)
            if _OF_COMING.search(fold(self.text(index))):
                continue
            if sense.act == "withdrawal" and sense.of("withdrawal") >= _FAINT:
                title, _ = (self._named_in(index, None) or [self._named_elsewhere(index)])[0]
                if title or self._told_by_thread():
                    return _Earlier(index, title, False, "withdrawal/by-example")
        return None

    def _withdrawal(self, taken: _Earlier) -> Withdrawal:
        title, doubt = taken.title, None
        if title is None and len(self.context.surroundings.matters) == 1:
            title = self.context.surroundings.matters[0]
        if title is None and not self._told_by_thread():
            doubt = "det framgår inte vilket ärende som tas tillbaka"
        elif title is not None and not taken.sure:
            doubt = "rubriken är vår tolkning"
        elif self._heard_at(taken.index, "withdrawal") < _needed(taken.rule):
            doubt = "det kan vara menat på ett annat sätt"
        return Withdrawal(
            certain=doubt is None and self.context.trusted,
            doubt=doubt,
            title=title,
            evidence=(Evidence(taken.rule, self.text(taken.index)),),
        )

    def _does(self, act: str, index: int, spoken: bool) -> bool:
        """Whether a sentence does something: it is like the examples, or a rule speaks and they allow it."""
        if not self.context.sense(index).acts:
            return spoken
        likelihood = self._heard_at(index, act)
        # A sentence may do two things, of which one is heard: "jag kommer inte, så stryk min punkt om X".
        return likelihood >= _LIKELY or (
            spoken and (likelihood >= _SPOKEN or self._called_in(index) is not None)
        )

    def _heard_at(self, index: int, act: str) -> float:
        """How likely a sentence does something; 1 where nothing was learnt."""
        sense = self.context.sense(index)
        if not sense.acts:
            return 1.0
        # Only a draft is approved or changed, and whoever answers one is not read here.
        return sense.of(act) / max(0.3, 1 - sense.of("changes", "approval"))

    def _asks_for_matter(self, index: int) -> bool:
        """Whether a sentence asks for a new matter."""
        sense = self.context.sense(index)
        if sense.acts:
            return sense.of("proposal") >= _LIKELY
        return bool(self._spoken(self.asking, index, "title-after", "title-before", "asks"))

    def _ours(self) -> bool:
        """Whether the letter answers one of our own."""
        return self.acked or self.context.reference is not None

    def _told_by_thread(self) -> bool:
        """Whether the letter answers something that may tell which matter is meant."""
        return self._ours() or bool(self.context.letter.in_reply_to)

    def _points_back(self, index: int, spoken: Sequence[Spoken]) -> bool:
        """Whether a sentence points at a matter that is named elsewhere."""
        if any(s.name == "pronoun" for s in spoken):
            return True
        return bool(_POINTS.search(fold(self.text(index))))

    def _named_in(self, index: int, seen: str | None) -> list[tuple[str | None, bool]]:
        """The names of earlier matters in one sentence, and whether each is the sender's own words.

        `seen` is what the rules take for a name there.
        """
        if quoted := in_quotes(self.text(index)):
            return [(quoted, True)]
        heard = self._titles_in(index)
        if not any(likelihood >= _PLAIN for _, likelihood in heard) and (called := self._called_in(index)):
            return [(called, True)]
        title, settled = self._settled(index, seen)
        if heard and (title is None or not settled or max(p for _, p in heard) >= _EVEN):
            plain = [row for row in heard if row[1] >= _PLAIN]
            if len(plain) > 1 and re.search(r"\b(?:både|dels)\s", fold(self.text(index))):
                return [(name, True) for name, _ in plain]
            if len(plain) > 1:
                # "Stryk X och ta in Y": the verb's own.
                plain.sort(key=lambda row: abs(self._place(index, row[0]) - self._struck_at(index)))
                return [
                    (
                        plain[0][0],
                        related(title or "", plain[0][0])
                        or _IN_ITS_PLACE.search(self.text(index)) is not None,
                    )
                ]
            name, likelihood = max(heard, key=lambda row: row[1])
            return [(name, likelihood >= _PLAIN or fold(title or "") == fold(name))]
        if title is None:
            return []
        if not self.context.sense(index).acts or related(title, self.context.subject):
            return [(title, settled)]
        if self._told_by_thread() or any(p >= _PLAIN for _, p in self._heard_elsewhere(index)):
            return []
        return [(title, False)] if is_telling(title) or len(self._body()) == 1 else []

    def _place(self, index: int, name: str) -> int:
        return max(fold(self.text(index)).find(fold(name)), 0)

    def _struck_at(self, index: int) -> int:
        """Where a sentence takes something back."""
        spoken = [s.start for s in self._spoken(self.taking_back, index)]
        return min(
            [*spoken, *(h.start for h in self.context.hits_in(index) if h.rule == "changes/remove")],
            default=0,
        )

    def swapped_in(self) -> list[tuple[int, str]]:
        """What is to come in the place of a matter in the very sentence that takes it back, and where."""
        found = []
        for index in range(len(self.context.sentences)):
            if index not in self.taken or not _IN_ITS_PLACE.search(self.text(index)):
                continue
            plain = [name for name, likelihood in self._titles_in(index) if likelihood >= _EVEN]
            gone = self._named_in(index, None)
            if len(plain) == 2 and gone and self._struck_back(index):
                found += [(index, name) for name in plain if name != gone[0][0]]
        return found

    def _struck_back(self, index: int) -> bool:
        if self._does("withdrawal", index, bool(self._spoken(self.taking_back, index))):
            return True
        # A draft's verbs, where no draft is answered.
        strikes = any(h.rule == "changes/remove" for h in self.context.hits_in(index))
        return strikes and self.context.sense(index).of("withdrawal") >= _FAINT

    def _called_in(self, index: int) -> str | None:
        """What a sentence says in so many words to be a matter's name: "ärendet om X", "X-punkten"."""
        text = self.text(index)
        for name in names_in(self.masked[index], self._spoken(self.naming, index), index):
            title = tidy(cut_off(name.text))
            if is_title(title) and not is_loose(title) and _is_called(text, title):
                return title
        compound = _POINT_OF.search(text)
        return tidy(compound[0]) if compound else None

    def _listed_below(self, index: int) -> list[tuple[str | None, bool]]:
        """The names in the list that a sentence opens: "Följande ärenden återkallas:"."""
        sentences = self.context.sentences
        if not self.text(index).rstrip().endswith(":"):
            return []
        found: list[tuple[str | None, bool]] = []
        for at in range(index + 1, len(sentences)):
            if sentences[at].bullet is None:
                break
            title = tidy(self.text(at))
            if is_title(title):
                found.append((title, not is_loose(title)))
                self.taken.add(at)
        return found

    def _heard_elsewhere(self, index: int) -> list[tuple[str, float]]:
        """The names of matters in other sentences, the nearest before first, and how likely each is."""
        around = [*reversed([i for i in self._body() if i < index]), *(i for i in self._body() if i > index)]
        return [
            row
            for at in (*around, *((SUBJECT,) if self.fresh else ()))
            if self.context.sense(at).of("proposal", "absence", "replacement") < _LIKELY
            for row in self._titles_in(at)
        ]

    def _named_elsewhere(self, index: int) -> tuple[str | None, bool]:
        """The name of a matter in another sentence or in the subject line, and whether it is plain."""
        for name, likelihood in self._heard_elsewhere(index):
            return name, likelihood >= _PLAIN
        if title := self._own_matter():
            return title, True
        if self.context.reference is not None or not self.fresh:
            return None, True
        for name, likelihood in self._titles_in(SUBJECT):
            return name, likelihood >= _PLAIN
        subject = self._thread_title()
        if subject and self._told(subject):
            return subject, not is_loose(subject) and self._wholly_told(subject)
        named = self._named_anywhere(index)
        return (named or subject), False

    def _named_anywhere(self, index: int) -> str | None:
        """What the rules of naming make out in any sentence; a guess."""
        body = self._body()
        names = [n for i in body for n in names_in(self.masked[i], self._spoken(self.naming, i), i)]
        names = [n for n in names if is_telling(n.text) and not self._only_people(n.text)]
        return tidy(cut_off(found.text)) if (found := best(names, index, None)) else None

    def _titles_in(self, index: int) -> list[tuple[str, float]]:
        """What the second reader takes for names of matters in a sentence, and how likely each is."""
        found = []
        for part in self.context.sense(index).having("title", "mentioned"):
            title = tidy(_TOLD_OF.sub("", _OWNED.sub("", self._whole(index, part))))
            if part.likelihood >= _FAINT and is_title(title) and not self._only_people(title):
                found.append((title, part.likelihood))
        return found

    def _whole(self, index: int, part: Part) -> str:
        """The name of a matter of which the second reader may have heard only the heart."""
        cover = self.masked[index] if index != SUBJECT else self.context.subject
        heart = cover[part.start : part.end]
        whole = whole_name(cover, part.start, part.end)
        if _NOT_OF_IT.search(fold(whole).removeprefix(fold(heart))) or _MATERIAL.match(fold(whole)):
            return heart
        return whole

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
        found: list[_Earlier] = []
        for index in self._body():
            spoken = self._adds_material(index)
            if spoken is None:
                continue
            rule = spoken[0].rule if spoken else "supplement/by-example"
            named = self._named_in(index, self._added_title(index, spoken) if spoken else None)
            named = [row for row in named if not self._is_new(index, row[0])]
            if self._asks_near(index) and not named and not self._belongs_to_known(self.text(index)):
                # Files that come with a new matter are the matter's own.
                continue
            for title, sure in named or [(None, True)]:
                if found and (title is None or any(related(title, w.title or title) for w in found)):
                    earlier = found[-1]
                    if title and (earlier.title is None or _is_called(self.text(index), title)):
                        found[-1] = _Earlier(earlier.index, title, sure, earlier.rule)
                elif not found or sure:
                    found.append(_Earlier(index, title, sure, rule))
            self.taken.add(index)
        if not found and (under := self._under_receipt() or self._files_alone()):
            found = [under]
        if not found or not (self.files or self._ours() or any(w.title for w in found)):
            return []
        if len(found) > max(1, len(self.files)):
            # One file is for one matter: the one that is called so.
            found = [next((w for w in found if _is_called(self.text(w.index), w.title or "")), found[0])]
        settled: list[tuple[int, Intent]] = [(w.index, self._supplement(w)) for w in found]
        paragraphs = {self._paragraph(w.index) for w in found}
        asked = any(self._asks_for_matter(i) for i in self._body())
        self.taken.update(
            i for i, s in self.context.numbered()
            if not asked or (s.paragraph in paragraphs and not self._asks_for_matter(i))
        )  # fmt: skip
        return settled

    def _adds_material(self, index: int) -> Sequence[Spoken] | None:
        """The rules that hear more material sent in a sentence; None when nobody does."""
        named = self._spoken(self.adding, index, "title-after")
        threaded = self._spoken(self.adding, index, "thread")
        material = self._spoken(self.adding, index, "material")
        text = fold(self.text(index))
        likelihood = self._heard_at(index, "supplement")
        if not self._does("supplement", index, bool(named or threaded)):
            return None
        if not self.files and not (
            material or likelihood >= _PLAIN or re.search(r"\b(?:komplett|tillägg|https?:)", text)
        ):
            return None
        if not self.context.senses and not threaded and self._asks_for_matter(index):
            return None
        if (self.subject_asks() or self.called) and not threaded and likelihood < _PLAIN:
            return None if not self._belongs_to_known(text) else named
        return named or threaded

    def _supplement(self, added: _Earlier) -> Supplement:
        title, sure = (added.title, added.sure) if added.title else self._named_elsewhere(added.index)
        doubt = None
        if title is None and not self._told_by_thread():
            doubt = "det framgår inte vilket ärende materialet hör till"
        elif title is not None and not sure:
            doubt = "rubriken är vår tolkning"
        elif self._heard_at(added.index, "supplement") < max(_LIKELY, _needed(added.rule)) and not self.acked:
            doubt = "det kan vara menat på ett annat sätt"
        return Supplement(
            certain=doubt is None and self.context.trusted,
            doubt=doubt,
            title=title,
            evidence=(
                Evidence(added.rule, self.text(added.index) if added.index >= 0 else self.context.subject),
            ),
        )

    def _under_receipt(self) -> _Earlier | None:
        """Files under our receipt, with words that ask for nothing: "En statistikbild till."."""
        context, body = self.context, self._body()
        sends = context.reference is not None and self._spoken_any(self.adding, body, "material")
        if not self.files or not (self.acked or sends) or any(self._asks_for_matter(i) for i in body):
            return None
        return _Earlier(body[0] if body else SUBJECT, None, True, "supplement/thread")

    def _files_alone(self) -> _Earlier | None:
        """Files in a letter that asks for nothing plainly: they are for what its likeliest sentence names."""
        body = self._body()
        if not self.files or not self.context.senses or any(self._asks_for_matter(i) for i in body):
            return None
        if self.context.likeliest("minutes", "changes", "approval") >= _EVEN:
            return None
        likelihood, at = max(((self._heard_at(i, "supplement"), -i) for i in body), default=(0.0, 0))
        # "Jag kommer sent, och här är bilderna till X": a sentence that does two things.
        spoken = next((i for i in body if self._spoken(self.adding, i, "title-after")), None)
        if likelihood < _SPOKEN and spoken is None:
            return None
        index = spoken if spoken is not None and likelihood < _LIKELY else -at
        seen = self._added_title(index, self._spoken(self.adding, index, "title-after"))
        title, _ = (self._named_in(index, seen) or [self._named_elsewhere(index)])[0]
        return _Earlier(index, title, False, "supplement/by-example")

    def _paragraph(self, index: int) -> int:
        return self.context.sentences[index].paragraph if 0 <= index < len(self.context.sentences) else -1

    def _is_new(self, index: int, title: str | None) -> bool:
        """Whether a matter is one that another sentence of the letter asks for."""
        return any(
            self._asks_for_matter(i) and title and related(title, self.text(i))
            for i in self._body() if i != index
        )  # fmt: skip

    def _wholly_told(self, title: str) -> bool:
        """Whether the text too says every word of a subject line that says something."""
        text = " ".join(s.text for s in self.context.sentences)
        return all(related(word, text) for word in content_words(title))

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

    def _asks_near(self, index: int) -> bool:
        """Whether another sentence asks for a matter, in the same point of a list where there is one."""
        sentences = self.context.sentences
        bulleted = any(s.bullet for s in sentences)
        return any(
            self._asks_for_matter(i)
            for i in self._body()
            if i != index and not (bulleted and sentences[i].paragraph != sentences[index].paragraph)
        )

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


def _needed(rule: str) -> float:
    """How likely a meaning must be to need no question: less where a rule speaks for it."""
    return _PLAIN if rule.endswith("/by-example") else _SPOKEN


def _is_called(text: str, title: str) -> bool:
    """Whether a sentence says of a name that it is a matter's: "till punkten om utslussning"."""
    at = fold(text).find(fold(title))
    return at >= 0 and bool(
        re.search(
            r"\b(?:\w*punkt|ärende|fråga|frågan|anmäl|förslag|item|matter|point|topic)\w*"
            r"(?: (?:om|kring|rörande|gällande|avseende|angående|on|about|concerning))?"
            r"(?: (?:den|det|de|the))?[\s\"”:]*$",
            fold(text)[:at],
        )
    )


def _without_off(text: str) -> str:
    return re.split(
        r"(?i)\s+(?:off|from) (?:the|your)\b|\s+från (?:dagordningen|agendan|listan|mötet)\b", text
    )[0]
