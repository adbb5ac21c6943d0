"""The packet: the agenda and all its annexes bound into one PDF, to print or to leaf through on a tablet.

It is an extra beside the agenda and the annexes themselves: binding takes
away the tags that a screen reader needs, and some files cannot be bound in.
Those have a page that says so.  Every annex is somebody else's file, so
nothing in it is run, and one that cannot be read spoils nothing but its own
place.
"""

from __future__ import annotations

import dataclasses
import io
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import typst
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.constants import PageLabelStyle
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    Fit,
    FloatObject,
    IndirectObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from service.adapters import office_files
from service.adapters.documents import ANNEX_LINK, Press
from service.domain.agenda import FileRef
from service.usecases.outgoing import AgendaLine, DocumentOrder

log = logging.getLogger("kallelse.files")

# A longer annex is sent beside the packet only, and so is a larger picture.
PAGES = 400
PIXELS = 60_000_000
# So many seconds a packet may spend on office files; the others are sent beside it only.
CONVERTING = 120.0
# The stamp's own corner, in points from the page's upper right one: it leads back to the agenda.
_CORNER = (120, 26)


@dataclass(frozen=True, slots=True)
class _Annex:
    number: int
    file: FileRef
    # The matter that it belongs to, with its number.
    item: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.file.sha256, self.file.filename)


class _Unbound(Exception):
    """Why an annex has a slip in its place: "beside", "locked", "damaged", "macros" or "long"."""


class Binder:
    """Binds packets.  `convert` makes a PDF of an office file, or None where that cannot be done."""

    def __init__(
        self, press: Press, convert: Callable[[str, bytes], bytes | None] = office_files.to_pdf
    ) -> None:
        self._press = press
        self._convert = convert
        self._until = 0.0
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)

    def bind(self, order: DocumentOrder, file: Callable[[str], bytes]) -> bytes:
        """The packet of an agenda; empty when none of its annexes can be bound in.

        Takes the facts of an order of kind "agenda" and fetches the annexes'
        contents by their hash.
        """
        numbered = list(_numbered(order.facts["lines"]))
        annexes = _once(numbered)
        self._until = time.monotonic() + CONVERTING
        bound: list[tuple[_Annex, PdfReader]] = []
        slips = 0
        for annex in annexes:
            try:
                reader = self._readable(annex.file, file(annex.file.sha256))
            except _Unbound as why:
                reader = self._slip(annex, str(why))
                slips += 1
            bound.append((annex, reader))
        if slips == len(annexes):
            return b""
        pages = self._press.make(dataclasses.replace(order, kind="agenda"), annex_links=True)
        agenda = PdfReader(io.BytesIO(pages))
        return self._bound(agenda, bound, numbered, order)

    def _bound(
        self,
        agenda: PdfReader,
        annexes: list[tuple[_Annex, PdfReader]],
        numbered: list[_Annex],
        order: DocumentOrder,
    ) -> bytes:
        writer = PdfWriter()
        writer.append(agenda, outline_item=self._press.words("packet", "agenda"))
        own = len(writer.pages)
        writer.set_page_label(0, own - 1, style=PageLabelStyle.DECIMAL)
        first_page: dict[tuple[str, str], int] = {}
        word = self._press.words("packet", "annex")
        for annex, reader in annexes:
            first = first_page[annex.key] = len(writer.pages)
            title = f"{word} {annex.number}: {annex.file.filename}"
            writer.append(reader, outline_item=title, import_outline=False)
            last = len(writer.pages) - 1
            prefix = self._press.words("packet", "label").format(number=annex.number, page="")
            writer.set_page_label(first, last, style=PageLabelStyle.DECIMAL, prefix=prefix.rstrip() + " ")
            pages = [writer.pages[n] for n in range(first, last + 1)]
            self._stamp(writer, pages, annex.number)
            for n in range(first, last + 1):
                _add_way_back(writer, n)
        targets = {annex.number: first_page[annex.key] for annex in numbered}
        for page in writer.pages[:own]:
            _lead_to_annexes(writer, page, targets)
        self._describe(writer, order)
        made = io.BytesIO()
        writer.write(made)
        return made.getvalue()

    def _describe(self, writer: PdfWriter, order: DocumentOrder) -> None:
        facts = order.facts
        title = self._press.words("packet", "title")
        writer.metadata = {
            "/Title": f"{title} {facts['network'].short_name} {self._press.day(facts['meeting'].start)}",
            "/Author": str(facts["network"].short_name),
        }
        root = writer.root_object
        root[NameObject("/Lang")] = TextStringObject(self._press.language)
        root[NameObject("/PageMode")] = NameObject("/UseOutlines")
        preferences = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
        root[NameObject("/ViewerPreferences")] = preferences

    # Annexes.

    def _readable(self, file: FileRef, content: bytes) -> PdfReader:
        """An annex as a PDF that can be bound in; raises _Unbound with the reason when it cannot."""
        flags = set(file.flags)
        if "locked" in flags:
            raise _Unbound("locked")
        if flags & {"executable", "bomb", "virus"}:
            raise _Unbound("beside")
        pdf = content
        if b"%PDF-" not in content[:1024]:
            if "macros" in flags:
                raise _Unbound("macros")
            name = _picture(content)
            pdf = self._picture(name, content) if name else self._converted(file.filename, content)
        if not pdf:
            raise _Unbound("damaged" if "unreadable" in flags else "beside")
        return _opened(pdf)

    def _converted(self, filename: str, content: bytes) -> bytes:
        """An office file as PDF; empty where that cannot be done, or the packet has had its time."""
        return self._convert(filename, content) or b"" if time.monotonic() < self._until else b""

    def _picture(self, name: str, content: bytes) -> bytes:
        try:
            return self._press.sheet("annex-picture", {"file": name}, {name: content})
        except typst.TypstError as fault:
            raise _Unbound("damaged") from fault

    def _slip(self, annex: _Annex, reason: str) -> PdfReader:
        facts = {
            "number": annex.number,
            "filename": annex.file.filename,
            "item": annex.item,
            "reason": reason,
            "language": self._press.language,
        }
        return PdfReader(io.BytesIO(self._press.sheet("annex-slip", facts)))

    def _stamp(self, writer: PdfWriter, pages: Sequence[PageObject], number: int) -> None:
        """Print "Bilaga 3, s. 2 av 5" in the corner of each page, whatever its size and way up.

        The page's own content is never parsed: a map of ten megabytes would
        take a minute, and come out ten times as large.
        """
        label = self._press.words("packet", "stamp")
        sizes = [_size(page) for page in pages]
        wanted = [
            {"width": width, "height": height, "text": label.format(number=number, page=n, pages=len(pages))}
            for n, (width, height) in enumerate(sizes, 1)
        ]
        stamps = PdfReader(io.BytesIO(self._press.sheet("annex-stamp", {"pages": wanted})))
        before = writer._add_object(_stream(b"q\n"))
        for n, (page, stamp) in enumerate(zip(pages, stamps.pages, strict=True), 1):
            name = f"/KallelseStamp{number}x{n}"
            _put_over(writer, page, _form(writer, stamp, sizes[n - 1]), name, before)


