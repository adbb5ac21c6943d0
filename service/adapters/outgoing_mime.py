"""From a rendered letter to the bytes that go out.

Written part by part: the standard library's message objects take three
milliseconds for a short letter and hold a large attachment several times.
All lines are ASCII, shorter than 998 octets, and end in CRLF, so that any
server may take them (RFC 5321, 4.5.3.1.6).  Nothing in a header is folded
but encoded words: Exchange's Message-IDs are longer than a folded line.
"""

from __future__ import annotations

import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.charset import Charset
from email.header import Header
from email.utils import format_datetime
from typing import Literal
from urllib.parse import quote

from service.domain.agenda import FileRef
from service.usecases.office import Rendered

_UTF8 = Charset("utf-8")
_LINE = 57
_PIECE = _LINE * 4096
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,800}>")
_CONTENT_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]{0,60}/[A-Za-z0-9][\w.+-]{0,80}", re.ASCII)
# What may stand before the @ without quotes (RFC 5322, 3.2.3).
_LOCAL_PART = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
# Invisible signs that make a name read as another: bidirectional overrides, zero-width, line separators.
_TREACHEROUS = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
# First and newest ids of a thread; the newest are what mail programs look at.
_THREAD_LENGTH = 24
_NAME_LENGTH = 150
# A file's name as it stands percent-encoded on one line.
_ENCODED_NAME_LENGTH = 800


