"""What a sentence says of somebody's coming: not at all, late, until noon, after all.

Claims are made sentence by sentence and know nothing of each other beyond
their own clause; settling them is another module's work.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from service.domain.intents import Contact, Evidence, Extent
from service.domain.network import Meeting
from service.interpretation.context import SUBJECT, Context
from service.interpretation.dates import find_clock
from service.interpretation.grammar import (
    LIKELY_PART,
    Subject,
    clause_bounds,
    is_asked,
    is_denied,
    is_perhaps,
    is_supposed,
    sentence_start,
    subject_of,
)
from service.interpretation.rulebook import Hit
from service.interpretation.words import bare, fold

Says = Literal["absent", "coming"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a sentence says of somebody's coming."""

    says: Says
    extent: Extent
    # Ids of the people; None stands for someone whom the words leave open.
    people: tuple[str | None, ...]
    line: int
    start: int
    end: int
    evidence: Evidence
    # A reason, not a notice: counts only beside a meeting of ours.
    weak: bool = False
    # Hedged ("kanske"): the service asks.
    perhaps: bool = False
    by_link: bool = False
    candidates: tuple[str, ...] = ()
    # Someone whom the network does not know ("Petra kommer").
    strangers: tuple[Contact, ...] = ()
    # The words name the writer, and do not only leave the subject out.
    first_person: bool = False
    # How likely the second reader finds this meaning of the sentence; 1 where nothing was learnt.
    likelihood: float = 1.0

    @property
    def heard_only(self) -> bool:
        """Whether no rule knows the words, and only the second reader heard it."""
        return self.evidence.rule.endswith("/by-example")


KINDS: dict[str, tuple[Says, Extent, bool]] = {
    "absence": ("absent", "whole", False),
    "elsewhere": ("absent", "whole", True),
    "late": ("absent", "late", False),
    "early": ("absent", "early", False),
    "attendance": ("coming", "whole", False),
}


def claims_in(context: Context, index: int) -> list[Claim]:
    claims: list[Claim] = []
    for hit in context.hits_in(index):
        if hit.kind not in KINDS:
            continue
        says, extent, weak = KINDS[hit.kind]
        if hit.rule in {"absence/stays-home"}:
            weak = True
        if index == SUBJECT and context.reference is not None:
            # The subject of an answer is our own words.
            continue
        if is_denied(context, hit) or is_asked(context, hit):
            continue
        if _wants_another_day(context, hit):
            continue
        if is_supposed(context, hit) and hit.rule != "absence/unsure":
            continue
        if says == "coming" and _only_future(context, hit):
            continue
        if _of_the_preparation(context, hit) or (says == "absent" and _only_believed(context, hit)):
            continue
        subject = subject_of(context, hit)
        if subject.who == "nobody":
            subject = _without_whom(context, hit) or subject
        if _is_called_on(context, hit, subject):
            subject = Subject("speaker")
        if subject.who == "speaker" and _opens_with_an_unknown_name(context, hit):
            continue
        if hit.rule == "attendance/after-all" and subject.who == "nobody" and _takes_back(context, hit):
            # "Ni kan bortse från mitt återbud" is said by who comes.
            subject = Subject("speaker")
        people, candidates = _ids(context, subject)
        strangers = tuple(m.contact for m in subject.people if m.contact) if says == "coming" else ()
        if not people and not strangers:
            continue
        if says == "absent" and extent == "whole":
            extent = _until_when(context, hit, weak)
        extent, says = _by_the_clock(context, hit, says, extent)
        claims.append(
            Claim(
                says, extent, people, index, hit.start, hit.end, context.evidence(hit), weak,
                (is_perhaps(context, hit) and hit.rule != "attendance/by-link") or _in_doubt(context, hit, weak) or hit.rule == "absence/unsure" or _barely_heard(context, hit), hit.rule == "attendance/by-link", candidates,
                strangers, (subject.who == "speaker" and (hit.start <= 12 or _says_i(context, hit))) or subject.and_speaker,
                _likelihood(context, index, says),
            )
        )  # fmt: skip
    return _without_contradictions(context, index, claims)


