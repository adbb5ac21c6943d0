"""Each kind of mail has its effect in the records and its answer by mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.desk import Desk, Got, Permanent, only, to

FEBRUARY = "2027-02-11"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Early January, with the call for matters to February's meeting sent."""
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        desk.work()
        desk.got.clear()
        yield desk


def titles(desk: Desk, day: str = FEBRUARY) -> list[str]:
    items = desk.meeting(day)["items"]
    assert isinstance(items, list)
    return [i["title"] for i in items if not i["standing"]]


PROPOSAL = (
    "Hej! Jag vill ta upp köerna till neuropsykiatrisk utredning på mötet den 11 februari. "
    "Det behövs 20 minuter.\n\nHälsningar Lena"
)


def propose(desk: Desk, **more: object) -> list:  # type: ignore[type-arg]
    return desk.mail("lena.wikstrom", "Köerna till neuropsykiatrisk utredning", PROPOSAL, **more)  # type: ignore[arg-type]


def test_a_proposal_becomes_an_item_with_its_attachments(desk: Desk):
    """The sender learns what was understood; the item has proposer, time and file."""
    got = propose(desk, files=[("Köer 2026.pdf", b"%PDF-1.4 siffror")])

    receipt = only(to(got, "lena.wikstrom@regionjh.example"))
    assert receipt.what == "ack"
    assert "neuropsykiatrisk utredning" in receipt.words
    assert "11 februari 2027" in receipt.words
    item = next(i for i in desk.meeting(FEBRUARY)["items"] if not i["standing"])  # type: ignore[attr-defined]
    assert (item["proposer"], item["minutes"], item["attachments"]) == (
        "lena.wikstrom",
        20,
        ["Köer 2026.pdf"],
    )


def test_a_proposal_that_is_taken_back_leaves_the_agenda(desk: Desk):
    """The receipt's thread tells which matter is meant."""
    receipt = only(propose(desk))

    got = desk.mail("lena.wikstrom", "", "Hej, jag drar tillbaka det här ärendet.", answers=receipt)

    assert titles(desk) == []
    assert "neuropsykiatrisk" in only(got).words


def test_more_material_is_added_to_the_matter(desk: Desk):
    """A file sent in answer to the receipt belongs to the matter that it confirmed."""
    receipt = only(propose(desk))

    desk.mail("lena.wikstrom", "", "Här kommer underlaget till punkten.", answers=receipt,
              files=[("Underlag.pdf", b"%PDF-1.4 mer")])  # fmt: skip

    item = next(i for i in desk.meeting(FEBRUARY)["items"] if not i["standing"])  # type: ignore[attr-defined]
    assert item["attachments"] == ["Underlag.pdf"]


def test_an_absence_calls_in_the_holders_own_substitute(desk: Desk):
    """Lena's named substitute is Johan; he is written to at once, with a calendar entry."""
    got = desk.mail("lena.wikstrom", "Förhinder", "Hej! Jag kan tyvärr inte komma den 11 februari. /Lena")

    call = only(to(got, "johan.edlund@regionjh.example"))
    assert call.what == "invitation"
    assert "Lena Wikström" in call.words
    assert "invite.ics" in call.files
    assert "Johan Edlund" in only(to(got, "lena.wikstrom@regionjh.example")).words
    meeting = desk.meeting(FEBRUARY)
    assert meeting["absent"] == ["lena.wikstrom"]
    assert meeting["substitutes"] == [{"seat": "oc-barn-unga-vuxna", "person": "johan.edlund"}]


def test_a_second_absence_in_a_group_with_one_substitute_leaves_the_seat_empty(desk: Desk):
    """Håkan is the only substitute of the three; the secretary and the group are told."""
    desk.mail("erik.jonsson", "Förhinder 11 februari", "Jag kan inte vara med den 11 februari. Erik")

    got = desk.mail("birgitta.aslund", "Förhinder 11 februari", "Jag har förhinder den 11 februari. Birgitta")

    assert to(got, "hakan.nilsson@are.example") == []
    assert "Birgitta" in only(to(got, "ingrid.palm@regionjh.example")).words
    assert to(got, "maria.lundgren@ostersund.example")
    assert len(desk.meeting(FEBRUARY)["substitutes"]) == 1  # type: ignore[arg-type]


