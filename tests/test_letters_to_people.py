"""What each receiver is told is true of that receiver, and begins with what she needs to know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, only, to

SECRETARY = "ingrid.palm@regionjh.example"
SVEN = "Sven Svensson <sven@tolkar.example>"
WISH = "Hej! Jag vill ta upp tolkar i skolan på mötet den 11 februari. 20 minuter.\n\nSven Svensson"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The day on which matters to February's meeting are called for."""
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        yield desk


def test_only_whoever_has_a_substitute_is_promised_one(desk: Desk):
    """Lena has a substitute of her own and Erik his group's; Jonas has none."""
    called = {g.to.partition("@")[0]: g.words for g in desk.work() if g.what == "call"}

    for who in ("lena.wikstrom", "erik.jonsson"):
        assert "så kallar vi din ersättare" in called[who]
    assert "så vet vi det" in called["jonas.dahl"]
    assert "ersättare" not in called["jonas.dahl"]


def test_the_secretary_reads_first_who_it_is_and_what_is_wished(desk: Desk):
    """Then why she is asked, then what she can answer, then the mail itself."""
    desk.work()

    asked = only(to(desk.mail(SVEN, "Tolkar i skolan", WISH), SECRETARY)).words

    order = [
        "Sven Svensson <sven@tolkar.example> har mejlat oss. Så här förstår vi mejlet: Ta upp ärendet",
        "Avsändaren är inte med i nätverket. Därför frågar vi dig.",
        "Svara på det här mejlet med siffran",
        "1. Ta upp ärendet",
        "Mejlet kom från Sven Svensson",
    ]
    places = [asked.find(words) for words in order]
    assert -1 not in places, asked
    assert places == sorted(places)


def test_an_outsiders_matter_is_shown_with_the_name(desk: Desk):
    """Those who prepare read who has proposed it, not an address."""
    desk.work()
    question = only(to(desk.mail(SVEN, "Tolkar i skolan", WISH), SECRETARY))
    desk.mail("ingrid.palm", "", "1", answers=question)

    prepared = [g for g in desk.at("2027-01-28 09:00") if g.what == "preparation"]

    assert prepared
    assert all("Anmält av Sven Svensson " in g.words for g in prepared)


def test_the_secretary_learns_what_was_done_as_anybody_would(desk: Desk):
    """Her answer is receipted in the words of an ordinary receipt, not with her own choice repeated."""
    desk.work()
    question = only(to(desk.mail(SVEN, "Tolkar i skolan", WISH), SECRETARY))

    got = desk.mail("ingrid.palm", "", "1", answers=question)

    assert "är anmält till mötet torsdag 11 februari 2027" in only(to(got, SECRETARY)).words


def test_the_new_secretary_reads_what_comes_next(tmp_path: Path):
    """The hand-over names the next step and its meeting, and counts no matters where there are none."""
    with Desk(tmp_path, "2026-12-01 09:00") as desk:
        desk.work()
        asked = next(g for g in desk.got if g.subject.startswith("Vem är ordförande"))
        desk.mail("ulla.strand", "", "1", answers=asked)
        got = [g for day in ("01", "02", "04", "05") for g in desk.at(f"2027-01-{day} 09:00")]

        packet = only([g for g in to(got, SECRETARY) if g.subject.startswith("Du är sekreterare")]).words

    assert "Nästa steg, " in packet
    assert "påminnelse om ärenden (mötet 11 februari 2027)" in packet
    assert "Anmält: 0" not in packet
