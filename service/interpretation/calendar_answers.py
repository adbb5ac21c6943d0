"""Answers that a calendar program sends to an invitation (iTIP, RFC 5546)."""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from service.domain.intents import Absence, Attendance, Contact, Evidence, Intent
from service.interpretation.coming import read_coming
from service.interpretation.context import Context


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
