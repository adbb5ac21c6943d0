"""The papers that members attach in the demonstration: real files, small and readable."""

from __future__ import annotations

import io

import typst
from docx import Document

from service.cli.demo.letters import File

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def pdf(name: str, title: str, *paragraphs: str) -> File:
    """A page with a heading and some paragraphs."""
    quoted = [_quoted(p) for p in (title, *paragraphs)]
    source = "\n".join(
        (
            '#set page(paper: "a4", margin: 2.5cm)',
            '#set text(lang: "sv", size: 11pt)',
            f"#set document(title: {quoted[0]})",
            f"#heading({quoted[0]})",
            *(f"#par({p})" for p in quoted[1:]),
        )
    )
    return File(name, typst.compile(source.encode(), format="pdf"))


def word(name: str, title: str, *paragraphs: str) -> File:
    """The same as a Word document."""
    document = Document()
    document.add_heading(title, 1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    held = io.BytesIO()
    document.save(held)
    return File(name, held.getvalue(), _WORD)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
