"""Bytes to words: charsets, encoded headers, file names, flowed paragraphs.

Mail that has passed three systems on its way is often labelled wrongly: cp1252
called iso-8859-1, UTF-8 called us-ascii, 8-bit names in headers that should
hold none.  A lost "å" can change what a member said, so nothing here replaces
a letter with a question mark as long as some reading makes sense of it.
"""

from __future__ import annotations

import binascii
import codecs
import re
import unicodedata
from email.message import Message

# What is called Latin-1 in mail is nearly always Windows' superset of it.
_WESTERN = frozenset({"iso8859-1", "ascii", "cp1252"})
# Names that Python knows as codecs but that are no charset of text, or take quadratic time.
_NO_CHARSET = frozenset(
    {"idna", "punycode", "unicode_escape", "raw-unicode-escape", "unicode-escape", "undefined", "mbcs", "oem"}
)
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\n]*)\?=")
_FOLD = re.compile(r"[ \t]*\r?[\n\r][ \t]*")
_MOJIBAKE = ("Ã¥", "Ã¤", "Ã¶", "Ã…", "Ã„", "Ã–", "Ã©", "â€“", "â€”", "â€™", "â€\x9d", "â€œ")
# Marks that turn the direction of text can make "exe.pdf" out of "fdp.exe".
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MARKS = "".join(c for c in map(chr, range(0x300, 0x1E950)) if unicodedata.combining(c))
_MAY_HOLD_MARKS = re.compile(
    "[\u0300-\u1fff\u20d0-\u20ff\u2c00-\u2dff\u302a-\u309a\ua000-\uabff\ufb1e\ufe20-\ufe2f\U00010000-\U0001efff]"
)
_HEAPED_MARKS = re.compile(f"[{_MARKS}]{{20,}}")
_SURROGATES = re.compile("[\ud800-\udfff]")


def decode(content: bytes, charset: str | None) -> tuple[str, bool]:
    """Text of a part, and whether its label told the truth.

    Tries what the label says, then UTF-8, then cp1252, in which every byte
    that mail holds means something.  The text is NFC, with "\\n" line ends and
    without NUL, which no database takes.
    """
    text, honest = _decode(content, charset)
    if any(sign in text for sign in _MOJIBAKE):
        text = _unscramble(text)
    return clean(text), honest


def _decode(content: bytes, charset: str | None) -> tuple[str, bool]:
    if content.isascii() and b"\x1b" not in content and b"+" not in content and b"~" not in content:
        return content.decode("ascii"), True
    codec = _codec(charset)
    if codec in _WESTERN or codec is None:
        # Swedish in Latin-1 is never by chance valid UTF-8.
        try:
            return content.decode("utf-8"), codec is None or content.isascii()
        except UnicodeDecodeError:
            return _western(content), codec is not None and codec != "ascii"
    try:
        return content.decode(codec), True
    except (UnicodeError, LookupError, ValueError):
        pass
    try:
        return content.decode("utf-8"), False
    except UnicodeDecodeError:
        return _western(content), False


def _codec(charset: str | None) -> str | None:
    name = (charset or "").strip().strip("\"'").split("*")[0]
    if not name:
        return None
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if found in _NO_CHARSET else found


