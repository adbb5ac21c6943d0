"""What goes out with the agenda: the packet beside the annexes, and mailings under the network's limit."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.desk import NETWORK, Desk, Got, only, to
from tests.test_packet import a_pdf

SECRETARY = "ingrid.palm@regionjh.example"
PACKET = "Möteshandlingar SamReKo 2027-02-11.pdf"
AGENDA = "Dagordning SamReKo 2027-02-11.pdf"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A network whose mailings may be one megabyte."""
    network = tmp_path / "network.toml"
    text = NETWORK.read_text("utf-8")
    network.write_text(text.replace("[network]\n", "[network]\nmax_mailing_mb = 1\n", 1), "utf-8")
    with Desk(tmp_path, "2027-01-07 09:00", network=network) as desk:
        desk.work()
        yield desk


def propose(desk: Desk, files: list[tuple[str, bytes]]) -> None:
    desk.mail(
        "lena.wikstrom",
        "Köerna till BUP",
        "Hej! Jag vill ta upp köerna till BUP på mötet den 11 februari, 20 minuter.\n\nLena",
        files=files,
    )


def drafts(desk: Desk) -> list[Got]:
    desk.at("2027-01-27 13:00")
    return [g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"]


def noise(size: int) -> bytes:
    """A file that cannot be packed."""
    return random.Random(size).randbytes(size)


def test_everyone_gets_the_packet_beside_the_agenda_and_the_annexes(desk: Desk):
    """The agenda stays a file of its own, the annexes too; a substitute called in later gets the same."""
    propose(desk, [("Köer.pdf", a_pdf(2))])
    desk.mail("ingrid.palm", "", "Ok", answers=only(drafts(desk)))
    got = [g for g in desk.at("2027-02-04 08:00") if g.what == "agenda"]

    assert {tuple(g.files) for g in got} == {(AGENDA, PACKET, "Köer.pdf", "invite.ics")}
    assert PdfReader(io.BytesIO(got[0].file(PACKET))).page_labels[-1] == "Bilaga 1, s. 2"
    assert PACKET in got[0].words
    called = desk.mail("annika.sjodin", "Sjuk", "Jag kan tyvärr inte komma den 11 februari.\n\nAnnika")
    assert PACKET in only(to(called, "tomas.oberg@regionjh.example")).files


def test_no_annexes_no_packet(desk: Desk):
    """The agenda alone is all there is."""
    propose(desk, [])
    desk.mail("ingrid.palm", "", "Ok", answers=only(drafts(desk)))

    got = [g for g in desk.at("2027-02-04 08:00") if g.what == "agenda"]

    assert {tuple(g.files) for g in got} == {(AGENDA, "invite.ics")}


def test_a_damaged_annex_is_told_in_the_draft(desk: Desk):
    """The secretary can ask for a new one before anybody else has tried to open it."""
    propose(desk, [("Trasig.pdf", b"%PDF-1.7 ..."), ("Hel.pdf", a_pdf())])

    assert "Bilagan Trasig.pdf går inte att öppna och kan vara skadad." in only(drafts(desk)).words


def test_a_large_mailing_comes_in_parts_that_say_what_they_hold(desk: Desk):
    """Three files of 280 kB and one too large for any mail: the draft says so, and every message does."""
    files = [(f"{n}.bin", noise(280_000 + n)) for n in (1, 2, 3)]
    propose(desk, [*files, ("Film.bin", noise(900_000))])

    draft, rest = drafts(desk)

    assert "Utskicket delas i 2 mejl." in draft.words
    assert "Bilagan Film.bin (1 MB) är för stor för att skickas med e-post (gränsen är 1 MB)" in draft.words
    assert rest.files == ["3.bin"]
    # The answer to either of them approves.
    desk.mail("ingrid.palm", "", "Ok", answers=draft)
    got = [g for g in desk.at("2027-02-04 08:00") if g.to == "erik.jonsson@krokom.example"]
    first, second = got
    assert first.subject.endswith("(del 1 av 2)")
    assert second.subject.endswith("(del 2 av 2)")
    assert (first.files, second.files) == ([AGENDA, "1.bin", "2.bin", "invite.ics"], ["3.bin"])
    assert "i nästa kommer 3.bin" in first.words
    assert "Film.bin är för stor för e-post" in first.words
    assert "Bifogat: 3.bin." in second.words
    assert second.message["In-Reply-To"] == first.id
    assert all(len(g.message.as_bytes()) < 1_000_000 for g in got)
    # One row for each receiver in the report, and all of the files.
    report = only([g for g in to(desk.got, SECRETARY) if g.what == "ack" and "3.bin" in g.words])
    assert report.words.count("erik.jonsson@krokom.example") == 1
