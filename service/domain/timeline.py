"""Deadlines: which steps a meeting is waiting for.

Everything here takes the time as an argument.  That is what lets us ask what
would happen on a Sunday in July without waiting for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from service.domain.network import Meeting, MeetingKind
from service.domain.working_days import first_working_day, last_working_day

Step = Literal[
    "call", "remind-call", "close", "preparation", "draft", "remind-draft", "escalate-draft", "send-agenda",
    "agenda-late", "attendance-list", "minutes-form", "remind-minutes", "escalate-minutes",
    "remind-minutes-draft", "send-minutes", "ask-priorities", "referrals",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepRule:
    """When a step is taken, counted from a meeting; one row of rules/timeline.toml.

    `days` is negative before the meeting and positive after it; `at` is
    local time of the network, and None means the very moment (the meeting's
    end).  `roll` says which way a day that is no working day gives way.
    """

    step: Step
    because: str
    days: int
    at: time | None
    roll: Literal["earlier", "later", "none"] = "none"
    kinds: tuple[MeetingKind, ...] = ("ordinary", "strategic", "extra")

    def moment(self, meeting: Meeting) -> datetime:
        """When it is time, aware, in the meeting's own time zone (wall time, so summer time is no matter)."""
        if self.at is None:
            return meeting.end + timedelta(days=self.days)
        day = meeting.day + timedelta(days=self.days)
        if self.roll == "earlier":
            day = last_working_day(day)
        elif self.roll == "later":
            day = first_working_day(day)
        return datetime.combine(day, self.at, tzinfo=meeting.start.tzinfo)


Timeline = tuple[StepRule, ...]


@dataclass(frozen=True, slots=True)
class ActionRule:
    """When those who are to do something after a meeting are asked how it goes, in days.

    `before` its day, and again each `every` days once that has passed.
    """

    before: int = 7
    every: int = 14


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a meeting has come: all that `due` needs to know beside the clock."""

    done: Mapping[str, datetime]
    # The newest version of the draft, and what became of it.
    draft: Literal["none", "waiting", "approved", "sent"] = "none"
    draft_made: datetime | None = None
    minutes: Literal["none", "waiting", "approved", "sent"] = "none"
    minutes_made: datetime | None = None
    # The year's first ordinary meeting, its priorities not told yet.
    sets_priorities: bool = False
    # Something on the agenda is for a body above the network to decide.
    has_referrals: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A step whose time has come, and the moment at which it came."""

    step: Step
    moment: datetime


# A reminder gives the secretary at least so long with the version she has.
GRACE = timedelta(hours=20)
# When the time is up, an hour.
SHORT_GRACE = timedelta(hours=1)
# And members, and the writer of the minutes, so long since they were asked.
PATIENCE = timedelta(days=3)
# After so long the form for the minutes has lost its point.
NEWS = timedelta(days=30)


def due(meeting: Meeting, progress: Progress, timeline: Timeline, now: datetime) -> list[Due]:
    """What the meeting is waiting for at this moment, in the order of the timeline.

    Asks what is missing rather than what time it is, so a service that was
    switched off over the weekend simply catches up on Monday.  A step that
    has lost its point meanwhile (a call for matters after they closed) is
    not due any more.
    """
    if meeting.cancelled:
        return []
    moments = {rule.step: rule.moment(meeting) for rule in timeline if meeting.kind in rule.kinds}
    return [
        Due(step, moment)
        for step, moment in moments.items()
        if moment <= now and step not in progress.done and _wanted(step, meeting, progress, moments, now)
    ]


def _wanted(
    step: Step, meeting: Meeting, progress: Progress, moments: Mapping[Step, datetime], now: datetime
) -> bool:
    before_start = now < meeting.start
    open_for_matters = progress.draft == "none" and now < moments.get("close", meeting.start)

    def rested(for_so_long: timedelta) -> bool:
        """Whether the secretary has had the version she has for a while."""
        return progress.draft_made is not None and now >= progress.draft_made + for_so_long

    # Once the promise is broken, one letter says so to everyone; the ladder has lost its point.
    broken = now >= moments.get("agenda-late", meeting.start)

    def long_since(asked: Step) -> bool:
        """Whether the question that a reminder is about was put a good while ago."""
        return asked in progress.done and now >= progress.done[asked] + PATIENCE

    match step:
        case "call":
            return open_for_matters
        case "remind-call":
            return open_for_matters and long_since("call")
        case "close" | "preparation":
            return before_start and progress.draft == "none"
        case "draft":
            return before_start and progress.draft == "none"
        case "remind-draft":
            # Silence is not consent: an unapproved agenda becomes a reminder.
            return not broken and progress.draft == "waiting" and rested(GRACE)
        case "escalate-draft":
            return not broken and progress.draft == "waiting" and rested(GRACE)
        case "send-agenda":
            return before_start and progress.draft == "approved"
        case "agenda-late":
            return before_start and progress.draft == "waiting" and rested(SHORT_GRACE)
        case "attendance-list":
            return before_start
        case "minutes-form":
            # A service that is new does not ask for the minutes of a meeting long past.
            return progress.minutes == "none" and now < meeting.end + NEWS
        case "remind-minutes":
            return progress.minutes == "none" and long_since("minutes-form")
        case "escalate-minutes":
            return progress.minutes == "none" and long_since("remind-minutes")
        case "remind-minutes-draft":
            return (
                progress.minutes == "waiting"
                and progress.minutes_made is not None
                and now >= progress.minutes_made + 3 * GRACE
            )
        case "send-minutes":
            return progress.minutes == "approved"
        case "ask-priorities":
            return progress.sets_priorities and now < meeting.end + NEWS
        case "referrals":
            return progress.has_referrals and now < meeting.end + NEWS


def next_moment(meetings: Sequence[Meeting], timeline: Timeline, now: datetime) -> datetime | None:
    """The next time at which some step of some meeting may come due."""
    coming = [
        moment
        for meeting in meetings
        if not meeting.cancelled
        for rule in timeline
        if meeting.kind in rule.kinds and (moment := rule.moment(meeting)) > now
    ]
    return min(coming, default=None)
