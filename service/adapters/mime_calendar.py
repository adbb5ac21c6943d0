"""Answers to invitations: accepted, declined, perhaps, at another time.

Outlook, Google and Apple answer with an iTIP REPLY or COUNTER (RFC 5546) in a
text/calendar part or in an attached .ics file.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from service.adapters.mime_text import clean
from service.domain.letters import CalendarReply

_ANSWER = re.compile(rb"(?im)^METHOD[^:\r\n]{0,100}:[ \t]*(REPLY|COUNTER)[ \t]*\r?$")
_MAX_BYTES = 200_000


def calendar_reply(content: bytes, sender: str) -> CalendarReply | None:
    """Read an answer to an invitation; None when the file is something else or cannot be read.

    `sender` is the address in From, by which the right attendee is chosen when
    the answer lists several.
    """
    if len(content) > _MAX_BYTES or not _ANSWER.search(content):
        return None
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(content, multiple=True)
    # The library raises many kinds of exception on broken input.
    except Exception:
        return None
    for calendar in calendars:
        method = str(calendar.get("METHOD", "")).upper()
        if method not in {"REPLY", "COUNTER"}:
            continue
        events = calendar.walk("VEVENT")
        if events:
            return _reply(method, events[0], sender)
    return None


def _reply(method: str, event: Any, sender: str) -> CalendarReply:
    attendees = _all(event, "ATTENDEE")
    mine = next((a for a in attendees if _address(a).casefold() == sender.casefold()), None)
    if mine is None and attendees:
        mine = attendees[0]
    parameters = _part(mine, "params") or {}
    comments = [clean(str(c)).strip() for c in _all(event, "COMMENT")]
    delegated = _address(_first(parameters.get("DELEGATED-TO"))) or None
    return CalendarReply(
        method=method,
        uid=clean(str(event.get("UID", ""))).strip(),
        sequence=_number(event.get("SEQUENCE")),
        start=_moment(event.get("DTSTART")),
        participation=str(parameters.get("PARTSTAT", "")).upper(),
        attendee=_address(mine),
        comment="\n".join(c for c in comments if c),
        delegated_to=delegated,
    )


def _all(event: Any, name: str) -> list[Any]:
    value = event.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _part(value: Any, name: str) -> Any:
    # The library keeps what it could not read and raises when it is asked for it.
    try:
        return getattr(value, name, None)
    except Exception:
        return None


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list | tuple) and value else value


def _address(value: Any) -> str:
    text = clean(str(value or "")).strip().strip('"')
    return text[7:].strip() if text[:7].casefold() == "mailto:" else text


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _moment(value: Any) -> datetime | None:
    moment = _part(value, "dt")
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time()) if isinstance(moment, date) else None
