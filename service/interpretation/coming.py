"""Who comes and who does not: absence, attendance, and who comes instead.

Each sentence makes claims: somebody does not come, comes late, comes after
all.  The claims are then settled for each person and meeting; a reason alone
("den elfte ligger jag på operationsbordet") counts only beside one of our
meetings, and never against a plain word that says otherwise.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from service.domain.intents import Absence, Attendance, Contact, Evidence, Extent, Intent
from service.domain.network import Meeting, Person, Seat
from service.interpretation.context import SUBJECT, Context
from service.interpretation.dates import find_clock
from service.interpretation.grammar import (
    Subject,
    antecedent,
    clause_bounds,
    clauses,
    is_asked,
    is_denied,
    is_perhaps,
    is_supposed,
    sentence_start,
    subject_of,
)
from service.interpretation.meetings import MeetingMention, covered
from service.interpretation.people import Mention, plain_name
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


@dataclass(frozen=True, slots=True)
class Standing:
    """Someone who comes in another's place, as the words say it."""

    substitute: str | Contact | None
    # In whose place; None: the absent person of the letter.
    absent: str | None
    line: int
    evidence: Evidence
    candidates: tuple[str, ...] = ()
    # The absent is the letter's own writer by the words ("i mitt ställe").
    for_speaker: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """The meetings that a claim is about."""

    keys: tuple[date, ...]
    doubt: str | None = None
    # Found in the claim's own sentence, beside it, in the subject or thread, or only assumed.
    source: Literal["own", "near", "subject", "thread", "assumed", "none"] = "assumed"
    past: bool = False


@dataclass(slots=True)
class _Gathered:
    claims: list[Claim] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)


_EXTENT: dict[str, Extent] = {"late": "late", "early": "early"}


def read_coming(
    context: Context, taken: frozenset[int] = frozenset(), found: Sequence[Intent] = ()
) -> list[Intent]:
    """Absences and attendances of a letter.

    `taken` are sentences that mean something else, `found` what the letter
    has been seen to ask for: beside a matter or a draft's answer only plain
    words count, for "Tomas tar den" then speaks of an item.
    """
    gathered = _Gathered()
    busy = {e.text for i in found for e in i.evidence}
    draft = any(i.kind in {"approval", "changes"} for i in found) or bool(
        context.reference and context.reference.what in {"agenda-draft", "minutes-draft"}
    )
    matters = any(i.kind in {"proposal", "supplement", "withdrawal", "minutes"} for i in found)
    for index in (SUBJECT, *range(len(context.sentences))):
        if index in taken:
            continue
        claims, standings = _claims_in(context, index), _standings_in(context, index)
        if draft:
            claims = [
                c for c in claims
                if c.says == "absent" and c.first_person
                and (not c.weak or any(m.keys and not m.past for m in context.meetings_in(index)))
            ]  # fmt: skip
        elif context.text_of(index) in busy:
            claims = [
                c
                for c in claims
                if c.says == "absent" and not c.weak and (c.first_person or c.extent == "whole")
            ]
            standings = [s for s in standings if s.for_speaker or s.absent]
        elif matters:
            claims = [
                c
                for c in claims
                if c.says == "absent" or c.first_person or "after-all" in c.evidence.rule or c.by_link
            ]
        gathered.claims += claims
        gathered.standings += standings
    if (draft or matters) and not any(c.says == "absent" for c in gathered.claims):
        gathered.standings = [s for s in gathered.standings if s.for_speaker or (s.absent and not draft)]
    intents = _settle(context, gathered)
    if found:
        # A presenter from outside may also say when he comes; that is no member's absence.
        intents = [
            i
            for i in intents
            if not (isinstance(i, (Absence, Attendance)) and i.person is None and not i.alternatives)
        ]
    return intents


# --- claims -------------------------------------------------------------------------------------

_KINDS: dict[str, tuple[Says, Extent, bool]] = {
    "absence": ("absent", "whole", False),
    "elsewhere": ("absent", "whole", True),
    "late": ("absent", "late", False),
    "early": ("absent", "early", False),
    "attendance": ("coming", "whole", False),
}