def test_whoever_comes_after_all_releases_the_substitute(desk: Desk):
    """Johan is told that he need not come, and his calendar entry is cancelled."""
    desk.mail("lena.wikstrom", "Förhinder", "Jag kan inte komma den 11 februari. /Lena")

    got = desk.mail("lena.wikstrom", "Kan ändå", "Hej, jag kan komma den 11 februari trots allt. /Lena")

    released = only(to(got, "johan.edlund@regionjh.example"))
    assert "Lena Wikström" in released.words
    meeting = desk.meeting(FEBRUARY)
    assert (meeting["absent"], meeting["substitutes"], meeting["attending"]) == ([], [], ["lena.wikstrom"])


def test_late_is_no_absence(desk: Desk):
    """Nobody is called in for someone who comes half an hour late."""
    got = desk.mail("mats.hedin", "11 februari", "Jag kommer en halvtimme sent den 11 februari. Mats")

    assert [g.to for g in got] == ["mats.hedin@regionjh.example"]
    assert desk.meeting(FEBRUARY)["absent"] == []


def test_a_replacement_gives_the_seat_to_the_successor_from_the_day(desk: Desk):
    """The secretary is told and the successor welcomed; until the day the old holder has the seat."""
    got = desk.mail(
        "camilla.rask",
        "Ny representant",
        "Hej! Jag slutar som skolchef den 28 februari. Min efterträdare är Petra Hallin, "
        "petra.hallin@herjedalen.example, och hon tar över den 1 mars.\n\nCamilla",
    )

    assert "Camilla Rask" in only(to(got, "petra.hallin@herjedalen.example")).words
    assert "Petra Hallin" in only(to(got, "ingrid.palm@regionjh.example")).words
    seat = next(s for s in desk.status["seats"] if s["id"] == "skola-1")  # type: ignore[union-attr, index]
    assert seat["holder"] == "camilla.rask"  # type: ignore[index]
    desk.at("2027-03-01 09:00")
    seat = next(s for s in desk.status["seats"] if s["id"] == "skola-1")  # type: ignore[union-attr, index]
    assert seat["holder"] == "petra.hallin"  # type: ignore[index]


def test_a_new_address_is_used_from_then_on_and_the_old_is_still_known(desk: Desk):
    """Mail from the old address is still from the same member."""
    desk.mail(
        "eva.martensson", "Ny adress", "Min nya mejladress är eva.m@regionjh.example. Den gamla slutar gälla."
    )

    person = desk.world.people["eva.martensson"]
    assert person.email == "eva.m@regionjh.example"
    assert "eva.martensson@regionjh.example" in person.aliases


def test_the_secretary_moves_a_meeting_and_everyone_is_told(desk: Desk):
    """All members get the new time with an updated calendar entry."""
    got = desk.mail(
        "ingrid.palm",
        "Mötet flyttas",
        "Mötet den 11 februari flyttas till torsdag den 18 februari 2027 kl 13.00-15.00, samma plats.",
    )

    moved = only(to(got, "birgitta.aslund@stromsund.example"))
    assert "18 februari 2027" in moved.words
    assert "invite.ics" in moved.files
    assert desk.meeting(FEBRUARY)["start"] == "2027-02-18T13:00:00+01:00"


def test_a_cancelled_meeting_hands_its_matters_to_the_next(desk: Desk):
    """Everybody is told, and nothing that was proposed is lost."""
    propose(desk)

    got = desk.mail(
        "maria.lundgren", "Inställt", "Mötet den 11 februari ställs in. Maria Lundgren, ordförande"
    )

    assert len({g.to for g in got}) > 10
    assert desk.meeting(FEBRUARY)["state"] == "cancelled"
    assert titles(desk, "2027-04-22") == ["Köerna till neuropsykiatrisk utredning"]