def _western(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _unscramble(text: str) -> str:
    # UTF-8 that a gateway took for cp1252 and encoded once more.
    for wrong in ("cp1252", "latin-1"):
        try:
            return text.encode(wrong).decode("utf-8")
        except UnicodeError:
            continue
    return text


def clean(text: str) -> str:
    """NFC, "\\n" line ends, no NUL and no half characters."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        text = text.replace("\x00", "")
    if not text.isascii():
        if _SURROGATES.search(text):
            text = _SURROGATES.sub("\ufffd", text)
        text = _nfc(text)
    return text


def _nfc(text: str) -> str:
    # Python sorts a heap of accents in quadratic time; no letter bears more than a few.
    if _MAY_HOLD_MARKS.search(text):
        text = _HEAPED_MARKS.sub(lambda marks: marks[0][:20], text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def header(raw: object) -> str:
    """A header's value for people: unfolded, with encoded words and 8-bit bytes read.

    Encoded words (RFC 2047) are read also where they should not stand (inside
    quotation marks), where they are split in the middle of a character, and
    where they hold spaces.
    """
    value = raw if isinstance(raw, str) else str(raw)
    if "\n" in value or "\r" in value:
        value = _FOLD.sub(" ", value)
    if not value.isascii():
        try:
            value = _decode(value.encode("utf-8", "surrogateescape"), None)[0]
        except UnicodeEncodeError:
            value = _SURROGATES.sub("\ufffd", value)
    if "=?" in value:
        value = _encoded_words(value)
    return clean(value).strip()


def _encoded_words(value: str) -> str:
    pieces: list[str] = []
    # Neighbours in the same charset are decoded together: some programs cut
    # between the two bytes of an "ö".
    pending: list[bytes] = []
    charset = ""
    end = 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[end : word.start()]
        if pending and (between.strip() or word[1].casefold() != charset.casefold()):
            pieces.append(_decode(b"".join(pending), charset)[0])
            pending = []
            pieces.append(between if between.strip() else "")
        elif not pending:
            pieces.append(between)
        pending.append(_word_content(word[2], word[3]))
        charset = word[1]
        end = word.end()
    if pending:
        pieces.append(_decode(b"".join(pending), charset)[0])
    pieces.append(value[end:])
    return "".join(pieces)


def _word_content(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        plain = text.replace("_", " ").encode("utf-8", "replace")
        return binascii.a2b_qp(plain, header=False)
    digits = text.encode("ascii", "ignore").rstrip(b"=")
    try:
        return binascii.a2b_base64(digits + b"===")
    except binascii.Error:
        # One digit too many cannot be part of a byte.
        try:
            return binascii.a2b_base64(digits[:-1] + b"===")
        except binascii.Error:
            return text.encode("utf-8", "replace")


def raw_header(part: Message, name: str) -> str:
    """The first header of that name as it stands, with 8-bit bytes read as text."""
    for key, value in part.raw_items():
        if key.lower() == name:
            text = str(value)
            if not text.isascii():
                try:
                    text = _decode(text.encode("utf-8", "surrogateescape"), None)[0]
                except UnicodeEncodeError:
                    text = _SURROGATES.sub("\ufffd", text)
            return text
    return ""


def content_of(part: Message) -> bytes:
    """The bytes of a part that has no parts, its transfer encoding undone.

    Without its Content-Type, because the standard library first decodes 8-bit
    text with whatever codec stands there, some of which raise or never end.
    """
    kept = raw_header(part, "content-type")
    del part["Content-Type"]
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, UnicodeError, AttributeError, TypeError):
        content = None
    finally:
        if kept:
            part["Content-Type"] = kept
    return content if isinstance(content, bytes) else b""


def file_name(part: Message) -> str:
    """The name that the sender gave a file, or an empty string.

    Read from Content-Disposition, else from Content-Type; as RFC 2231 says and
    as the mail programs of Novell, Lotus and Microsoft write it: encoded words
    in quotation marks, raw UTF-8 or Latin-1.  Folders and unseen characters
    are left out.
    """
    for name, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = raw_header(part, name)
        if "name" not in value.lower():
            continue
        view = Message()
        view[name] = _FOLD.sub(" ", value)
        try:
            found = view.get_param(parameter, None, header=name)
        except (ValueError, LookupError, UnicodeError, IndexError, TypeError):
            continue
        if isinstance(found, tuple):
            text = _percent_decoded(found)
        elif isinstance(found, str):
            text = found
        else:
            continue
        text = tidy_name(header(text))
        if text:
            return text
    return ""


def _percent_decoded(value: tuple[str | None, str | None, str]) -> str:
    # RFC 2231: (charset, language, text), the text holding one character for each byte.
    charset, _, text = value
    try:
        content = text.encode("latin-1")
    except UnicodeEncodeError:
        return text
    return _decode(content, charset or "utf-8")[0]


def tidy_name(name: str) -> str:
    """A file name without folders, line breaks and characters that cannot be seen."""
    name = re.split(r"[/\\]", name)[-1]
    name = _UNSEEN.sub("", name[:2_000]).strip().strip('"')
    return _nfc(name)[:255]


def unflow(text: str, delsp: bool) -> str:
    """Paragraphs of a format=flowed text (RFC 3676), each on one line.

    Quote marks are kept as "> " before the line that they quote.
    """
    out: list[str] = []
    paragraph: list[str] = []
    paragraph_depth = 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        if content.startswith(" "):
            # Stuffed by the sender (RFC 3676, 4.4).
            content = content[1:]
        is_signature_mark = content == "-- "
        if paragraph and (depth != paragraph_depth or is_signature_mark):
            _close(out, paragraph, paragraph_depth)
        if content.endswith(" ") and not is_signature_mark:
            paragraph.append(content[:-1] if delsp else content)
            paragraph_depth = depth
            continue
        paragraph.append(content)
        _close(out, paragraph, depth)
    if paragraph:
        _close(out, paragraph, paragraph_depth)
    return "\n".join(out)


def _close(out: list[str], paragraph: list[str], depth: int) -> None:
    out.append((">" * depth + " " if depth else "") + "".join(paragraph))
    paragraph.clear()
