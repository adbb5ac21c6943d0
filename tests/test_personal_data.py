"""Personal numbers are found, and the matter that has one spreads to nobody before the secretary says so."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.adapters.file_safety import examine
from service.domain.personal_data import has_personal_number, masked, personal_numbers
from tests.desk import Desk, Got, only, to

# Numbers that Skatteverket publishes for tests, and a coordination number.
PERSON = "19640823-3234"
SHORT = "640823-3234"
COORDINATION = "701063-2391"
SECRETARY = "ingrid.palm@regionjh.example"


@pytest.mark.parametrize(
    "text",
    [
        f"Patienten {PERSON} har väntat",
        f"Patienten {SHORT} har väntat",
        "Eleven 640823+3234",
        "Pnr: 6408233234",
        "personnummer 640823 3234",
        "personnummer 640823 - 3234",
        "196408233234",
        f"({SHORT})",
        f"{SHORT}, {SHORT}",
        f"Samordningsnummer {COORDINATION}",
        "640823–3234",
        "640823‑3234",
        "64\u200b0823-3234",
        "６４０８２３-３２３４",
        "född 6408233234",
    ],
)
def test_a_personal_number_is_found(text: str):
    """With and without century and hyphen, and as mail programs mangle it."""
    assert has_personal_number(text)
    assert "3234" not in masked(text)
    assert "2391" not in masked(text)
    assert not has_personal_number(masked(text))


@pytest.mark.parametrize(
    "text",
    [
        "640823-3235",
        "Region Jämtland Härjedalen, org.nr 232100-0214",
        "Östersunds kommun 212000-2528",
        "Ring 070-123 45 67 eller 063-14 75 00",
        "Dnr 2027-0211-3234",
        "faktura 6408233234",
        "641323-3234",
        "640832-3234",
        "Mötet 2027-02-11 13.00-15.00",
        "bankgiro 640-8233, ocr 1964082332340",
        "2027-02-11",
        "ISBN 978-91-640823-3234",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str):
    """Organisations, telephones, case numbers, dates, and what fails its check digit."""
    assert personal_numbers(text) == ()
    assert masked(text) == text


def test_few_chance_numbers_are_taken_for_persons():
    """Of random rows of ten digits with a hyphen, under one in a hundred passes date and check digit."""
    dice = random.Random(20)
    rows = [f"{dice.randrange(10**6):06}-{dice.randrange(10**4):04}" for _ in range(20_000)]
    assert sum(map(has_personal_number, rows)) / len(rows) < 0.01


# --- in files ---


def docx(*paragraphs: str, runs: bool = False, table: bool = False) -> bytes:
    from docx import Document

    document = Document()
    for text in paragraphs:
        if table:
            document.add_table(1, 1).cell(0, 0).text = text
        elif runs:
            paragraph = document.add_paragraph()
            for letter in text:
                paragraph.add_run(letter)
        else:
            document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx(*cells: object) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(list(cells))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf(text: str) -> bytes:
    import typst

    return typst.compile(text.encode())


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Underlag.docx", lambda: docx("Underlag", f"Gäller {PERSON}.")),
        ("Delad.docx", lambda: docx(f"Gäller {SHORT}.", runs=True)),
        ("Tabell.docx", lambda: docx(SHORT, table=True)),
        ("Lista.xlsx", lambda: xlsx("Namn", SHORT)),
        ("Siffror.xlsx", lambda: xlsx("Namn", 196408233234)),
        ("Underlag.pdf", lambda: pdf(f"Gäller patienten {SHORT}.")),
        ("Underlag.txt", lambda: f"Gäller {SHORT}".encode("cp1252")),
        ("Underlag.csv", lambda: f"namn;pnr\r\nÅsa;{SHORT}".encode()),
        ("Sexton.txt", lambda: f"Gäller {SHORT}".encode("utf-16")),
        ("Packat.zip", lambda: packed(a_docx=docx(SHORT))),
        (f"{SHORT}.pdf", lambda: b"%PDF-1.4"),
    ],
)  # fmt: skip
def test_a_personal_number_is_found_in_a_file(name: str, content):  # type: ignore[no-untyped-def]
    """In Word, Excel, PDF and text, also where Word has cut it in pieces, in a zip, and in the name."""
    assert "personal-number" in examine(name, content()).flags


def test_a_file_without_one_has_no_flag():
    """Ordinary material is not stopped."""
    for name, content in (("a.docx", docx("Köerna", "tel 063-14 75 00")), ("b.pdf", pdf("Köerna till BUP")),
                          ("c.xlsx", xlsx("Kön", 12, 2027))):  # fmt: skip
        assert examine(name, content).flags == ()


# --- held ---


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, "2027-01-07 09:00") as desk:
        desk.work()
        desk.got.clear()
        yield desk


def propose(desk: Desk, text: str = "", **more: object) -> list[Got]:
    body = f"Hej! Jag vill ta upp köerna till utredning på mötet den 11 februari.\n\n{text}\n\nLena"
    return desk.mail("lena.wikstrom", "Köerna till utredning", body, **more)  # type: ignore[arg-type]


def number_spread(desk: Desk) -> bool:
    return any("3234" in g.text + g.html + g.subject for g in desk.got)


def test_a_matter_with_a_personal_number_is_held_and_both_are_asked(desk: Desk):
    """Neither letter repeats the number, and nothing is on the agenda."""
    got = propose(desk, f"Det gäller bland annat {PERSON}.")

    sender = only(to(got, "lena.wikstrom@regionjh.example"))
    secretary = only(to(got, SECRETARY))
    assert "personnummer" in sender.words
    assert "personnummer" in secretary.words
    assert "19640823-XXXX" in secretary.words
    assert not number_spread(desk)
    assert [i.state for i in desk.world.items.values() if not i.standing] == ["held"]


def test_a_held_matter_stays_out_of_list_draft_and_mailing(desk: Desk):
    """Weeks go by, and nobody answers."""
    propose(desk, f"Det gäller {PERSON}.", files=[("Fall.pdf", pdf(SHORT))])

    desk.at("2027-01-27 13:00")
    draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
    assert "Köerna till utredning" not in draft.text
    desk.mail("ingrid.palm", "", "Ok", answers=draft)
    desk.at("2027-02-04 08:00")
    assert not number_spread(desk)
    assert not any("Fall.pdf" in g.files for g in desk.got)


def test_the_secretary_lets_it_through(desk: Desk):
    """She answers 1: it is on the list as it was written, with its file."""
    asked = only(to(propose(desk, "Se bilagan.", files=[("Fall.pdf", pdf(SHORT))]), SECRETARY))
    assert asked.files == []

    desk.mail("ingrid.palm", "", "1", answers=asked)

    item = only([i for i in desk.world.items.values() if not i.standing])  # type: ignore[arg-type, list-item]
    assert (item.state, [f.filename for f in item.files]) == ("proposed", ["Fall.pdf"])  # type: ignore[attr-defined]


def test_the_secretary_turns_it_down(desk: Desk):
    """She answers 2: it is gone from the list, and the sender gets to know."""
    asked = only(to(propose(desk, f"Det gäller {PERSON}."), SECRETARY))

    desk.mail("ingrid.palm", "", "2", answers=asked)

    assert [i.state for i in desk.world.items.values() if not i.standing] == ["withdrawn"]


def test_the_sender_cannot_let_it_through(desk: Desk):
    """To answer "ja" or "1" on the question changes nothing."""
    told = only(to(propose(desk, f"Det gäller {PERSON}."), "lena.wikstrom@regionjh.example"))

    desk.mail("lena.wikstrom", "", "1", answers=told)
    desk.mail("lena.wikstrom", "", "Ja, ta med det ändå.", answers=told)

    assert "proposed" not in [i.state for i in desk.world.items.values() if not i.standing]


def test_the_same_without_the_number_is_taken_in(desk: Desk):
    """A number in what is quoted below is no obstacle: it spreads nowhere."""
    told = only(to(propose(desk, f"Det gäller {PERSON}."), "lena.wikstrom@regionjh.example"))

    desk.mail("lena.wikstrom", "",
              "Jag vill ta upp köerna till utredning på mötet den 11 februari, utan personuppgifter."
              f"\n\nDen 7 jan. skrev Lena:\n> Det gäller {PERSON}.", answers=told, quote=False)  # fmt: skip

    assert "proposed" in [i.state for i in desk.world.items.values() if not i.standing]
    assert not number_spread(desk)


def test_material_with_a_personal_number_is_held(desk: Desk):
    """A supplement is held as a proposal is."""
    receipt = only(propose(desk))

    got = desk.mail("lena.wikstrom", "", "Här kommer underlaget till punkten.", answers=receipt,
                    files=[("Fall.pdf", pdf(SHORT))])  # fmt: skip

    assert "personnummer" in only(to(got, SECRETARY)).words
    item = only([i for i in desk.world.items.values() if not i.standing])  # type: ignore[arg-type, list-item]
    assert item.files == ()  # type: ignore[attr-defined]


def test_minutes_with_a_personal_number_are_held(desk: Desk):
    """The secretary's own file too: she is asked before there is a draft."""
    desk.at("2027-02-12 09:00")
    got = desk.mail("ingrid.palm", "Protokoll", "Här kommer protokollet från mötet den 11 februari.",
                    files=[("Protokoll.pdf", pdf(SHORT))])  # fmt: skip

    asked = only(to(got, SECRETARY))
    assert asked.what == "ask"
    got = desk.mail("ingrid.palm", "", "1", answers=asked)
    assert "minutes-draft" in {g.what for g in got}