def _claims_in(context: Context, index: int) -> list[Claim]:
    claims: list[Claim] = []
    for hit in context.hits_in(index):
        if hit.kind not in _KINDS:
            continue
        says, extent, weak = _KINDS[hit.kind]
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
        subject = subject_of(context, hit)
        if hit.rule == "attendance/after-all" and subject.who == "nobody" and _takes_back(context, hit):
            # "Ni kan bortse från mitt återbud" is said by who comes.
            subject = Subject("speaker")
        people, candidates = _ids(context, subject)
        strangers = tuple(m.contact for m in subject.people if m.contact) if says == "coming" else ()
        if not people and not strangers:
            continue
        extent, says = _by_the_clock(context, hit, says, extent)
        claims.append(
            Claim(
                says, extent, people, index, hit.start, hit.end, context.evidence(hit), weak,
                (is_perhaps(context, hit) and hit.rule != "attendance/by-link") or hit.rule == "absence/unsure", hit.rule == "attendance/by-link", candidates,
                strangers, (subject.who == "speaker" and (hit.start <= 12 or _says_i(context, hit))) or subject.and_speaker,
            )
        )  # fmt: skip
    return _without_contradictions(context, index, claims)


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
            r"(?<!\w)(?:jag|vi|mig|mej|oss|min|mitt|i|i'm|i'll|me|undertecknad)(?!\w)",
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
        if claim.says == "absent" and any(
            r.says == "coming" and "after-all" in r.evidence.rule for r in rivals
        ):
            continue
        kept.append(claim)
    return kept


def _apart(claim: Claim, rivals: Sequence[Claim]) -> bool:
    """Different people in the same clause are different matters."""
    return all(set(r.people).isdisjoint(claim.people) for r in rivals if r.extent != "whole")


# --- who comes instead --------------------------------------------------------------------------

_NOT_COMING = re.compile(
    r"(?<!\w)(?:inte|ej|ingen|inget|varken|förgäves|tyvärr inte|avböjt|tackat nej|kunde ingen|not|nor|neither|utan framgång|inte heller|sjuk|bortrest|borta|upptagen)(?!\w)"
)
_ONLY_TRYING = re.compile(
    r"(?<!\w)(?:ska fråga|skall fråga|frågar|försöker|försöka|ska försöka|hoppas|kanske|eventuellt|(?<!vet )om|ifall|återkommer|ska höra|hör med|kollar|undersöker|kolla|möjligen|förhoppningsvis|ännu inte|vet inte|will try|maybe|perhaps|if|ask|trying|ev)(?!\w)"
)


def _standings_in(context: Context, index: int) -> list[Standing]:
    found: list[Standing] = []
    if index == SUBJECT and context.reference is not None:
        return found
    for hit in context.hits_in(index):
        if hit.kind not in {"substitute", "stand-in"} or is_asked(context, hit):
            continue
        text = fold(context.text_of(index))
        begin, end = clause_bounds(text, hit.start)
        around = text[begin:end]
        near = text[max(begin, hit.start - 30) : min(end, hit.end + 30)]
        if _ONLY_TRYING.search(near) and not re.search(r"lovat|vidtalad|ställer upp|har bett", near):
            continue
        if hit.kind == "stand-in":
            found += _stand_in(context, hit)
            continue
        if hit.rule == "substitute/sends":
            found += _sent(context, hit)
            continue
        if hit.rule == "substitute/my-own":
            if not _NOT_COMING.search(around):
                found += _own_substitute(context, hit)
            continue
        mention = _substitute_mention(context, hit)
        if mention is None:
            continue
        if _denied_nearby(context, hit, mention, around):
            continue
        absent, for_speaker = _in_whose_place(context, hit, mention)
        if mention.person and mention.person == absent:
            continue
        if (
            mention.person
            and not for_speaker
            and absent is None
            and context.surroundings.network.seat_of(mention.person)
        ):
            # Who has a seat of her own comes on her own account: "Annika tar den".
            continue
        who: str | Contact | None = mention.person or mention.contact
        candidates = mention.candidates if len(mention.candidates) > 1 else ()
        if candidates:
            who = None
        found.append(Standing(who, absent, index, context.evidence(hit), candidates, for_speaker))
    return found


def _sent(context: Context, hit: Hit) -> list[Standing]:
    """ "Birgitta skickar Jörgen": Birgitta is the one who does not come."""
    mention = _substitute_mention(context, hit)
    subject = subject_of(context, hit)
    if mention is None or subject.who not in {"speaker", "person"}:
        return []
    sender = next((m.person for m in subject.people if m.person and m is not mention), None)
    absent = sender or (context.speaker.id if context.speaker and subject.who == "speaker" else None)
    candidates = mention.candidates if len(mention.candidates) > 1 else ()
    who: str | Contact | None = None if candidates else mention.person or mention.contact
    return [
        Standing(
            who, absent, hit.line, context.evidence(hit), candidates, absent is not None and sender is None
        )
    ]


