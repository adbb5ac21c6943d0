"""A corrected letter as a case for tests/letters: NAME.eml, NAME.json and the network.toml that they need.

The message is built anew with other people in it: header by header and part
by part, so that nothing comes along that has not been looked at.  Files are
left out; a few bytes of the same name and kind stand for them.
"""

from __future__ import annotations

import email
import email.encoders
import html
import json
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.header import Header
from email.message import Message
from email.utils import formataddr, getaddresses
from pathlib import Path
from typing import Any

from service.adapters import mime_text
from service.adapters.mime import parse
from service.domain.intents import Intent, Reading, as_json
from service.domain.letters import Letter
from service.usecases.correcting import plain
from service.usecases.disguise import Disguise
from service.usecases.office import Correction

_PEOPLE = frozenset({"from", "to", "cc", "sender", "reply-to", "delivered-to", "return-path"})
_IDS = frozenset({"message-id", "in-reply-to", "references", "content-id"})
# Kept with their words looked through; all others are left out.
_WORDS = frozenset(
    {
        "subject", "thread-topic", "auto-submitted", "precedence", "importance",
        "content-language", "accept-language", "authentication-results", "x-mailer", "x-loop",
        "x-failed-recipients", "x-vacation", "x-gmx-vacation", "x-auto-response-suppress", "mailing-list",
        "x-ms-exchange-generated-message-source", "x-ms-exchange-inbox-rules-loop", "x-newsletter",
        "x-feedback-id", "x-beenthere",
    }
)  # fmt: skip
_BEGINNINGS = ("list-", "x-auto", "x-campaign", "x-kallelse", "x-mailing", "x-ms-exchange-organization-auth")

