"""The PDFs that go out: structure, language, title, tags, fonts, and words that are only words."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from pypdf import PdfReader

from service.adapters.documents import KINDS, Press, minutes_blocks
from service.usecases.outgoing import AgendaLine, DocumentOrder
from tests.sample_facts import FEBRUARY, LINES, MINUTES_TEXT, ORDERS

TEMPLATES = Path(__file__).parent.parent / "templates"
AGENDA, FORM, MINUTES = ORDERS


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(TEMPLATES)


def words(pdf: bytes) -> str:
    """The document's words on one line, hyphenation undone."""
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", text.replace("\u00ad", "").replace("-\n", "-"))


def with_lines(*lines: AgendaLine, **facts: Any) -> DocumentOrder:
    return DocumentOrder("agenda", "x.pdf", {**AGENDA.facts, "lines": lines, **facts})


def tags(pdf: pikepdf.Pdf) -> Iterator[tuple[str, int]]:
    """Every element of the structure tree by name, with its depth, in reading order."""

    def walk(node: Any, depth: int) -> Iterator[tuple[str, int]]:
        if isinstance(node, pikepdf.Array):
            for child in node:  # type: ignore[attr-defined]
                yield from walk(child, depth)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            yield str(node.S)[1:], depth
            if "/K" in node:
                yield from walk(node.K, depth + 1)

    yield from walk(pdf.Root.StructTreeRoot.K, 0)