def test_a_member_cannot_cancel_a_meeting(desk: Desk):
    """Only the secretary or the chair can; she is asked."""
    desk.mail("erik.jonsson", "Mötet", "Mötet den 11 februari ställs in. Erik")

    assert desk.meeting(FEBRUARY)["state"] == "open"


def test_that_the_secretary_only_thanks_for_a_question_is_no_answer_to_it(desk: Desk):
    """The member is not sent her "tack", and the question stays open for what she writes next."""
    got = desk.mail("tomas.oberg", "Undran", "Hej! Vem är det som ersätter Mats när han är borta? Tomas")
    asked = only(to(got, "ingrid.palm@regionjh.example"))

    assert desk.mail("ingrid.palm", "", "Tack för mejlet!", answers=asked) == []
    answer = desk.mail("ingrid.palm", "", "Maria.", answers=asked)
    assert "Maria." in only(to(answer, "tomas.oberg@regionjh.example")).words


def test_a_question_goes_to_the_secretary_and_her_answer_to_the_member(desk: Desk):
    """She answers the service; the member gets her words."""
    got = desk.mail("tomas.oberg", "Undran", "Hej! Vem är det som ersätter Mats när han är borta? Tomas")
    asked = only(to(got, "ingrid.palm@regionjh.example"))
    assert "Vem är det som ersätter Mats" in asked.words

    answer = desk.mail("ingrid.palm", "", "Hej Tomas, det är Maria Lundqvist. /Ingrid", answers=asked)

    got_back = only(to(answer, "tomas.oberg@regionjh.example"))
    assert "det är Maria Lundqvist" in got_back.words


def test_thanks_need_no_answer(desk: Desk):
    """Courtesy ends a conversation."""
    assert desk.mail("karin.nystrom", "Tack", "Tack för informationen! /Karin") == []


def test_help_tells_how_the_service_works(desk: Desk):
    """A member who asks how it works gets to know, with the next meeting."""
    got = only(desk.mail("jonas.dahl", "Hur funkar det?", "Hej, hur gör man för att anmäla ett ärende hit?"))

    assert "11 februari" in got.words


def test_an_outsiders_wish_is_decided_by_the_secretary(desk: Desk):
    """The outsider is told that it has come; the secretary answers 1, and it is done."""
    got = desk.mail(
        "Sara Lindgren <sara.lindgren@barnahus.example>",
        "Förslag på ärende",
        "Hej! Jag vill ta upp utvärderingen av Barnahus på mötet den 11 februari, 15 minuter."
        "\n\nSara Lindgren",
    )
    asked = only(to(got, "ingrid.palm@regionjh.example"))
    assert asked.what == "ask"
    assert titles(desk) == []

    desk.mail("ingrid.palm", "", "1", answers=asked)

    assert len(titles(desk)) == 1
    assert "Barnahus" in titles(desk)[0]


def test_an_unclear_mail_is_asked_about_and_the_number_settles_it(desk: Desk):
    """A weekday that contradicts its date: one question, answered with a number."""
    got = only(
        desk.mail("annika.sjodin", "Förhinder", "Jag kan inte komma på onsdag den 11 februari. Annika")
    )
    assert got.what == "ask"
    assert desk.meeting(FEBRUARY)["absent"] == []

    desk.mail("annika.sjodin", "", "1", answers=got)

    assert desk.meeting(FEBRUARY)["absent"] == ["annika.sjodin"]


def test_a_mistake_is_taken_back_with_all_that_it_led_to(desk: Desk):
    """Undo in answer to the receipt: the substitute is released again."""
    got = desk.mail("lena.wikstrom", "Förhinder", "Jag kan inte komma den 11 februari. /Lena")
    receipt = only(to(got, "lena.wikstrom@regionjh.example"))

    got = desk.mail(
        "lena.wikstrom", "", "Nej, det blev fel, ni missförstod mig. Ta tillbaka det.", answers=receipt
    )

    assert desk.meeting(FEBRUARY)["absent"] == []
    assert desk.meeting(FEBRUARY)["substitutes"] == []
    assert to(got, "johan.edlund@regionjh.example")


