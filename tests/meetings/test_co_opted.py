"""Co-opted people: asked in by the network file or by the secretary's mail, for a meeting or for one item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import NETWORK, Desk, Got, only, to

ANNA = "anna.berg@kommunen.example"
BO = "bo.ek@regionen.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Early January 2027, with two matters proposed to February's meeting."""
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        desk.work()
        propose(desk)
        desk.got.clear()
        yield desk


def propose(desk: Desk) -> None:
    desk.mail(
        "lena.wikstrom",
        "Köerna till BUP",
        "Hej! Jag vill ta upp köerna till BUP på mötet den 11 februari, 20 minuter.\n\nLena",
        files=[("Köer.pdf", b"%PDF-1.4 a")],
    )
    desk.mail(
        "per.ahlstrom",
        "Placerade barn",
        "Hej! Jag föreslår att vi tar upp placerade barn den 11 februari. 15 min.\n\nPer",
        files=[("Placerade.pdf", b"%PDF-1.4 b")],
    )


def drafted(desk: Desk) -> Got:
    desk.at("2027-01-27 13:00")
    return only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])


def calendar_of(got: Got) -> str:
    return got.file("invite.ics").decode()


def test_one_co_opted_for_an_item_gets_its_papers_and_its_time_only(desk: Desk):
    """She is told at once, and with the agenda she gets the item, its file, and a time in her calendar."""
    draft = drafted(desk)
    number = draft.number_of("Köerna till BUP")

    got = desk.mail("ingrid.palm", "", f"Adjungera Anna Berg, {ANNA}, till punkt {number}.", answers=draft)

    first = only(to(got, ANNA))
    assert "Köerna till BUP" in first.words
    assert "Tiden är preliminär" in first.words
    assert "Anna Berg är adjungerad" in only([g for g in got if g.what == "ack"]).words
    desk.mail("ingrid.palm", "", "Ok", answers=draft)
    agenda = only(to(desk.at("2027-02-04 08:00"), ANNA))
    assert agenda.files == ["Köer.pdf", "invite.ics"]
    assert "Placerade barn" not in agenda.words
    assert "DTSTART;TZID=Europe/Stockholm:20270211T1350" in calendar_of(agenda)
    assert "DTEND;TZID=Europe/Stockholm:20270211T1410" in calendar_of(agenda)
    report = only([g for g in desk.got if g.what == "ack" and g.at == desk.clock])
    assert ANNA in report.words


def test_an_order_among_changes_is_read_with_them(desk: Desk):
    """One letter co-opts and changes the draft; both are done."""
    draft = drafted(desk)
    number = draft.number_of("Köerna till BUP")

    got = desk.mail(
        "ingrid.palm",
        "",
        f"Hej!\nGe punkt {number} 30 minuter. Adjungera Bo Ek ({BO}) till ärendet om placerade barn.",
        answers=draft,
    )

    assert "Placerade barn" in only(to(got, BO)).words
    again = only([g for g in got if g.what == "agenda-draft"])
    assert "30 min" in again.words


def test_one_co_opted_for_the_whole_meeting_gets_all_of_it(desk: Desk):
    """At once a place in the calendar, and later the agenda as the members have it."""
    got = desk.mail("ingrid.palm", "Mötet 11 februari", f"Vi adjungerar Bo Ek, {BO}, till hela mötet.")

    assert "DTSTART;TZID=Europe/Stockholm:20270211T1300" in calendar_of(only(to(got, BO)))
    desk.mail("ingrid.palm", "", "Ok", answers=drafted(desk))
    agenda = only(to(desk.at("2027-02-04 08:00"), BO))
    assert {"Köer.pdf", "Placerade.pdf"} <= set(agenda.files)


def test_one_asked_in_after_the_agenda_gets_the_papers_at_once(desk: Desk):
    """There is nothing to wait for."""
    desk.mail("ingrid.palm", "", "Ok", answers=drafted(desk))
    desk.at("2027-02-04 08:00")

    got = desk.mail(
        "ingrid.palm",
        "Adjungering",
        f"Adjungera Anna Berg, {ANNA}, till ärendet Köerna till BUP den 11 februari.",
    )

    assert only(to(got, ANNA)).files == ["Köer.pdf", "invite.ics"]


