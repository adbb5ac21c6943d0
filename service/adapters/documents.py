"""The press: agendas and minutes as PDFs that any screen reader can read (PDF/UA-1, ISO 14289-1).

Set by typst from the sources under templates/<language>/documents/, with the
fonts that typst carries in itself, so that a document looks the same
wherever it is made.  What members have written arrives as JSON and is never
read as markup.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import typst

from service.adapters import word_forms
from service.adapters.templates import Phrasing
from service.domain.network import Meeting
from service.interpretation.minutes_form import read_minutes
from service.usecases.outgoing import AgendaLine, DocumentOrder

KINDS: tuple[str, ...] = ("agenda", "minutes-form", "minutes")

# In a packet the agenda's annexes are links that begin so; the binder leads them to their pages.
ANNEX_LINK = "annex:"

_STANDARDS = ["ua-1"]
_PATIENCE = 5


class Press:
    """Makes documents.  Sources in `own` win over those shipped, file by file."""

    def __init__(self, shipped: Path, own: Path | None = None, language: str = "sv") -> None:
        folders = [folder / language for folder in (own, shipped) if folder is not None]
        self._phrasing = Phrasing.read(folders, language)
        self._sources = _sources([folder / "documents" for folder in folders])
        self._language = language

    def missing(self) -> list[str]:
        """Which documents have no source; empty when all is well."""
        return [f"documents/{kind}.typ: not found" for kind in KINDS if f"{kind}.typ" not in self._sources]

    @property
    def language(self) -> str:
        return self._language

    def words(self, part: str, name: str) -> str:
        """A fixed word of the language, from base/words.toml."""
        return str(self._phrasing.words[part][name])

    def day(self, moment: date) -> str:
        return self._phrasing.day(moment)

    def make(self, order: DocumentOrder, *, annex_links: bool = False) -> bytes:
        """The document, as PDF; the same order gives the same bytes.

        Signs that the fonts lack (emoji, most scripts beside the European
        ones) are left out: a name on paper without its smiley is better than
        no paper.  A minutes form whose name ends in .docx is a Word document.
        Raises KeyError for a kind without a source and typst.TypstError when
        the source itself is wrong.
        """
        if order.kind == "minutes-form" and order.filename.endswith(".docx"):
            return word_forms.minutes_form(order.facts, self._phrasing)
        source = self._sources[f"{order.kind}.typ"]
        files = {name: content for name, content in self._sources.items() if name not in _mains()}
        files = {"main.typ": source, **files}
        data = _clean({**self._data(order.facts), "annex_link": ANNEX_LINK if annex_links else ""})
        # A refusal names the signs that lack: strip those, and at last all that is not surely there.
        for _ in range(_PATIENCE):
            try:
                return self._compile(files, data)
            except typst.TypstError as error:
                lacking = _lacking(error)
                if not lacking:
                    raise
                data = _map_text(data, lambda text, gone=lacking: _without(text, gone))
        return self._compile(files, _map_text(data, _only_surely_printable))

    def sheet(self, name: str, data: Mapping[str, Any], pictures: Mapping[str, bytes] | None = None) -> bytes:
        """Loose pages for a packet, from the source with this name; no documents of their own.

        Raises typst.TypstError when a picture cannot be read.
        """
        files = {"main.typ": self._sources[f"{name}.typ"], "house.typ": self._sources["house.typ"]}
        if not pictures:
            return self._compile(files, _clean(dict(data)), standards=())
        # Sources may be given in memory, pictures only as files; typst reads nothing outside the folder.
        with tempfile.TemporaryDirectory(prefix="kallelse-") as folder:
            for filename, content in {**files, **pictures}.items():
                (Path(folder) / filename).write_bytes(content)
            return self._compile(Path(folder) / "main.typ", _clean(dict(data)), standards=())

    def _compile(
        self,
        source: Mapping[str, bytes] | Path,
        data: Mapping[str, Any],
        standards: Sequence[str] = tuple(_STANDARDS),
    ) -> bytes:
        made = typst.compile(  # type: ignore[call-overload]  # its types do not know of several sources
            source if isinstance(source, Path) else dict(source),
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            ignore_system_fonts=True,
            pdf_standards=list(standards),
            timestamp=0,
        )
        return bytes(made)

    def _data(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        meeting: Meeting = facts["meeting"]
        network = facts["network"]
        lines = self._lines(facts.get("lines", ()))
        labels: list[str] = self._phrasing.words["minutes"]["labels"]
        return {
            "language": self._language,
            "network": {"name": network.name, "short_name": network.short_name, "address": network.address},
            "meeting": {
                "day": self._phrasing.day(meeting.start),
                "in_words": self._phrasing.in_words(meeting.start),
                "hours": self._phrasing.hours(meeting),
                "kind": self._phrasing.kind_word(meeting.kind),
                "place": meeting.place,
                "online": meeting.online,
            },
            "lines": lines,
            "annexes": [annex for line in lines for annex in line["annexes"]],
            "secretary": facts.get("secretary_name") or "",
            "chair": facts.get("chair_name") or "",
            "present": _people(facts.get("present", ())),
            "absent": _people(facts.get("absent", ())),
            "substitutes": _people(facts.get("substitutes", ())),
            "labels": labels,
            "adjusted_by": facts.get("adjusted_by") or "",
            "adjusted_at": self._phrasing.day(facts["adjusted_at"]) if facts.get("adjusted_at") else "",
            "minutes": self._minutes(facts) if facts.get("text") else None,
            "blocks": minutes_blocks(facts.get("text") or "", facts.get("lines", ()), labels),
        }

    def _minutes(self, facts: Mapping[str, Any]) -> dict[str, Any] | None:
        """The minutes by matters, decisions and actions; None where the text holds none under headings."""
        lines = {line.number: line for line in facts.get("lines", ())}
        titles = {number: line.title for number, line in lines.items()}
        found = read_minutes(facts["text"], titles, facts["meeting"].day, network=facts["network"].short_name)
        if found is None:
            return None
        return {
            "present": found.present,
            "substitutes": found.substitutes,
            "absent": found.absent,
            "before": found.before,
            "matters": [
                {
                    "number": m.number,
                    "title": m.title,
                    "told": self._told(lines.get(m.number or 0)),
                    "said": m.said,
                    "decisions": [{"number": d.number, "text": d.text} for d in m.decisions],
                    "actions": [
                        {
                            "who": a.who or self._phrasing.words["minutes"]["nobody"],
                            "what": a.what,
                            "due": self._phrasing.day(a.due) if a.due else "",
                        }
                        for a in m.actions
                    ],
                }
                for m in found.matters
            ],
        }

    def _told(self, line: AgendaLine | None) -> str:
        """Who presented a matter, and of what kind it was."""
        parts = (line.presenter, self._phrasing.type_word(line.type)) if line else ()
        return " · ".join(part for part in parts if part)

    def _lines(self, lines: Sequence[AgendaLine]) -> list[dict[str, Any]]:
        found = []
        number = 0
        for line in lines:
            annexes = []
            for file in line.files:
                number += 1
                annexes.append(
                    {"number": number, "filename": file.filename, "size": self._phrasing.size(file.size)}
                )
            found.append(
                {
                    "number": line.number,
                    "title": line.title,
                    "type": self._phrasing.type_word(line.type),
                    "forum": line.forum or "",
                    "minutes": line.minutes,
                    "begins": self._phrasing.clock(line.begins) if line.begins else "",
                    "presenter": line.presenter,
                    "proposer": line.proposer,
                    "description": [p.strip() for p in re.split(r"\n\s*\n", line.description) if p.strip()],
                    "annexes": annexes,
                    "standing": line.standing,
                }
            )
        return found


def minutes_blocks(
    text: str, lines: Sequence[AgendaLine], form_labels: Sequence[str] = ()
) -> list[dict[str, str]]:
    """The minutes' text as headings, labelled lines, bullets and paragraphs, in order.

    A line is a heading when it repeats an item of the agenda with its number
    ("5. SIP när patienten byter hälsocentral", "§ 5 SIP när …").  Of a form
    that was filled in, the lines left empty are not taken along.
    """
    titles = {line.number: " ".join(line.title.split()) for line in lines}
    unfilled = {label.casefold() for label in form_labels}
    blocks: list[dict[str, str]] = []
    paragraph: list[str] = []
    label = ""

    def close(keep_label: bool = False) -> None:
        nonlocal label
        said = " ".join(paragraph)
        if label and (said or keep_label or label.casefold() not in unfilled):
            blocks.append({"kind": "labelled", "label": label, "text": said})
        elif said:
            blocks.append({"kind": "paragraph", "text": said})
        label = ""
        paragraph.clear()

    for raw in text.splitlines():
        line = " ".join(raw.split())
        if not line:
            close()
        elif found := _heading(line, titles):
            close()
            blocks.append(found)
        elif bullet := re.fullmatch(r"[-–•*] (.+)", line):
            # Bullets under a label belong to it.
            close(keep_label=True)
            blocks.append({"kind": "bullet", "text": bullet[1]})
        elif labelled := re.fullmatch(r"([^\W\d_][^:.!?]{1,38}):(?: (.*))?", line):
            close()
            label = labelled[1]
            paragraph += [labelled[2]] if labelled[2] else []
        else:
            paragraph.append(line)
    close()
    return blocks


def _heading(line: str, titles: Mapping[int, str]) -> dict[str, str] | None:
    """A line that is an item's number and title, and what else stands on it (presenter, minutes)."""
    found = re.fullmatch(r"(?P<before>(?:§ ?)?(?P<number>\d{1,2})[.)]? )(?P<rest>.+)", line)
    title = titles.get(int(found["number"])) if found else None
    if not found or not title or not found["rest"].casefold().startswith(title.casefold()):
        return None
    more = found["rest"][len(title) :]
    if more and more[0].isalnum():
        return None
    if more.strip()[:1].isalnum():
        # The secretary has worded the heading anew.
        return {"kind": "heading", "text": line, "more": ""}
    return {
        "kind": "heading",
        "text": found["before"] + found["rest"][: len(title)],
        "more": more.strip(" –—-.:"),
    }


