"""Which of our meetings a claim is about.

Its own clause first, then the list that it opens, the sentences near it, the
subject line, the thread; and the next meeting where nothing is said.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from service.interpretation.claims import KINDS, Claim
from service.interpretation.context import SUBJECT, Context
from service.interpretation.dates import MONTH_NAMES
from service.interpretation.grammar import clause_bounds, clauses, sentence_start
from service.interpretation.meetings import MeetingMention, covered
from service.interpretation.words import bare, fold


@dataclass(frozen=True, slots=True)
class When:
    """The meetings that a claim is about."""

    keys: tuple[date, ...]
    doubt: str | None = None
    # Found in the claim's own sentence, beside it, in the subject or thread, or only assumed.
    source: Literal["own", "near", "subject", "thread", "assumed", "none"] = "assumed"
    past: bool = False


def _mentions(context: Context, index: int) -> list[MeetingMention]:
    return list(context.meetings_in(index))


def when_of(context: Context, claim: Claim) -> When:
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
    strange = _days_of_no_meeting(context, claim, own)
    doubt = _no_meeting_then(strange[0]) if strange and not claim.weak else None
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
                return replace(found, doubt=found.doubt or doubt)
    found = _chosen(context, list(context.subject_meetings), "subject")
    if found and not found.past:
        return replace(found, doubt=found.doubt or doubt)
    if context.thread_meeting:
        return When((context.thread_meeting.key,), doubt, "thread")
    following = context.surroundings.network.next_meeting(context.surroundings.now)
    if following:
        return When((following.key,), doubt, "assumed")
    return When((), "det finns inget kommande möte", "none")


def _days_of_no_meeting(
    context: Context, claim: Claim, own: Sequence[MeetingMention]
) -> list[MeetingMention]:
    """Days and months that the claim's own words name and on which we have no meeting.

    A weekday alone counts only close by the words: "kan inte komma på onsdag".
    """
    offset = sentence_start(context, claim.line)
    rows: list[MeetingMention] = []
    for m in own:
        if (
            not m.first
            or not m.last
            or m.keys
            or m.span
            or m.past
            or m.last < context.surroundings.now.date()
        ):
            continue
        close = claim.start - 30 <= m.start - offset <= claim.end + 20
        if (
            m.kind in {"day", "dayofmonth"}
            or (m.kind == "month" and m.named)
            or (m.kind == "weekday" and close and claim.evidence.rule in _PLAIN_ABSENCE)
        ):
            rows.append(m)
    return rows


_PLAIN_ABSENCE = frozenset({"absence/cannot-come", "absence/not-coming", "absence/day-does-not-work"})


def _no_meeting_then(m: MeetingMention) -> str:
    assert m.first
    if m.kind == "month":
        return f"i {MONTH_NAMES[m.first.month - 1]} har vi inget möte"
    return f"den {m.first.day}/{m.first.month} har vi inget möte"


def _away_between(context: Context, rows: Sequence[MeetingMention]) -> tuple[date, ...]:
    """ "Semester fredag 16/4 och tillbaka måndag 26/4": the meetings between two days that are none themselves."""
    months = [m for m in rows if m.kind == "month" and m.last and not m.named]
    days = (
        months
        if len(months) == len(rows)
        else [m for m in rows if m.first and m.first == m.last and not m.keys]
    )
    until = days[-1] if len(days) == 1 else None
    if until and until.last:
        before = fold(context.words.text[max(0, until.start - 24) : until.start])
        words = r"till och med|t\.? ?o\.? ?m\.?|tom|fram till|until|through" + ("" if months else "|till")
        if re.search(rf"(?<!\w)(?:{words})(?: den)? ?\Z", before):
            return covered(
                context.surroundings.network,
                context.surroundings.now.date(),
                until.last,
                context.surroundings.now,
            )
    if months or len(days) < 2 or len(days) != len([m for m in rows if not m.foreign]):
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
        if any(h.kind in KINDS for h in context.hits_in(index) if h.kind not in {"elsewhere"}):
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
        if any(begin <= h.start < end and h.kind in KINDS for h in context.hits_in(claim.line)):
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
    text = context.words.text
    excepted = {
        k for m in rows for k in m.keys
        if re.search(r"(?:utom|forutom|except|undantaget|men inte)\s(?:\w+ ){0,3}\Z", bare(fold(text[max(0, m.start - 30) : m.start])))
        and len(m.keys) == 1
    }  # fmt: skip
    left = tuple(k for k in keys if k not in excepted)
    if excepted and left:
        wider = [k for m in rows if m.span or len(m.keys) > 1 for k in m.keys]
        return tuple(k for k in dict.fromkeys(wider or left) if k not in excepted)
    return keys
