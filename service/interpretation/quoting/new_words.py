"""Sort the lines of a letter into new words, remarks, signature and quotes."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from service.domain.letters import Letter, Mailbox
from service.interpretation.quoting import signatures
from service.interpretation.quoting.headers import WROTE, Opening, find_opening
from service.interpretation.quoting.html_lines import Page, of_html
from service.interpretation.quoting.lines import Line, of_plain_text


@dataclass(frozen=True, slots=True)
class Quoted:
    """One quoted or forwarded message, as far as it can be seen."""

    author: Mailbox | None
    subject: str
    date_text: str
    to: str
    text: str
    # 1 for the message that is answered, 2 for the one that it answers, and so on.
    depth: int


@dataclass(frozen=True, slots=True)
class Remark:
    """New words written between the lines of a quote."""

    text: str
    # The quoted line just above, with its number when it is a point of a list.
    above: str


@dataclass(frozen=True, slots=True)
class NewWords:
    """A letter's new words, and what stood around them."""

    # Remarks included, in the order of the letter.
    text: str
    signature: str = ""
    remarks: tuple[Remark, ...] = ()
    # Newest first.
    quoted: tuple[Quoted, ...] = ()
    # The quote is passed on to us rather than answered.
    forwarded: bool = False
    # Struck-through text of the HTML, also in a quote, which a secretary may edit that way.
    struck: tuple[str, ...] = ()
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()


@dataclass(slots=True)
class _Group:
    """Lines of one kind that follow one another."""

    kind: str
    lines: list[Line] = field(default_factory=list)
    opening: Opening | None = None
    depth: int = 0


_FORWARD_SUBJECT = re.compile(
    r"^\s*(?:(?:\[[^\]]{0,30}\]|(?:sv|re|ang|ad)\s?:)\s*)*(?:vb|fwd?|vs|wg|tr|i)\s?:", re.IGNORECASE
)
_REPLY_SUBJECT = re.compile(r"^\s*(?:sv|re|ang|aw|ad|vs)\s?(?:\[\d+\])?\s?:", re.IGNORECASE)
_POINT = re.compile(r"^(?:§\s?)?\d{1,2}\s?[.):]?\s?\S|^[-•*–]\s|^§\s?\d")
_NUMBERED = re.compile(r"^(?:§\s?)?(\d{1,2})\s?[.)]\s")
# Somebody who edits inside a quote says so above it.
_ANNOUNCES = re.compile(
    r"\b(?:rött|röd\w*|blått|blå\w*|grönt|grön\w*|lila|gult|gul\w*|färg\w*|nedan|mellan raderna|"
    r"inline|in-line|i texten|"
    r"i utkastet|i listan|i mejlet|in red|in blue|in green|below|comments|kommentar\w*|kommenter\w*|"
    r"markera\w*|se under)\b",
    re.IGNORECASE,
)
_SIGNED_REMARK = re.compile(r"\[(?P<who>[^\[\]\n]{2,50})\]\s*(?P<text>[^\[\n]*)")
_WORD = re.compile(r"\w+")
# "Dne 1.2.2027 v 9:00 SamReKo napsal(a):" or "De : SamReKo"
_STRANGE_HEADER = re.compile(r"\d.{6,110}:$|^[*>]{0,2}(?:De|Od|Da|Van|Von|От)\s?:\s*\S")
_OPINIONS = 3
_LANGUAGES = ("sv", "en", "da", "de", "fr", "es", "it", "nl", "pl", "cs")


def new_words(letter: Letter) -> NewWords:
    """What the sender newly wrote, without quotes, signature, disclaimers and "sent from my phone"."""
    lines, page = _source(letter)
    groups = _sort(lines)
    first = next((g for g in groups if g.kind == "quote"), None)
    if first is None or first.opening is None:
        opening = _second_opinion(lines)
        groups = _sort(lines, opening) if opening else groups
    elif _is_memo(first, lines, letter):
        groups = [_Group("new", lines)]
    return _compose(letter, groups, page)