def _substitute_mention(context: Context, hit: Hit) -> Mention | None:
    slot = hit.slots.get("ERSÄTTARE", "")
    mention = context.person_at(slot)
    if hit.rule == "substitute/steps-in":
        # The words have no slot: whoever the clause is about.
        subject = subject_of(context, hit)
        mention = subject.people[-1] if subject.who == "person" and subject.people else None
    if mention is None and slot in {"hon", "han", "she", "he"}:
        mention = antecedent(context, hit.line, hit.start)
    if mention is None or (mention.genitive and hit.kind == "substitute"):
        return None
    if context.speaker and (mention.person == context.speaker.id or _same_name(mention, context.speaker)):
        return None
    return mention


def _same_name(mention: Mention, person: Person) -> bool:
    """A new address of one's own is nobody else."""
    name = mention.contact.name if mention.contact else None
    return bool(name) and plain_name(name or "") == plain_name(person.name)


def _denied_nearby(context: Context, hit: Hit, mention: Mention, around: str) -> bool:
    """ "Håkan frågade jag först men han hade ingen möjlighet"; "Tomas kan inte heller"."""
    offset = sentence_start(context, hit.line)
    text = fold(context.text_of(hit.line))
    after = text[min(len(text), max(0, mention.end - offset)) :]
    clause = after[: clause_bounds(after, 0)[1]] if after else ""
    own = clause or around
    if re.search(r"(?<!\w)(?:inte|ej|varken|ingen)(?!\w)", own) and not re.search(
        r"(?:istället|i stället|ställe) ", own
    ):
        return bool(_NOT_COMING.search(own))
    rest = after[len(clause) :]
    return bool(re.match(r"\W*(?:men|but)\W", rest) and _NOT_COMING.search(rest[:60]))


_FOR_ME = re.compile(
    r"(?<!\w)(?:mitt|mig|mej|oss|vårt|my|me|our|us|(?:min|vår) (?:plats|stol|räkning|del|ersättare|suppleant|vikarie))(?!\w)"
)


def _in_whose_place(context: Context, hit: Hit, substitute: Mention) -> tuple[str | None, bool]:
    """In whose place a substitute comes: "i Lenas ställe", "ersätter Mats", "i mitt ställe"."""
    text = fold(context.text_of(hit.line))
    around = text[max(0, hit.start - 20) : hit.end + 40]
    if _FOR_ME.search(around):
        return (context.speaker.id if context.speaker else None), True
    for mention in context.people_in(hit.line):
        if mention.start == substitute.start or not mention.person or mention.kind == "address":
            continue
        offset = sentence_start(context, hit.line)
        before = text[max(0, mention.start - offset - 22) : mention.start - offset]
        near = hit.start - 5 <= mention.start - offset <= hit.end + 25
        if near and (
            mention.genitive or re.search(r"(?:för|ersätter|ersätta|representerar|for|of|åt) \Z", before)
        ):
            return mention.person, False
    return None, False


def _stand_in(context: Context, hit: Hit) -> list[Standing]:
    """The writer comes in another's place."""
    writer = context.speaker
    if not writer:
        return []
    mention = context.person_at(hit.slots.get("FRÅNVARANDE", ""))
    covered_seats: tuple[Seat, ...] = context.surroundings.network.seats_covered_by(writer.id)
    if mention is None:
        # "Jag hoppar in på torsdag": for whom, the seat tells, where there is only one.
        if context.surroundings.network.seat_of(writer.id):
            return []
        pronoun = antecedent(context, hit.line, hit.start)
        if pronoun and pronoun.person in {s.holder for s in covered_seats}:
            return [Standing(writer.id, pronoun.person, hit.line, context.evidence(hit))]
        others = [m for m in context.people if m.person and m.person in {s.holder for s in covered_seats}]
        holders = {m.person for m in others} or {s.holder for s in covered_seats}
        if len(holders) == 1:
            return [Standing(writer.id, next(iter(holders)), hit.line, context.evidence(hit))]
        return (
            [
                Standing(
                    writer.id,
                    None,
                    hit.line,
                    context.evidence(hit),
                    tuple(filter(None, sorted(map(str, holders)))),
                )
            ]
            if holders
            else []
        )
    if mention.person == writer.id:
        return []
    if not mention.person and len(mention.candidates) < 2:
        return []
    candidates = (
        tuple(c for c in mention.candidates if c in {s.holder for s in covered_seats}) or mention.candidates
    )
    absent = mention.person or (candidates[0] if len(candidates) == 1 else None)
    return [
        Standing(writer.id, absent, hit.line, context.evidence(hit), candidates if absent is None else ())
    ]


def _own_substitute(context: Context, hit: Hit) -> list[Standing]:
    person = context.speaker
    seat = context.surroundings.network.seat_of(person.id) if person else None
    options = context.surroundings.network.substitutes_of(seat) if seat else ()
    if len(options) != 1 or not person:
        return []
    return [Standing(options[0], person.id, hit.line, context.evidence(hit), (), True)]


