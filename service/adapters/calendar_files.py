"""Invitations as calendar files that Outlook, Google and Apple recognise (RFC 5545, RFC 5546)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText
from icalendar.prop import vRecur

from service.usecases.outgoing import CalendarEntry, Recipient

# Central European time changes by the rule of the Union: the last Sundays of March and October, at 01 UTC.
_CENTRAL_EUROPE = frozenset({"Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen", "Europe/Berlin"})


def calendar_file(entry: CalendarEntry, attendee: Recipient, stamp: datetime | None = None) -> bytes:
    """One invitation or cancellation for one attendee, as it goes into text/calendar.

    `stamp` is when it was made (DTSTAMP), now when left out.  The file names
    the attendee alone, so that nobody's address reaches another through it.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Kallelse//Kallelse//SV")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", entry.method)
    zone = getattr(entry.start.tzinfo, "key", "")
    if zone in _CENTRAL_EUROPE:
        calendar.add_component(_central_europe(zone))

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", (stamp or datetime.now(UTC)).astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.start)
    event.add("dtend", entry.end)
    event.add("summary", _clean(entry.summary))
    where = " / ".join(part for part in (_clean(entry.place), _clean(entry.online)) if part)
    if where:
        event.add("location", where)
    if entry.description.strip():
        event.add("description", entry.description.strip())
    event.add("status", "CANCELLED" if entry.method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("class", "PUBLIC")

    organizer = vCalAddress(f"mailto:{entry.organizer_address}")
    organizer.params["CN"] = vText(_param(entry.organizer_name or entry.organizer_address))
    event.add("organizer", organizer)
    guest = vCalAddress(f"mailto:{attendee.address}")
    guest.params["CN"] = vText(_param(attendee.name or attendee.address))
    guest.params["CUTYPE"] = vText("INDIVIDUAL")
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    if entry.method == "REQUEST":
        guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
        guest.params["RSVP"] = vText("TRUE")
    event.add("attendee", guest)
    calendar.add_component(event)
    if zone not in _CENTRAL_EUROPE:
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _central_europe(zone: str) -> Timezone:
    """The time zone as a rule, in a fifth of the bytes of a list of dates, and without an end."""
    timezone = Timezone()
    timezone.add("tzid", zone)
    for kind, name, month, start_hour, before, after in (
        (TimezoneDaylight, "CEST", 3, 2, 1, 2),
        (TimezoneStandard, "CET", 10, 3, 2, 1),
    ):
        change = kind()
        change.add("tzname", name)
        # The last Sunday of the month in the year from which the rule is given.
        change.add("dtstart", datetime(1996, month, 31 if month == 3 else 27, start_hour))  # noqa: DTZ001
        change.add("rrule", vRecur({"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"}))
        change.add("tzoffsetfrom", timedelta(hours=before))
        change.add("tzoffsetto", timedelta(hours=after))
        timezone.add_component(change)
    return timezone


def _clean(text: str) -> str:
    return " ".join(text.split())


def _param(text: str) -> str:
    """A parameter's value may hold neither quotes nor control characters (RFC 5545, 3.2)."""
    return "".join(c for c in _clean(text) if c.isprintable()).replace('"', "'")