def test_an_item_that_moves_to_another_meeting_takes_her_along(desk: Desk):
    """She is told, and gets the papers with April's agenda."""
    draft = drafted(desk)
    number = draft.number_of("Köerna till BUP")
    desk.mail("ingrid.palm", "", f"Adjungera Anna Berg, {ANNA}, till punkt {number}.", answers=draft)

    got = desk.mail("ingrid.palm", "", f"Skjut punkt {number} till nästa möte.", answers=draft)

    moved = only(to(got, ANNA))
    assert moved.subject.startswith("Ny tid för din punkt")
    assert "22 april 2027" in moved.words
    assert [i.meeting.isoformat() for i in desk.world.invitees.values()] == ["2027-04-22"]


def test_an_item_that_is_struck_lets_her_go(desk: Desk):
    """She need not come, and gets nothing more."""
    draft = drafted(desk)
    number = draft.number_of("Köerna till BUP")
    desk.mail("ingrid.palm", "", f"Adjungera Anna Berg, {ANNA}, till punkt {number}.", answers=draft)

    got = desk.mail("ingrid.palm", "", f"Stryk punkt {number}.", answers=draft)

    assert "du behöver inte komma" in only(to(got, ANNA)).words
    assert not desk.world.invitees


def test_a_meeting_that_moves_after_the_agenda_gives_her_a_new_time(desk: Desk):
    """The same calendar entry, at her item's time on the new day."""
    draft = drafted(desk)
    number = draft.number_of("Köerna till BUP")
    desk.mail("ingrid.palm", "", f"Adjungera Anna Berg, {ANNA}, till punkt {number}.", answers=draft)
    desk.mail("ingrid.palm", "", "Ok", answers=draft)
    before = calendar_of(only(to(desk.at("2027-02-04 08:00"), ANNA)))

    got = desk.mail(
        "ingrid.palm",
        "Nytt datum",
        "Mötet den 11 februari flyttas till torsdag den 25 februari 2027 kl. 13.00-15.00.",
    )

    after = calendar_of(only(to(got, ANNA)))
    assert "20270225T1350" in after
    uid = next(line for line in before.splitlines() if line.startswith("UID"))
    assert uid in after


@pytest.mark.parametrize(
    "text",
    [
        "Ska vi adjungera Anna Berg, anna.berg@kommunen.example, till punkt 4?",
        "Anna Berg, anna.berg@kommunen.example, ska inte adjungeras.",
        "Anna Berg adjungerades förra gången.",
    ],
)
def test_what_is_asked_denied_or_over_asks_nobody_in(desk: Desk, text: str):
    """Only an order is one."""
    got = desk.mail("ingrid.palm", "Adjungering", text)

    assert not to(got, ANNA)
    assert not desk.world.invitees


def test_a_member_asks_nobody_in(desk: Desk):
    """It is the secretary's and the chair's to do."""
    got = desk.mail("erik.jonsson", "Adjungering", f"Adjungera Anna Berg, {ANNA}, till mötet.")

    assert not to(got, ANNA)
    assert not desk.world.invitees


def test_someone_without_an_address_is_asked_for(desk: Desk):
    """Nobody can be written to by name."""
    got = only(desk.mail("ingrid.palm", "Adjungering", "Adjungera Anna Berg till hela mötet."))

    assert "Vilken e-postadress har Anna Berg?" in got.words


def test_the_network_file_asks_people_in(tmp_path: Path):
    """By the item's title; they get their letter with the agenda."""
    network = tmp_path / "network.toml"
    network.write_text(
        NETWORK.read_text("utf-8")
        + f'\n[[invited]]\nmeeting = 2027-02-11\nname = "Anna Berg"\nemail = "{ANNA}"\n'
        + 'item = "Köerna till BUP"\n',
        "utf-8",
    )
    with Desk(tmp_path, "2027-01-07 09:00", network=network) as desk:
        desk.work()
        propose(desk)
        desk.mail("ingrid.palm", "", "Ok", answers=drafted(desk))

        assert only(to(desk.at("2027-02-04 08:00"), ANNA)).files == ["Köer.pdf", "invite.ics"]