# --- settling -----------------------------------------------------------------------------------


def _settle(context: Context, gathered: _Gathered) -> list[Intent]:
    claims, standings = gathered.claims, gathered.standings
    standings += _standings_by_coming(context, claims, standings)
    claims = _judge_weak(context, claims, standings)
    claims = _links_first(context, claims)
    released = {c.evidence.text for c in claims if c.says == "coming" and "after-all" in c.evidence.rule}
    standings = [s for s in standings if s.evidence.text not in released or _strong_standing(s)]
    intents: list[tuple[int, int, Intent]] = []
    used: set[int] = set()
    coming = [c for c in claims if c.says == "coming"]
    absent = [c for c in claims if c.says == "absent"]
    by_person: dict[str | None, list[Claim]] = {}
    for claim in absent:
        for person in claim.people:
            by_person.setdefault(person, []).append(claim)
    substitutes = {s.substitute for s in standings if isinstance(s.substitute, str)}
    for person, rows in by_person.items():
        if person in substitutes and len(by_person) > 1:
            continue
        if person is not None and not _has_part(context, person) and len(by_person) > 1:
            # A substitute who cannot come either is no absence of a member's.
            continue
        for group in _by_meeting(context, rows, coming):
            claim, when = group
            if when.past and not when.keys:
                continue
            standing = next(
                (
                    n
                    for n, s in enumerate(standings)
                    if n not in used and _stands_for(context, s, person, claim)
                ),
                None,
            )
            intents.append(
                (
                    claim.line,
                    claim.start,
                    _absence(
                        context, person, claim, when, standings[standing] if standing is not None else None
                    ),
                )
            )
            several = len([r for r in by_person if r is not None]) > 1
            if standing is not None and several and not _for_all(standings[standing]):
                used.add(standing)
    intents += _absences_by_substitute(context, standings, by_person, coming)
    for claim in coming:
        intents += _attendances(context, claim, intents, standings)
    intents.sort(key=lambda row: (row[0], row[1]))
    return _merged([row[2] for row in intents])


def _standings_by_coming(context: Context, claims: list[Claim], standings: list[Standing]) -> list[Standing]:
    """ "Jag har förhinder, Tomas kommer": who comes beside an absence is the substitute."""
    network = context.surroundings.network
    absent = {p for c in claims if c.says == "absent" and c.extent == "whole" for p in c.people if p}
    rows: list[Standing] = []
    for claim in claims:
        if claim.says != "coming" or "after-all" in claim.evidence.rule:
            continue
        for person in claim.people:
            for who in sorted(absent - {person}):
                seat = network.seat_of(who)
                if person and seat and person in network.substitutes_of(seat):
                    rows.append(Standing(person, who, claim.line, claim.evidence))
        if absent and claim.strangers and not standings:
            contact = claim.strangers[0]
            rows.append(Standing(contact, None, claim.line, claim.evidence))
    return rows


def _links_first(context: Context, claims: list[Claim]) -> list[Claim]:
    """Who is with us by link is with us: "kan inte delta fysiskt, men är med på länk"."""
    linked = [c for c in claims if c.by_link]
    kept: list[Claim] = []
    for claim in claims:
        rivals = [c for c in linked if set(c.people) & set(claim.people)]
        if claim.says == "absent" and claim.extent == "whole" and rivals:
            own = set(_when(context, claim).keys)
            if any(own & set(_when(context, r).keys) for r in rivals):
                continue
        kept.append(claim)
    return kept


def _strong_standing(s: Standing) -> bool:
    return s.for_speaker


def _has_part(context: Context, person: str) -> bool:
    network = context.surroundings.network
    if network.seat_of(person):
        return True
    year = context.surroundings.now.year
    return any(
        p and p.id == person for y in (year, year + 1) for p in (network.chair(y), network.secretary(y))
    )


def _for_all(s: Standing) -> bool:
    """ "Håkan får representera oss båda"."""
    return bool(re.search(r"oss (?:båda|bägge|alla)|both of us|dem båda", fold(s.evidence.text)))


def _stands_for(context: Context, s: Standing, person: str | None, claim: Claim) -> bool:
    if s.for_speaker and _for_all(s):
        return True
    if s.absent is not None:
        return s.absent == person
    if s.for_speaker:
        return bool(context.speaker and context.speaker.id == person) or context.speaker is None
    return not (isinstance(s.substitute, str) and s.substitute == person)