@pytest.mark.parametrize("order", ORDERS, ids=[o.kind for o in ORDERS])
def test_a_document_can_be_read_by_a_screen_reader(press: Press, order: DocumentOrder) -> None:
    """Tagged, marked as PDF/UA-1, Swedish, with a title that the window shows (ISO 14289-1, 7.1 and 7.2)."""
    with pikepdf.open(io.BytesIO(press.make(order))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("sv")
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert "SamReKo 11 februari 2027" in metadata["dc:title"]
        for page in pdf.pages:
            assert page.obj.Tabs == pikepdf.Name.S


@pytest.mark.parametrize("order", ORDERS, ids=[o.kind for o in ORDERS])
def test_headings_come_in_order(press: Press, order: DocumentOrder) -> None:
    """One main heading, and no level is skipped on the way down."""
    with pikepdf.open(io.BytesIO(press.make(order))) as pdf:
        found = [name for name, _ in tags(pdf)]
    levels = [int(name[1]) for name in found if re.fullmatch(r"H\d", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_agendas_table_has_heads_and_rows(press: Press) -> None:
    """A head for each column and a row for each matter, so that a cell can be read with its head."""
    with pikepdf.open(io.BytesIO(press.make(AGENDA))) as pdf:
        found = [name for name, _ in tags(pdf)]
    assert found.count("Table") == 1
    assert found.count("TH") == 6
    assert found.count("TR") == 1 + len(LINES)
    assert found.count("TD") == 6 * len(LINES)


@pytest.mark.parametrize("order", ORDERS, ids=[o.kind for o in ORDERS])
def test_fonts_are_in_the_file(press: Press, order: DocumentOrder) -> None:
    """Every font is embedded and comes with typst, so the page looks the same everywhere."""
    with pikepdf.open(io.BytesIO(press.make(order))) as pdf:
        names = set()
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == pikepdf.Name.FontDescriptor:
                names.add(str(thing.FontName).split("+")[-1])
                assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(thing.keys())
    assert names
    assert all(name.startswith("Libertinus") for name in names)


def test_the_agenda_tells_all_that_a_member_needs(press: Press) -> None:
    """Who, when, where, the link, each matter with type, time and presenter, and the annexes by number."""
    text = words(press.make(AGENDA))
    told = [
        "SamReKo", "Torsdag 11 februari 2027", "13.00–15.00", FEBRUARY.place, "Maria Lundgren", "Ingrid Palm",
        "diskussion", "13.40", "20", "Till SVOM", "Bilagor 2, 3",
        "Bilaga 3: Flöde hälsocentral.docx (1,2 MB)",
    ]  # fmt: skip
    for phrase in (*told, *(line.title for line in LINES)):
        assert phrase in text, phrase
    links = [
        a["/A"]["/URI"] for p in PdfReader(io.BytesIO(press.make(AGENDA))).pages for a in p.annotations or []
    ]
    assert FEBRUARY.online in links
    assert "mailto:samreko@samverkan.example" in links


def test_matters_are_bookmarks(press: Press) -> None:
    """The outline leads to each matter that has more to say."""
    outline = PdfReader(io.BytesIO(press.make(AGENDA))).outline
    flat = [str(o["/Title"]) for o in _flat(outline)]
    assert flat[0] == "Kallelse och dagordning"
    assert "5. SIP när patienten byter hälsocentral" in flat


def _flat(outline: Any) -> Iterator[Any]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def test_what_members_write_is_never_markup(press: Press) -> None:
    """Typst's own signs in a title, place or text stay signs, and no file can be read by them."""
    evil = '#read("/etc/passwd") *fet* $x^2$ @ref <märke> \\ [ ] // `kod` = rubrik #import "x"'
    line = dataclasses.replace(LINES[4], title=evil, presenter=evil, description=f"{evil}\n\n= {evil}")
    meeting = dataclasses.replace(FEBRUARY, place=evil, online='javascript:alert("x")')
    pdf = press.make(with_lines(line, meeting=meeting))
    text = words(pdf)
    assert '#read("/etc/passwd") *fet* $x^2$ @ref <märke>' in text.replace("”", '"')
    assert "root:" not in text
    assert b"javascript" not in b"".join(
        str(a.get_object()).encode() for p in PdfReader(io.BytesIO(pdf)).pages for a in p.annotations or []
    )


def test_signs_that_the_fonts_lack_do_not_stop_the_agenda(press: Press) -> None:
    """Emoji are left out and foreign letters shown as "?"; everything else in the document is as it was."""
    line = dataclasses.replace(LINES[4], title="Glad 😀 sommar ☀️ 你好 – Łódź, Ångström, Жанна, Αθήνα ✓")
    text = words(press.make(with_lines(line, LINES[5])))
    assert "Łódź, Ångström, Жанна, Αθήνα" in text
    assert "Glad sommar" in text
    assert "?? –" in text
    assert "😀" not in text
    assert LINES[5].title in text


def test_broken_text_is_mended(press: Press) -> None:
    """Lone surrogates, control signs and decomposed letters come in from real mail."""
    line = dataclasses.replace(LINES[4], title="A\x00\x07B \udce5 a\u0308 \u202eslut")
    text = words(press.make(with_lines(line)))
    assert "ä" in text
    assert "slut" in text


@pytest.mark.parametrize("lines", [(), (AgendaLine(1, "Ett"),), tuple(
    dataclasses.replace(LINES[4], number=n, description="Lorem ipsum. " * 400) for n in range(1, 40)
)], ids=["none", "bare", "many and long"])  # fmt: skip
@pytest.mark.parametrize("kind", KINDS)
def test_any_agenda_can_be_printed(press: Press, kind: str, lines: tuple[AgendaLine, ...]) -> None:
    """No lines, a line with nothing but its title, forty long ones: all become a document."""
    facts = {**FORM.facts, "lines": lines, "text": "", "secretary_name": "", "chair_name": "", "present": ()}
    meeting = dataclasses.replace(FEBRUARY, place="", online="")
    pdf = press.make(DocumentOrder(kind, "x.pdf", {**facts, "meeting": meeting}))  # type: ignore[arg-type]
    assert len(PdfReader(io.BytesIO(pdf)).pages) >= 1


def test_the_same_order_gives_the_same_bytes(press: Press) -> None:
    """A document made again after a fault has the same hash and is stored once."""
    assert press.make(AGENDA) == Press(TEMPLATES).make(AGENDA)


def test_minutes_become_headings_bullets_and_paragraphs() -> None:
    """A line that repeats a matter is its heading; other numbered lines are text."""
    blocks = minutes_blocks(MINUTES_TEXT + "\n\n3 personer kom senare.", LINES)
    assert [(b["kind"], b["text"]) for b in blocks if b["kind"] != "paragraph"] == [
        ("labelled", "Maria Lundgren, Karin Nyström, Lena Wikström"),
        ("heading", "1. Mötet öppnas, val av justerare"),
        ("heading", "5. SIP när patienten byter hälsocentral"),
        ("bullet", "Annika Sjödin skriver rutinen till mötet 22 april."),
        ("bullet", "Erik Jonsson förankrar den hos IFO-cheferna."),
        ("heading", "7. Ny överenskommelse om tolkar"),
    ]
    assert blocks[-1] == {"kind": "paragraph", "text": "3 personer kom senare."}


def test_a_form_that_was_filled_in_becomes_minutes() -> None:
    """Headings without their times, labels with what was written, and nothing that was left empty."""
    labels = ("Om ärendet", "Beslut", "Vem gör vad, till när")
    filled = """
5. SIP när patienten byter hälsocentral – Annika Sjödin (20 min, diskussion)
   Om ärendet: Annika redovisar
   läget i länet.
   Beslut:
   Vem gör vad, till när:
   - Annika skriver rutinen, 22 april

§ 7 Ny överenskommelse om tolkar
   Beslut: Förslaget lämnas till SVOM.
7. Ny överenskommelse om tolkar och annat
Övrigt:
"""
    assert minutes_blocks(filled, LINES, labels) == [
        {"kind": "heading", "text": "5. SIP när patienten byter hälsocentral",
         "more": "Annika Sjödin (20 min, diskussion)"},
        {"kind": "labelled", "label": "Om ärendet", "text": "Annika redovisar läget i länet."},
        {"kind": "labelled", "label": "Vem gör vad, till när", "text": ""},
        {"kind": "bullet", "text": "Annika skriver rutinen, 22 april"},
        {"kind": "heading", "text": "§ 7 Ny överenskommelse om tolkar", "more": ""},
        {"kind": "labelled", "label": "Beslut", "text": "Förslaget lämnas till SVOM."},
        {"kind": "heading", "text": "7. Ny överenskommelse om tolkar och annat", "more": ""},
        {"kind": "labelled", "label": "Övrigt", "text": ""},
    ]  # fmt: skip


ON_THE_FORM = dataclasses.replace(
    MINUTES,
    facts={
        **MINUTES.facts,
        "adjusted_by": "Maria Lundgren",
        "adjusted_at": FEBRUARY.end,
        "text": "Närvarande:\n"
        + "\n".join(f"- Person {n} (uppdrag)" for n in range(9))
        + "\n\n## 5. SIP när patienten byter hälsocentral\n\nOm ärendet: Först.\n\n- En punkt\n\n"
        + "Beslut § 3: Rutinen gäller.\n\nMed ett tillägg.\n\n"
        + "Att göra: Annika Sjödin – skriver rutinen – 2027-04-22\n\nAtt göra: (ingen) – utskick\n\n"
        + "## Övrigt som kom upp\n\nOm ärendet: Ingenting.",
    },
)


def test_minutes_on_the_form_show_decisions_actions_and_who_adjusted(press: Press) -> None:
    """A decision stands with its §, and what is to be done is a table of who, what and when."""
    text = words(press.make(ON_THE_FORM))
    told = [
        "Person 8 (uppdrag)", "Beslut § 3", "Med ett tillägg.", "Övrigt som kom upp", "Att göra",
        "Annika Sjödin skriver rutinen 22 april 2027", "Ingen utsedd", "Justerat av Maria Lundgren",
    ]  # fmt: skip
    for phrase in told:
        assert phrase in text, phrase


def test_the_minutes_hold_every_word(press: Press) -> None:
    """Nothing of the secretary's text is lost on its way to the page."""
    text = words(press.make(MINUTES))
    for word in MINUTES_TEXT.split():
        assert word.strip("-:,") in text


def test_the_form_asks_about_every_matter(press: Press) -> None:
    """Attendance is filled in, and each matter has room for what was said and decided."""
    text = words(press.make(FORM))
    assert "Johan Edlund (för Lena Wikström)" in text
    assert text.count("Om ärendet") == len(LINES)
    assert text.count("Beslut") == sum(line.type != "information" for line in LINES)
    assert all(f"{line.number}. {line.title}" in text for line in LINES)


def test_a_networks_own_document_wins(press: Press, tmp_path: Path) -> None:
    """A network may set one document itself and still use the house's pieces."""
    own = tmp_path / "sv" / "documents"
    own.mkdir(parents=True)
    (own / "minutes.typ").write_text(
        '#import "house.typ": *\n#let data = json(bytes(sys.inputs.data))\n'
        '#show: document-page.with(data, "Eget", "Eget")\n= Eget protokoll\n',
        "utf-8",
    )
    mine = Press(TEMPLATES, own=tmp_path)
    assert "Eget protokoll" in words(mine.make(MINUTES))
    assert "Kallelse och dagordning" in words(mine.make(AGENDA))
    assert mine.missing() == []


@pytest.mark.parametrize("order", [*ORDERS, ON_THE_FORM], ids=[*(o.kind for o in ORDERS), "on the form"])
def test_a_checker_of_pdf_ua_finds_nothing(press: Press, tmp_path: Path, order: DocumentOrder) -> None:
    """The rules of ISO 14289-1 as an independent checker applies them."""
    page = pytest.importorskip("page", reason="page-validation is not installed")
    path = tmp_path / "x.pdf"
    path.write_bytes(press.make(order))
    found = page.validate_pdf(str(path), profile=page.ValidationProfile.PDF_UA_1)
    assert found.is_compliant, found.failures


WORD_FORM = dataclasses.replace(FORM, filename="Underlag för protokoll 11 februari 2027.docx")


def test_the_form_is_also_a_word_document(press: Press) -> None:
    """Real heading styles, attendance filled in, and a line to write on for each label of each matter."""
    document = docx.Document(io.BytesIO(press.make(WORD_FORM)))
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(str(paragraph.style.name if paragraph.style else ""), []).append(paragraph.text)
    assert by_style["Title"] == ["Protokoll SamReKo 11 februari 2027"]
    assert by_style["Heading 1"] == ["Närvarande", "Ersättare", "Förhinder", "Ärenden"]
    assert by_style["Heading 2"] == [f"{line.number}. {line.title}" for line in LINES]
    assert "Johan Edlund (för Lena Wikström)" in by_style["List Bullet"]
    assert by_style["Normal"].count("Om ärendet: ") == len(LINES)
    assert by_style["Normal"].count("Beslut: ") == sum(line.type != "information" for line in LINES)


def test_the_word_document_speaks_swedish_and_tells_nothing_of_the_machine(press: Press) -> None:
    """Word checks its spelling in Swedish; author and times are the network's, and bytes do not vary."""
    made = press.make(WORD_FORM)
    document = docx.Document(io.BytesIO(made))
    assert document.core_properties.author == document.core_properties.last_modified_by == "SamReKo"
    assert document.core_properties.title == "Protokoll SamReKo 11 februari 2027"
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert {entry.date_time[0] for entry in parts.infolist()} == {1980}
        assert 'w:val="sv-SE"' in parts.read("word/styles.xml").decode()
        assert "python-docx" not in parts.read("docProps/core.xml").decode()
    assert made == press.make(WORD_FORM)


def test_any_words_fit_into_the_word_document(press: Press) -> None:
    """Markup, control signs and half surrogates in a title stay words."""
    line = dataclasses.replace(LINES[4], title="<w:b/> & \x00\x0b \udce5 😀 slut")
    order = dataclasses.replace(WORD_FORM, facts={**FORM.facts, "lines": (line,)})
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(press.make(order))).paragraphs)
    assert "<w:b/> & ? 😀 slut" in text
