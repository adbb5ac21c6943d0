"""Whoever is new gets what they need to know: a member is welcomed, secretary and chair get a packet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import icalendar
import pytest

from tests.desk import NETWORK, Desk, only, to
from tests.meetings.test_minutes import PDF, SECRETARY, form_of, held

CHAIR = "maria.lundgren@ostersund.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """February's minutes are out, in which Camilla has promised something; a matter waits for April."""
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        held(desk)
        form = form_of(desk)
        desk.at("2027-02-12 09:00")
        text = (
            f"{form.number_of('Köerna till BUP')}. Köerna till BUP\nBeslut: Planen godkänns.\n"
            "Vem gör vad, till när: Camilla Rask samlar in skolornas siffror senast den 1 april\n"
        )
        shown = only(desk.mail("ingrid.palm", "", text, answers=form))
        desk.mail("ingrid.palm", "", "Ok", answers=shown)
        desk.mail(
            "per.ahlstrom",
            "Placerade barn",
            "Hej! Jag föreslår att vi tar upp placerade barn den 22 april. 15 min.\n\nPer",
        )
        desk.got.clear()
        yield desk


def test_a_new_member_is_told_what_the_network_is_and_what_is_under_way(desk: Desk):
    """All coming meetings as calendar files, the last minutes, the matters ahead and what was promised."""
    got = desk.mail(
        "camilla.rask",
        "Jag slutar",
        "Hej! Jag slutar som skolchef och min sista dag är den 28 februari. Min efterträdare är "
        "Petra Hallin, petra.hallin@herjedalen.example.\n\nCamilla",
    )

    welcome = only(to(got, "petra.hallin@herjedalen.example"))
    assert (
        "I nätverket möts Region Jämtland Härjedalen, Länets kommuner och Regional utveckling"
        in welcome.words
    )
    assert "förs till SVOM och Barnarenan" in welcome.words
    assert "22 april 2027: Placerade barn" in welcome.words
    assert "samlar in skolornas siffror, senast 1 april 2027" in welcome.words
    assert PDF in welcome.files
    assert "11 februari 2027 är bifogat" in welcome.words
    entries = [icalendar.Calendar.from_ical(welcome.file(f)) for f in welcome.files if f.endswith(".ics")]
    days = sorted(str(e.walk("VEVENT")[0]["DTSTART"].dt.date()) for e in entries)
    assert days == ["2027-04-22", "2027-06-03", "2027-09-16", "2027-11-25"]
    assert all("petra.hallin@herjedalen.example" in str(e.walk("VEVENT")[0]["ATTENDEE"]) for e in entries)


def test_a_new_secretary_and_chair_get_the_packet_and_the_draft_that_waits(tmp_path: Path):
    """A meeting in mid-January: its draft, made in December, is shown anew, and only the new one approves."""
    network = tmp_path / "network.toml"
    text = NETWORK.read_text("utf-8")
    network.write_text(
        text.replace("2027-02-11T", "2027-01-13T").replace("2027-01-28T09", "2026-12-28T09"), "utf-8"
    )
    with Desk(tmp_path, "2026-11-30 12:00", network=network) as desk:
        desk.work()
        desk.at("2026-12-01 08:00")
        desk.mail(
            "lena.wikstrom",
            "Köerna till BUP",
            "Hej! Jag vill ta upp köerna till BUP på mötet den 13 januari, 20 minuter.\n\nLena",
        )
        desk.at("2026-12-10 15:00")
        desk.at("2026-12-29 13:00")
        before = only([g for g in desk.at("2026-12-31 09:00") if g.what == "agenda-draft"])
        assert before.to == "ulla.strand@ostersund.example"
        new_year = desk.at("2027-01-04 08:00")

        packets = {g.to: g for g in new_year if "Du är" in g.subject}
        assert set(packets) == {SECRETARY, CHAIR}
        assert "13 januari 2027: Köerna till BUP" in packets[SECRETARY].words
        shown = next(g for g in to(desk.got, SECRETARY) if g.what == "agenda-draft")
        desk.mail("ulla.strand", "", "Ok", answers=before)
        assert desk.meeting("2027-01-13")["state"] == "draft"
        desk.mail("ingrid.palm", "", "Ok", answers=shown)
        assert desk.meeting("2027-01-13")["state"] in ("approved", "agenda-sent")
