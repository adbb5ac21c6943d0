"""Rehearsing a year: every mailing that it will bring, when and to whom, without sending any.

Walks through the year with the very function that the daemon uses; the
secretary is taken to approve each draft the day it comes.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from service.domain.agenda import Draft
from service.domain.distribution import Recipient, recipients
from service.domain.network import Meeting
from service.domain.progress import progress
from service.domain.timeline import Step, due, next_moment
from service.domain.world import StepDone, World
from service.usecases.office import Rules
from service.usecases.words import clock, day_in_words


@dataclass(frozen=True, slots=True)
class Planned:
    """A step that the year will bring; `at` is aware."""

    at: datetime
    step: Step
    meeting: Meeting
    to: tuple[Recipient, ...]


_MAILINGS: dict[Step, str] = {
    "call": "call", "remind-call": "remind-call", "preparation": "preparation", "draft": "agenda-draft",
    "send-agenda": "agenda", "attendance-list": "attendance-list", "minutes-form": "minutes-form",
    "send-minutes": "minutes",
}  # fmt: skip

STEP_WORDS: dict[Step, str] = {
    "call": "Ärendekallelse",
    "remind-call": "Påminnelse om ärenden",
    "close": "Ärendelistan stängs",
    "preparation": "Underlag till beredningen",
    "draft": "Utkast till dagordning",
    "remind-draft": "Påminnelse om utkastet",
    "escalate-draft": "Ordföranden får veta",
    "send-agenda": "Kallelse och dagordning",
    "agenda-late": "Dagordningen är försenad",
    "attendance-list": "Närvarolista",
    "minutes-form": "Protokollsmall",
    "remind-minutes": "Påminnelse om protokollet",
    "escalate-minutes": "Ordföranden får veta om protokollet",
    "remind-minutes-draft": "Påminnelse om protokollsutkastet",
    "send-minutes": "Protokoll",
    "ask-priorities": "Fråga om fokusområden",
    "referrals": "Att föra till SVOM och Barnarenan",
}


def rehearse(world: World, rules: Rules, year: int) -> list[Planned]:
    """The steps of a year's meetings in the order of time, those before New Year included."""
    planned: list[Planned] = []
    meetings = [m for m in world.meetings.values() if m.start.year == year and not m.cancelled]
    clean = dataclasses.replace(world, steps={}, drafts={})
    for meeting in meetings:
        planned += _rehearse_meeting(clean, rules, meeting)
    return sorted(planned, key=lambda p: (p.at, p.meeting.start))


def _rehearse_meeting(world: World, rules: Rules, meeting: Meeting) -> list[Planned]:
    planned: list[Planned] = []
    now = meeting.start - timedelta(days=400)
    while (moment := next_moment([meeting], rules.timeline, now)) is not None:
        now = moment
        while waiting := due(meeting, progress(world, meeting), rules.timeline, now):
            step = waiting[0].step
            draft = world.newest_draft("agenda", meeting.key)
            groups = rules.distribution.get(_MAILINGS.get(step, ""), ())
            if step in ("ask-priorities", "referrals"):
                groups = ("secretary",)
            if step in ("remind-draft", "escalate-draft", "agenda-late"):
                groups = ("secretary",) if step == "remind-draft" else ("chair",)
            to = recipients(world, groups, meeting, draft.lines if draft else (), now)
            planned.append(Planned(now, step, meeting, to))
            world = world.put((StepDone(meeting.key, step, now),))
            if step == "draft":
                lines = tuple(i for i in world.items_of(meeting.key) if i.state == "proposed")
                world = world.put((Draft("agenda", meeting.key, 1, now, lines, state="approved"),))
            if step == "send-agenda" and (sent := world.newest_draft("agenda", meeting.key)):
                world = world.put((dataclasses.replace(sent, state="sent"),))
            if step == "minutes-form":
                world = world.put((Draft("minutes", meeting.key, 1, now, state="approved"),))
    return planned


def as_rows(planned: list[Planned]) -> list[dict[str, Any]]:
    """As `rehearse --json` prints it."""
    return [
        {
            "at": p.at.isoformat(),
            "step": p.step,
            "meeting": p.meeting.key.isoformat(),
            "to": [{"person": r.person, "name": r.name, "email": r.address} for r in p.to],
        }
        for p in planned
    ]


def as_table(planned: list[Planned]) -> str:
    """As a table that a secretary can check."""
    if not planned:
        return "Inga möten är inlagda det året."
    lines: list[str] = []
    for p in planned:
        when = f"{day_in_words(p.at.date())} kl. {clock(p.at)}"
        who = f"{len(p.to)} mottagare" if len(p.to) > 3 else ", ".join(r.name for r in p.to)
        lines.append(f"{when:42} {STEP_WORDS[p.step]:36} möte {p.meeting.day.isoformat()}  {who}".rstrip())
    return "\n".join(lines)
