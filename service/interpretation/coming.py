"""Who comes and who does not: absence, attendance, and who comes instead.

The claims of the sentences are settled for each person and meeting; a reason
alone ("den elfte ligger jag på operationsbordet") counts only beside one of
our meetings, and never against a plain word that says otherwise.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from service.domain.intents import Absence, Attendance, Contact, Evidence, Intent
from service.interpretation.claims import Claim, answers_in, claims_in
from service.interpretation.context import SUBJECT, Context
from service.interpretation.grammar import is_greeted
from service.interpretation.hearing import COMING
from service.interpretation.second_opinion import may_change_meetings
from service.interpretation.standing_in import (
    Standing,
    for_all,
    says_not_coming,
    standings_by_coming,
    standings_in,
)
from service.interpretation.which_meeting import When, when_of
from service.interpretation.words import fold


@dataclass(slots=True)
class _Gathered:
    claims: list[Claim] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)


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
        claims, standings = claims_in(context, index), standings_in(context, index)
        if draft:
            claims = [
                c for c in claims
                if c.says == "absent" and (c.first_person or _plainly_named(context, c))
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
                if c.says == "absent" or c.first_person or _against_expectation(context, c) or c.by_link
            ]
        gathered.claims += claims if draft else [*claims, *answers_in(context, index)]
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


def _plainly_named(context: Context, claim: Claim) -> bool:
    """Someone is named, with the meeting, as not coming: "Birgitta blir inte med på torsdag"."""
    return (
        not claim.weak
        and claim.extent == "whole"
        and all(claim.people)
        and any(m.keys and not m.past for m in context.meetings_in(claim.line))
    )


def _against_expectation(context: Context, claim: Claim) -> bool:
    """Coming after all, and not only "han kommer själv" beside a matter."""
    if "after-all" not in claim.evidence.rule:
        return False
    words = r"ändå|trots allt|i alla fall|återbud|förhinder|längre|frisk|slipper|behöver inte|after all"
    return bool(re.search(words, fold(claim.evidence.text))) or any(
        m.keys for m in context.meetings_in(claim.line)
    )


def _settle(context: Context, gathered: _Gathered) -> list[Intent]:
    claims, standings = gathered.claims, gathered.standings
    standings += standings_by_coming(context, claims, standings)
    claims = _subject_line_explained(context, claims)
    claims = _plainly_told(claims)
    claims = _likelier_first(context, claims)
    claims = _judge_weak(context, claims, standings)
    claims = _links_first(context, claims)
    released = {c.evidence.text for c in claims if c.says == "coming" and "after-all" in c.evidence.rule}
    standings = [s for s in standings if s.evidence.text not in released or s.for_speaker]
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
        only_said = all(c.evidence.rule == "absence/not-coming" or c.heard_only for c in rows)
        if person and only_said and not _has_part(context, person) and _holder_comes(context, person, coming):
            # "Lena tar sin egen plats, jag är alltså inte med."
            continue
        together = any(len(r.people) > 1 and any(_speaks(context, p) for p in r.people) for r in rows)
        if person is not None and not _has_part(context, person) and len(by_person) > 1 and not together:
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
            if standing is not None and several and not for_all(standings[standing]):
                used.add(standing)
    intents += _absences_by_substitute(context, standings, by_person, coming)
    for claim in coming:
        if claim.likelihood < _HARDLY and any(
            c.line == claim.line and c.says == "absent" and not set(c.people) & set(claim.people)
            for c in absent
        ):
            # "Jag har förhinder, men Lena är på plats": said by the way.
            continue
        intents += _attendances(context, claim, intents, standings)
    intents.sort(key=lambda row: (row[0], row[1]))
    return [_weighed_by_both(context, i, claims) for i in _merged([row[2] for row in intents])]


# The two readers agree from the first likelihood on, and from the second when no other act reaches the third.
_AGREED, _LIKELY, _AGAINST = 0.6, 0.12, 0.4
# A sentence that sounds that much like staying away makes a notice of coming one to ask about.
_SOUNDS_CONTRARY = 0.35
# Under this likelihood the coming of another is only mentioned.
_HARDLY = 0.1
# Under this, being a substitute tells of no absence.
_OF_COMING_AT_ALL = 0.3
_ACTS = {"absence": ("absence", "late", "early"), "attendance": ("attendance",)}
# What tells little speaks against nothing.
_TELLS_LITTLE = ("background", "courtesy")


def _weighed_by_both(context: Context, intent: Intent, claims: Sequence[Claim]) -> Intent:
    """A notice of which only the rules are sure is asked about."""
    if not isinstance(intent, (Absence, Attendance)) or not intent.certain:
        return intent
    if not context.senses or not context.sentences or context.letter.calendar or context.words.remarks:
        return intent
    texts = {e.text for e in intent.evidence}
    own = [n for n, s in context.numbered() if s.text in texts]
    told = [c for c in claims if c.line in own]
    both = any(
        c.says != d.says and set(c.people) & set(d.people) for n, c in enumerate(told) for d in told[n + 1 :]
    ) or any(c.by_link or (c.says == "absent" and c.evidence.rule in _BY_CLOCK) for c in told)
    acts = COMING if both else _ACTS[intent.kind]
    ignored = {*acts, *_TELLS_LITTLE}
    if not may_change_meetings(context):
        ignored |= {"cancel", "move", "place"}
    support = max((context.sense(n).of(*acts) for n in own), default=context.likeliest(*acts))
    against = max(
        (p for n in own for act, p in context.sense(n).acts.items() if act not in ignored), default=0.0
    )
    if support < _AGREED and (support < _LIKELY or against >= _AGAINST):
        return replace(intent, certain=False, doubt="det kan vara menat på ett annat sätt")
    if isinstance(intent, Attendance) and not both and _rest_sounds_absent(context, own, claims):
        # "Jag är med! På noterna alltså, inte på torsdag."
        return replace(intent, certain=False, doubt="det låter också som ett återbud")
    return intent


# Coming that the clock makes a coming late: "Jag kan vara med mellan 13 och 14".
_BY_CLOCK = frozenset({"attendance/comes"})


def _rest_sounds_absent(context: Context, own: Sequence[int], claims: Sequence[Claim]) -> bool:
    if any(c.says == "absent" for c in claims):
        return False
    return any(
        context.sense(n).of("absence", "late", "early") >= _SOUNDS_CONTRARY
        and not context.sense(n).having("absent")
        for n, _ in context.numbered()
        if n not in own
    )


def _subject_line_explained(context: Context, claims: list[Claim]) -> list[Claim]:
    """ "Återbud" in the subject line is said of whom the text names, not of the writer too."""
    body = {p for c in claims if c.line != SUBJECT and c.says == "absent" and not c.weak for p in c.people}
    speaker = context.speaker.id if context.speaker else None
    if not body or speaker in body:
        return claims
    return [
        c
        for c in claims
        if c.line != SUBJECT
        or set(c.people) != {speaker}
        or re.search(r"(?<!\w)(?<!via )(?<!genom )(?:jag|vi|mig|oss|min|mitt|i)(?!\w)", fold(c.evidence.text))
    ]


def _plainly_told(claims: list[Claim]) -> list[Claim]:
    """What is only faintly heard says nothing beside plain words: "Jag har förhinder. Karin kan leda mötet." """
    plain = {c.says for c in claims if c.line != SUBJECT and not (c.heard_only and c.perhaps)}
    return [c for c in claims if not (c.heard_only and c.perhaps) or c.says not in plain]


# Where two sentences of one letter say the contrary of one person and meeting, the second reader chooses
# when one is that much likelier than the other.
_MUCH_LIKELIER = 2.5


def _likelier_first(context: Context, claims: list[Claim]) -> list[Claim]:
    """ "Jag skrev att jag hade förhinder. Nu kan jag delta": of two contrary claims the likelier one."""
    kept: list[Claim] = []
    for claim in claims:
        rivals = [
            c
            for c in claims
            if c.says != claim.says and c.line != claim.line and set(c.people) & set(claim.people)
        ]
        if claim.extent == "whole" and claim.line == SUBJECT:
            # What the text says counts before its heading: "Återbudet", "Jag är med!".
            own = [
                c for c in claims if c.line != SUBJECT and not c.weak and set(c.people) & set(claim.people)
            ]
            if any(c.says != claim.says for c in own):
                continue
        elif rivals and not claim.by_link:
            keys = set(when_of(context, claim).keys)
            if any(
                c.line != SUBJECT and c.likelihood > _MUCH_LIKELIER * claim.likelihood
                and (not keys or keys & set(when_of(context, c).keys))
                for c in rivals
            ):  # fmt: skip
                continue
        kept.append(claim)
    return kept


def _links_first(context: Context, claims: list[Claim]) -> list[Claim]:
    """Who is with us by link is with us: "kan inte delta fysiskt, men är med på länk"."""
    linked = [c for c in claims if c.by_link]
    kept: list[Claim] = []
    for claim in claims:
        rivals = [c for c in linked if set(c.people) & set(claim.people)]
        if claim.says == "absent" and claim.extent == "whole" and rivals:
            own = set(when_of(context, claim).keys)
            if any(own & set(when_of(context, r).keys) for r in rivals):
                continue
        kept.append(claim)
    return kept


def _speaks(context: Context, person: str | None) -> bool:
    return context.speaker is not None and context.speaker.id == person


def _has_part(context: Context, person: str) -> bool:
    network = context.surroundings.network
    if network.seat_of(person):
        return True
    year = context.surroundings.now.year
    return person in network.officers(year, year + 1)


def _holder_comes(context: Context, person: str, coming: Sequence[Claim]) -> bool:
    """Whether one of those in whose place somebody may come is said to come."""
    holders = {s.holder for s in context.surroundings.network.seats_covered_by(person)}
    return any(p in holders for c in coming for p in c.people)


def _stands_for(context: Context, s: Standing, person: str | None, claim: Claim) -> bool:
    if s.for_speaker and for_all(s):
        return True
    if s.absent is not None:
        return s.absent == person
    if s.for_speaker:
        return bool(context.speaker and context.speaker.id == person) or context.speaker is None
    return not (isinstance(s.substitute, str) and s.substitute == person)


def _judge_weak(context: Context, claims: list[Claim], standings: list[Standing]) -> list[Claim]:
    """A reason counts beside one of our meetings, or with someone in one's place."""
    plain = {(p, c.says) for c in claims if not c.weak and not c.heard_only for p in c.people}
    moved = may_change_meetings(context) and context.likeliest("cancel", "move", "place") >= 0.5
    kept: list[Claim] = []
    for claim in claims:
        if not claim.weak:
            kept.append(claim)
            continue
        if moved:
            # "Jag måste till riksdagen, så mötet blir på förmiddagen" gives a reason, and no notice.
            continue
        people = tuple(p for p in claim.people if (p, "coming") not in plain and (p, "absent") not in plain)
        if not people:
            continue
        claim = replace(claim, people=people)
        when = when_of(context, claim)
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


