"""Another time proposed from a calendar program (iTIP COUNTER, RFC 5546, 3.2.7): the secretary decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from service.domain.network import Meeting
from service.domain.world import World
from service.usecases.filing.case import Note, ToDecide
from service.usecases.letters import to_secretary
from service.usecases.office import OpenQuestion
from service.usecases.opening import Opened
from service.usecases.outgoing import Post
from service.usecases.words import clock, day_in_words

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the member is told, and what the secretary is asked."""

    note: Note
    decide: ToDecide | None = None


def proposed_time(world: World, opened: Opened, now: datetime) -> Proposed | None:
    """Pass a member's counter-proposal on; None when the letter has none.

    The meeting stays where it is until the secretary moves it.  Whether the
    member comes is told in the same answer, and filed as always.
    """
    reply = opened.letter.calendar
    if reply is None or reply.method.upper() != "COUNTER" or reply.start is None:
        return None
    if opened.speaker is None or opened.trust not in ("pass", "unchecked"):
        return None
    meeting = _meeting(world, reply.uid, now)
    start = (reply.start if reply.start.tzinfo else reply.start.replace(tzinfo=world.zone)).astimezone(
        world.zone
    )
    if meeting is None or start == meeting.start:
        return None
    to = to_secretary(world, now)
    when = f"{day_in_words(start.date())} kl. {clock(start)}"
    facts = {"meeting": meeting, "when": when, "passed_to": ""}
    if to is None or to.person == opened.speaker.id:
        return Proposed(Note("other-time", facts))
    said = f"\n\n{reply.comment}" if reply.comment.strip() else ""
    post = Post(
        what="ask",
        mailing="question",
        to=to,
        meeting=meeting.key,
        facts={
            "from_name": opened.speaker.name,
            "from_address": opened.speaker.email,
            "their_subject": opened.letter.subject,
            "their_text": (
                f"Föreslår en annan tid för mötet {day_in_words(meeting.day)} kl. {clock(meeting.start)}: "
                f"{when}. Mötet ligger kvar. Ska det flyttas skriver du det till mötestjänsten i ett nytt "
                f"mejl.{said}"
            ),
        },
        because_of=opened.number,
    )
    question = OpenQuestion("question", opened.number, opened.speaker.id, to)
    return Proposed(Note("other-time", {**facts, "passed_to": to.name}), ToDecide(question, post))


def _meeting(world: World, uid: str, now: datetime) -> Meeting | None:
    """The meeting whose entry is answered: our UIDs begin with its key."""
    found = _DAY.search(uid)
    try:
        meeting = world.meetings.get(date.fromisoformat(found[0])) if found else None
    except ValueError:
        return None
    return meeting if meeting and not meeting.cancelled and meeting.start > now else None