def _mains() -> frozenset[str]:
    return frozenset(f"{kind}.typ" for kind in KINDS)


def _sources(folders: Sequence[Path]) -> dict[str, bytes]:
    """All sources by name; the first folder that has one wins."""
    found: dict[str, bytes] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.typ")):
            found.setdefault(path.name, path.read_bytes())
    return found


def _people(people: Iterable[Any]) -> list[dict[str, str]]:
    """Names, with or without what they are and who comes instead, in one form."""
    rows = []
    for entry in people:
        parts = (entry,) if isinstance(entry, str) else tuple(entry)
        name, detail, other = (*(str(part or "") for part in parts), "", "")[:3]
        rows.append({"name": name, "detail": detail, "substitute": other})
    return rows


def _map_text(value: Any, change: Any) -> Any:
    """The same structure with each text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _map_text(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_map_text(inner, change) for inner in value]
    return value


def _clean(data: dict[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = _map_text(data, _readable)
    return cleaned


def _readable(text: str) -> str:
    """Composed letters, no lone surrogates, no control or private signs."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn") else " " for c in text)


def _lacking(error: typst.TypstError) -> frozenset[str]:
    """The signs that the fonts lack, as typst names them; empty when it refused for another reason."""
    named = re.findall(r'the text `"(.*?)"` could not be displayed', f"{error}\n{error.diagnostic}")
    escaped = (re.sub(r"\\u\{([0-9a-f]+)\}", lambda m: chr(int(m[1], 16)), name) for name in named)
    return frozenset("".join(escaped))


def _without(text: str, gone: frozenset[str]) -> str:
    """The text with a letter that cannot be shown as "?", and no trace of any other sign."""
    return "".join("?" if c in gone and c.isalpha() else "" if c in gone else c for c in text)


def _only_surely_printable(text: str) -> str:
    """Latin letters, digits, punctuation and the few signs that Libertinus certainly has."""
    kept = []
    for c in text:
        code = ord(c)
        if code < 0x250 or 0x370 <= code < 0x530 or c in "–—‘’“”„†•…‰‹›€−→←≤≥≈":
            kept.append(c)
        elif unicodedata.category(c).startswith("L"):
            kept.append("?")
    return "".join(kept)