def _likelihood(context: Context, index: int, says: Says) -> float:
    """How likely the second reader finds that a sentence tells of staying away, or of coming."""
    if index == SUBJECT or not context.sense(index).acts:
        return 1.0
    sense = context.sense(index)
    return sense.of("attendance") if says == "coming" else sense.of("absence", "late", "early")


# As good as said: below this, what only the second reader hears is asked about.
_PLAIN = 0.85


# A few words in answer to our invitation or reminder speak of coming or not.
_PLAIN_ANSWER = 0.6


def _barely_heard(context: Context, hit: Hit) -> bool:
    """What no rule knows, and the second reader only takes to be likely."""
    if not hit.rule.endswith("/by-example"):
        return False
    sense = context.sense(hit.line)
    asked = context.reference is not None and context.reference.what in {"invitation", "reminder"}
    plain = _PLAIN_ANSWER if asked and len(context.words.text.split()) <= 6 else _PLAIN
    return sense.of(hit.kind) < plain or any(
        p.likelihood < LIKELY_PART for p in sense.having("absent", "coming")
    )


def _only_believed(context: Context, hit: Hit) -> bool:
    """ "Jag trodde att jag hade förhinder": what follows is what holds."""
    text = fold(context.text_of(hit.line))
    begin, _ = clause_bounds(text, hit.start)
    return bool(re.search(r"(?<!\w)(?:trodde|trott|befarade|såg ut som)(?!\w)", text[begin : hit.start]))


def _is_called_on(context: Context, hit: Hit, subject: Subject) -> bool:
    """ "Ingrid, kan inte komma": whom a sentence opens by calling on is not who stays away."""
    if subject.who != "person" or len(subject.people) != 1 or subject.and_speaker:
        return False
    mention, offset = subject.people[0], sentence_start(context, hit.line)
    text = fold(context.text_of(hit.line))
    return bool(
        re.fullmatch(r"\W*(?:hej|hejsan|god morgon|kära|hallå)?\W*", text[: max(0, mention.start - offset)])
    ) and bool(
        re.fullmatch(
            r"\s*[,!]\s*(?:(?:tyvärr|dessvärre|måste|får) ?)?", text[mention.end - offset : hit.start]
        )
    )


_HEARSAY = re.compile(
    r"(?<!\w)(?:hörde|hört|ryktas|rykte\w*|tydligen|verkar|verkade|misstänker|antar|gissar|anar|påstås|heard|apparently|seems)(?!\w)"
)
_BODY = (
    r"(?:styrgrupp|arbetsgrupp|ledningsgrupp|projektgrupp|referensgrupp|samverkansgrupp|svom|barnarenan|apt|[\w-]*nämnd|[\w-]*utskott|"
    r"kommunstyrelse|regionstyrelse|fullmäktige|facket|chefsmöte|chefsträff|utbildning|kurs|workshop)"
)


def _in_doubt(context: Context, hit: Hit, weak: bool) -> bool:
    """Hearsay, a condition behind the words, a change of mind, or another body's meeting: to be asked about."""
    text = fold(context.text_of(hit.line))
    begin, end = clause_bounds(text, hit.start)
    if _HEARSAY.search(text[begin : hit.start]):
        return True
    if re.search(
        r"(?<!\w)(?:om inte|såvida|ifall inte|unless|förutsatt att|om (?:jag|vi|hon|han) inte)(?!\w)",
        text[hit.end : end],
    ):
        return True
    if weak or hit.line == SUBJECT:
        return False
    following = context.sentences[hit.line + 1].text if hit.line + 1 < len(context.sentences) else ""
    if re.match(
        r"\W*(?:eller jo|eller nej|jo förresten|nej förresten|fast nej|fast jo|eller vänta)(?!\w)",
        fold(following),
    ):
        return True
    if re.search(r"(?:undan|ifrån)\W*\Z", text[hit.start : hit.end]):
        return False
    said = text[hit.end : end]
    clause = text[begin:end]
    return bool(
        re.match(rf"\s*(?:till|på|i|vid|med på|med i)\s+(?:\w+\s+)?{_BODY}", said)
        or (re.match(rf"\W*(?:på |till |i )?{_BODY}", clause) and re.search(r" (?:i|på|till)\W*\Z", clause))
    )