def _is_memo(first: _Group, lines: list[Line], letter: Letter) -> bool:
    """ "Från: Lena / Till: SamReKo / Ämne: Jourhem": the writer heads her own letter."""
    opening = first.opening
    if opening is None or opening.kind != "header" or opening.author is None or first.depth:
        return False
    if any(line.text for line in lines[: opening.start]) or _FORWARD_SUBJECT.match(letter.subject):
        return False
    author = {w.casefold() for w in _WORD.findall(opening.author.name)}
    return len(author & signatures.names_of(letter.sender)) >= 2


def _source(letter: Letter) -> tuple[list[Line], Page]:
    """The lines of the richer part: HTML, unless the plain text says a good deal more."""
    plain = of_plain_text(letter.plain) if letter.plain else []
    if letter.html:
        page = of_html(letter.html)
        if page is not None:
            said = sum(len(line.text) for line in page.lines)
            said_plainly = sum(len(line.text) for line in plain)
            if said and said * 3 >= said_plainly * 2:
                return page.lines, page
            if not plain:
                return page.lines, page
    return plain, Page()


def _sort(lines: list[Line], known: Opening | None = None) -> list[_Group]:
    """Lines to groups: new words ("new") and quotes ("quote"), each quote with its header."""
    groups: list[_Group] = []
    current: _Group | None = None
    # Below a header without quote marks all that follows is quoted.
    opened = False
    index = 0
    while index < len(lines):
        line = lines[index]
        opening = find_opening(lines, index) if line.text else None
        if known is not None and index == known.start:
            opening = known
        if opening is not None:
            current = _Group("quote", [], opening, line.depth)
            groups.append(current)
            following = _next_depth(lines, opening.end)
            if line.depth == 0 and following == 0:
                opened = True
            index = opening.end
            continue
        kind = "quote" if line.depth > 0 or opened else "new"
        if not line.text and current is not None:
            current.lines.append(line)
            index += 1
            continue
        if current is None or current.kind != kind:
            current = _Group(kind, [], None, line.depth)
            groups.append(current)
        current.lines.append(line)
        index += 1
    return groups


def _next_depth(lines: Sequence[Line], start: int) -> int:
    for line in lines[start : start + 6]:
        if line.text:
            return line.depth
    return 0


def _second_opinion(lines: list[Line]) -> Opening | None:
    """Ask the libraries where our own rules see no header of a quote but something like one stands."""
    quoted = next((i for i, line in enumerate(lines) if line.depth), len(lines))
    candidates = [i for i, line in enumerate(lines[: min(quoted, 2_000)]) if _is_strange_header(line.text)]
    for index in candidates[:_OPINIONS]:
        # They take quadratic time on long texts and empty lines, so they are shown the place only.
        nearby = [line.text for line in lines[max(0, index - 2) : index + 8] if line.text]
        first = _opening_by_library("\n".join(["x", *nearby])[:1_500])
        if first is None:
            continue
        for at in range(max(0, index - 2), min(index + 8, len(lines))):
            if lines[at].text == first:
                return Opening(at, at + 1, kind="reply")
    return None


def _is_strange_header(text: str) -> bool:
    # What has a verb that we know was looked at already, and found to be no header.
    return len(text) < 300 and bool(_STRANGE_HEADER.search(text)) and not WROTE.search(text)


def _opening_by_library(text: str) -> str | None:
    from mailparser_reply import EmailReplyParser
    from quotequail import unwrap

    # Neither promises what it raises on odd text.
    with contextlib.suppress(Exception):
        replies = EmailReplyParser(languages=list(_LANGUAGES)).read(text).replies
        if len(replies) > 1 and replies[1].headers:
            return str(replies[1].headers).strip().split("\n")[0].strip()
    with contextlib.suppress(Exception):
        found = unwrap(text)
        if found and found.get("text_top") and found.get("type") in {"reply", "forward"}:
            top = str(found["text_top"]).count("\n") + 1
            return text.split("\n")[top].strip()
    return None


