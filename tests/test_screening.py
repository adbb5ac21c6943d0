"""A machine is told from a person, and a person from a machine."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from service.adapters.mime import parse
from service.domain.network import Network, Person
from service.interpretation.screening import Screening, screen

NETWORK = Network(
    name="SamReKo",
    short_name="SamReKo",
    address="samreko@samverkan.example",
    timezone=ZoneInfo("Europe/Stockholm"),
    people=(
        Person("lena", "Lena Wikström", "lena@region.example"),
        Person("hakan", "Håkan Nilsson", "hakan@kommun.example"),
    ),
    other_addresses=("nätverket@samverkan.example",),
)


def judged(
    *headers: str, body: str = "Hej", sender: str = "Lena Wikström <lena@region.example>"
) -> Screening:
    lines = [*headers, f"From: {sender}"]
    if not any(h.lower().startswith("subject:") for h in headers):
        lines.append("Subject: Hej")
    return screen(parse(("\r\n".join(lines) + "\r\n\r\n" + body).encode()), NETWORK)


@pytest.mark.parametrize(
    "headers",
    [
        ["Subject: Frånvaro 12 maj"],
        ["Subject: Sjuk och frånvarande"],
        ["X-Auto-Response-Suppress: All"],
        ["Auto-Submitted: no"],
        ["Subject: VB: Automatiskt svar: Dagordning"],
        ["Subject: Sv: Undeliverable: Dagordning"],
        ["Subject: Ledig den 22 april"],
        [
            "Precedence: list",
            "List-Id: <chefer.region.example>",
            "List-Unsubscribe: <mailto:x@region.example>",
        ],
        ["X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent 2"],
        ["Importance: high", "X-Spam-Status: No, score=-1"],
    ],
)
def test_a_member_is_a_person(headers: list[str]):
    """Her words decide nothing here, nor what her Outlook or her list adds."""
    assert judged(*headers).automatic is None


@pytest.mark.parametrize(
    "headers",
    [
        ["Auto-Submitted: auto-replied"],
        ["auto-submitted: auto-generated (rejected)"],
        ["X-Autoreply: yes"],
        ["X-Autorespond: semester"],
        ["Precedence: auto_reply"],
        ["X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent"],
        ["Subject: Automatiskt svar: Dagordning"],
        ["Subject: Autosvar: Dagordning"],
        ["Subject: Automatic reply: Dagordning"],
        ["Subject: Out of office"],
        ["Return-Path: <>"],
        ["Content-Type: multipart/report; report-type=disposition-notification; boundary=b"],
    ],
)
def test_an_automatic_answer_is_known(headers: list[str]):
    """By RFC 3834, by what Exchange and Notes write, by unmistakable subjects."""
    assert judged(*headers).automatic == "auto-reply"


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        (["Precedence: bulk"], "Nyheter <info@mässan.example>"),
        (["List-Unsubscribe: <https://mässan.example/u>"], "Nyheter <info@mässan.example>"),
        (["X-Mailer: GetAnewsletter 3.2"], "Nyheter <info@mässan.example>"),
        (["List-Id: <nyheter.mässan.example>"], "Nyheter <info@mässan.example>"),
        (["X-Spam-Flag: YES"], "Vinn <pengar@vinn.example>"),
    ],
)
def test_what_goes_out_to_thousands_is_bulk(headers: list[str], sender: str):
    """Newsletters, adverts and what the receiving server calls spam."""
    assert judged(*headers, sender=sender).automatic == "bulk"


def test_an_advert_without_headers_is_known_by_its_way_out():
    """A no-reply address that offers to be unsubscribed from."""
    assert judged(sender="noreply@mässan.example", body="Köp nu!\nAvregistrera dig här.").automatic == "bulk"


def test_a_system_that_writes_to_its_list_is_bulk():
    """It calls itself auto-generated, but it answers nobody."""
    generated = ["Auto-Submitted: auto-generated", "List-Unsubscribe: <https://mässan.example/u>"]

    assert judged(*generated, sender="Nyheter <info@mässan.example>").automatic == "bulk"


def test_an_outsider_who_writes_by_hand_is_a_person():
    """A registrar, an assistant, a citizen: no member, but somebody."""
    assert (
        judged(
            sender="Yvonne <yvonne@kommun.example>", body="Vill ni avregistrera mig från listan?"
        ).automatic
        is None
    )


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ([], "SamReKo <samreko@samverkan.example>"),
        ([], "SamReKo <SAMREKO@samverkan.example>"),
        (["Message-ID: <agenda.2027-02-11.1.k7f3q9mw@samverkan.example>"], "Lena <lena@region.example>"),
        (["Sender: samreko@samverkan.example"], "Lena <lena@region.example>"),
        (["X-Loop: samreko@samverkan.example"], "Lena <lena@region.example>"),
    ],
)
def test_our_own_mail_come_back_is_a_loop(headers: list[str], sender: str):
    """Whatever brought it back, we do not answer ourselves."""
    assert judged(*headers, sender=sender).automatic == "loop"


def test_an_answer_in_the_calendar_is_a_persons():
    """Outlook marks it as little as it can; the member pressed a button."""
    body = (
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        "ATTENDEE;PARTSTAT=DECLINED:mailto:lena@region.example\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    answer = judged("Content-Type: text/calendar; method=REPLY", "Auto-Submitted: auto-generated", body=body)

    assert answer.automatic is None


DSN = (
    "--b\r\nContent-Type: text/plain\r\n\r\nTyvarr.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; hakan@kommun.example\r\n"
    "Action: {action}\r\nStatus: {status}\r\n\r\n"
    "Final-Recipient: rfc822; HAKAN@kommun.example\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
)
REPORT = "Content-Type: multipart/report; report-type=delivery-status; boundary=b"


def test_a_bounce_names_whom_it_did_not_reach_once():
    """Two lines about one address are one failure."""
    bounce = judged(
        "Return-Path: <>",
        REPORT,
        sender="MAILER-DAEMON@mx.example",
        body=DSN.format(action="failed", status="5.1.1"),
    )

    assert bounce == Screening("bounce", ("hakan@kommun.example",))


def test_a_delay_is_a_bounce_that_failed_nobody():
    """The server still tries; no one need be told."""
    delay = judged(
        "Return-Path: <>",
        REPORT,
        sender="MAILER-DAEMON@mx.example",
        body=DSN.format(action="delayed", status="4.2.2"),
    )

    assert delay == Screening("bounce", ())


def test_an_odd_bounce_is_known_by_its_sender_and_subject():
    """No report in it; then the members that it names are whom it is about."""
    odd = judged(
        "Subject: Kan inte levereras: Dagordning",
        "Return-Path: <>",
        sender="postmaster@kommun.example",
        body="Meddelandet till hakan@kommun.example kunde inte levereras. Fråga hjalp@kommun.example.",
    )

    assert odd == Screening("bounce", ("hakan@kommun.example",))


def test_a_member_who_passes_a_bounce_on_is_a_person():
    """She writes about it, from her own address."""
    assert (
        judged("Subject: VB: Undelivered Mail Returned to Sender", body="Vad ar det har?").automatic is None
    )