# What stands for a file: enough for it to be taken for one.
_STAND_IN = {
    "application/pdf": b"%PDF-1.4\n% platsh\xc3\xa5llare\n%%EOF\n",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF89a",
    "image/jpeg": b"\xff\xd8\xff\xd9",
}
# Entities of letters are made letters before names are looked for; those of markup stay.
_ENTITY = re.compile(
    r"&(?!(?:lt|gt|amp|quot|apos|nbsp|#0*(?:34|38|39|60|62|160));)(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|\w{2,31});"
)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case ready to be written; `leaks` names what of the originals is left, and then it must not be."""

    name: str
    eml: bytes
    expected: dict[str, Any]
    leaks: tuple[str, ...] = ()


def case_of(correction: Correction, raw: bytes, reading: Reading, disguise: Disguise) -> CaseFile:
    """Tell a corrected letter with other people in it; `reading` is how it was read."""
    letter = parse(raw)
    _learn(letter, disguise)
    disguise.learn_from((*correction.read, *correction.meant))
    eml = _told(raw, disguise, reading.sender)
    expected = {
        "automatic": reading.automatic,
        "sender": disguise.person(reading.sender),
        "attachments": [disguise.text(name) for name in reading.attachments],
        "intents": [_expected(disguise.intent(i)) for i in correction.meant],
        "note": f"rättad {correction.at:%Y-%m-%d}; lästes först som "
        + (", ".join(dict.fromkeys(i.kind for i in correction.read)) or "ingenting"),
    }
    texts = [eml.decode("utf-8", "replace"), json.dumps(expected, ensure_ascii=False), *_readable(parse(eml))]
    return CaseFile(_name(correction), eml, expected, disguise.leaks(texts))


def _expected(intent: Intent) -> dict[str, Any]:
    unscored = ("certain", "evidence", "description", "doubt", "alternatives")
    return {k: v for k, v in as_json(plain(intent)).items() if k not in unscored}


def _name(correction: Correction) -> str:
    read = "-and-".join(dict.fromkeys(i.kind for i in correction.read)) or "nothing"
    meant = "-and-".join(dict.fromkeys(i.kind for i in correction.meant)) or "nothing"
    said = f"another-{meant}" if read == meant else f"{meant}-read-as-{read}"
    return f"{said}-{correction.letter}"


def _learn(letter: Letter, disguise: Disguise) -> None:
    """Everybody whom the headers name, in the letter and in those that it encloses."""
    people = (letter.sender, letter.sent_by, *letter.reply_to, *letter.to, *letter.cc)
    for one in people:
        if one:
            disguise.learn(one.name, one.address)
    for inner in letter.enclosed:
        _learn(inner, disguise)


def _readable(letter: Letter) -> Iterator[str]:
    """All words of a letter as they are read, to look for what must not be left."""
    yield from (v for values in letter.headers.values() for v in values)
    yield from (letter.subject, letter.plain or "", letter.html or "")
    yield from (a.filename for a in letter.attachments)
    for inner in letter.enclosed:
        yield from _readable(inner)


# The message.


def _told(raw: bytes, disguise: Disguise, sender: str | None) -> bytes:
    teller = _Teller(disguise, sender)
    return teller.part(email.message_from_bytes(raw), top=True).as_bytes()


class _Teller:
    """Builds one message anew."""

    def __init__(self, disguise: Disguise, sender: str | None) -> None:
        self._disguise = disguise
        self._initials = disguise.initials(sender)
        self._boundaries = 0

    def part(self, part: Message, *, top: bool = False) -> Message:
        new = Message()
        self._headers(part, new, top)
        kind = part.get_content_type()
        if kind == "message/delivery-status" and part.is_multipart():
            self._typed(part, new, kind)
            new.set_payload([self._block(block) for block in part.get_payload()])
        elif part.is_multipart() and (
            kind.startswith("message/") or part.get_content_maintype() == "multipart"
        ):
            self._typed(part, new, kind)
            inner = part.get_payload()
            new.set_payload([self.part(p, top=kind.startswith("message/")) for p in inner])  # type: ignore[arg-type]
            if part.get_content_maintype() == "multipart":
                self._boundaries += 1
                new.set_param("boundary", f"=_del_{self._boundaries}")
        elif part.get_content_maintype() == "text" and not self._is_file(part):
            self._text(part, new, kind)
        else:
            self._file(part, new, kind)
        return new

    def _headers(self, part: Message, new: Message, top: bool) -> None:
        for name, value in part.raw_items() if hasattr(part, "raw_items") else part.items():
            lower = name.lower()
            if lower in _PEOPLE:
                new[name] = self._people(str(value))
            elif lower in _IDS:
                ids = re.findall(r"<[^<>]+>", str(value))
                new[name] = " ".join(self._disguise.message_id(i) for i in ids)
            elif lower in ("date", "mime-version"):
                new[name] = str(value)
            elif top and (lower in _WORDS or lower.startswith(_BEGINNINGS)):
                new[name] = _encoded(self._words(mime_text.header(value)))

    def _people(self, value: str) -> str:
        told = []
        for name, address in getaddresses([" ".join(value.split())]):
            name = mime_text.header(name)
            if "@" in address:
                self._disguise.learn(name, address)
                other = self._disguise.text(name) if name else ""
                told.append(formataddr((other, self._disguise.address(address)), "utf-8"))
            elif name or address:
                told.append(_encoded(self._words(name or address)))
        return ", ".join(told) or "<>"

    def _words(self, text: str) -> str:
        told = self._disguise.text(text)
        if self._initials:
            old, other = self._initials
            told = re.sub(rf"(?m)(?<=/)(\s?){re.escape(old)}\b|^{re.escape(old)}$", rf"\g<1>{other}", told)
        return told

    def _typed(self, part: Message, new: Message, kind: str) -> None:
        new["Content-Type"] = kind
        for name in ("report-type", "type", "protocol", "method", "format", "delsp"):
            value = part.get_param(name)
            if isinstance(value, str):
                new.set_param(name, value)

    def _block(self, block: Any) -> Message:
        new = Message()
        for name, value in block.items():
            new[name] = self._words(mime_text.header(value))
        return new

    def _text(self, part: Message, new: Message, kind: str) -> None:
        charset = part.get_content_charset()
        text, _ = mime_text.decode(mime_text.content_of(part), charset)
        text = text.replace("\r\n", "\n")
        if kind == "text/html":
            text = _ENTITY.sub(_letter_of, text)
            text = re.sub(r"(?i)(charset\s*=\s*[\"']?)[\w-]+", r"\1utf-8", text)
        if kind == "text/calendar":
            # Long lines are folded anywhere, in names too (RFC 5545, 3.1).
            text = re.sub(r"\n[ \t]", "", text)
        self._typed(part, new, kind)
        told = self._words(text)
        new.set_param("charset", "utf-8")
        _quote(new, told)
        self._disposition(part, new)

    @staticmethod
    def _is_file(part: Message) -> bool:
        return part.get_content_disposition() == "attachment" and part.get_content_type() != "text/calendar"

    def _file(self, part: Message, new: Message, kind: str) -> None:
        content = mime_text.content_of(part)
        name = mime_text.file_name(part)
        new["Content-Type"] = kind
        if name.casefold().endswith(".eml"):
            content = _told(content, self._disguise, None)
        else:
            content = _STAND_IN.get(kind, "Platshållare".encode())
        new.set_payload(content)
        email.encoders.encode_base64(new)
        self._disposition(part, new)

    def _disposition(self, part: Message, new: Message) -> None:
        name = mime_text.file_name(part)
        disposition = part.get_content_disposition()
        if name or disposition:
            new["Content-Disposition"] = disposition or "attachment"
        if name:
            new.replace_header("Content-Disposition", _named(new["Content-Disposition"], self._words(name)))


def _named(disposition: str, name: str) -> str:
    """A disposition with a file's name (RFC 2231 where it is not plain)."""
    holder = Message()
    holder.add_header(
        "Content-Disposition", disposition, filename=name if name.isascii() else ("utf-8", "", name)
    )
    return str(holder["Content-Disposition"])


def _quote(new: Message, text: str) -> None:
    new.set_payload(quopri.encodestring(text.encode("utf-8")).decode("ascii"))
    new["Content-Transfer-Encoding"] = "quoted-printable"


def _letter_of(found: re.Match[str]) -> str:
    return html.unescape(found.group())


def _encoded(words: str) -> str:
    words = " ".join(words.split())
    return words if words.isascii() else Header(words, "utf-8").encode()


# The files.


def write_network(folder: Path, disguise: Disguise, day: date) -> Path:
    """The network that the cases are read against, with the meetings that the letters speak of."""
    path = folder / "network.toml"
    content = disguise.network(day)
    path.write_text(toml(content), encoding="utf-8")
    return path


def write_case(folder: Path, case: CaseFile) -> Path:
    """Write NAME.eml and NAME.json; returns the path of the message."""
    path = folder / f"{case.name}.eml"
    path.write_bytes(case.eml)
    text = json.dumps(case.expected, ensure_ascii=False, indent=1)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    return path


def toml(content: dict[str, Any]) -> str:
    """A table, and tables in lists, as TOML."""
    lines: list[str] = []
    for key, value in content.items():
        for row in value if isinstance(value, Sequence) else [value]:
            lines.append(f"[[{key}]]" if isinstance(value, Sequence) else f"[{key}]")
            lines += [f"{k} = {_value(v)}" for k, v in row.items()]
            lines.append("")
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    # A JSON string is a TOML string, and so are true, false and numbers.
    return json.dumps(value, ensure_ascii=False)


__all__ = ["CaseFile", "case_of", "toml", "write_case", "write_network"]
