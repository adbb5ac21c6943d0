"""The minutes form as a Word document, for secretaries who would rather write there.

Headings are real styles, so that Word's navigation and a screen reader find
them; the words come from the language's base/words.toml.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import docx
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from service.adapters.templates import Phrasing
from service.domain.network import Meeting
from service.usecases.outgoing import AgendaLine

_ACCENT = RGBColor(0x0F, 0x4F, 0x4C)
_MUTED = RGBColor(0x56, 0x66, 0x64)
# No document tells when or by which machine it was made.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def minutes_form(facts: Mapping[str, Any], phrasing: Phrasing) -> bytes:
    """The agenda and the attendance filled in, with lines to write on; equal facts give equal bytes.

    Takes the facts of a DocumentOrder of kind "minutes-form".
    """
    network, meeting = facts["network"], facts["meeting"]
    words: Mapping[str, Any] = phrasing.words["minutes"]
    document = docx.Document()
    _dress(document, phrasing.words["locale"])
    title = f"{words['title']} {_plain(network.short_name)} {phrasing.day(meeting.start)}"
    _properties(document, title, network.short_name, meeting)

    document.add_paragraph(title, style="Title")
    for label, value in (
        (words["when"], phrasing.when(meeting)),
        (words["place"], meeting.place),
        (words["chair"], facts.get("chair_name") or ""),
        (words["secretary"], facts.get("secretary_name") or ""),
    ):
        if value:
            row = document.add_paragraph()
            row.paragraph_format.tab_stops.add_tab_stop(Cm(3), WD_TAB_ALIGNMENT.LEFT)
            row.paragraph_format.space_after = Pt(0)
            _muted(row.add_run(f"{label}\t"))
            row.add_run(_plain(value))
    for key in ("present", "substitutes", "absent"):
        _people(document, words, key, facts.get(key, ()))

    document.add_heading(words["matters"], level=1)
    for line in facts.get("lines", ()):
        _matter(document, words["labels"], line, phrasing)
    return _sealed(document)


def _people(document: Any, words: Mapping[str, str], key: str, people: Sequence[Any]) -> None:
    if not people:
        return
    document.add_heading(words[key], level=1)
    if key == "present":
        _muted(document.add_paragraph().add_run(words["strike"]))
    for person in people:
        name, *more = (person,) if isinstance(person, str) else tuple(person)
        told = ", ".join(_plain(m) for m in more if m)
        document.add_paragraph(_plain(name) + (f" ({told})" if told else ""), style="List Bullet")


def _matter(document: Any, labels: Sequence[str], line: AgendaLine, phrasing: Phrasing) -> None:
    document.add_heading(f"{line.number}. {_plain(line.title)}", level=2)
    minutes = f"{line.minutes} min" if line.minutes else ""
    told = [part for part in (_plain(line.presenter), phrasing.type_word(line.type), minutes) if part]
    if told:
        _muted(document.add_paragraph().add_run(" · ".join(told)))
    # What is only told needs no line for a decision.
    for label in labels if line.type != "information" else (labels[0], labels[-1]):
        row = document.add_paragraph()
        row.add_run(f"{label}:").bold = True
        row.add_run(" ")


def _plain(text: str) -> str:
    """One line that XML can hold."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _muted(run: Any) -> None:
    run.font.color.rgb = _MUTED
    run.font.size = Pt(10)


def _dress(document: Any, locale: str) -> None:
    """The house's type and colours, and the language that Word checks spelling in."""
    faces = {"Normal": ("Calibri", 11), "Title": ("Georgia", 24), "Heading 1": ("Georgia", 15)}
    for name, (font, size) in {**faces, "Heading 2": ("Georgia", 12)}.items():
        style = document.styles[name]
        style.font.name, style.font.size = font, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(key), None)
        fonts.set(qn("w:hAnsi"), font)
        if name != "Normal":
            style.font.color.rgb = _ACCENT
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), locale)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)


def _properties(document: Any, title: str, author: str, meeting: Meeting) -> None:
    properties = document.core_properties
    properties.title = title
    properties.author = properties.last_modified_by = _plain(author)
    properties.comments = ""
    properties.created = properties.modified = meeting.start.replace(tzinfo=None)


def _sealed(document: Any) -> bytes:
    """The file with its parts in one order and without the clock of the machine."""
    made = io.BytesIO()
    document.save(made)
    sealed = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(sealed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(zipfile.ZipInfo(entry.filename, _EPOCH), source.read(entry), zipfile.ZIP_DEFLATED)
    return sealed.getvalue()
