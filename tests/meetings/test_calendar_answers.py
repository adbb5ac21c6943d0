"""Answers from calendar programs count as mail does: yes, no, somebody else, another time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import icalendar
import pytest

from tests.desk import Desk, Got, only, to

SECRETARY = "ingrid.palm@regionjh.example"
LENA = "lena.wikstrom@regionjh.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """February's agenda has gone out, with its calendar entry."""
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        desk.work()
        desk.at("2027-01-27 13:00")
        draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
        desk.mail("ingrid.palm", "", "Ok", answers=draft)
        desk.at("2027-02-04 08:00")
        yield desk


def answer(
    desk: Desk, method: str, participation: str, *, start: datetime | None = None, **more: str
) -> list[Got]:
    """What Outlook sends when Lena answers the invitation that she has got."""
    invitation = only([g for g in to(desk.got, LENA) if "invite.ics" in g.files])
    event = icalendar.Calendar.from_ical(invitation.file("invite.ics")).walk("VEVENT")[0]
    reply, inside = icalendar.Calendar(), icalendar.Event()
    reply.add("method", method)
    inside.add("uid", event["UID"])
    inside.add("sequence", event["SEQUENCE"])
    inside.add("dtstart", start or event["DTSTART"].dt)
    if comment := more.pop("comment", ""):
        inside.add("comment", comment)
    who = icalendar.vCalAddress(f"mailto:{LENA}")
    who.params["PARTSTAT"] = participation
    if delegate := more.pop("delegated_to", ""):
        who.params["DELEGATED-TO"] = f"mailto:{delegate}"
    inside.add("attendee", who)
    reply.add_component(inside)
    message = EmailMessage()
    message["From"] = f"Lena Wikström <{LENA}>"
    message["To"] = desk.world.charter.address
    message["Subject"] = f"Svar: {invitation.subject}"
    message["Message-ID"] = f"<{method}.{participation}@member.example>"
    message["In-Reply-To"] = invitation.id
    message.set_content("")
    message.add_alternative(reply.to_ical().decode(), subtype="calendar", params={"method": method})
    return desk.bytes(message.as_bytes())


def test_another_time_goes_to_the_secretary_and_moves_nothing(desk: Desk):
    """Lena is told so, and gets the secretary's answer."""
    got = answer(
        desk, "COUNTER", "TENTATIVE", start=datetime(2027, 2, 12, 9, tzinfo=UTC), comment="Då är jag ledig."
    )

    asked = only(to(got, SECRETARY))
    assert "fredag 12 februari 2027 kl. 10.00" in asked.words
    assert "Då är jag ledig." in asked.words
    assert "har gått till Ingrid Palm" in only(to(got, LENA)).words
    assert "lena.wikstrom" not in desk.meeting("2027-02-11")["absent"]  # type: ignore[operator]
    back = desk.mail("ingrid.palm", "", "Det går tyvärr inte, de andra kan bara på torsdagen.", answers=asked)
    assert "de andra kan bara på torsdagen" in only(to(back, LENA)).words


def test_a_no_with_another_time_is_an_absence_as_well(desk: Desk):
    """Her substitute is called in at once; should the meeting move she can say so."""
    got = answer(desk, "COUNTER", "DECLINED", start=datetime(2027, 2, 12, 9, tzinfo=UTC))

    assert desk.meeting("2027-02-11")["absent"] == ["lena.wikstrom"]
    assert to(got, "johan.edlund@regionjh.example")
    assert "fredag 12 februari 2027" in only(to(got, SECRETARY)).words


def test_a_delegate_comes_in_her_place(desk: Desk):
    """Whom she names in her calendar is called in, with all that has gone out."""
    got = answer(desk, "REPLY", "DELEGATED", delegated_to="johan.edlund@regionjh.example")

    called = only(to(got, "johan.edlund@regionjh.example"))
    assert "Dagordning SamReKo 2027-02-11.pdf" in called.files
    assert desk.meeting("2027-02-11")["substitutes"] == [
        {"seat": "oc-barn-unga-vuxna", "person": "johan.edlund"}
    ]


def test_a_delegate_whom_nobody_knows_is_called_in_and_told_of(desk: Desk):
    """The secretary learns who comes instead."""
    got = answer(desk, "REPLY", "DELEGATED", delegated_to="rut.lind@regionjh.example")

    assert only(to(got, "rut.lind@regionjh.example")).what == "invitation"
    assert to(got, SECRETARY)


def test_a_declined_invitation_with_a_comment_calls_in_the_substitute(desk: Desk):
    """The same as the mail would."""
    got = answer(desk, "REPLY", "DECLINED", comment="Är på kurs.")

    assert to(got, "johan.edlund@regionjh.example")
    assert desk.meeting("2027-02-11")["absent"] == ["lena.wikstrom"]


def test_perhaps_changes_nothing_and_is_not_answered(desk: Desk):
    """She is counted in until she says no."""
    assert answer(desk, "REPLY", "TENTATIVE") == []
    assert desk.meeting("2027-02-11")["absent"] == []