def _of_the_preparation(context: Context, hit: Hit) -> bool:
    """ "Kommer inte till beredningen i morgon": those who prepare the agenda meet by themselves."""
    text = fold(context.text_of(hit.line))
    begin, end = clause_bounds(text, hit.start)
    return bool(
        re.search(
            r"(?<!\w)(?:till|på|vid|med på|i|hoppa över|missar) (?:\w+ )?(?:beredning|förmöte)",
            text[begin:end],
        )
    )


def _without_whom(context: Context, hit: Hit) -> Subject | None:
    """ "Ni får klara er utan mig", "... utan Lena", "... utan skolchefen": who is not there."""
    text = fold(context.text_of(hit.line))
    offset = sentence_start(context, hit.line)
    for found in re.finditer(r"(?<!\w)(?:utan|bort) ", text[: hit.end + 4]):
        if found.start() < hit.start:
            continue
        at = found.end()
        named = next((m for m in context.people_in(hit.line) if 0 <= m.start - offset - at <= 3), None)
        if named and named.kind != "address":
            own = context.speaker and named.person == context.speaker.id
            return Subject("speaker") if own else Subject("person", (named,))
        if re.match(
            r"(?:mig|mej|oss|undertecknad|min|vår)(?!\w)|(?:er |vår )?[\w-]*(?:chefen|ordföranden|samordnaren)(?!\w)",
            text[at:],
        ):
            return Subject("speaker")
    return None


# Who comes to speak of a matter, and the offices that send them, are no members.
_OFFICE = r"(?:länsstyrelsen|socialstyrelsen|skolverket|försäkringskassan|skolinspektionen|polisen|arbetsförmedlingen|ivo|skr|spsm)"
_GUEST = re.compile(
    r"(?<!\w)(?:föredraganden?|gästen|gästföreläsaren|föreläsaren|talaren|leverantören|konsulten|utredaren|presentatören|experten|"
    rf"{_OFFICE}) (?:har|kan|är|får|kommer|hinner|måste|lämnar|skickade|lämnade)(?!\w)"
)
_FROM_AN_OFFICE = re.compile(rf"(?:återbud|förhinder|avbud)\w* från {_OFFICE}")


def _opens_with_an_unknown_name(context: Context, hit: Hit) -> bool:
    """ "Noomi Hjort från Länsstyrelsen har lämnat återbud" says nothing of the writer."""
    text = context.text_of(hit.line)
    if _GUEST.search(fold(text[: hit.start])) or _FROM_AN_OFFICE.match(fold(text[hit.start :])):
        return not _says_i(context, hit)
    opens = re.match(
        r"\W*[A-ZÅÄÖ][a-zåäöé]+ [A-ZÅÄÖ][a-zåäöé-]+(?= (?:från|på|vid|i|har|kan|kommer|är|lämnar)(?!\w))",
        text,
    )
    if not opens or opens.end() > hit.start or _says_i(context, hit):
        return False
    offset = sentence_start(context, hit.line)
    return not any(m.start - offset < opens.end() for m in context.people_in(hit.line)) and not any(
        m.start - offset < opens.end() for m in (context.meetings_in(hit.line))
    )


_ANSWER_NO = re.compile(
    r"(?:tyvärr|dessvärre|nej|nope|nix|njet|no|kan (?:inte|ej)|kommer (?:inte|ej)|går (?:inte|ej)|inte|ej|omöjlig\w*|borta|bortrest|förhinder|"
    r"förhindrad|frånvarande|utomlands|semester|kör utan)(?!\w)"
)
_ANSWER_YES = re.compile(
    r"(?:ja|japp|jajamän|jajamensan|jadå|jo|absolut|självklart|givetvis|naturligtvis|klart|visst|kommer|deltar|närvarar|ok|okej|gärna|går (?:bra|fint|utmärkt)|"
    r"är med|med|passar|funkar|yes|sure|inga problem|noterat)(?!\w)"
)


