"""Invitations as Outlook, Google and Apple read them, parsed back with a library."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from service.adapters.calendar_files import calendar_file
from service.usecases.outgoing import CalendarEntry, Recipient
from tests.sample_facts import ENTRY, FEBRUARY, LENA

STAMP = datetime(2027, 2, 4, 7, 0, tzinfo=UTC)


def read(entry: CalendarEntry = ENTRY, to: Recipient = LENA) -> tuple[Calendar, Any]:
    calendar = Calendar.from_ical(calendar_file(entry, to, STAMP))
    (event,) = calendar.walk("VEVENT")
    assert event.errors == []
    return calendar, event


def test_an_invitation_can_be_answered() -> None:
    """METHOD:REQUEST, and an attendee of its own who is asked to answer (RFC 5546, 3.2.2)."""
    calendar, event = read()
    attendee = event["ATTENDEE"]
    assert calendar["METHOD"] == "REQUEST"
    assert calendar["VERSION"] == "2.0"
    assert attendee == "mailto:lena.wikstrom@regionjh.example"
    assert attendee.params["CN"] == "Lena Wikström"
    assert attendee.params["RSVP"] == "TRUE"
    assert attendee.params["PARTSTAT"] == "NEEDS-ACTION"
    assert attendee.params["ROLE"] == "REQ-PARTICIPANT"
    assert event["ORGANIZER"] == "mailto:samreko@samverkan.example"
    assert event["STATUS"] == "CONFIRMED"
    assert event["DTSTAMP"].dt == STAMP


def test_it_names_nobody_else() -> None:
    """Each recipient gets a file with one attendee; addresses do not spread through calendars."""
    content = calendar_file(ENTRY, LENA, STAMP).decode()
    assert content.count("ATTENDEE") == 1
    assert "johan.edlund" not in content


def test_a_change_is_the_same_event_with_a_higher_sequence() -> None:
    """The UID stays for the meeting's whole life, and SEQUENCE rises (RFC 5545, 3.8.7.4)."""
    _, before = read()
    moved = dataclasses.replace(
        ENTRY, sequence=2, start=ENTRY.start + timedelta(days=7), end=ENTRY.end + timedelta(days=7)
    )
    _, after = read(moved)
    assert after["UID"] == before["UID"] == ENTRY.uid
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (1, 2)
    assert after["DTSTART"].dt - before["DTSTART"].dt == timedelta(days=7)


def test_a_cancellation_takes_the_event_away() -> None:
    """METHOD:CANCEL with STATUS:CANCELLED, same UID, no answer asked for (RFC 5546, 3.2.5)."""
    calendar, event = read(dataclasses.replace(ENTRY, method="CANCEL", sequence=3))
    assert calendar["METHOD"] == "CANCEL"
    assert event["STATUS"] == "CANCELLED"
    assert event["UID"] == ENTRY.uid
    assert "RSVP" not in event["ATTENDEE"].params


@pytest.mark.parametrize(
    ("day", "offset"),
    [
        (date(2027, 2, 11), 1),
        (date(2027, 3, 26), 1),
        (date(2027, 3, 29), 2),
        (date(2027, 10, 29), 2),
        (date(2027, 11, 1), 1),
        (date(2045, 7, 3), 2),
    ],
)
def test_the_clock_is_right_on_both_sides_of_summer_time(day: date, offset: int) -> None:
    """The file's own time zone rule, not the reader's, gives 13.00 in Sweden, in any year."""
    start = datetime(day.year, day.month, day.day, 13, tzinfo=ZoneInfo("Europe/Stockholm"))
    entry = dataclasses.replace(ENTRY, start=start, end=start + timedelta(hours=2))
    content = calendar_file(entry, LENA, STAMP)
    # Under a name that no system knows, only the rule in the file can tell.
    unknown = Calendar.from_ical(content.replace(b"Europe/Stockholm", b"Kallelse/Rule"))
    (zone,) = unknown.walk("VTIMEZONE")
    local = datetime(day.year, day.month, day.day, 13, tzinfo=zone.to_tz(lookup_tzid=False))  # type: ignore[arg-type]
    assert local.utcoffset() == timedelta(hours=offset)
    assert b"TZID=Europe/Stockholm:" + f"{start:%Y%m%dT%H%M%S}".encode() in content
    assert content.count(b"BEGIN:VTIMEZONE") == 1


def test_another_zone_is_described_too() -> None:
    """A network in Finland gets its own time zone in the file."""
    start = datetime(2027, 2, 11, 13, tzinfo=ZoneInfo("Europe/Helsinki"))
    calendar, event = read(dataclasses.replace(ENTRY, start=start, end=start + timedelta(hours=2)))
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Helsinki"]
    assert event["DTSTART"].dt.utcoffset() == timedelta(hours=2)


def test_place_link_and_words_come_through() -> None:
    """Commas, semicolons, line breaks and Swedish letters arrive as they were written."""
    _, event = read(
        dataclasses.replace(
            ENTRY, description="Rad ett; två, tre\nRad två \\ slut", summary="SamReKo: möte, i länet"
        )
    )
    assert event["LOCATION"] == f"{FEBRUARY.place} / {FEBRUARY.online}"
    assert event["DESCRIPTION"] == "Rad ett; två, tre\nRad två \\ slut"
    assert event["SUMMARY"] == "SamReKo: möte, i länet"


def test_lines_are_folded_and_end_in_crlf() -> None:
    """At most 75 octets a line, CRLF, UTF-8 (RFC 5545, 3.1)."""
    content = calendar_file(ENTRY, LENA, STAMP)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    content.decode("utf-8")


def test_a_name_cannot_add_lines() -> None:
    """Quotes and line breaks in a name or place stay within their value."""
    evil = 'Eva "X"\r\nATTENDEE:mailto:ond@x.example'
    _, event = read(
        dataclasses.replace(ENTRY, place=evil, organizer_name=evil, summary=evil),
        Recipient(evil, "eva@x.example"),
    )
    assert event["ATTENDEE"] == "mailto:eva@x.example"
    assert event["ORGANIZER"] == "mailto:samreko@samverkan.example"


def test_the_same_invitation_gives_the_same_bytes() -> None:
    """So a letter that is sent again after a fault is the same letter."""
    assert calendar_file(ENTRY, LENA, STAMP) == calendar_file(ENTRY, LENA, STAMP)
