"""A minutes form come back: the Word document that the secretary has filled in, as text to read.

Whatever Word has done to it meanwhile is taken as she sees it: tracked
insertions count, tracked deletions and struck-through words do not.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import XMLSyntaxError

log = logging.getLogger("kallelse.files")

# A form is a few pages; so much text is no form.
_CHARACTERS = 400_000
_FAULTS = (
    OpcError,
    XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
_HEADING = re.compile(r"heading [1-9]", re.IGNORECASE)
_BULLET = re.compile(r"list|punkt", re.IGNORECASE)


def form_text(content: bytes) -> str:
    """The words of a Word document, its headings marked "## " and its bullets "- "; else "".

    What is no Word document, or cannot be read, gives an empty text; whether
    it is a minutes form is for the reader to say.
    """
    if not content.startswith(b"PK"):
        return ""
    try:
        document = docx.Document(io.BytesIO(content))
        lines = list(_lines(document))
    except _FAULTS as fault:
        log.info("a document could not be read as a form: %s", type(fault).__name__)
        return ""
    text = "\n".join(lines)
    return text if len(text) <= _CHARACTERS else ""


def _lines(document: Any) -> Iterator[str]:
    was_heading = False
    # Above the first heading stands the form's own head: title, time and place.
    begun = False
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            if not begun:
                continue
            for row in block.rows:
                # A cell that spans several columns is told once.
                cells = dict.fromkeys(" ".join(_cell(c).split()) for c in row.cells)
                yield " – ".join(c for c in cells if c)
            yield ""
            continue
        style = (block.style.name or "") if block.style else ""
        words = _words(block)
        if _HEADING.fullmatch(style):
            if words.strip():
                yield from ("", f"## {' '.join(words.split())}")
            was_heading = begun = True
            continue
        if not begun:
            continue
        told = [line for line in words.splitlines() if line.strip()]
        if _BULLET.search(style) or _is_listed(block):
            yield from (f"- {line.strip()}" for line in told)
        elif was_heading and told and _is_told_small(block):
            # The presenter and the time, which stand under the heading as on the agenda.
            pass
        else:
            yield from told
            yield ""
        was_heading = was_heading and not told


def _cell(cell: Any) -> str:
    return "\n".join(_words(p) for p in cell.paragraphs)


def _words(paragraph: Paragraph) -> str:
    """The words that a reader sees, tracked changes carried out and struck ones left out."""
    found: list[str] = []
    for run in paragraph._p.iter(qn("w:r")):
        if any(a.tag in (qn("w:del"), qn("w:moveFrom")) for a in run.iterancestors()) or _is_struck(run):
            continue
        for part in run:
            if part.tag == qn("w:t"):
                found.append(part.text or "")
            elif part.tag in (qn("w:tab"), qn("w:noBreakHyphen")):
                found.append("\t" if part.tag == qn("w:tab") else "-")
            elif part.tag in (qn("w:br"), qn("w:cr")):
                found.append("\n")
    return "".join(found)


def _is_struck(run: Any) -> bool:
    properties = run.find(qn("w:rPr"))
    marks = [] if properties is None else [properties.find(qn(n)) for n in ("w:strike", "w:dstrike")]
    return any(m is not None and m.get(qn("w:val")) not in ("0", "false", "none") for m in marks)


def _is_listed(paragraph: Paragraph) -> bool:
    """Whether a paragraph is a list's by its own marks, whatever its style is called."""
    properties = paragraph._p.find(qn("w:pPr"))
    return properties is not None and properties.find(qn("w:numPr")) is not None


def _is_told_small(paragraph: Paragraph) -> bool:
    """Whether it is all in the muted type of our own form, and so nobody's words."""
    runs = [r for r in paragraph.runs if r.text.strip()]
    return bool(runs) and all(r.font.size is not None and r.font.size.pt == 10 for r in runs)
