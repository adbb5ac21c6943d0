"""Raw bytes to a letter.

mail-parser reads the addresses, and says what is wrong with them.  Which parts
are the words, which are files and which are somebody else's letter is chosen
here, because mail-parser mixes the text of an enclosed message into that of
the letter around it, and another person's absence would be taken for the
sender's own.

Nothing here raises.  What cannot be read makes a letter with defects.
"""

from __future__ import annotations

import contextlib
import email
import hashlib
import html
import logging
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

import mailparser
from mailparser.utils import get_addresses

from service.adapters.mime_aside import put_back, set_aside
from service.adapters.mime_calendar import calendar_reply
from service.adapters.mime_report import delivery_report, looks_returned
from service.adapters.mime_text import (
    clean,
    content_of,
    decode,
    file_name,
    header,
    raw_header,
    tidy_name,
    unflow,
)
from service.adapters.mime_tnef import unwrap
from service.domain.letters import Attachment, CalendarReply, Letter, Mailbox

# It writes the content of what it cannot place to the log.
logging.getLogger("mailparser").setLevel(logging.CRITICAL)

MAX_DEPTH = 20
MAX_PARTS = 500
# Beyond this the standard library's parser takes too long; a mail that a person wrote has a handful.
_MAX_CONTAINERS = 60
_MAX_BOUNDARIES = 5_000
_MAX_LINE_TESTS = 6_000_000
_LONG = 500_000
_MAX_HEADERS = 2_000
_LONGEST_HEADER = 64_000
_LONGEST_ADDRESSES = 200_000
# Reading the parameters of a header takes quadratic time in the standard library.
_LONGEST_PARAMETERS = 4_000
_READ_BY_MAIL_PARSER = frozenset({"from", "to", "cc", "reply-to"})

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_ADDRESS = re.compile(r"[^\s<>(),;:\"\[\]\\]{1,100}@[^\s<>(),;:\"\[\]\\]{1,200}")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_BOUNDARY_LINE = re.compile(rb"\n--")
_MULTIPART = re.compile(rb"multipart/", re.IGNORECASE)
_END_OF_FIELD = re.compile(rb"\n(?![ \t])")
# Month names that the standard library's reader of dates does not know.
_SWEDISH_MONTH = re.compile(
    r"\b(maj|okt|januari|februari|mars|april|juni|juli|augusti|oktober)\b\.?", re.IGNORECASE
)
_MONTHS = {"maj": "May", "okt": "Oct", "oktober": "Oct", "mars": "Mar"}
_SWEDISH_WEEKDAY = re.compile(
    r"^\s*(?:m[åa]n|tis|ons|tor|fre|l[öo]r|s[öo]n)[a-zåäö]*\.?\s*,?\s*", re.IGNORECASE
)

# Outlook cuts Apple's mail in pieces and names them so; they are text, not files.
_CUT_TEXT = re.compile(r"^ATT\d{1,6}\.(html?|txt)$", re.IGNORECASE)
_SIGNATURE_TYPES = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-keys",
    }
)
_SIGNATURE_FILE = re.compile(
    r"^(smime\.p7s|signature\.asc|openpgp_signature(\.asc)?|openpgp_0x\w+\.asc)$", re.IGNORECASE
)
_WINMAIL = re.compile(r"^(winmail|win|noname)\.dat$", re.IGNORECASE)
# What mail programs call the pictures of a signature.
_DRAWN = re.compile(
    r"^(image\d{3}|outlook-[\w+=-]*|~wrd\d+|att\d{5}|part\d[\w.@-]*|pastedgraphic-?\d*|moz-screenshot.*)"
    r"(\s?\(\d+\))?\.(png|jpe?g|gif|bmp|emz|wmz|svg)$",
    re.IGNORECASE,
)
_ORNAMENT = re.compile(
    r"logo|signatur|banner|facebook|linkedin|instagram|twitter|youtube|ikon|icon|spacer|footer|sidfot|vapen",
    re.IGNORECASE,
)
# What a telephone or a person calls a picture that is meant to be seen.
_PHOTO = re.compile(
    r"^(img|dsc|dscn|dscf|pxl|mvimg|vid|p)[_-]?\d|^\d{8}[_-]\d|foto|photo|bild|scan|skann|whatsapp|sk[äa]rm|"
    r"screen|whiteboard|tavla|snapseed|camera|kamera|signal-",
    re.IGNORECASE,
)
_PHOTO_TYPES = frozenset({"image/heic", "image/heif", "image/tiff"})
# A logo is seldom larger than this; a photo is seldom smaller.
_LARGE_PICTURE = 100_000
_CONTENT_REFERENCE = re.compile(r"cid:([^\"'\s>\]]{1,300})", re.IGNORECASE)
_EXTENSIONS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/heic": ".heic",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}


