"""What is in a file that came by mail: its words, and what about it calls for care.

Everything here is bounded: a file decides neither how much memory nor how
much time we spend on it.  A file that cannot be read is told as such, never
raised.  Nothing is executed and nothing is fetched.
"""

from __future__ import annotations

import io
import logging
import re
import socket
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import filetype

from service.domain.personal_data import has_personal_number

log = logging.getLogger("kallelse.files")

# The names that a FileRef's `flags` may have.
Flag = Literal[
    "personal-number", "macros", "executable", "bomb", "locked", "unreadable", "virus", "unscanned"
]

# So many bytes may come out of a packed file, and so many times its own size.
UNPACKED = 100_000_000
RATIO = 200
# A small file may be packed tightly without harm.
HARMLESS = 5_000_000
# So many parts of a packed file, so many packed files inside one another.
PARTS = 5_000
DEPTH = 3
# So many pages and characters are looked through.
PAGES = 300
CHARACTERS = 2_000_000

_EXECUTABLE = re.compile(
    r"\.(?:exe|com|scr|pif|bat|cmd|ps1|psm1|vbs|vbe|js|jse|wsf|wsh|hta|msi|msp|dll|cpl|jar|lnk|reg|iso|img|vhd|"
    r"vhdx|app|dmg|sh|apk|chm|scf|appref-ms|xll)$",
    re.IGNORECASE,
)
_MACRO_NAME = re.compile(r"\.(?:docm|dotm|xlsm|xltm|xlam|xlsb|pptm|potm|ppam|ppsm|sldm)$", re.IGNORECASE)
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What makes a PDF do something by itself (ISO 32000-1, 12.6.4).
_PDF_ACTS = re.compile(rb"/(?:JavaScript|JS|Launch|OpenAction\s*<<[^>]{0,200}/(?:JavaScript|Launch))\b")
_TAG = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found in a file: its words, as far as they were read, and its flags."""

    text: str
    flags: tuple[Flag, ...]


def flags_of(filename: str, content: bytes, clamd: str = "") -> tuple[str, ...]:
    """What about a file calls for care; `clamd`, a socket's path or host:port, is asked for viruses."""
    flags: list[str] = list(examine(filename, content).flags)
    if clamd:
        found = virus_in(content, clamd)
        if found is None:
            flags.append("unscanned")
        elif found:
            flags.append("virus")
    return tuple(flags)


# What a browser or a viewer runs scripts from when it is opened beside other files.
_ACTIVE = re.compile(r"\.(?:x?html?|xht|mht(?:ml)?|svgz?|xml|xslt?|url|website)$", re.IGNORECASE)


def runs_when_opened(filename: str, content: bytes) -> bool:
    """Whether a file does something by itself when somebody clicks on it."""
    name = filename.strip(" .")
    return bool(_EXECUTABLE.search(name) or _ACTIVE.search(name)) or content.startswith(_PROGRAMS)


def examine(filename: str, content: bytes) -> Examined:
    """Read a file's words and note what calls for care.  Never raises."""
    flags: dict[Flag, None] = {}
    if _EXECUTABLE.search(filename.strip(" .")) or content.startswith(_PROGRAMS):
        flags["executable"] = None
    if _MACRO_NAME.search(filename):
        flags["macros"] = None
    try:
        text = "\n".join(_words(filename, content, flags, 0))[:CHARACTERS]
    except Exception as fault:
        # Whatever a parser makes of hostile bytes, the letter that brought them is still handled.
        log.info("file=%s could not be read: %s", filename.rpartition(".")[2][:8], type(fault).__name__)
        flags["unreadable"] = None
        text = ""
    if has_personal_number(text) or has_personal_number(filename):
        flags["personal-number"] = None
    return Examined(text, tuple(flags))


def _words(filename: str, content: bytes, flags: dict[Flag, None], depth: int) -> Iterator[str]:
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _packed(content, flags, depth)
    elif b"%PDF-" in content[:1024]:
        yield from _pdf(content, flags)
    elif content.startswith(_OLE):
        yield from _old_office(content, flags)
    elif _is_text(content):
        yield _decoded(content)