def compose(
    *,
    message_id: str,
    sender: tuple[str, str],
    to: tuple[str, str],
    rendered: Rendered,
    date: datetime,
    thread: Sequence[str] = (),
    auto: Literal["auto-generated", "auto-replied"] = "auto-generated",
    files: Sequence[tuple[FileRef, bytes]] = (),
    calendar: tuple[bytes, str] | None = None,
    language: str = "sv",
) -> bytes:
    """The whole message, ready for SMTP's DATA.

    `sender` and `to` are (name, address); `date` is aware; `thread` holds
    Message-IDs, newest last; `calendar` is (file, method).  The same
    arguments give the same bytes.  Raises ValueError for an address or
    Message-ID that cannot stand in a header.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"not a Message-ID: {message_id!r}")
    # Derived from the Message-ID: the same each time, and nobody can write it into a text beforehand.
    seed = hashlib.sha256(message_id.encode()).hexdigest()
    network = mailbox(*sender)
    header = [
        f"From: {network}",
        f"Reply-To: {network}",
        f"To: {mailbox(*to)}",
        f"Subject: {_encoded(_words(rendered.subject))}",
        f"Date: {format_datetime(date)}",
        f"Message-ID: {message_id}",
        *_thread_lines(thread),
        f"Auto-Submitted: {auto}",
        # Everything but NDR: "All" would also ask Exchange not to tell us what it could not deliver.
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        f"Content-Language: {language}",
        "MIME-Version: 1.0",
    ]
    attached = [(_part_head(ref.filename, ref.content_type), content) for ref, content in files]
    if calendar:
        attached.append((_part_head("invite.ics", "application/ics"), calendar[0]))
    top = "".join(f"{line}\r\n" for line in header).encode("ascii")
    body = _alternatives(rendered, calendar, boundary=f"=_alt_{seed[:24]}")
    if not attached:
        return b"".join((top, *body))

    boundary = f"=_mix_{seed[24:48]}"
    line = f"--{boundary}".encode()
    pieces = [top, f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode()]
    pieces += [line, b"\r\n", *body]
    for part_head, content in attached:
        pieces += [line, b"\r\n", part_head, *_base64(content)]
    pieces += [line, b"--\r\n"]
    return b"".join(pieces)


def mailbox(name: str, address: str) -> str:
    """A name and an address as they stand in a header (RFC 5322, 3.4).

    The name may be anything: what could break out of the header is left out.
    Raises ValueError when the address is none that can be reached without
    SMTPUTF8; a domain with other letters is written in its ASCII form.
    """
    local, _, domain = address.strip().rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError as fault:
            raise ValueError(f"not an address: {address!r}") from fault
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(address) > 320:
        raise ValueError(f"not an address that can be written to: {address!r}")
    name = _words(name)[:_NAME_LENGTH]
    if not name:
        return f"{local}@{domain}"
    if name.isascii() and "=?" not in name and len(name) < 60:
        # Within quotes all ASCII may stand, commas and dots included.
        phrase = name if all(_ATOM.fullmatch(w) for w in name.split()) else _quoted(name)
    else:
        phrase = _encoded(name, _ATOM)
    return f"{phrase} <{local}@{domain}>"


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def safe_filename(name: str) -> str:
    """The name of an attached file, without folders, invisible signs or anything else that deceives."""
    name = _TREACHEROUS.sub("", _sound(name)).replace("\\", "/").rsplit("/", 1)[-1]
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split()).strip(" .")
    name = re.sub(r'[<>:"|?*]', "_", name)
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending) > 10:
        stem, ending = name, ""
    ending = f".{ending}" if ending else ""
    stem = stem[: _NAME_LENGTH - len(ending)]
    while len(quote(stem + ending, safe="")) > _ENCODED_NAME_LENGTH:
        stem = stem[:-1]
    return (stem + ending).strip() or "bilaga"


def _sound(text: str) -> str:
    """Composed letters, and no half surrogates."""
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))


def _words(text: str) -> str:
    """Words for a header: one line, nothing invisible."""
    text = _TREACHEROUS.sub("", text.encode("utf-8", "replace").decode("utf-8"))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


# Words that need no encoding: in a subject, and in the name before an address (atoms, RFC 5322, 3.2.3).
_PLAIN_WORD = re.compile(r"[\x21-\x7e]{1,60}")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,60}")


def _encoded(words: str, plain: re.Pattern[str] = _PLAIN_WORD) -> str:
    """Words as they are where they are plain ASCII, the others as encoded words (RFC 2047).

    Only what needs it is encoded, a word or a row of words at a time, so
    that a name stays whole and a subject can be read in the raw message.
    Lines are folded at 76.
    """
    pieces: list[str] = []
    row: list[str] = []

    def close() -> None:
        # White space between two encoded words is not shown (RFC 2047, 6.2), so it goes into the second.
        lead = " " if pieces and pieces[-1].endswith("?=") else ""
        if row:
            pieces.extend(Header(lead + " ".join(row), "utf-8", maxlinelen=72).encode(linesep=" ").split())
            row.clear()

    for word in words.split(" "):
        if plain.fullmatch(word) and "=?" not in word:
            close()
            pieces.append(word)
        else:
            if row and len(_UTF8.header_encode(" ".join([*row, word]))) > 72:
                close()
            row.append(word)
    close()
    lines = [""]
    for piece in pieces:
        # The first line also holds the header's name.
        if lines[-1] and len(lines[-1]) + len(piece) > (76 if len(lines) > 1 else 62):
            lines.append("")
        lines[-1] += f" {piece}" if lines[-1] else piece
    return "\r\n ".join(lines)


def _thread_lines(thread: Sequence[str]) -> list[str]:
    """In-Reply-To and References; what is no Message-ID is left out."""
    known = list(dict.fromkeys(i for i in (t.strip() for t in thread) if _MESSAGE_ID.fullmatch(i)))
    if not known:
        return []
    kept = known[-_THREAD_LENGTH:]
    if known[0] not in kept:
        kept.insert(0, known[0])
    # Each id on a line of its own: no line is too long, and none is ever encoded.
    return [f"In-Reply-To: {known[-1]}", "References: " + "\r\n ".join(kept)]


def _alternatives(rendered: Rendered, calendar: tuple[bytes, str] | None, boundary: str) -> list[bytes]:
    """Text, HTML and invitation as one part, poorest first (RFC 2046, 5.1.4)."""
    line = f"--{boundary}\r\n".encode()
    pieces = [f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode()]
    for subtype, text in (("plain", rendered.text), ("html", rendered.html)):
        pieces += [
            line,
            f'Content-Type: text/{subtype}; charset="utf-8"\r\n'.encode(),
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
            _quoted_printable(text),
            # This line break belongs to the boundary, not to the text.
            b"\r\n",
        ]
    if calendar:
        content, method = calendar
        method = "".join(c for c in method if c.isascii() and c.isalpha())
        pieces += [
            line,
            f'Content-Type: text/calendar; charset="utf-8"; method="{method}"\r\n'.encode(),
            # As base64 because its own line breaks belong to it (RFC 6047, 2.4 allows any encoding).
            b"Content-Transfer-Encoding: base64\r\n\r\n",
            *_base64(content),
        ]
    pieces.append(f"--{boundary}--\r\n".encode())
    return pieces


def _quoted_printable(text: str) -> bytes:
    """A text with its line breaks, all lines short and in ASCII, ending in CRLF."""
    lines = re.split(r"\r\n|\r|\n", text.encode("utf-8", "replace").decode("utf-8"))
    if lines[-1]:
        lines.append("")
    return binascii.b2a_qp("\r\n".join(lines).encode("utf-8"), istext=True)


def _part_head(filename: str, content_type: str) -> bytes:
    """The header of an attached part, up to and with its empty line."""
    # A whole message may not be sent as base64 (RFC 2046, 5.2.1); its .eml name opens it all the same.
    strange = not _CONTENT_TYPE.fullmatch(content_type) or content_type.lower().startswith(
        ("message/", "multipart/")
    )
    name = safe_filename(filename)
    shown = f'filename="{name}"' if name.isascii() else f"filename*=utf-8''{quote(name, safe='')}"
    return (
        f"Content-Type: {'application/octet-stream' if strange else content_type.lower()}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; {shown}\r\n\r\n"
    ).encode("ascii")


def _base64(content: bytes) -> Iterator[bytes]:
    """The content as lines of base64, a quarter of a megabyte at a time."""
    view = memoryview(content)
    for start in range(0, len(view), _PIECE):
        encoded = binascii.b2a_base64(view[start : start + _PIECE], newline=False)
        yield b"\r\n".join([encoded[i : i + 76] for i in range(0, len(encoded), 76)])
        yield b"\r\n"