def parse(raw: bytes) -> Letter:
    """Read a message.  Never raises, whatever the bytes.

    The letter's `defects` name what was wrong: "address" (From, Sender or
    Reply-To is broken), "several-from", "date", "message-id", "charset" (text
    that is not in the charset that it claims), "headers", "structure",
    "depth", "parts" (more of them than are read), "encrypted", "winmail"
    (a winmail.dat that cannot be unpacked) and "unreadable".
    """
    try:
        return _parse(bytes(raw), 0)
    # One bad message must never stop the others; its bytes are kept and a person is told.
    except Exception:
        return replace(_empty(), defects=("unreadable",))


def _empty() -> Letter:
    return Letter(
        message_id=None,
        date=None,
        sender=None,
        sent_by=None,
        reply_to=(),
        to=(),
        cc=(),
        subject="",
        in_reply_to=(),
        references=(),
        headers={},
        plain=None,
        html=None,
    )


def _parse(raw: bytes, depth: int) -> Letter:
    defects: dict[str, None] = {}
    raw, aside = set_aside(raw)
    raw = _with_readable_headers(_bounded(raw, defects))
    try:
        message = _plain_message(raw) or email.message_from_bytes(raw)
    # Only nesting without end is known to do this.
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        defects["structure"] = None
        message = _without_structure(raw)
    put_back(message, aside)
    return _letter(message, depth, defects)


def _bounded(raw: bytes, defects: dict[str, None]) -> bytes:
    """As much of a message as can be parsed in a moment: nearly always all of it."""
    containers = list(islice(_MULTIPART.finditer(raw), _MAX_CONTAINERS + 1))
    if not containers:
        return raw
    most = _MAX_CONTAINERS
    if len(containers) > MAX_DEPTH and raw.count(b"\n") * len(containers) > _MAX_LINE_TESTS:
        # The parser holds each line against the boundary of each container around it.
        most = MAX_DEPTH
    if len(containers) > most:
        defects["depth"] = None
        raw = raw[: containers[most].start()]
        containers = containers[:most]
    for container in containers:
        end = _END_OF_FIELD.search(raw, container.end())
        if (end.start() if end else len(raw)) - container.end() > _LONGEST_PARAMETERS:
            defects["headers"] = None
            raw = raw[: container.start()]
            break
    boundaries = list(islice(_BOUNDARY_LINE.finditer(raw), _MAX_BOUNDARIES + 1))
    if len(boundaries) > _MAX_BOUNDARIES:
        defects["parts"] = None
        raw = raw[: boundaries[-1].start()]
    return raw


def _with_readable_headers(raw: bytes) -> bytes:
    # Headers may hold UTF-8 (RFC 6532); those in Latin-1 become it, so that
    # mail-parser keeps the names in them.
    end = _END_OF_HEADERS.search(raw)
    head = raw[: end.start()] if end else raw[:_LONGEST_ADDRESSES]
    if head.isascii():
        return raw
    try:
        head.decode("utf-8")
        return raw
    except UnicodeDecodeError:
        pass
    lines = [
        decode(line, None)[0].encode("utf-8") if not line.isascii() else line for line in head.split(b"\n")
    ]
    return b"\n".join(lines) + raw[len(head) :]