def _compose(letter: Letter, groups: list[_Group], page: Page) -> NewWords:
    pieces: list[str] = []
    signature: list[str] = []
    remarks: list[Remark] = []
    news = [i for i, g in enumerate(groups) if g.kind == "new" and any(line.text for line in g.lines)]
    for order, index in enumerate(news):
        group = groups[index]
        texts = [line.text for line in group.lines]
        if order == 0:
            texts = signatures.without_banner(texts)
        marked = [line.signature for line in group.lines]
        parted = signatures.part(texts, letter.sender, marked)
        words = _tidy(parted.words)
        signature += parted.signature
        if not words:
            continue
        above = _line_above(groups, index)
        below = any(g.kind == "quote" and any(line.text for line in g.lines) for g in groups[index + 1 :])
        if above and (below or _NUMBERED.match(above)):
            remarks.append(Remark(words, above))
        pieces.append(words)
    announced = bool(_ANNOUNCES.search("\n".join(pieces)[:2_000])) or not "".join(pieces).strip()
    for remark in _inline_remarks(groups, letter.sender, announced):
        remarks.append(remark)
        pieces.append(remark.text)
    quoted = _quoted(groups)
    forwarded = _is_forward(letter, groups, quoted)
    if letter.enclosed and not letter.calendar:
        quoted += tuple(_enclosed(letter.enclosed, len(quoted)))
        forwarded = forwarded or not any(g.kind == "quote" for g in groups)
    text = "\n\n".join(pieces)
    return NewWords(
        text=text,
        signature="\n".join(s for s in signature if s),
        remarks=tuple(remarks),
        quoted=quoted,
        forwarded=forwarded,
        struck=tuple(page.struck),
        tables=tuple(t for t in page.tables if " | ".join(t[0]) in text),
    )


def _tidy(lines: Sequence[str]) -> str:
    """Lines joined, with at most one empty line between paragraphs."""
    out: list[str] = []
    for line in lines:
        if line or (out and out[-1]):
            out.append(line)
    while out and not out[-1]:
        out.pop()
    return "\n".join(out)


def _line_above(groups: list[_Group], index: int) -> str:
    """The quoted point or paragraph just above a stretch of new words."""
    if index == 0 or groups[index - 1].kind != "quote":
        return ""
    taken: list[str] = []
    for line in reversed(groups[index - 1].lines[-12:]):
        if not line.as_quoted:
            if taken:
                break
            continue
        if taken and line.text.endswith((".", "!", "?", ":", ")")):
            break
        taken.insert(0, line.as_quoted)
        # A point that the mail program broke over two lines begins with its number.
        if _POINT.match(line.as_quoted) or len(taken) == 4:
            break
    return " ".join(taken)


def _inline_remarks(groups: list[_Group], sender: Mailbox | None, announced: bool) -> list[Remark]:
    """Remarks on the very lines of a quote: signed "[Name]" by Outlook, coloured, or slipped in between.

    Takes them out of the quote's lines, so that what is left is what was quoted.
    """
    found: list[Remark] = []
    names = signatures.names_of(sender)
    # Only the newest quote is edited; what is coloured further down was so before.
    newest = next((g for g in groups if g.kind == "quote" and any(line.text for line in g.lines)), None)
    if newest is None:
        return found
    above = ""
    last_number = 0
    texts = [line for line in newest.lines if line.as_quoted]
    taken_out: set[int] = set()
    for position, line in enumerate(texts):
        signed = _signed(line.text, names) if "[" in line.text else None
        if signed:
            before, words = signed
            found.append(Remark(words, before or above))
            line.text, line.whole = before, ""
            above = before or above
            continue
        if announced and line.inked and len(line.inked) >= 2:
            base = line.uninked
            if (base and line.text.startswith(base)) or (base and _POINT.match(base)):
                found.append(Remark(line.inked, base))
                line.text, line.whole = base, ""
                above = base
            elif not base:
                found.append(Remark(line.inked, above))
                taken_out.add(id(line))
            continue
        numbered = _NUMBERED.match(line.as_quoted)
        if numbered:
            last_number = int(numbered[1])
            above = line.as_quoted
            continue
        if announced and last_number and _slipped_in(texts, position, last_number):
            found.append(Remark(line.text, above))
            taken_out.add(id(line))
            continue
        above = above if last_number and _continues_point(line.as_quoted) else line.as_quoted
    if taken_out:
        newest.lines = [line for line in newest.lines if id(line) not in taken_out]
    return found