def answers_in(context: Context, index: int) -> list[Claim]:
    """A meeting and a yes or no: "Novembermötet: nej", "22 april? Självklart!"."""
    if index == SUBJECT or context.speaker is None:
        return []
    text = context.text_of(index)
    offset = sentence_start(context, index)
    rows = [m for m in context.meetings_in(index) if m.keys and not m.past and not m.foreign]
    if len(rows) != 1 or not re.fullmatch(
        r"\W*(?:(?:mötet|den|till|på|i) ?){0,2}", fold(text[: rows[0].start - offset])
    ):
        return []
    after = text[max(0, rows[0].end - offset - 1) :]
    opens = re.match(r"[\w)]?\s*[:?–—=-]+\s*", after)
    if not opens:
        return []
    answer = fold(after[opens.end() :])
    if not answer.strip(" ?.!") and index + 1 < len(context.sentences):
        if context.meetings_in(index + 1):
            return []
        answer = fold(context.text_of(index + 1))
    if answer.rstrip().endswith("?"):
        return []
    no, yes = _ANSWER_NO.match(answer), _ANSWER_YES.match(answer)
    if (no is None) == (yes is None) or (yes and re.search(r"(?<!\w)(?:inte|ej|men|om)(?!\w)", answer)):
        return []
    if yes and len(answer.split()) > 8:
        return []
    says: Says = "absent" if no else "coming"
    evidence = Evidence("absence/says-no" if no else "attendance/says-yes", text)
    start = rows[0].start - offset
    return [Claim(says, "whole", (context.speaker.id,), index, start, start + 1, evidence, first_person=True)]


_FUTURE = re.compile(
    r"kommer (?:\w+ )?att (?!(?:\w+ )?(?:komma|delta\w*|medverka|närvara|vara|finnas|dyka|infinna|sitta|ansluta|kunna|hinna|gå|åka|resa)(?!\w))"
)


def _only_future(context: Context, hit: Hit) -> bool:
    """ "Jag kommer att sakna er" speaks of what will be, and of nobody's coming."""
    text = fold(context.text_of(hit.line))
    found = _FUTURE.search(text, hit.start)
    return found is not None and found.start() < hit.end


def _takes_back(context: Context, hit: Hit) -> bool:
    return bool(re.search(r"återbud|förhinder|frånvaro|avanmäl|avbok", fold(context.text_of(hit.line))))


def _wants_another_day(context: Context, hit: Hit) -> bool:
    """ "Dagen krockar med en konferens, har ni funderat på att flytta?" tells of no absence."""
    if not re.search(r"krock|kollider|sammanfall", fold(context.text_of(hit.line))):
        return False
    return any(
        s.text.rstrip().endswith("?") and re.search(r"flytta|byta|annan dag|annat datum|ändra", fold(s.text))
        for s in context.sentences
    )


def _says_i(context: Context, hit: Hit) -> bool:
    text = fold(context.text_of(hit.line))
    return bool(
        re.search(
            r"(?<!\w)(?:jag|vi|mig|mej|oss|min|mitt|i'm|i'll|me|undertecknad)(?!\w)",
            text[max(0, hit.start - 40) : hit.end],
        )
    )


def _by_the_clock(context: Context, hit: Hit, says: Says, extent: Extent) -> tuple[Extent, Says]:
    """Who comes after the meeting has begun is late, and who is there until before its end leaves early."""
    if says != "coming" or hit.rule == "attendance/by-link":
        return extent, says
    meeting = _meeting_of(context, hit)
    if meeting is None:
        return extent, says
    text = context.text_of(hit.line)
    begin, end = clause_bounds(text, hit.start)
    start_at, end_at = (m.hour * 60 + m.minute for m in (meeting.start, meeting.end))
    within = re.search(
        r"(?:mellan|from|från) (?:kl\.? )?(\d{1,2})(?:[.:]\d\d)? (?:och|till|to) (\d{1,2})(?!\d)",
        text[begin:end],
    )
    if within and int(within[1]) * 60 <= start_at < int(within[2]) * 60 < end_at:
        return "early", "absent"
    for clock in find_clock(text[begin:end]):
        minutes = clock.minutes + (720 if clock.loose and clock.minutes < start_at else 0)
        before = bare(fold(text[: begin + clock.end]))
        until = re.search(
            r"(?:till|fram till|tills|until|to|till klockan|till kl)[ .]*(?:klockan |kl\.? ?)?[\w.: ]{1,8}\Z",
            before[-24:],
        )
        if start_at < minutes < end_at:
            return ("early" if until else "late"), "absent"
    return extent, says


