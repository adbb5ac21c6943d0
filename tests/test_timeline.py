"""When a meeting's steps come due, by the shipped timeline and the clock alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.adapters.terms_files import load_rules
from service.domain.network import Meeting
from service.domain.timeline import Progress, due, next_moment
from service.domain.working_days import first_working_day, is_working_day, last_working_day
from service.wiring import shipped

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TIMELINE = load_rules(shipped("rules")).timeline


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def a_meeting(start: str = "2027-02-11 13:00", **changes: object) -> Meeting:
    begins = local(start)
    fields: dict[str, object] = {"key": begins.date(), "start": begins, "end": begins + timedelta(hours=2)}
    return Meeting(**{**fields, **changes})  # type: ignore[arg-type]


def steps(meeting: Meeting, now: str, **progress: object) -> list[str]:
    fields: dict[str, object] = {"done": {}}
    return [d.step for d in due(meeting, Progress(**{**fields, **progress}), TIMELINE, local(now))]  # type: ignore[arg-type]


EARLIER = {"call": local("2026-12-31 08:00"), "remind-call": local("2027-01-21 08:00"),
           "close": local("2027-01-27 12:00"), "preparation": local("2027-01-27 13:00")}  # fmt: skip


def test_an_approved_agenda_goes_out_exactly_a_week_before_and_not_a_minute_earlier():
    """A week before Thursday is Thursday at eight, Swedish time."""
    done = {**EARLIER, "draft": local("2027-02-01 08:00")}

    assert "send-agenda" not in steps(a_meeting(), "2027-02-04 07:59", done=done, draft="approved")
    assert "send-agenda" in steps(a_meeting(), "2027-02-04 08:00", done=done, draft="approved")


def test_an_unapproved_agenda_is_never_sent():
    """Silence from the secretary leads to reminders and to the chair, not to a mailing."""
    done = {**EARLIER, "draft": local("2027-02-01 08:00")}
    made = local("2027-02-01 08:00")

    def waiting(now: str) -> list[str]:
        return steps(a_meeting(), now, done=done, draft="waiting", draft_made=made)

    assert waiting("2027-02-02 08:00") == ["remind-draft"]
    assert waiting("2027-02-03 08:00") == ["remind-draft", "escalate-draft"]
    assert "send-agenda" not in waiting("2027-02-04 08:00")
    # When the promise is broken, one letter says so; a heap of reminders helps nobody.
    assert waiting("2027-02-04 09:00") == ["agenda-late"]


def test_a_week_before_that_is_ascension_day_moves_to_the_working_day_before():
    """Thursday 6 May 2027 is Ascension Day; the promise is kept on Wednesday."""
    meeting = a_meeting("2027-05-13 13:00")
    rule = next(r for r in TIMELINE if r.step == "send-agenda")

    assert rule.moment(meeting) == local("2027-05-05 08:00")


def test_summer_time_does_not_move_the_hour():
    """Eight o'clock is eight o'clock on both sides of 28 March 2027."""
    rule = next(r for r in TIMELINE if r.step == "send-agenda")

    before = rule.moment(a_meeting("2027-04-01 13:00"))
    after = rule.moment(a_meeting("2027-04-08 13:00"))

    assert (before.hour, before.utcoffset()) == (8, timedelta(hours=1))
    assert (after.hour, after.utcoffset()) == (8, timedelta(hours=2))


def test_a_service_that_was_down_for_the_draft_makes_it_when_it_is_back():
    """Three days late, the draft comes first; the reminder waits until she has had it a while."""
    waiting = steps(a_meeting(), "2027-02-03 12:00", done=EARLIER)

    assert waiting == ["draft"]
    made = local("2027-02-03 12:00")
    after = {**EARLIER, "draft": made}
    assert steps(a_meeting(), "2027-02-03 12:01", done=after, draft="waiting", draft_made=made) == []


def test_a_call_for_matters_that_have_closed_is_not_sent():
    """A step that has lost its point is not caught up."""
    assert "call" not in steps(a_meeting(), "2027-02-01 07:00")


def test_a_cancelled_meeting_waits_for_nothing():
    """No reminder goes out for a meeting that is off."""
    assert steps(a_meeting(cancelled=True), "2027-02-04 09:00") == []


def test_nothing_is_due_before_its_time():
    """Two months ahead the meeting rests."""
    assert steps(a_meeting(), "2026-12-01 12:00") == []


def test_minutes_are_asked_for_when_the_meeting_ends_and_once_only():
    """The form comes in the minute when the meeting ends."""
    meeting = a_meeting()

    assert "minutes-form" not in steps(meeting, "2027-02-11 14:59", draft="sent")
    assert "minutes-form" in steps(meeting, "2027-02-11 15:00", draft="sent")
    done = {"minutes-form": local("2027-02-11 15:00")}
    assert "minutes-form" not in steps(meeting, "2027-02-11 16:00", draft="sent", done=done)


def test_minutes_that_do_not_come_are_asked_for_again_and_then_the_chair_is_told():
    """A week and two weeks after the meeting."""
    done = {"minutes-form": local("2027-02-11 15:00")}

    assert steps(a_meeting(), "2027-02-18 08:00", draft="sent", done=done) == ["remind-minutes"]
    done["remind-minutes"] = local("2027-02-18 08:00")
    assert steps(a_meeting(), "2027-02-19 08:00", draft="sent", done=done) == []
    assert steps(a_meeting(), "2027-02-25 08:00", draft="sent", done=done) == ["escalate-minutes"]


def test_a_new_service_does_not_ask_for_everything_at_once():
    """Started a month after a meeting it does not nag; three weeks after, it asks once, and waits."""
    assert steps(a_meeting(), "2027-03-14 08:00") == []
    assert steps(a_meeting(), "2027-03-04 08:00") == ["minutes-form"]
    done = {"minutes-form": local("2027-03-04 08:00")}
    assert steps(a_meeting(), "2027-03-05 08:00", done=done) == []


def test_the_next_moment_is_the_next_step_of_any_meeting():
    """The scheduler is told one time only, and asks again then."""
    meetings = [a_meeting(), a_meeting("2027-04-22 13:00")]

    assert next_moment(meetings, TIMELINE, local("2027-02-01 08:01")) == local("2027-02-02 08:00")
    assert next_moment([], TIMELINE, local("2027-02-01 08:01")) is None


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2027, 5, 6), False),  # Kristi himmelsfärdsdag
        (date(2026, 6, 19), False),  # midsommarafton
        (date(2026, 12, 24), False),  # julafton
        (date(2026, 12, 31), False),  # nyårsafton
        (date(2027, 2, 4), True),
        (date(2027, 2, 6), False),
    ],
)
def test_working_days_are_those_that_swedes_work(day: date, working: bool):
    """Midsummer Eve is a working day in law only."""
    assert is_working_day(day) is working


def test_days_off_give_way_in_the_direction_asked_for():
    """Earlier never breaks a promise; later never wakes anyone on a holiday."""
    assert last_working_day(date(2027, 1, 6)) == date(2027, 1, 5)
    assert first_working_day(date(2027, 1, 1)) == date(2027, 1, 4)


def test_every_shipped_step_knows_what_to_do():
    """The timeline and the table of steps name the same steps."""
    from service.usecases.keep_calendar import STEPS

    assert {r.step for r in TIMELINE} == set(STEPS)
    assert all(Path(shipped("rules") / "timeline.toml").read_text("utf-8").count(r.because) for r in TIMELINE)
