"""A year of the network, told as diaries: what goes otherwise than it should, and what New Year brings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.desk import Desk, Got, only, to

SECRETARY = "ingrid.palm@regionjh.example"
CHAIR = "maria.lundgren@ostersund.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Early January 2027, what was due before done."""
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        desk.work()
        desk.got.clear()
        yield desk


def propose(desk: Desk) -> Got:
    return only(
        desk.mail(
            "lena.wikstrom",
            "Köerna till BUP",
            "Hej! Jag vill ta upp köerna till BUP på mötet den 11 februari, 20 minuter.\n\nLena",
        )
    )


def draft_of_february(desk: Desk) -> Got:
    desk.at("2027-01-27 13:00")
    return only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])


def agenda_of_february(desk: Desk) -> list[Got]:
    draft = draft_of_february(desk)
    desk.mail("ingrid.palm", "", "Ok", answers=draft)
    return [g for g in desk.at("2027-02-04 08:00") if g.what == "agenda"]


def test_a_silent_secretary_is_reminded_and_then_the_chair_knows(desk: Desk):
    """Silence never sends the agenda; the chair approves in her place, and then it goes at once."""
    draft_of_february(desk)

    assert [g.to for g in desk.at("2027-02-02 08:00")] == [SECRETARY]
    told = only(desk.at("2027-02-03 08:00"))
    assert told.to == CHAIR
    assert desk.at("2027-02-04 08:00") == []
    late = desk.at("2027-02-04 09:00")
    assert {SECRETARY, CHAIR, "karin.nystrom@regionjh.example"} <= {g.to for g in late}
    assert "agenda" not in {g.what for g in desk.got}

    got = desk.mail("maria.lundgren", "", "Godkänd, skicka ut den", answers=told)

    assert len([g for g in got if g.what == "agenda"]) > 10


def test_a_meeting_moved_after_the_agenda_keeps_its_agenda_and_its_calendar_entry(desk: Desk):
    """Everyone gets the new day with the same UID and a higher sequence; the agenda is not sent twice."""
    sent = agenda_of_february(desk)
    before = sent[0].file("invite.ics").decode()

    got = desk.mail(
        "ingrid.palm",
        "Nytt datum",
        "Mötet den 11 februari flyttas till torsdag den 25 februari 2027 kl. 13.00-15.00.",
    )

    moved = only(to(got, "erik.jonsson@krokom.example"))
    after = moved.file("invite.ics").decode()
    assert _line(before, "UID") == _line(after, "UID")
    assert int(_line(after, "SEQUENCE")) > int(_line(before, "SEQUENCE"))
    assert [g for g in desk.at("2027-02-18 08:00") if g.what == "agenda"] == []
    assert {g.to for g in desk.at("2027-02-24 13:00")} == {SECRETARY, CHAIR}
    assert only([g for g in desk.at("2027-02-25 15:00") if g.to == SECRETARY]).subject


def _line(calendar: str, name: str) -> str:
    return next(row.partition(":")[2] for row in calendar.splitlines() if row.startswith(name))