def _judge_weak(context: Context, claims: list[Claim], standings: list[Standing]) -> list[Claim]:
    """A reason counts beside one of our meetings, or with someone in one's place."""
    plain = {(p, c.says) for c in claims if not c.weak for p in c.people}
    kept: list[Claim] = []
    for claim in claims:
        if not claim.weak:
            kept.append(claim)
            continue
        if any((p, "coming") in plain or (p, "absent") in plain for p in claim.people):
            continue
        when = _when(context, claim)
        if when.past:
            continue
        if (when.source in {"own", "near", "subject"} and when.keys) or when.source == "thread" or standings:
            kept.append(claim)
        elif claim.evidence.rule == "absence/stays-home" and when.keys:
            kept.append(replace(claim, perhaps=not _soon(context, when)))
    return kept


def _soon(context: Context, when: When) -> bool:
    today = context.surroundings.now.date()
    return any(timedelta(0) <= key - today <= timedelta(days=2) for key in when.keys)


def _mentions(context: Context, index: int) -> list[MeetingMention]:
    return list(context.meetings_in(index))


_FOREIGN = re.compile(
    r"(?:svom|barnarenan|nämnd|styrelse|utskott|fullmäktige|teams|apt|ledningsgrupp|socialstyrelsen|länsstyrelsen)[\w:]*(?:s)? (?:\w+ ){0,2}\Z"
)


def _when(context: Context, claim: Claim) -> When:
    """Which meetings a claim is about."""
    text = context.text_of(claim.line)
    offset = sentence_start(context, claim.line)
    begin, end = clause_bounds(text, claim.start)
    rows = _mentions(context, claim.line)
    own = [m for m in rows if begin <= m.start - offset < end]
    if not _useful(own):
        others = _claimed_elsewhere(context, claim)
        own = [m for m in rows if m not in others]
    if claim.line == SUBJECT and any(f.foreign and f.first == m.first for m in own for f in context.meetings):
        # The body says whose meeting the day of the subject line is.
        return When((), None, "own", past=True)
    away = _away_between(context, own)
    if away:
        return When(away, None, "own")
    if (
        claim.weak
        and own
        and not _useful(own)
        and any(m.first and not m.span and m.first >= context.surroundings.now.date() for m in own)
    ):
        # "I morgon vabbar jag": a day of no meeting of ours.
        return When((), None, "own", past=True)
    if own and all(m.foreign for m in own):
        # "Skolnätverkets träff den 22 april" is not our meeting, whatever its date.
        return When((), None, "own", past=True)
    found = _chosen(context, own, "own")
    if found:
        return found
    strange = [
        m
        for m in own
        if m.first and not m.keys and not m.span and m.kind in {"day", "dayofmonth"} and not m.past
    ]
    strange = [m for m in strange if m.first and m.first >= context.surroundings.now.date()]
    listed = _listed_below(context, claim)
    found = _chosen(context, listed, "own") if listed else None
    if found:
        return found
    if claim.line != SUBJECT:
        order = sorted(
            range(len(context.sentences)),
            key=lambda n: (
                abs(context.sentences[n].paragraph - context.sentences[claim.line].paragraph),
                abs(n - claim.line),
                n > claim.line,
            ),
        )
        for index in order:
            if index == claim.line:
                continue
            found = _chosen(context, [m for m in _mentions(context, index) if not _weak_date(m)], "near")
            if found and not found.past and (found.keys or found.doubt):
                return found
    found = _chosen(context, list(context.subject_meetings), "subject")
    if found and not found.past:
        return found
    doubt = None
    if strange and strange[0].first:
        doubt = f"den {strange[0].first.day}/{strange[0].first.month} har vi inget möte"
    if context.thread_meeting:
        return When((context.thread_meeting.key,), doubt, "thread")
    following = context.surroundings.network.next_meeting(context.surroundings.now)
    if following:
        return When((following.key,), doubt, "assumed")
    return When((), "det finns inget kommande möte", "none")


def _away_between(context: Context, rows: Sequence[MeetingMention]) -> tuple[date, ...]:
    """ "Semester fredag 16/4 och tillbaka måndag 26/4": the meetings between two days that are none themselves."""
    days = [m for m in rows if m.first and m.first == m.last and not m.keys]
    if len(days) < 2 or len(days) != len([m for m in rows if not m.foreign]):
        return ()
    first, last = days[0], days[-1]
    if not (first.first and last.first and first.first < last.first):
        return ()
    between = fold(context.words.text[first.end : last.start])
    if not re.search(r"tillbaka|åter|till och med|t\.? ?o\.? ?m|till|hemma|igen", between):
        return ()
    return covered(
        context.surroundings.network, first.first, last.first - timedelta(days=1), context.surroundings.now
    )