def test_a_drafts_buttons_change_and_approve_it(desk: Desk):
    """Each opens a new mail without thread headers; the reference in its text binds it to the draft."""
    draft = only([g for g in desk.at("2027-02-01 09:00") if g.what == "agenda-draft"])
    bodies = _bodies(draft)

    new = only(desk.mail("ingrid.palm", f"Sv: {draft.subject}", "Flytta 2 före 1." + bodies["Ändra"]))
    assert new.subject == "Utkast till dagordning 11 februari 2027 (version 2)"
    assert "Utkastets nummer: agenda-draft.2027-02-11.1" not in new.words

    got = desk.mail("ingrid.palm", f"Sv: {new.subject}", _bodies(new)["Godkänn"])
    assert "är godkänd" in only(got).words


def _bodies(draft: Got) -> dict[str, str]:
    """What the buttons of a draft fill in."""
    links = re.findall(r'href="(mailto:[^"]+body=[^"]+)"[^>]*>([^<]+)<', draft.html)
    return {label: parse_qs(urlsplit(unescape(link)).query)["body"][0] for link, label in links}


def test_the_same_message_twice_has_its_effects_once(desk: Desk):
    """Two copies, and the same copy again, are one letter."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"] = "lena.wikstrom@regionjh.example"
    message["To"] = "samreko@samverkan.example"
    message["Subject"] = "Förhinder"
    message["Message-ID"] = "<en@regionjh.example>"
    message["Date"] = "Thu, 07 Jan 2027 09:05:00 +0100"
    message.set_content("Jag kan inte komma den 11 februari.")
    first = desk.bytes(message.as_bytes())
    second = desk.bytes(b"Received: from elsewhere\n" + message.as_bytes())

    assert len(first) == 2
    assert second == []


def test_a_matter_after_closing_is_decided_by_the_secretary(desk: Desk):
    """The sender is told; she chooses the next meeting by answering 2."""
    desk.at("2027-01-28 09:00")
    got = propose(desk)
    asked = only(to(got, "ingrid.palm@regionjh.example"))
    assert titles(desk) == []

    desk.mail("ingrid.palm", "", "2", answers=asked)

    assert titles(desk, "2027-04-22") == ["Köerna till neuropsykiatrisk utredning"]
    assert titles(desk) == []


def test_an_address_that_refuses_is_told_to_the_secretary_and_the_rest_go_out(desk: Desk):
    """One bad address never stops the others."""
    desk.refuses["johan.edlund@regionjh.example"] = Permanent("550 5.1.1 no such user", 550)

    got = desk.mail("lena.wikstrom", "Förhinder", "Jag kan inte komma den 11 februari. /Lena")

    assert to(got, "lena.wikstrom@regionjh.example")
    assert (
        "johan.edlund@regionjh.example" in only(to(desk.work() or got, "ingrid.palm@regionjh.example")).words
    )


def test_bytes_that_are_no_message_do_not_stop_the_next(desk: Desk):
    """Whatever comes in is kept, and the queue goes on."""
    desk.bytes(b"\x00\xff\xfe not a message at all")
    got = propose(desk)

    assert only(got).what == "ack"
    assert desk.status["incoming"]["received"] == 2  # type: ignore[index]


def test_a_substitute_who_cannot_come_either_leaves_the_seat_empty(desk: Desk):
    """Johan was called in for Lena and declines: the secretary is told."""
    desk.mail("lena.wikstrom", "Förhinder", "Jag kan inte komma den 11 februari. /Lena")

    got = desk.mail("johan.edlund", "Förhinder", "Jag kan tyvärr inte heller komma den 11 februari. Johan")

    assert desk.meeting(FEBRUARY)["substitutes"] == []
    assert to(got, "ingrid.palm@regionjh.example")