def _signed(text: str, names: frozenset[str]) -> tuple[str, str] | None:
    match = _SIGNED_REMARK.search(text[:3_000])
    if not match:
        return None
    who = {w.casefold() for w in _WORD.findall(match["who"])}
    if not who or not who <= names | {n[0] for n in names if n} or not match["text"].strip():
        return None
    return text[: match.start()].strip(), text[match.start() :].replace(f"[{match['who']}]", "", 1).strip()


def _continues_point(text: str) -> bool:
    return text[:1].islower() or text.endswith(")")


def _slipped_in(lines: Sequence[Line], position: int, number: int) -> bool:
    """A line between point 3 and point 4 that is neither of them nor the end of a broken line."""
    text = lines[position].text
    if not text or _POINT.match(text) or len(text) > 500:
        return False
    before = lines[position - 1].text if position else ""
    if len(before) > 55 and _continues_point(text):
        return False
    for line in lines[position + 1 : position + 4]:
        numbered = _NUMBERED.match(line.as_quoted)
        if numbered:
            return int(numbered[1]) == number + 1
    return False


def _quoted(groups: list[_Group]) -> tuple[Quoted, ...]:
    found: list[Quoted] = []
    pending: _Group | None = None
    for group in groups:
        if group.kind != "quote":
            continue
        text = _tidy([line.as_quoted for line in group.lines])
        if group.opening is None:
            if pending is not None:
                # The quote goes on after a remark.
                last = found.pop()
                text = f"{last.text}\n{text}".strip("\n")
                found.append(Quoted(last.author, last.subject, last.date_text, last.to, text, last.depth))
                continue
            if not text:
                continue
            found.append(Quoted(None, "", "", "", text, len(found) + 1))
        else:
            o = group.opening
            found.append(Quoted(o.author, o.subject, o.date_text, o.to, text, len(found) + 1))
        pending = group
    return tuple(found)


def _is_forward(letter: Letter, groups: list[_Group], quoted: tuple[Quoted, ...]) -> bool:
    first = next((g.opening for g in groups if g.kind == "quote" and g.opening is not None), None)
    if first is None:
        return False
    if first.kind == "forward":
        return True
    if _FORWARD_SUBJECT.match(letter.subject):
        return True
    if _REPLY_SUBJECT.match(letter.subject) or first.kind == "reply":
        return False
    # No "SV:" and no "VB:": a letter by somebody who is not among those written to is passed on.
    author = first.author.address.casefold() if first.author else ""
    addressed = {m.address.casefold() for m in (*letter.to, *letter.cc)}
    own = letter.sender.address.casefold() if letter.sender else ""
    return bool(author) and author not in addressed and author != own


def _enclosed(letters: Sequence[Letter], depth: int) -> list[Quoted]:
    found: list[Quoted] = []
    for letter in letters[:20]:
        lines, _ = _source(letter)
        groups = _sort(lines)
        own = _tidy([line.text for g in groups if g.kind == "new" for line in g.lines])
        to = ", ".join(m.address for m in letter.to)
        date_text = letter.header("date")
        found.append(Quoted(letter.sender, letter.subject, date_text, to, own, depth + len(found) + 1))
        for inner in _quoted(groups):
            found.append(
                Quoted(
                    inner.author, inner.subject, inner.date_text, inner.to, inner.text, depth + len(found) + 1
                )
            )
    return found