def _listed_below(context: Context, claim: Claim) -> list[MeetingMention]:
    """The dates of the list that a sentence opens: "Återbud till" and a bullet for each."""
    rows: list[MeetingMention] = []
    if claim.line == SUBJECT:
        return rows
    for index in range(claim.line + 1, len(context.sentences)):
        sentence = context.sentences[index]
        if sentence.bullet is None:
            break
        if any(h.kind in _KINDS for h in context.hits_in(index) if h.kind not in {"elsewhere"}):
            continue
        rows += _mentions(context, index)
    return rows


def _weak_date(m: MeetingMention) -> bool:
    return m.span and m.kind in {"season"} and m.open


def _useful(rows: Iterable[MeetingMention]) -> bool:
    return any(m.keys or m.conflict for m in rows)


def _claimed_elsewhere(context: Context, claim: Claim) -> list[MeetingMention]:
    """The dates in a sentence's other clauses that speak of coming or not by themselves."""
    text = context.text_of(claim.line)
    offset = sentence_start(context, claim.line)
    taken: list[MeetingMention] = []
    for begin, end in clauses(text):
        if begin <= claim.start < end:
            continue
        if any(begin <= h.start < end and h.kind in _KINDS for h in context.hits_in(claim.line)):
            taken += [m for m in _mentions(context, claim.line) if begin <= m.start - offset < end]
    return taken


def _chosen(
    context: Context, rows: Sequence[MeetingMention], source: Literal["own", "near", "subject"]
) -> When | None:
    """The meetings that some mentions name, or None when they name none."""
    doubts = [m.conflict for m in rows if m.conflict]
    keys: list[date] = []
    past = False
    for mention in rows:
        if mention.past:
            past = True
            continue
        if mention.open and not mention.span:
            continue
        keys += mention.keys
    if keys:
        # A span beside a plain meeting only explains it ("hela vecka 16").
        plain = [k for m in rows if not m.span and not m.past for k in m.keys]
        chosen = _minus_exceptions(context, rows, tuple(dict.fromkeys(plain or keys)))
        return When(chosen, doubts[0] if doubts else None, source)
    if doubts:
        nearest = [m.first for m in rows if m.conflict and m.first]
        network = context.surroundings.network
        close = [
            m.key for m in network.meetings for d in nearest
            if abs((m.day - d).days) <= 7 and m.end > context.surroundings.now and not m.cancelled
        ]  # fmt: skip
        return When(tuple(close[:1]), doubts[0], source)
    if past:
        return When((), None, source, past=True)
    return None


def _minus_exceptions(
    context: Context, rows: Sequence[MeetingMention], keys: tuple[date, ...]
) -> tuple[date, ...]:
    """ "alla höstens möten utom det i november"."""
    text = bare(fold(context.words.text))
    excepted = {
        k for m in rows for k in m.keys
        if re.search(r"(?:utom|forutom|except|undantaget|men inte)\s(?:\w+ ){0,3}\Z", text[max(0, m.start - 30) : m.start])
        and len(m.keys) == 1
    }  # fmt: skip
    left = tuple(k for k in keys if k not in excepted)
    if excepted and left:
        wider = [k for m in rows if m.span or len(m.keys) > 1 for k in m.keys]
        return tuple(k for k in dict.fromkeys(wider or left) if k not in excepted)
    return keys


def _by_meeting(context: Context, rows: list[Claim], coming: list[Claim]) -> list[tuple[Claim, When]]:
    """One claim for each set of meetings and extent: the plainest of each."""
    resolved = [(c, _when(context, c)) for c in rows]
    rank = {"own": 0, "near": 1, "subject": 1, "thread": 2, "assumed": 3, "none": 4}
    resolved.sort(key=lambda row: (row[0].weak, rank[row[1].source], row[0].line, row[0].start))
    kept: list[tuple[Claim, When]] = []
    for claim, when in resolved:
        same = next((n for n, k in enumerate(kept) if set(k[1].keys) & set(when.keys) or not when.keys), None)
        if same is None:
            kept.append((claim, when))
            continue
        other, before = kept[same]
        if claim.extent != "whole" and other.extent == "whole" and claim.line == other.line:
            kept[same] = (claim, before)
        elif (
            before.source == when.source == "own"
            and set(when.keys) - set(before.keys)
            and claim.extent == other.extent
        ):
            kept[same] = (other, replace(before, keys=tuple(sorted({*before.keys, *when.keys}))))
    return sorted(kept, key=lambda row: (row[0].line, row[0].start))