def test_a_cancelled_meeting_takes_its_calendar_entries_back(desk: Desk):
    """METHOD:CANCEL to everyone, and no reminder afterwards."""
    propose(desk)

    got = desk.mail("ingrid.palm", "Inställt", "Vi ställer in mötet den 11 februari.")

    off = only(to(got, "erik.jonsson@krokom.example"))
    assert "METHOD:CANCEL" in off.file("invite.ics").decode()
    assert [g.what for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"] == []


def test_two_absent_heads_and_one_substitute(desk: Desk):
    """The first gets Håkan, the second seat stays empty; when the first comes after all, he takes it."""
    desk.mail("erik.jonsson", "Förhinder 11 februari", "Jag kan inte vara med den 11 februari. Erik")
    desk.mail("birgitta.aslund", "Förhinder 11 februari", "Jag har förhinder den 11 februari. Birgitta")
    meeting = desk.meeting("2027-02-11")
    assert meeting["substitutes"] == [{"seat": "ifo-2", "person": "hakan.nilsson"}]

    got = desk.mail("erik.jonsson", "Kan ändå", "Jag kan komma den 11 februari trots allt. Erik")

    assert "Birgitta Åslund" in only(to(got, "hakan.nilsson@are.example")).words
    assert desk.meeting("2027-02-11")["substitutes"] == [{"seat": "ifo-3", "person": "hakan.nilsson"}]


def test_a_seat_that_changes_hands_between_draft_and_agenda(desk: Desk):
    """The successor is welcomed and gets the agenda; who has left gets nothing more."""
    draft = draft_of_february(desk)
    got = desk.mail(
        "camilla.rask",
        "Jag slutar",
        "Hej! Jag slutar som skolchef nu och min sista dag är den 2 februari. Min efterträdare är "
        "Petra Hallin, petra.hallin@herjedalen.example.\n\nCamilla",
    )
    assert to(got, "petra.hallin@herjedalen.example")
    desk.mail("ingrid.palm", "", "Ok", answers=draft)

    addresses = {g.to for g in desk.at("2027-02-04 08:00") if g.what == "agenda"}

    assert "petra.hallin@herjedalen.example" in addresses
    assert "camilla.rask@herjedalen.example" not in addresses


def test_an_empty_seat_is_asked_about_each_week_until_somebody_is_named(desk: Desk):
    """No successor yet: a week later the secretary is reminded."""
    desk.mail(
        "camilla.rask",
        "Jag slutar",
        "Hej! Jag slutar som skolchef den 31 mars. Vem som efterträder mig är inte klart.\n\nCamilla",
    )

    assert desk.at("2027-01-08 09:00") == []
    first = desk.at("2027-01-15 09:00")
    assert {g.to for g in first if "skolchef" in g.words.lower()} == {
        SECRETARY,
        "camilla.rask@herjedalen.example",
    }
    assert [g for g in desk.at("2027-01-18 09:00") if "Skolchef" in g.words] == []


def test_material_after_the_agenda_goes_out_as_a_supplement_when_the_secretary_says_so(desk: Desk):
    """Only what is new, to everyone who has had the agenda."""
    receipt = propose(desk)
    agenda_of_february(desk)
    got = desk.mail("lena.wikstrom", "", "Här kommer underlaget till punkten.", answers=receipt,
                    files=[("Underlag.pdf", b"%PDF-1.4 sent")])  # fmt: skip
    asked = only(to(got, SECRETARY))
    assert asked.what == "ask"

    sent = desk.mail("ingrid.palm", "", "1", answers=asked)

    supplement = only([g for g in to(sent, "erik.jonsson@krokom.example") if g.what == "agenda"])
    assert supplement.files == ["Underlag.pdf"]
    assert len([g for g in sent if g.what == "agenda"]) > 10


def test_what_the_first_meeting_decides_follows_the_year(desk: Desk):
    """The focus areas stand in the next call and under the evaluation of the last meeting."""
    agenda_of_february(desk)
    desk.at("2027-02-11 15:00")
    asked = next(g for g in desk.at("2027-02-12 09:00") if "fokusområden" in g.subject)

    got = only(desk.mail("ingrid.palm", "", "Hej,\n- Psykisk ohälsa hos unga\n- Skolnärvaro", answers=asked))

    assert "Skolnärvaro" in got.words
    call = next(g for g in desk.at("2027-03-11 08:00") if g.what == "call")
    assert "Psykisk ohälsa hos unga" in call.words


def test_matters_for_the_politicians_are_listed_after_the_meeting(desk: Desk):
    """What is to be referred comes to the secretary the day after, with its material."""
    desk.mail(
        "per.ahlstrom",
        "Ersättning för placerade barn",
        "Hej! Jag föreslår att vi tar upp ersättningen för placerade barn den 11 februari och att frågan "
        "sedan lyfts till SVOM för beslut. 15 min.\n\nPer",
        files=[("Ersättning.pdf", b"%PDF-1.4 kronor")],
    )
    agenda_of_february(desk)
    desk.at("2027-02-11 15:00")

    listed = next(g for g in desk.at("2027-02-12 09:00") if "föra vidare" in g.subject)

    assert listed.to == SECRETARY
    assert "SVOM" in listed.words
    assert listed.files == ["Ersättning.pdf"]


def test_a_secretary_who_is_away_and_the_chair_who_approves_in_her_place(desk: Desk):
    """Her out-of-office approves nothing; the chair is told in time, and the week is kept."""
    draft = draft_of_february(desk)
    away = (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"))
    desk.mail(
        "ingrid.palm", "", "Jag är ledig till den 15 februari. Ok att vänta?", answers=draft, headers=away
    )
    assert desk.meeting("2027-02-11")["state"] == "draft"
    assert [g.to for g in desk.at("2027-02-02 08:00")] == [SECRETARY]
    told = only(to(desk.at("2027-02-03 08:00"), CHAIR))

    desk.mail("maria.lundgren", "", "Ok", answers=told)

    assert len([g for g in desk.at("2027-02-04 08:00") if g.what == "agenda"]) > 10


def test_a_service_that_was_down_for_nine_days_catches_up_once(desk: Desk):
    """Down from before the closing until the agenda's day: one draft, and no heap of reminders."""
    propose(desk)
    desk.at("2027-01-26 09:30")

    got = desk.at("2027-02-04 09:30")

    told = [(g.what, g.to) for g in got if "11 februari" in g.subject]
    assert [to for what, to in told if what == "agenda-draft"] == [SECRETARY]
    assert len(told) == len(set(told))
    assert "call" not in {g.what for g in got}
    assert desk.work() == []
    draft = only([g for g in got if g.what == "agenda-draft"])
    sent = desk.mail("ingrid.palm", "", "Ok", answers=draft)
    assert len([g for g in sent if g.what == "agenda"]) > 10


def test_an_approved_agenda_that_a_service_was_down_for_goes_out_once_when_it_is_back(desk: Desk):
    """Nine days late is late, but nobody gets it twice, and what has lost its point is not sent."""
    desk.mail("ingrid.palm", "", "Ok", answers=draft_of_february(desk))

    got = desk.at("2027-02-10 14:00")

    agendas = [g.to for g in got if g.what == "agenda"]
    assert len(agendas) == len(set(agendas)) > 10
    assert {g.what for g in to(got, "erik.jonsson@krokom.example")} == {"agenda"}
    assert desk.work() == []


@pytest.mark.parametrize(
    ("was", "day", "close", "draft", "agenda"),
    [
        # Summer time begins on 28 March 2027 and ends on 31 October, between the agenda and the meeting.
        ("2027-02-11", "2027-04-01", "2027-03-17 13:00", "2027-03-22 08:00", "2027-03-25 08:00"),
        ("2027-11-25", "2027-11-04", "2027-10-20 13:00", "2027-10-25 08:00", "2027-10-28 08:00"),
    ],
)
def test_the_clock_may_change_between_agenda_and_meeting(
    tmp_path: Path, was: str, day: str, close: str, draft: str, agenda: str
):
    """Eight o'clock stays eight o'clock, and the calendar entry one o'clock of the meeting's own day."""
    network = tmp_path / "network.toml"
    text = (Path(__file__).parents[1] / "network.toml").read_text("utf-8")
    network.write_text(text.replace(f"{was}T", f"{day}T"), "utf-8")
    with Desk(tmp_path, close, network=network) as desk:
        desk.work()
        shown = [g for g in desk.at(draft) if g.what == "agenda-draft" and day[:4] in g.subject]
        desk.mail("ingrid.palm", "", "Ok", answers=only(shown))

        assert [g for g in desk.at(agenda.replace("08:00", "07:59")) if g.what == "agenda"] == []
        got = [g for g in desk.at(agenda) if g.what == "agenda"]

        assert len(got) > 10
        start = f"DTSTART;TZID=Europe/Stockholm:{day.replace('-', '')}T130000"
        assert start in got[0].file("invite.ics").decode()
        # The list of who comes: the day before, by the clock of that day.
        eve = date.fromisoformat(day) - timedelta(days=1)
        assert desk.at(f"{eve} 12:59") == []
        assert {SECRETARY, CHAIR} <= {g.to for g in desk.at(f"{eve} 13:00")}
        assert only([g for g in desk.at(f"{day} 15:00") if "protokoll" in g.subject]).to == SECRETARY


def test_the_chair_and_secretary_hand_over_at_new_year(tmp_path: Path):
    """The old ones confirm who comes; the new ones get a packet, and only the new secretary approves."""
    with Desk(tmp_path, "2026-11-30 12:00") as desk:
        desk.work()
        asked = next(g for g in desk.at("2026-12-01 08:00") if "2027" in g.subject and g.what == "ask")
        assert asked.to == "ulla.strand@ostersund.example"
        assert "Ingrid Palm" in asked.words
        got = desk.mail("ulla.strand", "", "1", answers=asked)
        assert "Ingrid Palm" in only(got).words

        desk.at("2026-12-11 09:00")
        new_year = desk.at("2027-01-04 08:00")

        packets = {g.to for g in new_year if "Du är" in g.subject}
        assert packets == {SECRETARY, CHAIR}
        draft = draft_of_february(desk)
        assert draft.to == SECRETARY
        desk.mail("ulla.strand", "", "Ok", answers=draft)
        assert desk.meeting("2027-02-11")["state"] == "draft"


def test_a_meeting_whose_week_before_is_ascension_day_is_called_the_day_before(tmp_path: Path):
    """The promise of a week is kept on the last working day before."""
    network = tmp_path / "network.toml"
    text = (Path(__file__).parents[1] / "network.toml").read_text("utf-8")
    network.write_text(
        text.replace("2027-04-22T", "2027-05-13T").replace("2027-04-08T", "2027-04-29T"), "utf-8"
    )
    with Desk(tmp_path, "2027-03-25 09:00", network=network) as desk:
        desk.work()
        desk.at("2027-04-28 13:00")
        draft = only([g for g in desk.at("2027-05-03 08:00") if g.what == "agenda-draft"])
        desk.mail("ingrid.palm", "", "Ok", answers=draft)

        assert [g for g in desk.at("2027-05-05 07:59") if g.what == "agenda"] == []
        assert len([g for g in desk.at("2027-05-05 08:00") if g.what == "agenda"]) > 10
