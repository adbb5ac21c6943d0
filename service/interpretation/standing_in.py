"""Who comes in another's place for one meeting, and in whose.

A substitute is named in many ways ("Tomas rycker in", "jag sätter mig på
hennes stol", "Håkan har mina papper och går dit"); to have been asked, or to be
ruled out, is not to come.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from dataclasses import dataclass

from service.domain.intents import Contact, Evidence
from service.domain.network import Person, Seat
from service.interpretation.claims import Claim
from service.interpretation.context import SUBJECT, Context
from service.interpretation.grammar import (
    antecedent,
    clause_bounds,
    is_asked,
    opens_with_a_stranger,
    sentence_start,
    subject_of,
)
from service.interpretation.hearing import COMING, PRONOUNS
from service.interpretation.people import Mention, plain_name
from service.interpretation.rulebook import Hit
from service.interpretation.words import fold


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


_NOT_COMING = re.compile(
    r"(?<!\w)(?:inte|ej|ingen|inget|varken|förgäves|tyvärr inte|avböjt|tackat nej|kunde ingen|not|nor|neither|utan framgång|inte heller|sjuk|bortrest|borta|upptagen)(?!\w)"
)


_ONLY_TRYING = re.compile(
    r"(?<!\w)(?:ska fråga|skall fråga|frågar|försöker|försöka|ska försöka|hoppas|kanske|eventuellt|(?<!vet )om|ifall|återkommer|ska höra|hör med|kollar|undersöker|kolla|möjligen|förhoppningsvis|ännu inte|vet inte|will try|maybe|perhaps|if|ask|trying|ev)(?!\w)"
)


def says_not_coming(text: str) -> bool:
    """Whether the words rule somebody out: "Håkan kan inte heller"."""
    return bool(_NOT_COMING.search(fold(text)))


def standings_in(context: Context, index: int) -> list[Standing]:
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
        if (
            re.search(r"ersätt(?:s|as|er)", text)
            and opens_with_a_stranger(context, index)
            and not _FOR_ME.search(text)
        ):
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
        either = _or_another(context, index, mention)
        if either:
            candidates = either
        if candidates:
            who = None
        found.append(Standing(who, absent, index, context.evidence(hit), candidates, for_speaker))
    return found or _heard_in(context, index)


def _heard_in(context: Context, index: int) -> list[Standing]:
    """Who comes instead, as the second reader hears it where no rule does."""
    sense, base = context.sense(index), sentence_start(context, index)
    if index == SUBJECT or sense.of(*COMING) < _HEARD:
        return []
    for part in sense.having("substitute"):
        if part.likelihood < _HEARD:
            continue
        evidence = Evidence("substitute/by-example", context.text_of(index))
        if fold(context.text_of(index)[part.start : part.end]) in PRONOUNS:
            return _heard_myself(context, index, evidence)
        mention = next((m for m in context.people_in(index) if m.start - base == part.start), None)
        if mention is None or mention.kind == "address" or _ruled_out(context, index, part.start):
            continue
        if mention.person and context.surroundings.network.seat_of(mention.person):
            continue
        candidates = mention.candidates if len(mention.candidates) > 1 else ()
        absent = next(
            (
                m.person
                for m in context.people_in(index)
                if any(p.start == m.start - base for p in sense.having("absent"))
            ),
            None,
        )
        return [
            Standing(
                None if candidates else mention.person or mention.contact, absent, index, evidence, candidates
            )
        ]
    return []


def _ruled_out(context: Context, index: int, at: int) -> bool:
    """ "Får inte tag i Johan": whoever is named in a clause that says no, or only hopes, does not come."""
    text = fold(context.text_of(index))
    begin, end = clause_bounds(text, at)
    begin = max(begin, text.rfind(",", begin, at) + 1)
    # "Maria Lundqvist (ej Lundgren!)" tells two people apart.
    clause = re.sub(r"\((?:ej|inte|not) [^()]*\)", "", text[begin:end])
    return bool(_NOT_COMING.search(clause) or _ONLY_TRYING.search(clause))


def _heard_myself(context: Context, index: int, evidence: Evidence) -> list[Standing]:
    """ "Jag tar Birgittas": the writer, who has no seat of her own, comes for whom the letter names."""
    network, writer = context.surroundings.network, context.sender
    if writer is None or network.seat_of(writer.id):
        return []
    holders = {s.holder for s in network.seats_covered_by(writer.id)}
    base, sense = sentence_start(context, index), context.sense(index)
    places = {p.start for p in sense.having("absent")}
    here = [m.person for m in context.people_in(index) if m.start - base in places and m.person in holders]
    named = here or [m.person for m in (*context.people, *context.subject_people) if m.person in holders]
    if not named and len(holders) != 1:
        return []
    absent = (here or [*dict.fromkeys(named), None])[0] if len({*named}) == 1 or here else None
    if absent is None and len(holders) == 1:
        absent = next(iter(holders))
    return [Standing(writer.id, absent, index, evidence)] if absent else []


# How likely it must be that somebody comes instead, where no rule says so.
_HEARD = 0.6


def _or_another(context: Context, index: int, mention: Mention) -> tuple[str, ...]:
    """ "Tomas eller Johan kommer i mitt ställe": which of them is to be asked."""
    text = context.words.text if index != SUBJECT else context.subject
    for other in context.people_in(index):
        first, second = sorted((mention, other), key=lambda m: m.start)
        if other is not mention and re.fullmatch(
            r"\s*(?:eller|alternativt|or)\s*", fold(text[first.end : second.start])
        ):
            return tuple(m.person for m in (first, second) if m.person)
    return ()


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
    # "Maria Lundqvist (ej Lundgren!)" tells two people apart.
    own = re.sub(r"\((?:ej|inte|not) [^()]*\)", "", clause or around)
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
    # Who says "jag" is who writes, even when the letter speaks for another.
    writer = context.sender or context.speaker
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
    seat = context.surroundings.network.seat_of(writer.id)
    if seat and mention.person in context.surroundings.network.substitutes_of(seat):
        if _fronted(context, hit, mention):
            return [Standing(mention.person, writer.id, hit.line, context.evidence(hit), (), True)]
        # Whoever comes "i stället för" her own substitute comes herself.
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


def _fronted(context: Context, hit: Hit, mention: Mention) -> bool:
    """ "På torsdag ersätter Håkan": what stands after the verb is its subject when the time stands before."""
    text = fold(context.text_of(hit.line))
    offset = sentence_start(context, hit.line)
    begin, end = clause_bounds(text, hit.start)
    after = text[mention.end - offset : end]
    return (
        bool(re.search(r"\w", text[begin : hit.start]))
        and bool(re.match(r"ersätter|vikarierar|representerar|företräder", text[hit.start : hit.end]))
        and not re.search(r"(?<!\w)(?:jag|undertecknad|vi)(?!\w)", text[begin : hit.end])
        and not re.match(r" jag(?!\w)", after)
    )


def _own_substitute(context: Context, hit: Hit) -> list[Standing]:
    person = context.speaker
    seat = context.surroundings.network.seat_of(person.id) if person else None
    options = context.surroundings.network.substitutes_of(seat) if seat else ()
    if len(options) != 1 or not person:
        return []
    return [Standing(options[0], person.id, hit.line, context.evidence(hit), (), True)]


def standings_by_coming(context: Context, claims: list[Claim], standings: list[Standing]) -> list[Standing]:
    """ "Jag har förhinder, Tomas kommer": who comes beside an absence is the substitute."""
    network = context.surroundings.network
    absent = {p for c in claims if c.says == "absent" and c.extent == "whole" for p in c.people if p}
    rows = _by_showing_up(context, claims, standings)
    for claim in claims:
        if claim.says != "coming" or "after-all" in claim.evidence.rule:
            continue
        rows += _for_whom_is_away(context, claim, claims, standings)
        for person in claim.people:
            for who in sorted(absent - {person}):
                seat = network.seat_of(who)
                if person and seat and person in network.substitutes_of(seat):
                    rows.append(Standing(person, who, claim.line, claim.evidence))
        if absent and claim.strangers and not standings:
            contact = claim.strangers[0]
            rows.append(Standing(contact, None, claim.line, claim.evidence))
    return rows


def _by_showing_up(context: Context, claims: list[Claim], standings: list[Standing]) -> list[Standing]:
    """ "Det blir mitt ansikte ni får se. Mats har brutit benet": the writer, who has no seat of her own, comes."""
    network, writer = context.surroundings.network, context.sender
    if writer is None or network.seat_of(writer.id) or any(s.substitute == writer.id for s in standings):
        return []
    own = [c for c in claims if c.heard_only and c.people == (writer.id,) and not c.perhaps]
    away = {p for c in claims if c.says == "absent" and c.extent == "whole" for p in c.people}
    holders = away & {s.holder for s in network.seats_covered_by(writer.id)}
    if not own or len(holders) != 1:
        return []
    return [Standing(writer.id, next(iter(holders)), own[0].line, own[0].evidence)]


_AWAY = (
    r"(?<!\w)(?:ledig|sjuk\w*|borta|bortrest|utomlands|hemma|vab\w*|semester\w*|förhindrad|förhinder|på kurs|på utbildning|"
    r"på resa|tjänstledig|föräldraledig|inte|ej|upptagen|dubbelbokad|inlagd|opereras)(?!\w)"
)


def _for_whom_is_away(
    context: Context, claim: Claim, claims: list[Claim], standings: list[Standing]
) -> list[Standing]:
    """ "Lena är ledig och jag sitter med": who has no seat of her own comes for the one who is away."""
    network = context.surroundings.network
    writer = context.sender
    if writer is None or claim.people != (writer.id,) or network.seat_of(writer.id):
        return []
    if any(s.substitute == writer.id for s in standings):
        return []
    coming = {p for c in claims if c.says == "coming" for p in c.people}
    holders = {s.holder for s in network.seats_covered_by(writer.id)} - coming
    rows: list[Standing] = []
    for index in range(len(context.sentences)):
        named = [m for m in context.people_in(index) if m.person in holders and not m.genitive]
        if named and re.search(_AWAY, fold(context.text_of(index))) and _may_tell_of_absence(context, index):
            rows.append(Standing(writer.id, named[0].person, claim.line, claim.evidence))
    return rows[:1]


def _may_tell_of_absence(context: Context, index: int) -> bool:
    """ "Jag kan inte vara med på SVOM, där får Mats klara sig själv" tells of nobody's absence from us."""
    sense = context.sense(index)
    return not sense.acts or sense.of("absence") >= 0.3


def for_all(s: Standing) -> bool:
    """ "Håkan får representera oss båda"."""
    return bool(re.search(r"oss (?:båda|bägge|alla)|both of us|dem båda", fold(s.evidence.text)))