def _absence(
    context: Context, person: str | None, claim: Claim, when: When, standing: Standing | None
) -> Absence:
    doubt = when.doubt
    alternatives: tuple[Intent, ...] = ()
    certain = True
    if person is None:
        certain, doubt = False, doubt or _who_doubt(context, claim.candidates)
        alternatives = tuple(
            Absence(person=c, meetings=when.keys, extent=claim.extent) for c in claim.candidates
        )
    if when.doubt or not when.keys:
        certain = False
    if person is not None and not _has_part(context, person) and _covers_someone_named(context, person):
        # A substitute who cannot come: whose place then stands empty is for a person to say.
        certain, doubt = False, doubt or "den som inte kan komma har ingen egen plats"
    if claim.perhaps:
        certain = False
        doubt = doubt or "det låter inte bestämt"
        alternatives = alternatives or (Attendance(person=person, meetings=when.keys),)
    substitute = standing.substitute if standing and claim.extent == "whole" else None
    evidence = [claim.evidence]
    if standing:
        if standing.evidence not in evidence:
            evidence.append(standing.evidence)
        if isinstance(substitute, str) and context.surroundings.network.seat_of(substitute):
            certain, doubt = False, doubt or "den som ska komma i stället har en egen plats"
        if standing.substitute is None and standing.candidates:
            certain = False
            doubt = doubt or _who_doubt(context, standing.candidates)
            alternatives = tuple(
                Absence(person=person, meetings=when.keys, substitute=c, extent=claim.extent)
                for c in standing.candidates
            )
    return Absence(
        person=person, meetings=when.keys, substitute=_with_address(context, substitute), extent=claim.extent,
        certain=certain, evidence=tuple(evidence), doubt=doubt, alternatives=alternatives,
    )  # fmt: skip


def _covers_someone_named(context: Context, person: str) -> bool:
    holders = {s.holder for s in context.surroundings.network.seats_covered_by(person)}
    return any(m.person in holders for m in context.people)


def _with_address(context: Context, substitute: str | Contact | None) -> str | Contact | None:
    if not isinstance(substitute, Contact):
        return substitute
    person = context.surroundings.network.person_by_address(substitute.email) if substitute.email else None
    return person.id if person else Contact(name=substitute.name, email=substitute.email)


def _who_doubt(context: Context, candidates: tuple[str, ...]) -> str:
    network = context.surroundings.network
    names = [network.person(c).name for c in candidates]
    if len(names) < 2:
        return "det framgår inte vem det gäller"
    return f"det kan vara {', '.join(names[:-1])} eller {names[-1]}"


def _absences_by_substitute(
    context: Context, standings: list[Standing], by_person: dict[str | None, list[Claim]], coming: list[Claim]
) -> list[tuple[int, int, Intent]]:
    """Someone comes in another's place, and nothing else says that the other does not."""
    rows: list[tuple[int, int, Intent]] = []
    for standing in standings:
        person = standing.absent
        if person is None and not standing.candidates:
            speaker = context.speaker
            person = speaker.id if speaker else None
            if by_person:
                continue
        if by_person.get(person):
            continue
        if person is None and by_person and not standing.candidates:
            continue
        if isinstance(standing.substitute, str) and standing.substitute == person:
            continue
        if person and any(person in c.people and "after-all" in c.evidence.rule for c in coming):
            continue
        claim = Claim(
            "absent", "whole", (person,), standing.line, 0, 0, standing.evidence,
            candidates=standing.candidates if person is None else (),
        )  # fmt: skip
        if any(isinstance(i, Absence) and i.person == person for _, _, i in rows):
            continue
        rows.append((standing.line, 0, _absence(context, person, claim, _when(context, claim), standing)))
    return rows


def _attendances(
    context: Context, claim: Claim, before: list[tuple[int, int, Intent]], standings: list[Standing]
) -> list[tuple[int, int, Intent]]:
    when = _when(context, claim)
    rows: list[tuple[int, int, Intent]] = []
    standing_in = {s.substitute for s in standings if isinstance(s.substitute, str)}
    for person in claim.people:
        if person in standing_in:
            # "Jag kommer i Lenas ställe" is her absence, not the writer's own notice.
            continue
        if (
            person is not None
            and not _has_part(context, person)
            and len(claim.people) == 1
            and not (context.speaker and context.speaker.id == person)
        ):
            # Only in passing: "Håkan kommer med bussen".
            continue
        keys = when.keys
        taken = {k for _, _, i in before if isinstance(i, Absence) and i.person == person for k in i.meetings}
        if taken & set(keys):
            if claim.by_link or when.source != "own":
                continue
            keys = tuple(k for k in keys if k not in taken)
        if when.past or not keys:
            continue
        if (
            when.source in {"assumed", "none"}
            and "after-all" not in claim.evidence.rule
            and not claim.by_link
            and not _plainly_confirms(claim)
        ):
            continue
        certain = not when.doubt and not claim.perhaps and person is not None
        doubt = when.doubt or ("det låter inte bestämt" if claim.perhaps else None)
        if person is None and doubt is None:
            doubt = _who_doubt(context, claim.candidates)
        rows.append(
            (
                claim.line,
                claim.start,
                Attendance(
                    person=person, meetings=keys, certain=certain, evidence=(claim.evidence,), doubt=doubt
                ),
            )
        )
    return rows