def _by_meeting(context: Context, rows: list[Claim], coming: list[Claim]) -> list[tuple[Claim, When]]:
    """One claim for each set of meetings and extent: the plainest of each."""
    resolved = [(c, when_of(context, c)) for c in rows]
    rank = {"own": 0, "near": 1, "subject": 1, "thread": 2, "assumed": 3, "none": 4}
    # "Förhinder" in the subject line is explained by the day in the text, and by what is odd about it.
    resolved.sort(
        key=lambda row: (
            row[0].weak and not row[0].heard_only,
            row[0].perhaps and row[0].heard_only,
            rank[row[1].source],
            row[1].doubt is None,
            row[0].line,
            row[0].start,
        )
    )
    if any(when.source != "assumed" and when.keys for _, when in resolved):
        # "Det blir utan mig": which meeting, another sentence says.
        resolved = [(c, w) for c, w in resolved if w.source != "assumed" or not c.heard_only]
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
    has_a_seat = isinstance(substitute, str) and context.surroundings.network.seat_of(substitute)
    evidence = [claim.evidence]
    if standing:
        if standing.evidence not in evidence:
            evidence.append(standing.evidence)
        if has_a_seat:
            certain, doubt = False, doubt or "den som ska komma i stället har en egen plats"
            if for_all(standing) or not standing.for_speaker:
                # "Anders för talan för oss båda": who has a seat of her own does not take the other's.
                substitute = None
        if standing.substitute is None and standing.candidates:
            certain = False
            doubt = doubt or _who_doubt(context, standing.candidates)
            alternatives = tuple(
                Absence(person=person, meetings=when.keys, substitute=c, extent=claim.extent)
                for c in standing.candidates
            )
    if (
        certain
        and standing is None
        and claim.extent == "whole"
        and (left_open := _left_open(context, person))
    ):
        # "Håkan bor på rätt sida av bommen": whoever can come instead is named, and nothing says that she does.
        certain, doubt = False, "det framgår inte om någon kommer i stället"
        alternatives = tuple(Absence(person=person, meetings=when.keys, substitute=c) for c in left_open)
    return Absence(
        person=person, meetings=when.keys, substitute=_with_address(context, substitute), extent=claim.extent,
        certain=certain, evidence=tuple(evidence), doubt=doubt, alternatives=alternatives,
    )  # fmt: skip