def _plain_message(raw: bytes) -> Message | None:
    """A long message without parts: its lines need not be looked at one by one."""
    end = _END_OF_HEADERS.search(raw[:_LONGEST_ADDRESSES]) if len(raw) > _LONG else None
    if end is None or _MULTIPART.search(raw):
        return None
    message = email.message_from_bytes(raw[: end.end()])
    if message.get_content_maintype() == "message" or message.get_payload():
        return None
    message.set_payload(raw[end.end() :].decode("ascii", "surrogateescape"))
    return message


def _without_structure(raw: bytes) -> Message:
    end = _END_OF_HEADERS.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    message = Message()
    with contextlib.suppress(RecursionError, ValueError, LookupError, TypeError, AttributeError):
        message = email.message_from_bytes(head[:_LONGEST_ADDRESSES])
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        del message[name]
    message.set_payload(body.decode("ascii", "surrogateescape"))
    return message


def _read_headers(fields: list[tuple[str, str]]) -> Any:
    """mail-parser's reading of the address headers.

    It is given the header alone: of the body it would decode each part with
    whatever codec the mail names, and mix in what is enclosed.
    """
    view = Message()
    view.set_payload("")
    for name, value in fields:
        if name in _READ_BY_MAIL_PARSER:
            view[name] = value
    try:
        return mailparser.MailParser(view)
    # It is known to raise on NUL and on some encoded words.
    except Exception:
        return None


def _fields(message: Message, defects: dict[str, None]) -> list[tuple[str, str]]:
    """Name and raw value of each header, of a bounded number and length."""
    fields: list[tuple[str, str]] = []
    for name, raw in islice(message.raw_items(), _MAX_HEADERS + 1):
        name = clean(name).lower()
        value = str(raw)
        longest = _LONGEST_ADDRESSES if name in {"to", "cc", "references"} else _LONGEST_HEADER
        if len(value) > longest:
            defects["headers"] = None
            value = value[:longest]
        fields.append((name, value.replace("\x00", "")))
    if len(fields) > _MAX_HEADERS:
        defects["headers"] = None
        fields.pop()
    return fields


def _shorten(part: Message) -> None:
    for name in ("content-type", "content-disposition"):
        value = raw_header(part, name)
        if len(value) > _LONGEST_PARAMETERS:
            del part[name]
            part[name] = value[:_LONGEST_PARAMETERS]


@dataclass
class _Body:
    """What the walk over the parts has gathered."""

    # Stretches of text in order, each as plain text, as HTML or as both.
    stretches: list[tuple[str | None, str | None]] = field(default_factory=list)
    files: list[tuple[Message, str, str, bytes]] = field(default_factory=list)
    enclosed: list[Letter] = field(default_factory=list)
    calendar: CalendarReply | None = None
    wrapped: list[tuple[str | None, str | None]] = field(default_factory=list)
    unwrapped: list[tuple[str, bytes]] = field(default_factory=list)
    all_parts: list[Message] = field(default_factory=list)
    count: int = 0


def _letter(message: Message, depth: int, defects: dict[str, None]) -> Letter:
    fields = _fields(message, defects)
    headers = _headers(fields)
    parser = _read_headers(fields)
    _shorten(message)
    sender = _sender(parser, headers, defects)
    body = _Body()
    report = looks_returned(message, sender.address if sender else "")
    _walk(message, depth, body, defects, sender.address if sender else "", report)
    plain, html_text = _join(body.stretches or body.wrapped)
    sent_by = _first_mailbox(next((value for name, value in fields if name == "sender"), ""))
    date, date_defect = _date(headers.get("date", ()))
    message_id = _message_id(headers.get("message-id", ()))
    if date_defect:
        defects["date"] = None
    if message_id is None:
        defects["message-id"] = None
    return Letter(
        message_id=message_id,
        date=date,
        sender=sender,
        sent_by=sent_by if sent_by and sender and _differs(sent_by, sender) else None,
        reply_to=_mailboxes(parser, "reply-to"),
        to=_mailboxes(parser, "to"),
        cc=_mailboxes(parser, "cc"),
        subject=_one_line(headers.get("subject", ("",))[0]),
        in_reply_to=_ids(headers.get("in-reply-to", ())),
        references=_ids(headers.get("references", ())),
        headers=headers,
        plain=plain,
        html=html_text,
        attachments=() if report else _attachments(body, html_text or ""),
        enclosed=() if report else tuple(body.enclosed),
        calendar=body.calendar,
        report=delivery_report(message, body.all_parts) if report else None,
        defects=tuple(defects),
    )