def _plainly_confirms(claim: Claim) -> bool:
    return bool(
        re.search(
            r"(?<!\w)(?:jag kommer|jag deltar|jag är med|kommer gärna|deltar gärna|räkna med|anmäler)",
            fold(claim.evidence.text),
        )
    )


def _merged(intents: list[Intent]) -> list[Intent]:
    """The same notice said twice is one notice; meetings are put together."""
    kept: list[Intent] = []
    for intent in intents:
        for number, other in enumerate(kept):
            if isinstance(intent, Absence) and isinstance(other, Absence) and _same(intent, other):
                kept[number] = replace(
                    other,
                    meetings=tuple(sorted({*other.meetings, *intent.meetings})),
                    certain=other.certain and intent.certain,
                    evidence=tuple(dict.fromkeys((*other.evidence, *intent.evidence))),
                    substitute=other.substitute or intent.substitute,
                )
                break
            if (
                isinstance(intent, Attendance)
                and isinstance(other, Attendance)
                and intent.person == other.person
            ):
                kept[number] = replace(
                    other,
                    meetings=tuple(sorted({*other.meetings, *intent.meetings})),
                    certain=other.certain and intent.certain,
                    evidence=tuple(dict.fromkeys((*other.evidence, *intent.evidence))),
                )
                break
        else:
            kept.append(intent)
    return kept


def _same(one: Absence, two: Absence) -> bool:
    return (
        one.person == two.person
        and one.extent == two.extent
        and (one.substitute == two.substitute or one.substitute is None or two.substitute is None)
    )


def read_calendar(context: Context) -> list[Intent] | None:
    """A calendar answer, its comment read too; None when the letter is none.

    RFC 5546, 3.2.3: DECLINED is an absence, ACCEPTED attendance; TENTATIVE is
    neither and needs nothing.
    """
    reply = context.letter.calendar
    if reply is None or reply.method.upper() not in {"REPLY", "COUNTER"}:
        return None
    network = context.surroundings.network
    person = network.person_by_address(re.sub(r"(?i)^mailto:", "", reply.attendee)) or context.sender
    key = _calendar_key(context)
    keys = (key,) if key else ()
    words = Evidence("calendar/reply", f"{reply.participation} {reply.comment}".strip())
    who = person.id if person else None
    known = bool(key) and person is not None
    participation = reply.participation.upper()
    if participation == "DECLINED" or (participation == "DELEGATED"):
        inner = next((i for i in read_coming(context) if isinstance(i, Absence)), None)
        substitute = inner.substitute if inner else None
        if reply.delegated_to:
            address = re.sub(r"(?i)^mailto:", "", reply.delegated_to)
            delegate = network.person_by_address(address)
            substitute = delegate.id if delegate else substitute or Contact(email=address)
        certain = known and (inner is None or inner.certain or not inner.alternatives)
        return [
            Absence(
                person=who, meetings=keys, substitute=substitute, certain=certain,
                evidence=(words, *(inner.evidence if inner else ())), doubt=None if certain else (inner.doubt if inner else None),
                alternatives=inner.alternatives if inner and not certain else (),
            )
        ]  # fmt: skip
    if participation == "ACCEPTED":
        inner = next(
            (i for i in read_coming(context) if isinstance(i, Absence) and i.extent != "whole"), None
        )
        if inner:
            return [replace(inner, person=who, meetings=keys or inner.meetings)]
        return [Attendance(person=who, meetings=keys, certain=known, evidence=(words,))]
    return []


def _calendar_key(context: Context) -> date | None:
    reply = context.letter.calendar
    network = context.surroundings.network
    if reply is None:
        return None
    found = re.search(r"(\d{4}-\d\d-\d\d)", reply.uid)
    if found:
        meeting = network.meeting(date.fromisoformat(found[1]))
        if meeting:
            return meeting.key
    if reply.start:
        day = reply.start.astimezone(network.timezone).date() if reply.start.tzinfo else reply.start.date()
        meeting = network.meeting(day)
        if meeting:
            return meeting.key
    if context.reference and context.reference.meeting:
        meeting = network.meeting(context.reference.meeting)
        return meeting.key if meeting else None
    return None


def around(context: Context, index: int, keys: Iterable[date]) -> tuple[date, ...]:
    """The meetings of `keys` that are still to come."""
    s = context.surroundings
    return tuple(k for k in keys if k in covered(s.network, k, k, s.now))
