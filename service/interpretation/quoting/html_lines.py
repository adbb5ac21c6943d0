"""HTML to lines, without losing what only HTML can say.

Block quotes give the depth, tables become rows, lists keep their numbers,
struck-through words are taken out and told apart, coloured words are marked.
What is left is laid out as text by inscriptis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import lxml.etree
import lxml.html
from inscriptis import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml.html import HtmlElement

from service.interpretation.quoting.lines import MAX_CHARACTERS, MAX_LINES, Line, tidy

# Signs in the text laid out that stand for what the mark-up said; from the private-use area.
_QUOTE, _UNQUOTE = "\ue000", "\ue001"
_INK, _UNINK = "\ue002", "\ue003"
_SIGNED, _UNSIGNED = "\ue004", "\ue005"
_DIVIDER = "\ue006"
_BLANK = "\ue007"
_STRIKE, _UNSTRIKE = "\ue008", "\ue009"
_SIGNS = re.compile("[\ue000-\ue009]")
_BLOCK_SIGNS = re.compile("[\ue000\ue001\ue004\ue005\ue006]")

_MAX_HTML = 500_000
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SPELT_NOT_IN_XML = re.compile(
    r"&#(?:x0{0,8}(?:1?[0-9a-f]|e00[0-9]|fff[ef]|d[89a-f][0-9a-f]{2})|0{0,8}(?:[0-9]|[12][0-9]|3[01]|"
    r"6553[45]|5[5-7][0-9]{3}))"
    r"(?![0-9a-f]);?",
    re.IGNORECASE,
)
_BODY = re.compile(r"<body\b", re.IGNORECASE)
_NO_PARAGRAPH_MARGIN = re.compile(r"\bp\s*\{\s*margin-top\s*:\s*0", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_STRUCK = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE)
_TOP_BORDER = re.compile(
    r"border-top\s*:\s*(solid\s+#?(e1e1e1|b5c4df|windowtext)|1px\s+solid|#?(e1e1e1|b5c4df)\s)", re.IGNORECASE
)
_NO_BORDER = re.compile(r"border(-left)?\s*:\s*(none|0|medium)", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;]{3,40})", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\D+(\d{1,3})\D+(\d{1,3})")
_NAMED_INK = frozenset(
    [
        "red",
        "blue",
        "green",
        "purple",
        "darkred",
        "darkblue",
        "darkgreen",
        "crimson",
        "orange",
        "orangered",
        "magenta",
        "fuchsia",
        "teal",
        "mediumblue",
        "royalblue",
        "firebrick",
        "navy",
        "violet",
        "darkorange",
        "dodgerblue",
        "forestgreen",
        "maroon",
    ]
)
# Outlook's own colours of a theme; signatures wear them.
_THEME_COLOURS = frozenset(["1f497d", "44546a", "0563c1", "954f72", "1f3864", "2f5496", "0078d4", "0078d7"])
_SIGNATURE_IDS = frozenset(
    {"signature", "ms-outlook-mobile-signature", "applemailsignature", "ms-outlook-ios-signature"}
)
_SIGNATURE_CLASSES = frozenset(
    {"gmail_signature", "moz-signature", "applemailsignature", "gmail_signature_prefix"}
)
_DIVIDER_IDS = frozenset({"divrplyfwdmsg", "appendonsend", "replysection", "stopspelling"})
_STRUCK_TAGS = frozenset({"s", "strike", "del"})
_TABLE_TAGS = frozenset({"table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup", "col"})
_CONFIG = ParserConfig()


@dataclass(slots=True)
class Page:
    """An HTML part, read."""

    lines: list[Line] = field(default_factory=list)
    # Struck-through words, in new text and in quotes alike.
    struck: list[str] = field(default_factory=list)
    tables: list[tuple[tuple[str, ...], ...]] = field(default_factory=list)


def of_html(source: str) -> Page | None:
    """Read an HTML part; None when there is nothing in it to read."""
    flat = bool(_NO_PARAGRAPH_MARGIN.search(source[:100_000]))
    tree = _tree(source)
    if tree is None:
        return None
    page = Page()
    try:
        _mark(tree, page, flat)
        text: str = Inscriptis(tree, _CONFIG).get_text()
    except (RecursionError, ValueError, IndexError, KeyError, TypeError, AttributeError):
        text = str(tree.text_content())
    page.lines = list(_lines(text[:MAX_CHARACTERS]))
    return page


def _tree(source: str) -> HtmlElement | None:
    # Word's style sheets can be longer than the letter.
    body = _BODY.search(source[:2_000_000])
    source = source[body.start() if body else 0 :][:_MAX_HTML]
    # Control characters, also spelt as "&#1;", can be read into the tree and not be moved in it;
    # and nobody but us writes our signs.
    source = _NOT_IN_XML.sub("", source)
    if "&#" in source:
        source = _SPELT_NOT_IN_XML.sub(" ", source)
    source = _SIGNS.sub("", source)
    try:
        return lxml.html.document_fromstring(source.encode("utf-8", "replace"), parser=_parser())
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None


def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def _mark(root: HtmlElement, page: Page, flat: bool) -> None:
    """Turn what the mark-up says into signs in the text, in place."""
    doomed: list[HtmlElement] = []
    tables: list[HtmlElement] = []
    for element in list(root.iter()):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        style = element.get("style") or ""
        if tag in {"head", "style", "script", "title", "meta", "link", "template"} or (
            style and _HIDDEN.search(style)
        ):
            doomed.append(element)
        elif tag in _STRUCK_TAGS or (style and "line-through" in style and _STRUCK.search(style)):
            words = " ".join(element.text_content().split())
            if words:
                page.struck.append(_SIGNS.sub("", words))
            _inline_around(element, _STRIKE, _UNSTRIKE)
        elif tag == "table":
            tables.append(element)
        elif tag in {"ol", "ul"}:
            _number(element)
        elif tag in {"p", "div"} and len(element) < 2 and _is_empty_line(element):
            element.text = _BLANK
            element.tag = "div"
        elif tag == "p":
            if flat or (element.get("class") or "").startswith("Mso") or "margin:0" in style.replace(" ", ""):
                element.tag = "div"
        elif tag == "hr":
            element.tag = "div"
        elif tag == "img":
            doomed.append(element)
        _mark_place(element, tag, style)
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()
    for table in tables:
        _lay_out(table, page)


def _is_empty_line(element: HtmlElement) -> bool:
    # Word writes an empty line as a paragraph that holds one unbreakable space.
    content = element.text_content()
    return len(content) < 20 and "\u00a0" in content and not content.strip()


def _mark_place(element: HtmlElement, tag: str, style: str) -> None:
    ident = (element.get("id") or "").lower()
    classes = (element.get("class") or "").lower().split()
    if tag == "blockquote":
        if not (_NO_BORDER.search(style) and "quote" not in " ".join(classes)):
            _around(element, _QUOTE, _UNQUOTE)
        element.tag = "div"
    elif ident in _DIVIDER_IDS or (style and _TOP_BORDER.search(style)):
        _before(element, _DIVIDER)
    elif ident in _SIGNATURE_IDS or (classes and not _SIGNATURE_CLASSES.isdisjoint(classes)):
        _around(element, _SIGNED, _UNSIGNED)
    elif ident == "linebreakatbeginningofsignature":
        pass
    elif tag in {"span", "font", "div", "p", "td", "li", "b", "i", "strong", "em"} and _stands_out(
        element.get("color") or "", style
    ):
        _inline_around(element, _INK, _UNINK)


def _stands_out(colour: str, style: str) -> bool:
    if "color" in style:
        found = _COLOUR.search(style)
        colour = found[1] if found else colour
    colour = colour.strip().strip("\"'").lower()
    if not colour:
        return False
    if colour in _NAMED_INK:
        return True
    hexadecimal = colour.lstrip("#")
    if hexadecimal in _THEME_COLOURS:
        return False
    if re.fullmatch(r"[0-9a-f]{3}", hexadecimal):
        hexadecimal = "".join(c * 2 for c in hexadecimal)
    if re.fullmatch(r"[0-9a-f]{6}", hexadecimal):
        parts = [int(hexadecimal[i : i + 2], 16) for i in (0, 2, 4)]
    else:
        rgb = _RGB.match(colour)
        if not rgb:
            return False
        parts = [min(int(g), 255) for g in rgb.groups()]
    # Grey, black and white have no colour: their parts are alike.
    return max(parts) - min(parts) >= 90


def _before(element: HtmlElement, sign: str) -> None:
    marker = lxml.html.Element("div")
    marker.text = sign
    if element.getparent() is not None:
        element.addprevious(marker)


def _around(element: HtmlElement, start: str, end: str) -> None:
    opening, closing = lxml.html.Element("div"), lxml.html.Element("div")
    opening.text, closing.text = start, end
    opening.tail, element.text = element.text, None
    element.insert(0, opening)
    element.append(closing)


def _inline_around(element: HtmlElement, start: str, end: str) -> None:
    element.text = start + (element.text or "")
    if len(element):
        last = element[-1]
        last.tail = (last.tail or "") + end
    else:
        element.text += end


def _number(listing: HtmlElement) -> None:
    """Write the numbers and dashes that a reader sees before the points of a list."""
    ordered = listing.tag == "ol"
    kind = listing.get("type") or ""
    try:
        number = int(listing.get("start") or 1)
    except ValueError:
        number = 1
    for item in listing:
        if item.tag != "li":
            continue
        value = item.get("value") or ""
        if value.isascii() and value.isdigit():
            number = int(value[:6])
        if ordered:
            letter = kind in {"a", "A"} and 1 <= number <= 26
            sign = f"{chr(96 + number)}) " if letter else f"{number}. "
        else:
            sign = "- "
        _first_text(item, sign)
        item.tag = "div"
        number += 1
    listing.tag = "div"


def _first_text(item: HtmlElement, sign: str) -> None:
    # Into the paragraph within the point, where there is one, so that both stay on one line.
    target = item
    while (
        len(target) and not (target.text or "").strip() and target[0].tag in {"p", "div", "span", "font", "b"}
    ):
        target = target[0]
    target.text = sign + (target.text or "").lstrip()


def _lay_out(table: HtmlElement, page: Page) -> None:
    """A table of facts becomes a line for each row; one that only arranges the page dissolves."""
    rows = _rows(table)
    if rows and _holds_facts(table, rows):
        page.tables.append(tuple(rows))
        tail = table.tail
        for child in list(table):
            table.remove(child)
        table.text = None
        for row in rows:
            line = lxml.html.Element("div")
            line.text = " | ".join(row)
            table.append(line)
        table.tail = tail
        table.tag = "div"
        return
    for element in [table, *table.iter(*_TABLE_TAGS)]:
        element.tag = "div"


def _rows(table: HtmlElement) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for row in list(table.iter("tr"))[:500]:
        cells = tuple(
            " ".join(tidy(_SIGNS.sub("", c.text_content())).split()) for c in row if c.tag in {"td", "th"}
        )
        if any(cells):
            rows.append(cells)
    return rows


def _holds_facts(table: HtmlElement, rows: list[tuple[str, ...]]) -> bool:
    if (table.get("role") or "").lower() == "presentation" or len(rows) < 2:
        return False
    if next(table.iterdescendants("table"), None) is not None or any(
        sign in (table.text_content() or "") for sign in (_QUOTE, _DIVIDER)
    ):
        return False
    wide = sum(1 for row in rows if sum(1 for cell in row if cell) >= 2)
    # The name and the address of a signature beside a logo are no facts about a meeting.
    return wide >= 2 and wide * 2 >= len(rows) and max(len(c) for r in rows for c in r) < 2_000


def _lines(text: str) -> Iterator[Line]:
    depth, signed, inked, struck, divider = 0, False, False, False, False
    for raw in text.split("\n", MAX_LINES)[:MAX_LINES]:
        has_signs = _SIGNS.search(raw)
        if not has_signs and not inked and not struck:
            yield _plain(raw, depth, signed, divider)
            divider = divider and not raw.strip()
            continue
        content: list[str] = []
        ink: list[str] = []
        whole: list[str] = []
        for piece in re.split("([\ue000-\ue009])", raw):
            if piece == _QUOTE:
                depth += 1
            elif piece == _UNQUOTE:
                depth = max(depth - 1, 0)
            elif piece in {_SIGNED, _UNSIGNED}:
                signed = piece == _SIGNED
            elif piece == _DIVIDER:
                divider = True
            elif piece in {_INK, _UNINK}:
                inked = piece == _INK
            elif piece in {_STRIKE, _UNSTRIKE}:
                struck = piece == _STRIKE
            elif piece and piece != _BLANK:
                whole.append(piece)
                if not struck:
                    content.append(piece)
                    if inked:
                        ink.append(piece)
        rest = "".join(whole)
        if not rest.strip() and _BLOCK_SIGNS.search(raw):
            continue
        line = _plain("".join(content), depth, signed, divider)
        line.inked = tidy(" ".join(ink))
        if len(whole) != len(content):
            line.whole = " ".join(tidy(rest).split())
        yield line
        divider = divider and not rest.strip()


def _plain(raw: str, depth: int, signed: bool, divider: bool) -> Line:
    text = tidy(raw)
    if depth == 0 and text.startswith(">") and not text.startswith(">>>"):
        # A mail program that writes ">" in HTML.
        body = text.lstrip("> ")
        depth = text[: len(text) - len(body)].count(">")
        text = body
    if "  " in text:
        text = " ".join(text.split())
    return Line(text, min(depth, 50), signature=signed, divider=divider and bool(text))