# --- headers ---


def _headers(fields: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    gathered: dict[str, list[str]] = {}
    for name, value in fields:
        gathered.setdefault(name, []).append(header(value))
    return {name: tuple(values) for name, values in gathered.items()}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sender(parser: Any, headers: dict[str, tuple[str, ...]], defects: dict[str, None]) -> Mailbox | None:
    """Whom From names; what leaves a doubt about it becomes a defect."""
    lines = headers.get("from", ())
    if not lines:
        defects["address"] = None
        return None
    found = _mailboxes(parser, "from")
    different = {m.address.casefold() for m in found}
    if len(lines) > 1 or len(different) > 1:
        defects["several-from"] = None
    signs = lines[0].count("@")
    if not found:
        defects["address"] = None
        spelt = set(_ADDRESS.findall(lines[0]))
        return Mailbox("", spelt.pop().removeprefix("mailto:")) if len(spelt) == 1 else None
    broken = parser is not None and any(d.get("header") == "from" for d in parser.address_header_defects)
    if broken and signs > 1:
        # A name that is itself an address: "anna@kommun.example <someone@else.example>".
        defects["address"] = None
    first = found[0]
    if broken and signs == 1:
        # Öberg, Åsa <asa@…>: an unquoted comma, but no doubt about who it is.
        name = lines[0].split("<")[0].strip(" \"'")
        return Mailbox(name if "@" not in name else first.name, first.address)
    return first


def _mailboxes(parser: Any, name: str) -> tuple[Mailbox, ...]:
    pairs = (
        getattr(parser, "from_" if name == "from" else name.replace("-", "_")) if parser is not None else None
    )
    if not isinstance(pairs, list):
        return ()
    boxes = (
        Mailbox(_one_line(clean(str(shown)).strip(" \"'")), clean(str(address)).strip())
        for shown, address in (p for p in pairs if isinstance(p, tuple) and len(p) == 2)
        if "@" in str(address)
    )
    return tuple(dict.fromkeys(boxes))


def _first_mailbox(raw: str) -> Mailbox | None:
    if "@" not in raw:
        return None
    for name, address in get_addresses(raw, decode_names=True):
        if "@" in address:
            return Mailbox(_one_line(clean(name)), clean(address))
    return None


def _differs(one: Mailbox, other: Mailbox) -> bool:
    return one.address.casefold() != other.address.casefold()


def _message_id(lines: tuple[str, ...]) -> str | None:
    if not lines:
        return None
    found = _MESSAGE_ID.search(lines[0])
    if found:
        return found[0]
    bare = "".join(lines[0].split()).strip("<>")
    return f"<{bare[:900]}>" if bare else None


def _ids(lines: tuple[str, ...]) -> tuple[str, ...]:
    # Some programs encode a long References as though it were words; it is decoded by now.
    return tuple(dict.fromkeys(i for line in lines for i in _MESSAGE_ID.findall(line)))[-200:]


def _date(lines: tuple[str, ...]) -> tuple[datetime | None, bool]:
    """The moment in Date with the sender's own offset, and whether it was unreadable."""
    if not lines or not lines[0]:
        return None, True
    text = lines[0][:200]
    for attempt in (text, _in_english(text)):
        try:
            moment = parsedate_to_datetime(attempt)
            if moment.tzinfo is None:
                # "-0000": the time is universal and the place unknown (RFC 5322, 3.3).
                moment = moment.replace(tzinfo=UTC)
            # Some offsets are only found to be impossible when they are used.
            moment.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
            continue
        return (moment, False) if 1990 <= moment.year <= 2200 else (None, True)
    return None, True


def _in_english(text: str) -> str:
    text = _SWEDISH_WEEKDAY.sub("", text).replace("kl.", "").replace(" kl ", " ")
    return _SWEDISH_MONTH.sub(lambda m: _MONTHS.get(m[1].casefold(), m[1][:3]), text)


# --- parts ---


def _walk(
    root: Message, depth: int, body: _Body, defects: dict[str, None], sender: str, report: bool
) -> None:
    """Gather words, files and enclosed letters, in the order in which they stand."""
    stack: list[tuple[Message, int]] = [(root, depth)]
    while stack:
        part, level = stack.pop()
        body.count += 1
        if body.count > MAX_PARTS:
            defects["parts"] = None
            return
        if level > MAX_DEPTH:
            defects["depth"] = None
            continue
        _shorten(part)
        kind = part.get_content_type()
        payload = part.get_payload() if part.is_multipart() else None
        if kind == "multipart/encrypted":
            defects["encrypted"] = None
        if kind == "multipart/alternative" and isinstance(payload, list):
            _alternative(payload, level, body, defects, sender, report)
        elif isinstance(payload, list) and kind.startswith("multipart/"):
            stack.extend((p, level + 1) for p in reversed(payload) if isinstance(p, Message))
        elif kind.startswith("multipart/"):
            # It says that it has parts and has none: its text is all there is.
            defects["structure"] = None
            body.stretches.append((_text(part, defects), None))
        else:
            body.all_parts.append(part)
            if kind.startswith("message/") and not report:
                _enclosed(part, level, body, defects)
            elif not kind.startswith("message/"):
                _leaf(part, kind, level, body, defects, sender)


def _alternative(
    parts: list[Any], level: int, body: _Body, defects: dict[str, None], sender: str, report: bool
) -> None:
    """One and the same text in several forms; they make one stretch."""
    inner = _Body(count=body.count)
    for part in parts[:MAX_PARTS]:
        if isinstance(part, Message):
            _walk(part, level + 1, inner, defects, sender, report)
    plain = [p for p, h in inner.stretches if p is not None and h is None]
    rich = [h for _, h in inner.stretches if h is not None]
    both = [p for p, h in inner.stretches if p is not None and h is not None]
    body.stretches.append(
        ("\n".join(plain or both) if plain or both else None, "\n".join(rich) if rich else None)
    )
    body.files += inner.files
    body.enclosed += inner.enclosed
    body.calendar = body.calendar or inner.calendar
    body.wrapped += inner.wrapped
    body.unwrapped += inner.unwrapped
    body.all_parts += inner.all_parts
    body.count = inner.count


def _leaf(part: Message, kind: str, level: int, body: _Body, defects: dict[str, None], sender: str) -> None:
    name = file_name(part)
    disposition = _disposition(part)
    if kind in _SIGNATURE_TYPES or _SIGNATURE_FILE.match(name):
        return
    if kind in {"text/plain", "text/html"} and _is_words(name, disposition, body):
        text = _text(part, defects)
        body.stretches.append((text, None) if kind == "text/plain" else (None, text))
        return
    content = content_of(part)
    if kind == "text/calendar" or kind == "application/ics" or name.lower().endswith(".ics"):
        reply = calendar_reply(content, sender)
        if reply:
            body.calendar = body.calendar or reply
            return
        if kind == "text/calendar" and not name and disposition != "attachment":
            # An invitation passed on; Outlook shows it and so it is no file.
            return
    if kind in {"application/ms-tnef", "application/vnd.ms-tnef"} or _WINMAIL.match(name):
        wrapped = unwrap(content)
        if wrapped:
            body.wrapped.append((wrapped.plain, wrapped.html))
            body.unwrapped += wrapped.files
            return
        defects["winmail"] = None
    if name.lower().endswith(".eml") and level < MAX_DEPTH:
        body.enclosed.append(_parse(content, level + 1))
        return
    if kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
        defects["encrypted"] = None
    if content or name:
        body.files.append((part, name, kind, content))


def _is_words(name: str, disposition: str, body: _Body) -> bool:
    if _CUT_TEXT.match(name):
        return True
    if disposition == "attachment":
        return False
    # GroupWise and some scripts give their text a file name; a second one is a file.
    return not name or (not body.stretches and not body.files)


def _disposition(part: Message) -> str:
    return raw_header(part, "content-disposition").split(";")[0].strip().lower()


def _text(part: Message, defects: dict[str, None]) -> str:
    content_type = raw_header(part, "content-type").lower()
    try:
        charset = part.get_content_charset()
    except (ValueError, LookupError, UnicodeError, AttributeError, TypeError):
        charset = None
    text, honest = decode(content_of(part), charset)
    if not honest:
        defects["charset"] = None
    if "flowed" in content_type and part.get_content_type() == "text/plain":
        delsp = str(part.get_param("delsp", "")).lower() == "yes"
        text = unflow(text, delsp)
    return text


def _enclosed(part: Message, level: int, body: _Body, defects: dict[str, None]) -> None:
    if part.get_content_type() not in {"message/rfc822", "message/global", "message/news"}:
        return
    payload = part.get_payload() if part.is_multipart() else None
    inner = payload[0] if isinstance(payload, list) and payload else None
    if level >= MAX_DEPTH:
        defects["depth"] = None
        return
    if not isinstance(inner, Message):
        body.enclosed.append(_parse(content_of(part), level + 1))
        return
    if not inner.keys() and raw_header(part, "content-transfer-encoding").strip().lower() == "base64":
        # Forbidden (RFC 2046, 5.2.1) and seen all the same.
        inner["Content-Transfer-Encoding"] = "base64"
        body.enclosed.append(_parse(content_of(inner), level + 1))
        return
    body.enclosed.append(_letter(inner, level + 1, {}))


def _join(stretches: list[tuple[str | None, str | None]]) -> tuple[str | None, str | None]:
    """The text and the HTML of a letter, whichever its stretches have."""
    plain = [p for p, _ in stretches if p is not None]
    if not any(h is not None for _, h in stretches):
        return ("\n".join(plain) if plain else None), None
    # Text on both sides of a picture: the plain stretch must not be missing in the HTML.
    rich = [h if h is not None else f"<pre>{html.escape(p or '')}</pre>" for p, h in stretches]
    whole = all(p is not None for p, _ in stretches)
    return ("\n".join(plain) if whole else None), "\n".join(rich)


# --- files ---


def _attachments(body: _Body, html_text: str) -> tuple[Attachment, ...]:
    shown = (
        _shown_in_text(html_text) if any(k.startswith("image/") for _, _, k, _ in body.files) else frozenset()
    )
    kept: list[Attachment] = []
    for part, name, kind, content in body.files:
        if kind.startswith("image/") and _is_ornament(part, name, kind, content, shown):
            continue
        kept.append(_attachment(name, kind, content, len(kept) + 1))
    for name, content in body.unwrapped:
        if _DRAWN.match(name) and len(content) < _LARGE_PICTURE:
            continue
        kept.append(_attachment(name, _type_of(name), content, len(kept) + 1))
    return tuple(kept)


def _attachment(name: str, kind: str, content: bytes, number: int) -> Attachment:
    name = name or tidy_name(f"bilaga-{number}{_EXTENSIONS.get(kind, '')}")
    return Attachment(name, kind, len(content), hashlib.sha256(content).hexdigest(), content)


def _type_of(name: str) -> str:
    extension = "." + name.lower().rpartition(".")[2]
    by_extension = (kind for kind, known in _EXTENSIONS.items() if known == extension)
    return next(by_extension, "application/octet-stream")


def _shown_in_text(html_text: str) -> frozenset[str]:
    return frozenset(c.casefold() for c in islice(_CONTENT_REFERENCE.findall(html_text), 1_000))


def _is_ornament(part: Message, name: str, kind: str, content: bytes, shown: frozenset[str]) -> bool:
    """Whether a picture belongs to a signature rather than to what the sender wants to show."""
    if len(content) >= _LARGE_PICTURE or kind in _PHOTO_TYPES:
        return False
    if _DRAWN.match(name):
        return True
    inline = _disposition(part) == "inline"
    content_id = raw_header(part, "content-id").strip().strip("<>").casefold()
    referred_to = bool(content_id) and content_id in shown
    if not inline and not referred_to:
        return False
    if _ORNAMENT.search(name):
        return True
    if _PHOTO.search(name):
        return False
    # Shown within the text under no name of its own: a logo, a map, a line.
    return referred_to or not name
