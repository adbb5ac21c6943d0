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
    Subject,
    clause_bounds,
    is_asked,
    is_denied,
    is_perhaps,
    is_supposed,
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