_AWAY_UNTIL = re.compile(
    r"(?<!\w)(?:till|tills|fram till|förrän|until)(?: (?:klockan|kl\.?|ca|cirka|runt|omkring))* \Z"
)
_AWAY_FROM = re.compile(
    r"(?<!\w)(?:från|fr\.? ?o\.? ?m\.?|from)(?: (?:och med|klockan|kl\.?|ca|cirka|runt))* \Z"
)


def _until_when(context: Context, hit: Hit, weak: bool) -> Extent:
    """ "Jag sitter hos revisorerna till tjugo över ett": who is away for a part of the meeting only."""
    if not weak and not hit.rule.endswith("/by-example"):
        return "whole"
    meeting = _meeting_of(context, hit)
    text = fold(context.text_of(hit.line))
    if meeting is None or not re.search(r"(?<!\w)(?:till|tills|förrän|until|från|fr\.? ?o|from)(?!\w)", text):
        return "whole"
    start_at, end_at = (m.hour * 60 + m.minute for m in (meeting.start, meeting.end))
    begin, end = clause_bounds(text, hit.start)
    for clock in find_clock(text[begin:end]):
        minutes = clock.minutes + (720 if clock.loose and clock.minutes < start_at else 0)
        before = text[begin : begin + clock.start]
        if not start_at < minutes < end_at:
            continue
        if _AWAY_UNTIL.search(before):
            return "late"
        if _AWAY_FROM.search(before):
            return "early"
    return "whole"


def _meeting_of(context: Context, hit: Hit) -> Meeting | None:
    network = context.surroundings.network
    for mention in (*context.meetings_in(hit.line), *context.meetings, *context.subject_meetings):
        if len(mention.keys) == 1 and not mention.past:
            return network.meeting(mention.keys[0])
    return context.thread_meeting or network.next_meeting(context.surroundings.now)


def _ids(context: Context, subject: Subject) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
    """The people of a subject; empty when the words are about someone else."""
    if subject.who == "speaker":
        return ((context.speaker.id,) if context.speaker else (None,)), ()
    if subject.who != "person":
        return (), ()
    people: list[str | None] = []
    candidates: tuple[str, ...] = ()
    for mention in subject.people:
        if mention.person:
            people.append(mention.person)
        elif len(mention.candidates) > 1:
            people.append(None)
            candidates = mention.candidates
    if subject.and_speaker and context.speaker:
        people.append(context.speaker.id)
    return tuple(dict.fromkeys(people)), candidates


def _without_contradictions(context: Context, index: int, claims: list[Claim]) -> list[Claim]:
    """Within one clause a plain word beats a reason, and lateness beats absence and coming."""
    text = context.text_of(index)
    kept: list[Claim] = []
    for claim in claims:
        bounds = clause_bounds(text, claim.start)
        rivals = [c for c in claims if c is not claim and clause_bounds(text, c.start) == bounds]
        if claim.extent == "whole" and any(r.extent != "whole" for r in rivals) and not _apart(claim, rivals):
            continue
        if claim.says == "absent" and any(r.by_link for r in rivals):
            continue
        if (
            claim.says == "coming"
            and not claim.by_link
            and any(r.says == "absent" and not r.weak and r.people == claim.people for r in rivals)
            and "after-all" not in claim.evidence.rule
        ):
            continue
        if (
            claim.says == "absent"
            and claim.extent == "whole"
            and any(r.says == "coming" and "after-all" in r.evidence.rule for r in rivals)
        ):
            continue
        kept.append(claim)
    return kept


def _apart(claim: Claim, rivals: Sequence[Claim]) -> bool:
    """Different people in the same clause are different matters."""
    return all(set(r.people).isdisjoint(claim.people) for r in rivals if r.extent != "whole")