def _is_text(content: bytes) -> bool:
    start = content[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    return b"\0" not in start and filetype.guess(start) is None


def _decoded(content: bytes) -> str:
    content = content[: 4 * CHARACTERS]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


# --- packed files: zip, and the office formats that are zips ---


def _packed(content: bytes, flags: dict[Flag, None], depth: int) -> Iterator[str]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    parts = archive.infolist()
    whole = sum(p.file_size for p in parts)
    if len(parts) > PARTS or whole > UNPACKED or (whole > HARMLESS and whole > RATIO * len(content)):
        flags["bomb"] = None
        return
    names = [p.filename for p in parts]
    if any(n.lower().endswith(("vbaproject.bin", "xl/macrosheets/sheet1.xml")) for n in names):
        flags["macros"] = None
    if any("/activex/" in n.lower() or "/embeddings/oleobject" in n.lower() for n in names):
        flags["macros"] = None
    office = "[Content_Types].xml" in names or "mimetype" in names
    left = UNPACKED
    for part in parts:
        if part.is_dir():
            continue
        if part.flag_bits & 1:
            flags["locked"] = None
            continue
        if not office and _EXECUTABLE.search(part.filename):
            flags["executable"] = None
        if not office and _MACRO_NAME.search(part.filename):
            flags["macros"] = None
        if office and not part.filename.lower().endswith(".xml"):
            continue
        # The directory may lie about the size; reading is bounded all the same.
        with archive.open(part) as stream:
            inner = stream.read(min(left, UNPACKED // 4) + 1)
        left -= len(inner)
        if left <= 0 or len(inner) > UNPACKED // 4:
            flags["bomb"] = None
            return
        if office:
            yield _office_text(part.filename, inner)
        elif depth + 1 >= DEPTH and inner.startswith(b"PK\x03\x04"):
            flags["bomb"] = None
        else:
            yield from _words(part.filename, inner, flags, depth + 1)


def _office_text(name: str, xml: bytes) -> str:
    """The words of a part of a docx, xlsx, pptx or odt, read without an XML parser and so without entities.

    Word cuts a number into runs where it pleases, so only the ends of
    paragraphs, cells and rows part words.
    """
    text = xml.decode("utf-8", "replace")
    if re.match(r"(?i)(?:xl/worksheets/)", name):
        # A cell's value: numbers stand bare, so a cell with twelve digits is seen too.
        return "\n".join(_TAG.sub("", m) for m in re.findall(r"<(?:\w+:)?(?:v|t)\b[^>]*>([^<]*)<", text))
    text = re.sub(r"</(?:\w+:)?(?:p|tc|tr|si|h|table-cell|row)>|<(?:\w+:)?(?:br|tab|cr)\b[^>]*/>", "\n", text)
    text = _TAG.sub("", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


# --- PDF ---


def _pdf(content: bytes, flags: dict[Flag, None]) -> Iterator[str]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    if _PDF_ACTS.search(content[:5_000_000]):
        flags["macros"] = None
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            flags["locked"] = None
            return
        length = 0
        for page in reader.pages[:PAGES]:
            text = page.extract_text()
            length += len(text)
            yield text
            if length > CHARACTERS:
                return
    except (PyPdfError, LookupError, ValueError, TypeError, AttributeError, RecursionError, OSError):
        flags["unreadable"] = None


# --- the old formats of Word and Excel ---


def _old_office(content: bytes, flags: dict[Flag, None]) -> Iterator[str]:
    if b"_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0" in content or b"M\0a\0c\0r\0o\0s\0" in content:
        flags["macros"] = None
    if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0" in content:
        flags["locked"] = None
    # The words lie in the file as they are, in 8 or 16 bits a letter.
    yield content[:CHARACTERS].decode("latin-1")
    yield content[:CHARACTERS].decode("utf-16-le", "ignore")


# --- clamd ---


def virus_in(content: bytes, clamd: str, timeout: float = 30.0) -> str | None:
    """The name of the virus that clamd finds, or ""; None when it could not be asked or could not look.

    INSTREAM, as clamd(8) describes it: chunks with their length before them, and an empty one last.
    """
    try:
        with _line(clamd, timeout) as line:
            line.sendall(b"zINSTREAM\0")
            for at in range(0, len(content), 65536):
                chunk = content[at : at + 65536]
                line.sendall(struct.pack("!I", len(chunk)) + chunk)
            line.sendall(struct.pack("!I", 0))
            answer = line.recv(4096).decode("utf-8", "replace").strip("\0 \n")
    except OSError as fault:
        log.warning("clamd could not be asked: %s", type(fault).__name__)
        return None
    if found := re.search(r"stream: (.+) FOUND", answer):
        return found[1]
    if not answer.endswith("OK"):
        # "INSTREAM size limit exceeded. ERROR", or nothing at all.
        log.warning("clamd could not look through a file")
        return None
    return ""


def _line(clamd: str, timeout: float) -> socket.socket:
    if clamd.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(timeout)
        line.connect(clamd)
        return line
    host, _, port = clamd.rpartition(":")
    return socket.create_connection((host or "127.0.0.1", int(port)), timeout)
