"""Matters for the agenda: proposed, taken back, added to, and the minutes afterwards.

The rules say which sentences ask for something; here it is settled what
they ask for, how many matters there are, and what belongs to which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from service.domain.intents import (
    Contact,
    Evidence,
    Intent,
    ItemType,
    MinutesFiled,
    Proposal,
    Supplement,
    Withdrawal,
)
from service.interpretation.context import SUBJECT, Context
from service.interpretation.files import files_of
from service.interpretation.matter_fields import (
    Found,
    conflict_in,
    contact_of,
    files_for,
    forum_in,
    meeting_in,
    meeting_key,
    minutes_in,
    presenter_in,
    type_in,
    type_of_word,
    writer,
)
from service.interpretation.meetings import MeetingMention, find_meetings
from service.interpretation.people import find_people
from service.interpretation.phrases import Phrases, Spoken, phrases
from service.interpretation.titles import (
    after,
    before,
    in_quotes,
    is_title,
    masked,
    related,
    subject_phrase,
    subject_title,
    tidy,
    topic,
    uncovered,
)
from service.interpretation.words import fold, sentences


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


def read(context: Context) -> list[Intent]:
    """What a letter asks for about matters, in the order in which it asks."""
    reader = _Reader(context)
    what = context.reference.what if context.reference else ""
    if what == "minutes-draft":
        return []
    if filed := reader.minutes_filed():
        return [filed]
    if what == "agenda-draft":
        # Whoever answers a draft speaks of the draft.
        return []
    found: list[tuple[int, Intent]] = []
    found += reader.withdrawals()
    supplements = reader.supplements()
    proposals = reader.proposals([i for i, _ in supplements])
    found += proposals
    found += [(at, s) for at, s in supplements]
    return [intent for _, intent in sorted(reader.with_files(found), key=lambda pair: pair[0])]


_GREETING = re.compile(
    r"^\W*(?:hej(?:san|hej)?|hallå|god ?(?:morgon|dag|kväll|middag|fortsättning)|tjena|tjänare|"
    r"morsning|hi|hello|dear|bästa|kära|till samreko)\b(?:,? (?!kan\b|vi\b|jag\b|ska\b|har\b|här\b|"
    r"ang\b|en\b|ett\b|två\b|det\b|den\b|ny\b|lägg|ta\b|sätt|bifog|till\b|"
    r"om\b)[\wåäöé]+){0,4}[,!.]?\W*$"
)
_SIGN_OFF = re.compile(
    r"^\W*(?:mvh|med vänlig(?:a)? hälsning(?:ar)?|vänlig(?:a|en)?\b|hälsn(?:ing(?:ar)?)?|bästa "
    r"hälsningar|allt gott|ha det|tack på förhand|tack|/\s*\w+|bästa|best|kind regards|regards|"
    r"thanks|cheers|vi ses|trevlig|kram)\b[^.?]{0,40}\W*$"
)
# Sentences that other readers own, or that say nothing of a matter.
_OTHERS = frozenset(
    ["absence", "attendance", "leaving", "contact", "late", "early", "move", "cancel", "place", "undo"]
)
_OURS = frozenset(
    f"proposal/{name}"
    for name in ("title-after", "title-before", "presents", "decision", "discussion", "information")
)
_DETAIL_LINE = re.compile(
    r"\b\d{1,3} ?min|\bkvart\b|halvtimm|\b(?:information|info|diskussion|beslut|beslutspunkt|"
    r"infopunkt|diskussionspunkt)\b"
)
_PLURAL = re.compile(
    r"\b(?:punkter|ärenden|saker|frågor|följande|två|tre|fyra|fem|ett par|några|items|matters|"
    r"topics|things|both|dels)\b"
)
_LABELS: tuple[tuple[str, str], ...] = (
    ((
        r"rubrik|titel|ärende|ärendets? (?:namn|rubrik|mening)|ärendemening|ämne|punkt|fråga|vad|"
        r"förslag(?: till rubrik)?|title|item|topic|namn på (?:ärendet|punkten)|saken|dagordningspunkt|"
        r"ärenderubrik"
    ), "title"),
    (r"typ(?: av (?:ärende|punkt))?|sort|art|ärendetyp|type|syfte|form|karaktär|behandling", "type"),
    ((
        r"tid|tidsåtgång|minuter|beräknad tid|tidsbehov|tidsuppskattning|längd|time|minutes|min|"
        r"beräknad tidsåtgång|uppskattad tid|tid(?:såtgång)? \(min\)|önskad tid|önskad tidsåtgång"
    ), "minutes"),
    ((
        r"föredragande|föredragare|vem|presentatör|presenteras av|presenter|dragare|ansvarig|föredras "
        r"av|kontaktperson|vem drar|vem föredrar|föredragning"
    ), "presenter"),
    (r"möte|mötesdatum|till möte|datum|sammanträde|vilket möte|meeting|önskat möte", "meeting"),
    (r"forum|ska vidare till|vidare till|hänskjuts till|beredning|vidarebefordras till", "forum"),
    (r"e-?post|e-?postadress|mejl|mejladress|mail|mailadress|e-?mail", "email"),
    ((
        r"bakgrund|beskrivning|motiv|motivering|sammanfattning|underlag|bilagor?|handlingar|background|"
        r"description|övrigt|kommentar|anmälare|förslag till beslut|anmält av|inlämnat av|datum för "
        r"anmälan|bifogas"
    ), "other"),
)  # fmt: skip
_LABEL_LINE = re.compile(
    (
        r"^[ \t>*•-]*(?P<label>[A-Za-zÅÄÖåäö][\wåäöÅÄÖ ()/-]{1,30}?)\s*[:=]\s+(?P<value>\S[^\n]*)$|^[ "
        r"\t>*•-]*(?P<label2>[A-Za-zÅÄÖåäö][\wåäöÅÄÖ ()/-]{1,30}?):\s*$"
    ),
    re.MULTILINE,
)


def _column(text: str) -> str | None:
    folded = fold(text).strip(" :*.")
    return next((name for pattern, name in _LABELS if re.fullmatch(pattern, folded)), None)


class _Reader:
    """One letter, looked at for matters."""

    def __init__(self, context: Context) -> None:
        self.context = context
        book = context.rulebook
        self.asking: Phrases = phrases(book, "proposal")
        self.taking_back: Phrases = phrases(book, "withdrawal")
        self.adding: Phrases = phrases(book, "supplement")
        self.filing: Phrases = phrases(book, "minutes")
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

    # What the sentences hold ------------------------------------------------

    def _mask(self, index: int) -> str:
        sentence = self.context.sentences[index]
        spans = [
            (m.start - sentence.start, m.end - sentence.start)
            for m in self.context.meetings_in(index)
            if (m.ours and (m.named or not m.span)) or m.open
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
                    r"agendan|mötespunkt\w*|ärendeanmälan|inspel|framställan)\b"
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
            known = book.spoken(self.text(index), *heard, line=line) if heard else ()
            self._heard[book.kind, index] = known
        return tuple(s for s in known if s.name in names) if names else known

    def _body(self) -> list[int]:
        """The sentences that may speak of a matter."""
        found = []
        for index, sentence in self.context.numbered():
            folded = fold(sentence.text)
            if index in self.taken or _GREETING.match(folded) or _SIGN_OFF.match(folded):
                continue
            found.append(index)
        return found

    def _foreign(self, index: int) -> bool:
        """Whether a sentence speaks of something that another reader owns."""
        heard = self.context.hits_in(index)
        if any(h.rule in _OURS for h in heard):
            return False
        return any(h.kind in _OTHERS for h in heard)

    # Minutes ----------------------------------------------------------------

    def minutes_filed(self) -> Intent | None:
        """The minutes of a meeting, handed in to be sent out."""
        context = self.context
        body = self._body()
        speaking = [i for i in (SUBJECT, *body) if self._spoken(self.filing, i, "filed")]
        named = re.search(r"(?i)\b(?:protokoll|minnesanteckning|anteckningar|minutes)", " ".join(self.files))
        sending = [i for i in body if self._spoken(self.filing, i, "send")]
        subject_says = (
            bool(
                re.search(
                    (
                        r"(?i)^\W*(?:justerat )?(?:protokoll\w*|minnesanteckning\w*|mötesanteckning\w*|"
                        r"minutes)\b"
                    ),
                    context.subject,
                )
            )
            and self.fresh
        )
        in_text = len(re.findall(r"(?m)^\s*§ ?\d", context.words.text)) >= 2
        if not (speaking or named or subject_says):
            return None
        handed_in = bool(self.files and (named or speaking)) or in_text or bool(sending and speaking)
        if not handed_in:
            return None
        if self._spoken_any(self.adding, body, "thread", "title-after") and not named and not subject_says:
            return None
        keeper = self._keeps_minutes()
        asks = [i for i in body if self._spoken(self.asking, i, "title-after", "title-before", "asks")]
        if not keeper and (asks or not (named or subject_says)):
            return None
        if keeper and not named and not subject_says and not sending and not in_text and asks:
            return None
        meeting, doubt = self._minutes_meeting()
        evidence = tuple(Evidence("minutes/filed", self.text(i)) for i in (speaking or sending)[:2])
        if not keeper:
            doubt = doubt or "protokollet kommer inte från sekreteraren eller ordföranden"
        self.taken.update(body)
        return MinutesFiled(
            certain=doubt is None and keeper and context.trusted,
            doubt=doubt,
            evidence=evidence,
            meeting=meeting,
            attachments=tuple(self.files),
        )

    def _spoken_any(self, book: Phrases, indexes: Iterable[int], *names: str) -> bool:
        return any(self._spoken(book, i, *names) for i in indexes)

    def _keeps_minutes(self) -> bool:
        network = self.context.surroundings.network
        year = self.context.surroundings.now.year
        people = [network.secretary(y) for y in (year, year - 1)] + [
            network.chair(y) for y in (year, year - 1)
        ]
        return self.context.sender is not None and self.context.sender.id in {p.id for p in people if p}

    def _minutes_meeting(self) -> tuple[date | None, str | None]:
        """The meeting that the minutes are of: named, else the one held last."""
        context = self.context
        now = context.surroundings.now
        held = [m for m in context.surroundings.network.meetings if m.end <= now and not m.cancelled]
        keys = {m.key for m in held}
        mentions = [*context.meetings, *context.subject_meetings]
        for name in self.files:
            mentions += find_meetings(
                re.sub(r"[_-]+", " ", name.rsplit(".", 1)[0]), context.letter, context.surroundings
            )
        conflict = next((m.conflict for m in mentions if m.conflict and m.named), None)
        for mention in mentions:
            for key in mention.keys:
                if key in keys and mention.kind != "next":
                    return key, conflict
        days = {m.day: m.key for m in held}
        for mention in mentions:
            if mention.first in days:
                return days[mention.first], conflict
        thread = context.reference.meeting if context.reference else None
        if thread in keys:
            return thread, conflict
        if held:
            return max(held, key=lambda m: m.start).key, conflict
        return None, "det framgår inte vilket möte protokollet gäller"

    # Taken back -------------------------------------------------------------

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
            ) and not re.search(r"\b(?:punkt|ärende|fråga|item)", fold(text)):
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
            title = self._withdrawn_title(index, spoken)
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
            if title is None:
                title = self._thread_title()
                known = known or title is not None
            if title is None and len(context.surroundings.matters) == 1:
                title = context.surroundings.matters[0]
                known = True
            if not known:
                doubt = "det framgår inte vilket ärende som tas tillbaka"
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

    def _thread_title(self) -> str | None:
        """The matter that the thread is about, by the subject or our own quoted words."""
        subject = self.context.subject
        received = re.match(
            (
                r"(?i)\W*(?:mottaget|noterat|bekräftelse|vi har tagit emot|kvittens|tack för ditt "
                r"förslag)\s*[:–-]\s*(.+)$"
            ),
            subject,
        )
        if received:
            title = tidy(received[1])
            return title if is_title(title) else None
        if self.context.reference is None:
            return self.subject()
        for quoted in self.context.words.quoted[:1]:
            told = in_quotes(quoted.text)
            if told and is_title(told):
                return told
        return None

    # Added to ---------------------------------------------------------------

    def supplements(self) -> list[tuple[int, Intent]]:
        """More material for matters already proposed."""
        context = self.context
        found: list[tuple[int, Supplement]] = []
        body = self._body()
        asks = self.subject_asks() or self.called
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
            title = self._added_title(index, named)
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
        settled: list[tuple[int, Intent]] = []
        for at, supplement in found:
            title = supplement.title or self._thread_title()
            doubt = None
            if (
                title is None
                and context.reference is None
                and not self.acked
                and not context.letter.in_reply_to
            ):
                doubt = "det framgår inte vilket ärende materialet hör till"
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

    # Proposed ---------------------------------------------------------------

    def proposals(self, supplemented: Sequence[int]) -> list[tuple[int, Intent]]:
        """New matters for an agenda."""
        matters = self._matters()
        if self.withdrawn:
            matters = [
                m for m in matters
                if m.sure and m.rule == "proposal/title-after"
                and re.search(
                    r"\b(?:i stället|istället|i dess ställe|däremot|också|även|dessutom)\b",
                    fold(self.text(m.asked_in)),
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
        return self._asked()

    def _table(self) -> list[Matter]:
        tables = [list(map(list, t)) for t in self.context.words.tables]
        if not tables:
            rows = [
                [c.strip() for c in line.split("|")]
                for line in self.context.words.text.split("\n")
                if line.count("|") >= 1
            ]
            rows = [list(row) for row in rows]
            if len(rows) >= 2 and len({len(r) for r in rows}) == 1:
                tables = [rows]
        found: list[Matter] = []
        for table in tables:
            if len(table) < 2:
                continue
            columns = [_column(cell) for cell in table[0]]
            if "title" in columns and sum(c is not None for c in columns) >= 2:
                body = table[1:]
            else:
                columns = self._columns_by_content(table)
                body = table
                if "title" not in columns:
                    continue
            for row in body:
                if matter := self._row(row, columns):
                    found.append(matter)
        for matter in found:
            matter.shared = self._body()
        return found

    def _columns_by_content(self, table: Sequence[Sequence[str]]) -> list[str | None]:
        width = min(len(r) for r in table)
        columns: list[str | None] = [None] * width
        for at in range(width):
            cells = [row[at].strip() for row in table if row[at].strip()]
            if not cells:
                continue
            if all(type_of_word(c) for c in cells):
                columns[at] = "type"
            elif all(
                re.fullmatch(r"(?i)\d{1,3}(?: ?min\w*\.?)?|en kvart|.{0,6}halvtimm\w|\d{1,3}'", c)
                for c in cells
            ):
                columns[at] = "minutes"
        details = [c for c in columns if c]
        if not details:
            return columns
        free = [at for at in range(width) if columns[at] is None]
        if free:
            longest = max(free, key=lambda at: sum(len(row[at]) for row in table))
            columns[longest] = "title"
            for at in free:
                if at != longest and all(len(row[at].split()) <= 4 for row in table):
                    columns[at] = "presenter"
        return columns

    def _row(self, row: Sequence[str], columns: Sequence[str | None]) -> Matter | None:
        cells = {
            name: row[at].strip()
            for at, name in enumerate(columns)
            if name and at < len(row) and row[at].strip()
        }
        title = tidy(re.sub(r"^\s*\d{1,2}[.)]\s+", "", cells.get("title", "")))
        if len(title) < 2:
            return None
        matter = Matter(title, [], self._line_of(title), "proposal/table", words=" | ".join(row))
        matter.type_text = cells.get("type")
        if minutes := cells.get("minutes"):
            matter.minutes = minutes_in([minutes]) or (
                int(m[0]) if (m := re.match(r"\d{1,3}", minutes)) else None
            )
        if presenter := cells.get("presenter"):
            matter.presenter = self._named(presenter)
        if forum := cells.get("forum"):
            matter.forum = next(
                (
                    f.short_name
                    for f in self.context.surroundings.network.forums
                    if fold(f.short_name) in fold(forum)
                ),
                None,
            )
        return matter

    def _line_of(self, title: str) -> int:
        head = fold(title)[:25]
        return next((i for i, s in self.context.numbered() if head in fold(s.text)), 0)

    def _named(self, text: str) -> Found:
        """The person that a cell or a label's value names."""
        folded = fold(text)
        if re.fullmatch(r"\W*(?:jag|undertecknad|själv|jag själv|mig|me|i)(?: själv)?\W*", folded):
            return Found(writer(self.context))
        people = find_people(text, self.context.letter, self.context.surroundings)
        if people:
            return contact_of(self.context, people[0])
        if re.search(r"\bundertecknad\b", folded):
            return Found(writer(self.context))
        name = re.match(r"\s*((?:[A-ZÅÄÖ][\wåäöé-]+ ?){1,3})", text)
        if name and not re.match(r"(?i)(?:ej|ingen|inte|vet|oklart|meddelas)", text):
            return Found(Contact(name=name[1].strip()))
        return Found()

    def _form(self) -> list[Matter]:
        """A form of labels and values, one or several times over."""
        text = self.context.words.text
        found: list[Matter] = []
        current: dict[str, str] = {}
        pending: str | None = None

        def close() -> None:
            if title := tidy(current.get("title", "")):
                matter = Matter(title, [], self._line_of(title), "proposal/form", words=text.strip()[:2000])
                matter.type_text = current.get("type")
                matter.minutes = minutes_in([current.get("minutes", "")]) or _number(current.get("minutes"))
                if "presenter" in current:
                    matter.presenter = self._named(current["presenter"])
                    if (address := re.search(r"[\w.+-]+@[\w.-]+\w", current.get("email", ""))) and (
                        named := matter.presenter.contact
                    ):
                        matter.presenter = Found(replace(named, email=named.email or address.group()))
                if "forum" in current and not re.match(r"(?i)\W*(?:nej|inget|ingen|-)", current["forum"]):
                    matter.forum = next(
                        (
                            f.short_name
                            for f in self.context.surroundings.network.forums
                            if fold(f.short_name) in fold(current["forum"])
                        ),
                        None,
                    )
                if "meeting" in current:
                    matter.meeting = next(
                        (
                            m
                            for m in find_meetings(
                                current["meeting"],
                                self.context.letter,
                                self.context.surroundings,
                                self.context.thread_meeting,
                            )
                            if m.ours
                        ),
                        None,
                    )
                found.append(matter)

        for line in text.split("\n"):
            match = _LABEL_LINE.match(line)
            if not match:
                if pending and line.strip():
                    current[pending] = line.strip()
                    pending = None
                continue
            name = _column(match["label"] or match["label2"])
            if name is None:
                continue
            if name == "title" and "title" in current:
                close()
                current = {}
            if match["value"]:
                current.setdefault(name, match["value"].strip())
                pending = None
            else:
                pending = name
        if len(current) >= 2:
            close()
        if found and not any(m.type_text or m.minutes or m.presenter or m.meeting for m in found):
            return []
        for matter in found:
            matter.shared = []
        return found

    def _labels(self) -> dict[str, str]:
        """What stands behind labels ("Tid: 10 min"), where there is no whole form."""
        found: dict[str, str] = {}
        for match in _LABEL_LINE.finditer(self.context.words.text):
            if match["value"] and (name := _column(match["label"])):
                found.setdefault(name, match["value"].strip())
        return found

    def _groups(self) -> list[list[int]]:
        """The points of a list, each with the sentences that belong to it."""
        groups: list[list[int]] = []
        paragraph = -1
        body = set(self._body())
        for index, sentence in self.context.numbered():
            if sentence.bullet:
                groups.append([index])
                paragraph = sentence.paragraph
            elif groups and sentence.paragraph == paragraph:
                groups[-1].append(index)
        return [g for g in groups if g[0] in body]

    def _listed(self) -> list[Matter]:
        """Matters in a list: bulleted or numbered, or a line each."""
        context = self.context
        groups = self._groups()
        if len(groups) < 2:
            groups = self._lines_with_details() or groups
        if not groups:
            return []
        first = groups[0][0]
        intro = [i for i in self._body() if i < first]
        hits = [i for i in intro if self._spoken(self.asking, i, "title-after", "title-before", "asks")]
        plural = any(_PLURAL.search(fold(self.text(i))) for i in intro) or bool(
            _PLURAL.search(fold(context.subject))
        )
        detailed = sum(1 for g in groups if any(_DETAIL_LINE.search(fold(self.text(i))) for i in g))
        announced = bool(hits) or self.called or self.subject_asks()
        if not announced and not (detailed >= 2 or (detailed == len(groups) and plural)):
            return []
        named = [t for i in hits if (t := self._explicit(i)) and not _PLURAL.search(fold(self.text(i)))]
        if named and not plural and detailed * 2 < len(groups):
            # Points under one matter that the sentence above has named.
            return []
        if len(groups) == 1 and not (detailed or plural):
            return []
        found: list[Matter] = []
        for group in groups:
            lead = group[0]
            if self._spoken(self.adding, lead) and self.files and not self._spoken(self.asking, lead):
                continue
            if any(self._foreign(i) for i in group) and not any(
                self._spoken(self.asking, i, "title-after", "asks") for i in group
            ):
                continue
            title = (
                self._explicit(lead)
                if self._spoken(self.asking, lead, "title-after", "title-before")
                else None
            )
            title = title or self._line_title(lead)
            if not title or not is_title(title):
                continue
            found.append(
                Matter(title, group, lead, "proposal/list", words=" ".join(self.text(i) for i in group))
            )
        inside = {i for g in groups for i in g}
        for matter in found:
            matter.shared = [i for i in self._body() if i not in inside]
        # What stands beside the list may ask for one matter more.
        rest = [i for i in self._body() if i not in inside and i > first]
        for extra in self._asked(rest):
            if (
                extra.sure
                and extra.title
                and not any(related(extra.title, m.title or "") for m in found)
                and self._spoken(self.asking, extra.asked_in, "title-after")
            ):
                found.append(extra)
        return found

    def _inline(self) -> list[Matter]:
        """Matters numbered within a paragraph: "Förslag: 1. X, 10 min. 2. Y, beslut."."""
        text = self.context.words.text
        for block in re.finditer(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*", text):
            marks = list(
                re.finditer(r"(?:(?<=[ \t:.,;])|^)\(?(\d)[.)]\s+(?=[A-ZÅÄÖa-zåäö\"”])", block.group())
            )
            numbers = [int(m[1]) for m in marks]
            if len(numbers) < 2 or numbers != list(range(1, len(numbers) + 1)):
                continue
            if all(
                block.group()[: m.start()].strip() == ""
                or block.group()[: m.start()].rstrip(" \t").endswith("\n")
                for m in marks
            ):
                # A number on each line is an ordinary list.
                continue
            whole = block.group()
            pieces = [
                (m.end(), marks[i + 1].start() if i + 1 < len(marks) else len(whole))
                for i, m in enumerate(marks)
            ]
            announced = (
                self.called
                or self.subject_asks()
                or any(
                    self._spoken(self.asking, i, "title-after", "title-before", "asks") for i in self._body()
                )
                or bool(re.search(r"(?i)\b(?:förslag|ärenden|punkter)\b", whole[: marks[0].start()]))
            )
            if not announced and sum(1 for a, b in pieces if _DETAIL_LINE.search(fold(whole[a:b]))) < len(
                pieces
            ):
                continue
            found = [
                m for a, b in pieces if (m := self._stretch(block.start() + a, block.start() + b)) is not None
            ]
            if len(found) >= 2:
                inside = {i for m in found for i in m.indexes}
                for matter in found:
                    matter.shared = [i for i in self._body() if i not in inside]
                return found
        return []

    def _stretch(self, start: int, end: int) -> Matter | None:
        """A matter that a stretch of the text names, with what it says of it."""
        context = self.context
        words = context.words.text[start:end]
        indexes = [i for i, s in context.numbered() if s.start < end and start < s.end]
        if not indexes:
            return None
        spans = [
            (
                max(0, start - context.sentences[i].start),
                min(len(self.text(i)), end - context.sentences[i].start),
            )
            for i in indexes
        ]
        cover = masked(
            words,
            [(m.start - start, m.end - start) for m in context.meetings if start <= m.start < end and m.ours],
        )
        cover = re.sub(r"(?i)^\s*(?:info(?:rmation)?|beslut|diskussion)\s*[:–-]\s+", "", cover)
        title = after(cover)
        if not is_title(title):
            return None
        matter = Matter(title, indexes, indexes[0], "proposal/list", words=words.strip(), own_words=True)
        matter.minutes = minutes_in([words])
        matter.type_text = next(
            (n for n in ("decision", "discussion", "information") if self.asking.speaks(words, n)), None
        )
        matter.presenter = presenter_in(context, indexes, spans)
        return matter

    def _lines_with_details(self) -> list[list[int]]:
        """Lines without bullets that each give a matter's time or type."""
        lines: list[list[int]] = []
        starts = {0} | {m.end() for m in re.finditer(r"\n", self.context.words.text)}
        for index in self._body():
            sentence = self.context.sentences[index]
            at_start = any(
                self.context.words.text[s : sentence.start].strip() == ""
                for s in starts
                if s <= sentence.start
            )
            if at_start and re.match(r"\s*[\"”]?[A-ZÅÄÖ0-9]", sentence.text):
                lines.append([index])
            elif lines and lines[-1][-1] == index - 1:
                lines[-1].append(index)
        detailed = [
            g
            for g in lines
            if any(_DETAIL_LINE.search(fold(self.text(i))) for i in g)
            and not self._spoken(self.asking, g[0], "title-after")
        ]
        return detailed if len(detailed) >= 2 else []

    def _line_title(self, index: int) -> str | None:
        cover = self.masked[index]
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
            or _SIGN_OFF.match(fold(line))
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
        if not found:
            return None
        for word in re.finditer(r"(?i)\b(?:på|åt|till|för|on)\s+", cover[found.end() :]):
            title = after(cover[found.end() + word.end() :])
            if is_title(title) and not cover[found.end() + word.end() :].startswith("\ue000"):
                return title
        return None

    def _only_people(self, title: str) -> bool:
        people = find_people(title, self.context.letter, self.context.surroundings)
        return bool(people) and sum(m.end - m.start for m in people) >= len(title) - 6

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
                pointed = self._fuller(body) if self.fresh and not context.words.forwarded else None
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
        matters = [m for m in matters if m.title]
        self._share_out(matters, body)
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
                r"önskemål|item|inspel|ärendeförslag|dagordning|agenda)\w*\b|"
                r"\ue000)[^:]{0,40}:\s+(?P<title>\S.{3,})$"
            ),
            self.masked[index],
        )
        if not found:
            return None
        title = after(found["title"])
        return title if is_title(title) else None

    def _parts(self, index: int) -> list[str]:
        """Several matters in one sentence: "dels ... dels ...", "1) ... 2) ..."."""
        cover = self.masked[index]
        pieces = re.split(r"(?i)(?:^|[\s,:;(])dels\s+", cover)
        if len(pieces) >= 3:
            return [p for p in pieces[1:] if re.search(r"\w{3}", p)]
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
        subject = self.subject()
        if subject and self.fresh:
            return None
        body = uncovered(self.masked[index])
        if (
            (found := subject_phrase(body))
            and not related(found, "möte")
            and found not in title
            and not re.match(r"(?i)(?:hur|vad|att)\b", found)
        ):
            return found
        return title if not title.casefold().startswith("att") else None

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
        if (
            forwarded
            and alive
            and not any(h.kind in _OTHERS for h in context.hits)
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
        if subject and (self.fresh or self._in_body(subject, body)):
            matter.title = self._fuller(body)
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

    def _looks_like_a_line(self, index: int, title: str) -> bool:
        """Whether a sentence is a title with details, and not a story."""
        folded = fold(title)
        folded = re.split(r" [–—-] |: ", folded)[0]
        return not re.search(
            r"\b(?:jag|vi|ni|du|är|har|ska|skulle|kan|ser|tycker|kommer|blir|var)\b", folded
        ) or title.endswith("?")

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
        return any(related(subject, self.text(i)) for i in body)

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
            end = starts[number + 1] if number + 1 < len(matters) else len(self.context.sentences)
            matter.indexes = [i for i in body if starts[number] <= i < end]
            matter.shared = [i for i in body if i < starts[0]]

    # What is said of each ---------------------------------------------------

    def _proposal(self, matter: Matter, matters: Sequence[Matter]) -> Proposal:
        context = self.context
        single = len(matters) == 1
        indexes = [i for i in matter.indexes if i >= 0]
        texts = [self.text(i) for i in indexes]
        if single:
            texts.append(context.subject)
        doubts: list[str] = []
        if not matter.sure:
            doubts.append("rubriken är vår tolkning")
        minutes = matter.minutes if matter.minutes is not None or matter.own_words else minutes_in(texts)
        presenter = matter.presenter or presenter_in(context, indexes)
        type_ = type_of_word(matter.type_text) if matter.type_text else None
        if type_ is None and not matter.own_words and matter.rule not in {"proposal/table", "proposal/form"}:
            type_ = self._type(matter, indexes, single)
        forum = matter.forum
        if forum is None and matter.rule not in {"proposal/form"}:
            forum = forum_in(context, texts)
        if single and matter.rule not in {"proposal/table", "proposal/form"}:
            labels = self._labels()
            minutes = minutes if minutes is not None else minutes_in([labels.get("minutes", "")])
            if presenter.contact is None and presenter.doubt is None and "presenter" in labels:
                presenter = self._named(labels["presenter"])
            type_ = type_ or (type_of_word(labels["type"]) if "type" in labels else None)
        if (context.words.forwarded or context.letter.enclosed) and single:
            minutes, presenter = self._from_forwarded(minutes, presenter)
        meeting, conflict = self._meeting(matter, indexes, single)
        if presenter.doubt:
            doubts.append(presenter.doubt)
        if conflict:
            doubts.append(conflict)
        return Proposal(
            certain=context.trusted and not doubts,
            doubt="; ".join(doubts) or None,
            evidence=(
                Evidence(
                    matter.rule,
                    self.text(matter.asked_in)
                    if matter.asked_in < len(context.sentences)
                    else context.subject,
                ),
            ),
            title=matter.title or "",
            type=type_,
            forum=forum,
            minutes=minutes,
            presenter=presenter.contact,
            meeting=meeting,
            description=matter.words or " ".join(self.text(i) for i in sorted(indexes)),
        )

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
        return type_in(context, texts) or (
            type_of_word(subject_type.group().strip(" :)").removesuffix("s"))
            if subject_type and not related(subject_type.group(), matter.title or "")
            else None
        )

    def _from_forwarded(self, minutes: int | None, presenter: Found) -> tuple[int | None, Found]:
        """What the sender's few words leave open is taken from the mail that is forwarded."""
        context = self.context
        inner: list[tuple[str, str | None, str | None]] = [
            (q.text, q.author.name if q.author else None, q.author.address if q.author else None)
            for q in context.words.quoted
        ]
        inner += [
            (
                letter.plain or "",
                letter.sender.name if letter.sender else None,
                letter.sender.address if letter.sender else None,
            )
            for letter in context.letter.enclosed
        ]
        for text, name, address in inner:
            pieces = [s.text for s in sentences(text[:4000])]
            for piece in pieces:
                presents = self.asking.spoken(piece, "presents")
                if not presents:
                    continue
                if minutes is None:
                    minutes = minutes_in([piece])
                if presenter.contact is None and presenter.doubt is None:
                    people = find_people(piece, context.letter, context.surroundings)
                    first = re.search(r"\b(?:jag|undertecknad|själv|i)\b", fold(piece)[: presents[-1].end])
                    if first and name:
                        known = context.surroundings.network.person_by_address(address or "")
                        presenter = Found(Contact(name=known.name if known else name, email=address))
                    elif people:
                        presenter = contact_of(context, people[0])
        return minutes, presenter

    def _meeting(
        self, matter: Matter, indexes: Sequence[int], single: bool
    ) -> tuple[date | None, str | None]:
        context = self.context
        if matter.meeting is not None:
            return meeting_key(matter.meeting), matter.meeting.conflict
        shared = [i for i in matter.shared if not self._foreign(i)]
        scopes: list[Sequence[int]] = [indexes, shared, [SUBJECT]]
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

    # Files ------------------------------------------------------------------

    def with_files(self, found: list[tuple[int, Intent]]) -> list[tuple[int, Intent]]:
        """Give each file to the matter that it belongs to."""
        takers = [(at, i) for at, i in found if isinstance(i, (Proposal, Supplement))]
        if not self.files or not takers:
            return found
        supplements = [pair for pair in takers if isinstance(pair[1], Supplement)]
        said = [self._speaks_of_files(at, intent) for at, intent in takers]
        if (
            len(supplements) == 1
            and len(takers) > 1
            and not any(s for s, (_, i) in zip(said, takers, strict=True) if isinstance(i, Proposal))
        ):
            said = [isinstance(i, Supplement) for _, i in takers]
        shares = files_for([i.title or "" for _, i in takers], self.files, said)
        given = {id(i): tuple(names) for (_, i), names in zip(takers, shares, strict=True)}
        placed = {n for names in shares for n in names}
        lost = [n for n in self.files if n not in placed]
        result: list[tuple[int, Intent]] = []
        for at, intent in found:
            if isinstance(intent, (Proposal, Supplement)):
                intent = replace(intent, attachments=given.get(id(intent), ()))
                if lost:
                    intent = replace(
                        intent,
                        certain=False,
                        doubt=intent.doubt or "det framgår inte vilket ärende bilagan hör till",
                    )
            result.append((at, intent))
        return result

    def _speaks_of_files(self, at: int, intent: Intent) -> bool:
        words = (
            intent.description
            if isinstance(intent, Proposal)
            else (self.text(at) if 0 <= at < len(self.context.sentences) else "")
        )
        return isinstance(intent, Supplement) or self.adding.speaks(words, "material")


def _without_off(text: str) -> str:
    return re.split(
        r"(?i)\s+(?:off|from) (?:the|your)\b|\s+från (?:dagordningen|agendan|listan|mötet)\b", text
    )[0]


def _number(text: str | None) -> int | None:
    found = re.match(r"\s*(\d{1,3})\b", text or "")
    return int(found[1]) if found else None


def _indexes(pairs: Iterable[tuple[int, Intent]]) -> Iterator[int]:
    return (at for at, _ in pairs)
