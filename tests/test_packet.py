"""The packet: one PDF to leaf through, whatever the annexes are, and nothing in it that acts by itself."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
import typst
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from service.adapters import office_files
from service.adapters.documents import Press
from service.adapters.packet import PAGES, Binder
from service.domain.agenda import FileRef
from service.usecases.outgoing import DocumentOrder
from tests.sample_facts import LINES, ORDERS

PRESS = Press(Path(__file__).parent.parent / "templates")


def a_pdf(pages: int = 1, width: int = 595, height: int = 842, turned: int = 0, password: str = "") -> bytes:
    """A PDF whose pages say "Sida 1", "Sida 2"…"""
    source = f"#set page(width: {width}pt, height: {height}pt)\n" + "\n#pagebreak()\n".join(
        f"Sida {n}" for n in range(1, pages + 1)
    )
    writer = PdfWriter()
    writer.append(io.BytesIO(typst.compile({"main.typ": source.encode()}, format="pdf")))  # type: ignore[call-overload]
    for page in writer.pages:
        page.rotate(turned)
    if password:
        writer.encrypt(password)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def a_png(width: int = 40, height: int = 20) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\x10\x60\x50" * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def a_word_document() -> bytes:
    document = docx.Document()
    document.add_paragraph("Ord i Word")
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def bind(
    *matters: list[tuple[str, bytes]],
    convert: Callable[[str, bytes], bytes | None] = lambda name, content: None,
    flags: tuple[str, ...] = (),
) -> bytes:
    """The packet of an agenda whose matters have these annexes."""
    store: dict[str, bytes] = {}
    lines = []
    for line, files in zip(LINES, matters, strict=False):
        refs = []
        for name, content in files:
            key = hashlib.sha256(content).hexdigest()
            store[key] = content
            refs.append(FileRef(key, name, "application/octet-stream", len(content), flags))
        lines.append(dataclasses.replace(line, files=tuple(refs)))
    order = DocumentOrder("packet", "Möteshandlingar.pdf", {**ORDERS[0].facts, "lines": tuple(lines)})
    return Binder(PRESS, convert).bind(order, store.__getitem__)


def read(packet: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(packet))


def text_of(packet: bytes, page: int) -> str:
    return " ".join(read(packet).pages[page].extract_text().split())


def links(reader: PdfReader, page: int) -> list[int]:
    """The pages, counted from 0, that links on a page lead to."""
    found = []
    for annotation in reader.pages[page].get("/Annots") or []:
        target: Any = annotation.get_object().get("/Dest")
        if target is not None:
            found.append(reader.get_page_number(target[0].get_object()))
    return found


def test_agenda_and_annexes_are_one_document_with_labels_bookmarks_and_links() -> None:
    """A reader sees "Bilaga 2, s. 1" as the page's number, and the agenda's numbers lead to the annexes."""
    packet = bind([("Ett.pdf", a_pdf(3))], [("Två.pdf", a_pdf(2, 842, 595)), ("Tre.pdf", a_pdf(turned=90))])
    reader = read(packet)

    assert reader.page_labels == [
        "1", "Bilaga 1, s. 1", "Bilaga 1, s. 2", "Bilaga 1, s. 3", "Bilaga 2, s. 1", "Bilaga 2, s. 2",
        "Bilaga 3, s. 1",
    ]  # fmt: skip
    assert [str(o["/Title"]) for o in reader.outline if not isinstance(o, list)] == [
        "Kallelse och dagordning", "Bilaga 1: Ett.pdf", "Bilaga 2: Två.pdf", "Bilaga 3: Tre.pdf",
    ]  # fmt: skip
    assert set(links(reader, 0)) == {1, 4, 6}
    # Each page of an annex says where it belongs, and leads back.
    assert "Bilaga 1, s. 2 av 3" in text_of(packet, 2)
    assert "Sida 2" in text_of(packet, 2)
    assert all(links(reader, n) == [0] for n in range(1, 7))
    assert reader.root_object["/Lang"] == "sv"
    assert str(reader.metadata and reader.metadata.title) == "Möteshandlingar SamReKo 11 februari 2027"


@pytest.mark.parametrize(
    ("turned", "corner"),
    [(0, (475, 816, 595, 842)), (90, (0, 722, 26, 842)), (180, (0, 0, 120, 26)), (270, (569, 0, 595, 120))],
)
def test_the_stamp_stands_in_the_readers_corner_whatever_way_up_the_page_is(
    turned: int, corner: tuple[int, ...]
) -> None:
    """A page is turned when it is shown, so its upper right corner may be any of its own four."""
    page = read(bind([("Vriden.pdf", a_pdf(turned=turned))])).pages[1]

    assert page.rotation == turned
    back = page["/Annots"][0].get_object()  # type: ignore[index]
    assert tuple(round(v) for v in back["/Rect"]) == corner
    assert "Bilaga 1, s. 1 av 1" in " ".join(page.extract_text(orientations=(0, 90, 180, 270)).split())


def test_a_page_with_a_great_drawing_stays_as_small_as_it_was() -> None:
    """A map is megabytes of lines when it is unpacked; nobody needs to unpack it to bind it in."""
    writer = PdfWriter()
    writer.append(io.BytesIO(a_pdf()))
    lines = DecodedStreamObject()
    lines.set_data(b"10 10 m 300 300 l S\n" * 100_000)
    writer.pages[0][NameObject("/Contents")] = writer._add_object(lines.flate_encode())
    made = io.BytesIO()
    writer.write(made)

    alone, with_map = bind([("Text.pdf", a_pdf())]), bind([("Karta.pdf", made.getvalue())])

    assert len(with_map) < len(alone) + 20_000


def test_the_same_file_under_two_matters_is_bound_once() -> None:
    """Both numbers lead to the same page."""
    file = ("Samma.pdf", a_pdf())
    reader = read(bind([file], [file]))

    assert len(reader.pages) == 2
    assert set(links(reader, 0)) == {1}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("Låst.pdf", a_pdf(password="hemligt"), "låst med lösenord"),
        ("Trasig.pdf", b"%PDF-1.7 ...", "kan vara skadad"),
        ("Tom.pdf", a_pdf()[:400], "kan vara skadad"),
        ("Trasig.png", a_png()[:60], "kan vara skadad"),
        ("Jättebild.png", a_png()[:16] + struct.pack(">II", 60_000, 60_000) + a_png()[24:], "som egen fil"),
        ("Film.mp4", b"\0\0\0\x18ftypmp42", "som egen fil"),
        ("Text.docx", a_word_document(), "som egen fil"),
        ("Lång.pdf", a_pdf(PAGES + 1), "för många sidor"),
    ],
)
def test_what_cannot_be_bound_in_has_a_page_that_says_so(name: str, content: bytes, reason: str) -> None:
    """One bad file spoils its own place and no other."""
    packet = bind([(name, content), ("Bra.pdf", a_pdf())])

    assert len(read(packet).pages) == 3
    assert name in text_of(packet, 1)
    assert reason in text_of(packet, 1)
    assert "Sida 1" in text_of(packet, 2)


def test_a_packet_of_nothing_is_none() -> None:
    """Where no annex can be shown, the agenda alone says as much."""
    assert bind([("Film.mp4", b"\0\0\0\x18ftypmp42")]) == b""


def test_pictures_become_pages() -> None:
    packet = bind([("Bild.png", a_png())])

    assert len(read(packet).pages) == 2
    assert "Bilaga 1, s. 1 av 1" in text_of(packet, 1)
    assert len(read(packet).pages[1].images) == 1


def test_nothing_in_an_annex_acts_by_itself() -> None:
    """Scripts, launches and forms stay behind; an ordinary link is kept."""
    writer = PdfWriter()
    writer.append(io.BytesIO(a_pdf()))
    page = writer.pages[0]

    def annotation(subtype: str, action: dict[str, str]) -> DictionaryObject:
        made = {NameObject("/" + k): NameObject(v) if v.startswith("/") else TextStringObject(v)
                for k, v in action.items()}  # fmt: skip
        return DictionaryObject({
            NameObject("/Subtype"): NameObject(subtype), NameObject("/A"): DictionaryObject(made),
        })  # fmt: skip

    page[NameObject("/Annots")] = ArrayObject([
        annotation("/Link", {"S": "/URI", "URI": "https://www.example/"}),
        annotation("/Link", {"S": "/Launch", "F": "calc.exe"}),
        annotation("/Widget", {"S": "/JavaScript", "JS": "app.alert(1)"}),
    ])  # fmt: skip
    page[NameObject("/AA")] = DictionaryObject({
        NameObject("/O"): DictionaryObject({NameObject("/S"): NameObject("/JavaScript")}),
    })  # fmt: skip
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(2)")}
    )
    made = io.BytesIO()
    writer.write(made)

    packet = bind([("Ond.pdf", made.getvalue())])

    assert b"JavaScript" not in packet
    assert b"Launch" not in packet
    kept = [a.get_object() for a in read(packet).pages[1]["/Annots"]]  # type: ignore[attr-defined]
    assert [a["/A"]["/URI"] for a in kept if "/A" in a] == ["https://www.example/"]


def test_an_office_file_is_converted_where_that_can_be_done_and_never_with_macros() -> None:
    """What the converter makes is bound in; a file with macros is not even given to it."""
    given: list[str] = []

    def convert(name: str, content: bytes) -> bytes:
        given.append(name)
        return a_pdf(2)

    assert len(read(bind([("Plan.docx", a_word_document())], convert=convert)).pages) == 3
    assert bind([("Plan.docm", a_word_document())], convert=convert, flags=("macros",)) == b""
    assert given == ["Plan.docx"]


def test_the_same_packet_has_the_same_bytes() -> None:
    files = [("Ett.pdf", a_pdf(2)), ("Bild.png", a_png())]
    assert bind(files) == bind(files)


# LibreOffice itself.


@pytest.mark.skipif(office_files.program() is None, reason="LibreOffice is not installed")
def test_libreoffice_makes_a_pdf_of_a_word_document() -> None:
    made = office_files.to_pdf("Ord.docx", a_word_document())

    assert made is not None
    assert "Ord i Word" in text_of(made, 0)


@pytest.mark.skipif(office_files.program() is None, reason="LibreOffice is not installed")
def test_libreoffice_says_that_all_went_well_and_we_look_all_the_same() -> None:
    """It exits with 0 for a broken document and makes nothing."""
    assert office_files.to_pdf("Ord.docx", a_word_document()[:300]) is None


def a_program(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program called soffice first on the path."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_an_office_program_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that keeps it busy for ever costs its minute and no more."""
    a_program(tmp_path, f"sleep 30 & echo $! > {tmp_path}/child; wait", monkeypatch)

    assert office_files.to_pdf("Ord.docx", a_word_document(), patience=0.5) is None
    child = int((tmp_path / "child").read_text())
    status = Path(f"/proc/{child}/stat")
    assert not status.exists() or status.read_text().split()[2] == "Z"


def test_an_office_program_gets_a_profile_of_its_own_and_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each run has its own folder; the file's own name, which may be anything, reaches no command line."""
    a_program(tmp_path, f'echo "$@" >> {tmp_path}/said', monkeypatch)

    assert office_files.to_pdf("--evil; rm.docx", a_word_document()) is None
    assert office_files.to_pdf("--evil; rm.docx", a_word_document()) is None
    said = (tmp_path / "said").read_text().splitlines()
    assert "evil" not in "".join(said)
    profiles = {part for line in said for part in line.split() if part.startswith("-env:UserInstallation")}
    assert len(profiles) == 2


def test_without_libreoffice_nothing_is_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert office_files.to_pdf("Ord.docx", a_word_document()) is None
