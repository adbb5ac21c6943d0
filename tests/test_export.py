"""`kallelse export`: the records as ordinary files."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from docx import Document
from pypdf import PdfReader

from service.adapters.exporting import _at_rest, export_to, safe_name, slug
from service.domain.references import sealed
from tests.desk import Desk, only, to

SECRETARY = "ingrid.palm@regionjh.example"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.frames: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.found.append(value)
            if name == "srcdoc" and value:
                self.frames.append(value)


def links(page: Path) -> _Links:
    parser = _Links()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser


def rows(file: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")), delimiter=";"))


def a_page(words: str) -> bytes:
    """Bytes that pass for somebody's file; what is in it does not matter here."""
    return f"%PDF-1.4\n% {words}\n".encode()


def a_word_document(*paragraphs: str) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A meeting from proposal to minutes, with names that a file system would choke on."""
    desk = Desk(tmp_path, "2027-01-11 09:00")
    desk.mail(
        "lena.wikstrom",
        "../../Remiss: <flöde> | BUP?",
        "Hej! Jag vill ta upp remissflödet till BUP den 11 februari. 20 minuter, diskussion. Jag föredrar.",
        files=[("../../etc/passwd.pdf", a_page("one")), ("=SUMMA(A1).pdf", a_page("two"))],
    )
    desk.mail("annika.sjodin", "Förhinder", "Hej! Jag kan tyvärr inte komma den 11 februari.")
    draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
    desk.mail("ingrid.palm", "", "Ok", answers=draft)
    desk.at("2027-02-04 08:00")
    desk.at("2027-02-11 15:00")
    minutes = a_word_document("Protokoll", "Nätverket beslutar att följa upp remissflödet.")
    got = desk.mail(
        "ingrid.palm",
        "Protokoll 11 februari",
        "Hej! Här kommer protokollet från mötet den 11 februari.",
        files=[("Protokoll.docx", minutes)],
    )
    desk.mail("ingrid.palm", "", "Godkänns", answers=only(to(got, SECRETARY)))
    return desk


def export(desk: Desk, folder: Path, year: int | None = None) -> int:
    return export_to(desk.service.store, desk.service.office, folder, year)


@pytest.mark.parametrize(
    ("name", "content", "kept_as"),
    [
        ("verktyg.exe", b"MZ", "verktyg.exe.bin"),
        ("bild.jpg", b"MZ program", "bild.jpg.bin"),
        ("sida.HTML", b"<script>alert(1)</script>", "sida.html.bin"),
        ("bild.svg", b"<svg onload='x'/>", "bild.svg.bin"),
        ("kör.js .", b"x", "bin"),
        ("Underlag.pdf", b"%PDF-1.4", "Underlag.pdf"),
    ],
)
def test_nothing_in_the_export_runs_when_it_is_clicked_on(name: str, content: bytes, kept_as: str):
    """A member's web page or program lies there with another ending."""
    assert _at_rest(name, content).endswith(kept_as)


def test_every_message_is_there_as_it_was(desk: Desk, tmp_path: Path):
    """Each message in and each recipient's copy out is an .eml with the bytes that travelled.

    Only the number by which a draft or a question is answered is kept as a hash, once it is sent.
    """
    export(desk, tmp_path / "ut")

    written = [p.read_bytes() for p in sorted((tmp_path / "ut" / "mejl").glob("*.eml"))]

    received = [desk.service.store.file(r.sha256) for r in desk.service.store.letters_in()]
    assert len(received) == 5
    assert all(raw in written for raw in received)
    ids = {str(email.message_from_bytes(raw, policy=email.policy.default)["Message-ID"]) for raw in written}
    assert {sealed(g.id) for g in desk.got} <= ids
    assert len(written) == len(received) + len(desk.got)


def test_agenda_and_minutes_are_pdf_even_when_the_minutes_came_in_word(desk: Desk, tmp_path: Path):
    """A registrar gets a PDF of each, and the Word file as it was sent beside it."""
    export(desk, tmp_path / "ut")

    folder = tmp_path / "ut" / "handlingar" / "2027-02-11"
    assert {"Protokoll.docx", "Protokoll-SamReKo-2027-02-11.pdf"} <= {p.name for p in folder.iterdir()}
    words = "".join(p.extract_text() for p in PdfReader(folder / "Protokoll-SamReKo-2027-02-11.pdf").pages)
    assert "följa upp remissflödet" in " ".join(words.split())
    agenda = PdfReader(folder / "Dagordning-SamReKo-2027-02-11.pdf")
    assert "BUP" in "".join(p.extract_text() for p in agenda.pages)