# "Johan vet": told of it, and no more.
_ONLY_TOLD = re.compile(r"(?<!\w)(?:vet(?: om det)?|är (?:informerad|underrättad)|har fått besked)\W*\Z")


def _left_open(context: Context, person: str | None) -> tuple[str, ...]:
    """The substitutes of somebody's who are named where the letter tells of absence, and are not said to come."""
    network = context.surroundings.network
    seat = network.seat_of(person) if person else None
    substitutes = network.substitutes_of(seat) if seat else ()
    return tuple(
        dict.fromkeys(
            m.person
            for n, s in context.numbered()
            if context.sense(n).of(*COMING, *_TELLS_LITTLE) >= 0.5
            and not says_not_coming(s.text)
            and not _ONLY_TOLD.search(fold(s.text))
            for m in context.people_in(n)
            if m.person and m.person in substitutes and m.person != person and not is_greeted(context, m)
        )
    )


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
        sense = context.sense(standing.line)
        by_office = standing.evidence.rule.startswith("stand-in/") and standing.line != SUBJECT
        if by_office and sense.acts and sense.of(*COMING) < _OF_COMING_AT_ALL:
            # "Jag är fortfarande Lenas ersättare hos er" tells of nobody's absence.
            continue
        if person and any(person in c.people and "after-all" in c.evidence.rule for c in coming):
            continue
        claim = Claim(
            "absent", "whole", (person,), standing.line, 0, 0, standing.evidence,
            candidates=standing.candidates if person is None else (),
        )  # fmt: skip
        if any(isinstance(i, Absence) and i.person == person for _, _, i in rows):
            continue
        rows.append((standing.line, 0, _absence(context, person, claim, when_of(context, claim), standing)))
    return rows