def test_minutes_filled_in_where_the_form_is_quoted_are_held_too(desk: Desk):
    """She writes between the lines of our form; the number stands in what is quoted."""
    draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
    desk.mail("ingrid.palm", "", "Ok", answers=draft)
    desk.at("2027-02-04 08:00")
    form = only([g for g in desk.at("2027-02-11 15:30") if g.what == "reminder" and "Beslut:" in g.text])
    desk.got.clear()
    filled = form.text.replace("Beslut:", f"Beslut: Fallet {PERSON} tas upp igen.", 1)
    quoted = "\n".join(f"> {line}" for line in filled.splitlines())

    got = desk.mail(
        "ingrid.palm", "", f"Protokollet är ifyllt här nedan.\n\n{quoted}", answers=form, quote=False
    )

    assert not [g for g in got if g.what == "minutes-draft"]
    assert "personnummer" in only(to(got, SECRETARY)).words
    assert not number_spread(desk)


def test_a_number_that_the_secretary_writes_into_the_draft_is_told_in_the_next_version(desk: Desk):
    """She has seen what she wrote, and still gets to know before she says ok."""
    draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])

    got = desk.mail("ingrid.palm", "", f"Lägg till en punkt: Fallet {PERSON}", answers=draft)

    again = only([g for g in got if g.what == "agenda-draft"])
    assert "innehåller ett personnummer" in again.words


def test_an_outsiders_matter_tells_the_secretary_of_the_number(desk: Desk):
    """She decides on both at once, and sees no number."""
    got = desk.mail("Sara <sara@barnahus.example>", "Förslag",
                    f"Jag vill ta upp ett fall på mötet den 11 februari. Det gäller {PERSON}.")  # fmt: skip

    asked = only(to(got, SECRETARY))
    assert "personnummer" in asked.words
    assert not number_spread(desk)