def test_no_name_leads_out_of_the_folder_or_means_anything_to_a_file_system(desk: Desk, tmp_path: Path):
    """A member's file name or subject is words, never a path."""
    folder = tmp_path / "ut"

    count = export(desk, folder)

    files = [p for p in folder.rglob("*") if p.is_file()]
    assert len(files) == count
    assert all(re.fullmatch(r"[A-Za-z0-9-]+\.[a-z0-9]+", p.name) for p in files)
    assert {p.name for p in tmp_path.iterdir()} == {"data", "ut"}
    assert {"passwd.pdf", "SUMMA-A1.pdf"} <= {p.name for p in files}


def test_every_link_of_the_index_leads_to_a_file_and_nothing_is_fetched_from_elsewhere(
    desk: Desk, tmp_path: Path
):
    """The index is worth something ten years from now, on a machine without a network."""
    export(desk, tmp_path / "ut")

    page = links(tmp_path / "ut" / "index.html")

    targets = [urlsplit(link) for link in page.found if not link.startswith("#")]
    assert targets
    assert all(not t.scheme and not t.netloc for t in targets)
    assert all((tmp_path / "ut" / unquote(t.path)).is_file() for t in targets)
    assert page.frames
    inner = [link for frame in page.frames for link in re.findall(r'(?:src|href)="(.*?)"', frame)]
    assert all(link.startswith(("mailto:", "cid:", "#")) for link in inner)


def test_what_members_have_written_is_shown_and_never_run(tmp_path: Path):
    """A script in a mail is words on the page."""
    with Desk(tmp_path, "2027-01-11 09:00") as desk:
        desk.mail(
            "lena.wikstrom",
            "<script>alert(1)</script>",
            "Hej! <img src=x onerror=alert(2)> Jag kan tyvärr inte komma den 11 februari.",
        )
        export(desk, tmp_path / "ut")

    page = (tmp_path / "ut" / "index.html").read_text(encoding="utf-8")

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_lists_can_be_opened_in_a_spreadsheet_without_running_formulas(desk: Desk, tmp_path: Path):
    """Who is a member, what was proposed, who came; a cell that begins with = is text."""
    desk.mail(
        "erik.jonsson",
        "Ärende",
        "Hej! Jag vill ta upp =HYPERLINK(A1) på mötet den 22 april. 10 minuter, information. Jag föredrar.",
    )

    export(desk, tmp_path / "ut")

    lists = tmp_path / "ut" / "listor"
    assert ["2027-02-11", "Annika Sjödin", "förhinder"] in [row[:3] for row in rows(lists / "narvaro.csv")]
    assert any(row[1].startswith("Tomas Öberg") for row in rows(lists / "narvaro.csv"))
    assert any("bup" in row[1].casefold() for row in rows(lists / "arenden.csv"))
    assert len(rows(lists / "utskick.csv")) == len(desk.got) + 1
    every_cell = [cell for file in lists.glob("*.csv") for row in rows(file) for cell in row]
    assert not [cell for cell in every_cell if cell.startswith(("=", "+", "-", "@"))]


def test_a_year_holds_only_its_own(desk: Desk, tmp_path: Path):
    """What was written in 2027 is no part of the records of 2026."""
    assert export(desk, tmp_path / "2026", 2026) < export(desk, tmp_path / "2027", 2027)

    assert not (tmp_path / "2026" / "mejl").exists()
    assert rows(tmp_path / "2026" / "listor" / "moten.csv")[1][0].startswith("2026")


def test_an_export_may_be_made_again_into_the_same_folder(desk: Desk, tmp_path: Path):
    """The second export leaves what the first did."""
    first = export(desk, tmp_path / "ut")
    before = {p: p.read_bytes() for p in (tmp_path / "ut").rglob("*") if p.is_file()}

    assert export(desk, tmp_path / "ut") == first

    assert {p: p.read_bytes() for p in (tmp_path / "ut").rglob("*") if p.is_file()} == before


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Åtgärdsplan för BUP.pdf", "Atgardsplan-for-BUP.pdf"),
        ("..\\..\\con.pdf", "fil-con.pdf"),
        ("rapport.PDF\u202efdp.exe", "rapport-PDFfdp.exe"),
        (".htaccess", "htaccess"),
        ("???", "fil"),
        ("x" * 300 + ".docx", "x" * 100 + ".docx"),
    ],
)
def test_a_file_name_becomes_plain_letters(name: str, safe: str):
    """Safe for paths, archives and every operating system, and still to be recognised."""
    assert safe_name(name) == safe


def test_a_subject_without_letters_still_gives_a_name():
    """An emoji for a subject is no name for a file."""
    assert slug("👍 🎉") == "utan-namn"