def _attendances(
    context: Context, claim: Claim, before: list[tuple[int, int, Intent]], standings: list[Standing]
) -> list[tuple[int, int, Intent]]:
    when = when_of(context, claim)
    rows: list[tuple[int, int, Intent]] = []
    standing_in = {s.substitute for s in standings if isinstance(s.substitute, str)}
    standing_in |= {c for s in standings for c in s.candidates}
    for person in claim.people:
        if person in standing_in:
            # "Jag kommer i Lenas ställe" is her absence, not the writer's own notice.
            continue
        if (
            person is not None
            and not _has_part(context, person)
            and len(claim.people) == 1
            and not (context.speaker and context.speaker.id == person)
            and not (when.source == "own" and _ALSO.search(fold(claim.evidence.text)))
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


# Not in somebody's place, but beside her.
_ALSO = re.compile(r"(?<!\w)(?:också|utöver|förutom mig|jämte|tillsammans med mig)(?!\w)")


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


# Words that turn an answer about a meeting into a no, or a yes, where no rule has spoken.
_NO = re.compile(
    r"(?<!\w)(?:nej|inte|ej|tyvärr|dessvärre|förhindrad|annat håll|annat för mig|borta|bortrest|sjuk\w*|ledsen|beklagar|ursäkta?|"
    r"utan mig|avstå\w*|mörkt|svårt|spricker|besvikna|no|not|sorry|unfortunately|afraid|can't|cannot|unable)(?!\w)"
)
_YES = re.compile(
    r"(?<!\w)(?:ja|japp|jajamen\w*|jajamän|jadå|absolut|självklart|klart|gärna|givetvis|yes|sure|of course|kommer|deltar|med|närvarar)(?!\w)"
)
_SHORT = 220
# Under this likelihood no sentence of a letter is about coming.
_AT_ALL = 0.15


def guessed(context: Context) -> list[Intent]:
    """What a letter about a meeting most likely says of its writer's coming, when no rule has spoken.

    A plain yes or no to our own invitation or reminder is one; everything
    else is asked about.
    """
    person = context.speaker
    text = fold(context.words.text)
    if re.search(r"(?:glöm|missa) inte|kom ihåg|påminn", text):
        return []
    if person is None or "?" in text or context.letter.attachments or not context.sentences:
        return []
    reference = context.reference
    asked = (
        reference is not None
        and reference.what in {"invitation", "reminder"}
        and context.thread_meeting is not None
    )
    if context.senses and context.likeliest(*COMING) < _AT_ALL:
        return []
    claim = Claim("absent", "whole", (person.id,), 0, 0, 0, Evidence("absence/likely", context.text_of(0)))
    when = when_of(context, claim)
    if when.past or not when.keys or when.source not in {"own", "near", "subject", "thread"}:
        return []
    if when.source == "thread" and not asked:
        return []
    words = text.split()
    if asked and len(words) <= 6:
        first = words[0].strip(" ,.!")
        evidence = Evidence("attendance/yes-or-no", context.text_of(0))
        if first in {"nej", "no"}:
            return [Absence(person=person.id, meetings=when.keys, evidence=(evidence,))]
        if first in {"ja", "japp", "jajamensan", "jajamän", "jadå", "absolut", "självklart", "yes"}:
            return [Attendance(person=person.id, meetings=when.keys, evidence=(evidence,))]
    if len(text) > _SHORT and not asked:
        return []
    doubt = "det framgår inte säkert om du kommer"
    if _NO.search(text):
        standing = next(
            iter(standings_in(context, n) for n in range(len(context.sentences)) if standings_in(context, n)),
            [],
        )
        found = _absence(context, person.id, claim, when, standing[0] if standing else None)
        return [
            replace(
                found,
                certain=False,
                doubt=doubt,
                alternatives=(Attendance(person=person.id, meetings=when.keys),),
            )
        ]
    if asked and _YES.search(text):
        return [
            Attendance(
                person=person.id, meetings=when.keys, certain=False, evidence=(claim.evidence,), doubt=doubt
            )
        ]
    return []
