"""A letter's text as lines that know how deep in a quote they stand.

Plain text says it with ">", HTML with nested block quotes; after this module
the difference is gone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# More than any person writes; what lies beyond is kept in the letter but not looked at.
MAX_CHARACTERS = 400_000
MAX_LINES = 12_000

_MARK = re.compile(r"^[ \t]?>(?:[ \t]?>)*[ \t]?")
# GroupWise puts ">>>" before and after the line that says who wrote, and before nothing else.
_GROUPWISE = re.compile(
    r"^>>> ?[^\s>].{0,300}(?:>>>|(?:skrev|wrote|schrieb|skriver) ?:)\s*$|^>>> ?[^\s>].{0,200}@.{0,99}:$"
)
# Outlook writes a link twice in plain text: www.kommun.example<http://www.kommun.example/>
_LINK_AGAIN = re.compile(r"(?<=[\w)/.-])<(?:mailto|https?|tel|sip|callto):[^<>\s]{1,2000}>", re.IGNORECASE)
_PLACE_OF_PICTURE = re.compile(
    r"\[(?:cid:[^\]\s]{1,200}|image:[^\]\n]{0,200}|bild:[^\]\n]{0,200}|logotyp?)\]|"
    r"<[\w .()+-]{1,80}\.(?:png|jpe?g|gif|bmp|heic)>",
    re.IGNORECASE,
)
_ODD_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t\x0b\x0c]")
_MARK_ABOVE = re.compile("[\u0300-\u036f]")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e]")


@dataclass(slots=True)
class Line:
    """One line without its quote marks."""

    text: str
    depth: int = 0
    # The line with its struck-through words, where it has any; they are no part of `text`.
    whole: str = ""
    # What of the line is written in a colour that stands out.
    inked: str = ""
    # The mail program itself says that this belongs to the signature.
    signature: bool = False
    # The mail program itself says that a quoted message begins here.
    divider: bool = False

    @property
    def as_quoted(self) -> str:
        """The line as its first writer wrote it, before somebody struck words out."""
        return self.whole or self.text

    @property
    def uninked(self) -> str:
        return self.text.replace(self.inked, "", 1).strip() if self.inked else self.text


def of_plain_text(text: str) -> list[Line]:
    """The lines of a text part."""
    lines: list[Line] = []
    depth = 0
    for raw in text[:MAX_CHARACTERS].split("\n", MAX_LINES)[:MAX_LINES]:
        line = _line(raw, depth)
        lines.append(line)
        if line.text:
            depth = line.depth
    return lines


def _line(raw: str, depth_above: int) -> Line:
    if not raw or raw.isspace():
        return Line("")
    if ">" not in raw[:3]:
        return Line(tidy(raw))
    # Below a quote of a quote, ">>>" is a third quote.
    if depth_above < 2 and raw.startswith(">>>") and _GROUPWISE.match(raw):
        return Line(tidy(raw))
    mark = _MARK.match(raw)
    if not mark:
        return Line(tidy(raw))
    return Line(tidy(raw[mark.end() :]), min(mark[0].count(">"), 50))


def tidy(text: str) -> str:
    """A line without doubled links, places of pictures, unseen characters and odd spaces."""
    if not text.isascii():
        text = _UNSEEN.sub("", _ODD_SPACE.sub(" ", text))
        # HTML may spell "å" as an "a" and a ring.
        if _MARK_ABOVE.search(text) and len(text) < 5_000:
            text = unicodedata.normalize("NFC", text)
    elif "\t" in text:
        text = text.replace("\t", " ")
    if "<" in text:
        text = _LINK_AGAIN.sub("", text)
    if ("[" in text or "<" in text) and len(text) < 5_000:
        text = _PLACE_OF_PICTURE.sub("", text)
    return text.strip()
