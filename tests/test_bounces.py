"""Every bounce has an end: who was not reached, with what, and which address to use instead."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.desk import Desk, Got, Permanent, Temporary, only, to

SECRETARY = "ingrid.palm@regionjh.example"
JOHAN = "johan.edlund@regionjh.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        desk.work()
        desk.got.clear()
        yield desk


def report(
    desk: Desk,
    about: str,
    *,
    address: str = JOHAN,
    action: str = "failed",
    status: str = "5.1.1",
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.regionjh.example>",
) -> list[Got]:
    """A delivery report (RFC 3464) as Postfix writes it, about the letter with this Message-ID."""
    n = len(desk.got)
    return desk.bytes(
        f"""Return-Path: <>
From: {sender}
To: samreko@samverkan.example
Subject: Undelivered Mail Returned to Sender
Date: {format_datetime(desk.clock)}
Message-ID: <{n}.{abs(hash((about, address, action)))}@mx.regionjh.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="gräns"

--gräns
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.regionjh.example.
<{address}>: host said: {status} User unknown

--gräns
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.regionjh.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} User unknown

--gräns
Content-Type: text/rfc822-headers

From: samreko@samverkan.example
To: {address}
Message-ID: {about}
Subject: Kallad

--gräns--
""".replace("\n", "\r\n")
        .replace("gräns", "grans")
        .encode()
    )


def call_in(desk: Desk, day: str = "11 februari") -> Got:
    """Johan is called in for Lena."""
    got = desk.mail("lena.wikstrom", "Förhinder", f"Jag kan inte komma den {day}. /Lena")
    return only(to(got, JOHAN))


def test_the_secretary_is_told_who_was_not_reached_and_with_what(desk: Desk):
    """Name, address, which letter, and a request for another address."""
    letter = call_in(desk)

    told = only(report(desk, letter.id))

    assert told.to == SECRETARY
    assert "Johan Edlund" in told.words
    assert JOHAN in told.words
    assert letter.subject in told.words


def test_each_address_is_told_of_once(desk: Desk):
    """The second bounce, and the same one again, say nothing new."""
    first, second = call_in(desk), call_in(desk, "22 april")

    assert len(report(desk, first.id)) == 1
    assert report(desk, first.id) == []
    assert report(desk, second.id) == []


def test_the_secretarys_answer_with_an_address_is_used_from_then_on(desk: Desk):
    """She answers the notice; the next letter to him goes to the new address."""
    told = only(report(desk, call_in(desk).id))

    desk.mail("ingrid.palm", "", "Rätt adress är johan.edlund@ostersund.example. /Ingrid", answers=told)

    assert desk.world.people["johan.edlund"].email == "johan.edlund@ostersund.example"
    assert desk.world.people["ingrid.palm"].email == SECRETARY
    again = desk.mail("lena.wikstrom", "Förhinder", "Jag kan inte komma den 22 april. /Lena")
    assert to(again, "johan.edlund@ostersund.example")


def test_nobody_else_changes_the_address_by_answering(desk: Desk):
    """The notice's reference in another's hand is of no use."""
    told = only(report(desk, call_in(desk).id))

    desk.mail("Ond <ond@elak.example>", "", "johan.edlund@elak.example", answers=told)

    assert desk.world.people["johan.edlund"].email == JOHAN


def test_a_forwarded_address_in_the_report_is_tied_to_whom_we_wrote(desk: Desk):
    """His mail is forwarded to a box that is gone; the secretary reads his name."""
    told = only(report(desk, call_in(desk).id, address="je1234@intern.example"))

    assert "Johan Edlund" in told.words
    assert "je1234" not in told.words


def test_a_delay_is_kept_and_bothers_nobody(desk: Desk):
    """The other server tries on by itself."""
    assert report(desk, call_in(desk).id, action="delayed", status="4.4.1") == []


def test_a_bounce_of_what_we_never_sent_is_not_passed_on(desk: Desk):
    """Somebody has used our address as sender; or somebody wants to frighten the secretary."""
    assert report(desk, "<annat@elak.example>", address="okand@elak.example") == []
    guessed = "<invitation.2027-02-11.1.k7f3q9mwabcd@samverkan.example>"
    assert report(desk, guessed, address="okand@elak.example") == []


def test_a_bounce_of_the_notice_itself_goes_to_nobody(desk: Desk):
    """No notice about a notice."""
    told = only(report(desk, call_in(desk).id))

    assert report(desk, told.id, address=SECRETARY) == []


def test_what_does_not_reach_the_secretary_is_told_the_chair(desk: Desk):
    """Somebody must know."""
    asked = desk.mail("tomas.oberg", "Undran", "Hej! Vem ersätter Mats när han är borta? Tomas")
    letter = only(to(asked, SECRETARY))

    told = only(report(desk, letter.id, address=SECRETARY))

    assert told.to == "maria.lundgren@ostersund.example"


def test_a_refusal_while_sending_counts_the_same(desk: Desk):
    """550 at RCPT: told once, and a bounce about the same address says nothing new."""
    desk.refuses[JOHAN] = Permanent("550 5.1.1 no such user", 550)
    got = desk.mail("lena.wikstrom", "Förhinder", "Jag kan inte komma den 11 februari. /Lena")
    got += desk.work()
    assert JOHAN in only(to(got, SECRETARY)).words

    got = desk.mail("lena.wikstrom", "Förhinder", "Jag kan inte komma den 22 april. /Lena")
    got += desk.work()
    assert to(got, SECRETARY) == []


def test_a_temporary_refusal_is_tried_again_and_told_nobody(desk: Desk):
    """451 now, taken an hour later."""
    desk.refuses[JOHAN] = Temporary("451 4.3.0 try later", 451)
    got = desk.mail("lena.wikstrom", "Förhinder", "Jag kan inte komma den 11 februari. /Lena")
    assert to(got, SECRETARY) == []
    del desk.refuses[JOHAN]

    assert to(desk.at("2027-01-07 10:30"), JOHAN)


def test_the_report_of_the_next_mailing_notes_the_address(desk: Desk):
    """The server takes the agenda, as it took the letter that came back."""
    report(desk, call_in(desk).id)
    draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
    desk.mail("ingrid.palm", "", "Ok", answers=draft)

    got = desk.at("2027-02-04 08:00")

    summary = only([g for g in got if g.what == "ack"])
    assert "studsat" in summary.words


def test_a_person_who_forwards_a_bounce_is_a_person(desk: Desk):
    """A member's question about it goes to the secretary as a question, not as a bounce."""
    got = desk.mail("tomas.oberg", "VB: Undelivered Mail Returned to Sender",
                    f"Hej, vet ni varför den här kom?\n\nFrån: MAILER-DAEMON\n\n<{JOHAN}>: 550")  # fmt: skip

    assert "studs" not in " ".join(g.words for g in got)
    assert desk.service.store.world().people["johan.edlund"].email == JOHAN