def _size(page: PageObject) -> tuple[float, float]:
    """Width and height as the page is shown."""
    box = page.cropbox
    width, height = float(box.width), float(box.height)
    return (height, width) if page.rotation % 180 else (width, height)


def _shown(page: PageObject) -> tuple[float, float, float, float, float, float]:
    """The matrix from the page as it is shown to its own coordinates (ISO 32000-1, 8.3.4 and /Rotate)."""
    box = page.cropbox
    left, bottom, right, top = float(box.left), float(box.bottom), float(box.right), float(box.top)
    match page.rotation % 360:
        case 90:
            return (0, 1, -1, 0, right, bottom)
        case 180:
            return (-1, 0, 0, -1, right, top)
        case 270:
            return (0, -1, 1, 0, left, top)
        case _:
            return (1, 0, 0, 1, left, bottom)


def _stream(data: bytes) -> StreamObject:
    made = DecodedStreamObject()
    made.set_data(data)
    return made


def _form(writer: PdfWriter, stamp: PageObject, size: tuple[float, float]) -> IndirectObject:
    """A page as a form XObject (ISO 32000-1, 8.10), which can be laid over another page."""
    contents = stamp.get_contents()
    form = _stream(contents.get_data() if contents is not None else b"").flate_encode()
    form[NameObject("/Type")] = NameObject("/XObject")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/BBox")] = ArrayObject([FloatObject(v) for v in (0, 0, *size)])
    form[NameObject("/Resources")] = stamp["/Resources"].clone(writer)
    return writer._add_object(form)


def _put_over(
    writer: PdfWriter, page: PageObject, form: IndirectObject, name: str, before: IndirectObject
) -> None:
    resources = page.get("/Resources")
    resources = resources.get_object() if resources is not None else None
    if not isinstance(resources, DictionaryObject):
        resources = DictionaryObject()
        page[NameObject("/Resources")] = resources
    forms = resources.get("/XObject")
    forms = forms.get_object() if forms is not None else None
    if not isinstance(forms, DictionaryObject):
        forms = DictionaryObject()
        resources[NameObject("/XObject")] = forms
    # Pages may share their resources, so each stamp has a name of its own.
    forms[NameObject(name)] = form
    matrix = " ".join(f"{value:g}" for value in _shown(page))
    after = writer._add_object(_stream(f"\nQ\nq {matrix} cm {name} Do Q\n".encode("ascii")))
    contents = page.get("/Contents")
    whole = contents.get_object() if contents is not None else None
    own = (
        list(whole)
        if isinstance(whole, ArrayObject)
        else []
        if whole is None
        else [page.raw_get("/Contents")]
    )
    page[NameObject("/Contents")] = ArrayObject([before, *own, after])


def _numbered(lines: Sequence[AgendaLine]) -> Iterator[_Annex]:
    """The annexes with the numbers that the agenda gives them."""
    numbers = count(1)
    for line in lines:
        for file in line.files:
            yield _Annex(next(numbers), file, f"{line.number}. {line.title}")


def _once(annexes: Iterable[_Annex]) -> list[_Annex]:
    """Each file once, under its first number, however many matters it belongs to."""
    found: dict[tuple[str, str], _Annex] = {}
    for annex in annexes:
        found.setdefault(annex.key, annex)
    return list(found.values())


def _opened(pdf: bytes) -> PdfReader:
    try:
        reader = PdfReader(io.BytesIO(pdf))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _Unbound("locked")
        if len(reader.pages) > PAGES:
            raise _Unbound("long")
        for page in reader.pages:
            # A page without a size, or with one that no paper has, is damaged.
            if not (5 < float(page.cropbox.width) < 15_000 and 5 < float(page.cropbox.height) < 15_000):
                raise _Unbound("damaged")
            # Before it is copied, for what has been copied once stays in the file.
            _keep_only_links(page)
        # What cannot be copied is found out here and not in the middle of the packet.
        trial = PdfWriter()
        trial.append(reader, import_outline=False)
        trial.write(io.BytesIO())
    except _Unbound:
        raise
    except Exception as fault:
        # Whatever a parser makes of a broken file, the other annexes are still bound.
        log.info("an annex could not be bound in: %s", type(fault).__name__)
        raise _Unbound("damaged") from fault
    if not reader.pages:
        raise _Unbound("damaged")
    return reader


def _picture(content: bytes) -> str:
    """The name under which a picture can be set; "" for what is none, or too large."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) > 24:
        width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
        return "picture.png" if 0 < width * height <= PIXELS else ""
    return "picture.jpg" if content.startswith(b"\xff\xd8\xff") else ""


# Links.


def _annotations(page: PageObject) -> list[DictionaryObject]:
    found = page.get("/Annots")
    found = found.get_object() if found is not None else None
    if not isinstance(found, ArrayObject):
        return []
    return [a for a in (entry.get_object() for entry in found) if isinstance(a, DictionaryObject)]


def _keep_only_links(page: PageObject) -> None:
    """Take away all that does something by itself: forms, scripts, attached files; plain links stay."""
    kept = ArrayObject()
    for annotation in _annotations(page):
        action: Any = annotation.get("/A")
        action = action.get_object() if action is not None else None
        address = str(action.get("/URI", "")) if isinstance(action, DictionaryObject) else ""
        if annotation.get("/Subtype") == "/Link" and address.startswith(("https://", "http://", "mailto:")):
            kept.append(annotation)
    page.pop("/AA", None)
    if kept:
        page[NameObject("/Annots")] = kept
    else:
        page.pop("/Annots", None)


def _add_way_back(writer: PdfWriter, number: int) -> None:
    page = writer.pages[number]
    width, height = _size(page)
    a, b, c, d, e, f = _shown(page)
    corners = [
        (a * x + c * y + e, b * x + d * y + f)
        for x, y in ((width - _CORNER[0], height - _CORNER[1]), (width, height))
    ]
    xs, ys = zip(*corners, strict=True)
    rect = (min(xs), min(ys), max(xs), max(ys))
    writer.add_annotation(number, Link(rect=rect, border=[0, 0, 0], target_page_index=0, fit=Fit.fit()))


def _lead_to_annexes(writer: PdfWriter, page: PageObject, targets: dict[int, int]) -> None:
    """Turn the agenda's marks for annexes into links to their first pages."""
    for annotation in _annotations(page):
        action: Any = annotation.get("/A")
        action = action.get_object() if action is not None else None
        address = str(action.get("/URI", "")) if isinstance(action, DictionaryObject) else ""
        if not address.startswith(ANNEX_LINK):
            continue
        del annotation["/A"]
        target = targets.get(int(address.removeprefix(ANNEX_LINK)))
        if target is None:
            continue
        reference = writer.pages[target].indirect_reference
        assert isinstance(reference, IndirectObject)
        annotation[NameObject("/Dest")] = ArrayObject([reference, NameObject("/Fit")])
