"""Where a quoted or forwarded message begins, and what its header says.

Each mail program has its own way: "Den 1 mars 2027 kl 09:00 skrev …:",
"Från: / Skickat: / Till: / Ämne:", "-----Ursprungligt meddelande-----",
">>> Anna 2027-03-01 09:00 >>>".  In running text "Från:" or "skrev" is no
header: a header has its fellows beside it, a date or an address.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.letters import Mailbox
from service.interpretation.quoting.lines import Line

_MAX_HEADER_LINES = 24
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Opening:
    """A header of a quoted message: the lines [start, end) and what they say."""

    start: int
    end: int
    author: Mailbox | None = None
    subject: str = ""
    date_text: str = ""
    to: str = ""
    # "forward" when it says so itself, "reply" when it is an attribution, "header" when it may be either.
    kind: str = "header"


_FROM = "från|from|fra|von|avsändare|lähettäjä|de"
_SENT = "skickat|skickad|sänt|sent|sendt|datum|date|dato|gesendet|lähetetty|skickat den|received"
_TO = "till|to|til|an|vastaanottaja|mottagare"
_CC = "kopia|kopia till|cc|kopi|kopie|bcc|hemlig kopia"
_SUBJECT = "ämne|subject|emne|betreff|rubrik|ärende|aihe|re"
_OTHER = "bilagor|bifogade filer|attachments|vedlegg|vedhæftet|prioritet|importance|svar till|reply-to"
_LABEL = re.compile(
    rf"^[*_\s]{{0,3}}(?:(?P<from>{_FROM})|(?P<sent>{_SENT})|(?P<to>{_TO})|(?P<cc>{_CC})"
    rf"|(?P<subject>{_SUBJECT})|(?P<other>{_OTHER}))\s?[*_]{{0,2}}\s?:[*_]{{0,2}}\s*(?P<value>.*?)\**$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[-_=*—–]{4,200}$")
_SEPARATOR = re.compile(
    r"^[-_=*>—–\s]{0,40}(?P<words>"
    # an answer
    r"ursprungligt meddelande|ursprungligt mejl|ursprunglig avtalad tid|originalmeddelande|"
    r"opprinnelig melding|"
    r"oprindelig meddelelse|original ?message|original ?mail|original appointment|ursprüngliche nachricht|"
    r"alkuperäinen viesti|"
    # or a letter passed on
    r"(?:början på |börja |påbörja |start(?:ar)? )?vidarebefordra(?:t|d|de) (?:brev|meddelande|mejl|"
    r"mail|e-post)|"
    r"vidarebefordra[dt] av\b.{0,150}|forwarded by\b.{0,150}|forwarded (?:message|mail)|"
    r"begin forwarded message|"
    r"videresendt (?:melding|meddelelse|besked|e-post)|videresendt av\b.{0,150}|"
    r"start på videresendt (?:melding|meddelelse|besked)|weitergeleitete nachricht|"
    r"anfang der weitergeleiteten nachricht|doorgestuurd bericht"
    r")\s?:?[-_=*<—–\s]{0,60}$",
    re.IGNORECASE,
)
_SAYS_FORWARD = re.compile(r"vidarebefordra|forward|videresendt|weitergeleitet|doorgestuurd", re.IGNORECASE)
_VERB = r"(?:skrev|skriver|skreiv|wrote|writes|schrieb|a écrit|escribió|schreef|kirjoitti|ha scritto)"
# "skrev", "wrote" and their like in other languages.
WROTE = re.compile(rf"\b{_VERB}\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"*]{1,100}@[^\s<>()\[\],;:\"*]{1,200}")
_YEAR_OR_TIME = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\b\d{1,2}/\d{1,2}\b|\b\d{4}-\d\d-\d\d\b")
_GROUPWISE = re.compile(
    r"^>>> ?(?P<who>.{1,200}?)(?:\s+(?P<when>(?:den )?\d{1,4}[-./ ].{4,40}?))?\s*(?:>>>|:)?$"
)
_NOTES_DASHES = re.compile(
    rf"^[-—]{{3,10}}\s?(?P<who>.{{2,200}}?)\s{_VERB}\s?:\s?[-—]{{3,10}}$", re.IGNORECASE
)
_NOTES_TRIPLE = re.compile(
    r"^(?P<who>[^-]{2,80})---(?P<when>\d{4}-\d\d-\d\d[ T]\d\d[:.]\d\d[^-]{0,12}|"
    r"\d\d[./]\d\d[./]\d{4}.{0,15})---"
)
_DATE_FIRST = re.compile(
    rf"^(?:den|on|på|le|am|op|el|il|em|kl\.?)?\s*(?P<when>.{{3,120}}?),?\s+{_VERB}\s*(?P<who>.{{0,200}}?)"
    r"(?:\s+följande)?\s*:$",
    re.IGNORECASE,
)
_WHO_FIRST = re.compile(
    rf"^(?P<who>.{{2,200}}?)\s+{_VERB}\s*(?:följande\s*)?(?P<when>.{{0,120}}?)\s*:$", re.IGNORECASE
)
_ON_DATE_WHO_WROTE = re.compile(
    r"^(?:on|am|op|den|le|på)\s+(?P<when>.{3,120}?\d[^,\d]{0,12}),\s+(?P<who>[^\d,][^,]{1,200}?)\s+"
    rf"{_VERB}\s*:$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:jag|vi|ni|du|han|hon|hen|de|man|i|we|you|he|she|they)\b", re.IGNORECASE)
_NAMES_FIRST = re.compile(r"^(?:den |on |\d|[a-zåäö]{3}\.? )", re.IGNORECASE)
_BEGINS = re.compile(
    r"^(?:den|on|på|le|am|op|el|mån|tis|ons|tor|fre|lör|sön|mon|tue|wed|thu|fri|sat|sun|\d|[\"'*]?[A-ZÅÄÖÉ])",
    re.IGNORECASE,
)


def find_opening(lines: Sequence[Line], index: int) -> Opening | None:
    """The header of a quoted message that begins on this line, or None.

    Looks only a few lines ahead, so that a text full of colons is read in one pass.
    """
    line = lines[index]
    text = line.text
    if not text or len(text) > _LONGEST:
        return None
    if text.startswith(">>>"):
        return _groupwise(lines, index)
    first = text[0]
    if first in "-_=*—–" or "e" in text:
        separator = _separator(lines, index)
        if separator:
            return separator
    if ":" in text:
        block = _header_block(lines, index, needed=2 if line.divider else 3)
        if block:
            return block
    return _attribution(lines, index)


def _separator(lines: Sequence[Line], index: int) -> Opening | None:
    text = lines[index].text
    if _RULE.match(text):
        # A drawn line means a quote only when a header follows it.
        after = _next_written(lines, index + 1, 3)
        block = _header_block(lines, after, needed=2) if after is not None else None
        return _from(block, index) if block else None
    if len(text) > 220:
        return None
    notes = _NOTES_DASHES.match(text)
    if notes:
        after = _next_written(lines, index + 1, 2)
        block = _header_block(lines, after, needed=2) if after is not None else None
        opening = _from(block, index, kind="reply") if block else None
        return opening or Opening(index, index + 1, mailbox(notes["who"]), kind="reply")
    triple = _NOTES_TRIPLE.match(text)
    if triple:
        return Opening(
            index, index + 1, mailbox(triple["who"]), date_text=triple["when"].strip(), kind="reply"
        )
    named = _SEPARATOR.match(text)
    if not named or not _stands_alone(text, named["words"]):
        return None
    kind = "forward" if _SAYS_FORWARD.search(text) else "header"
    after = _next_written(lines, index + 1, 4)
    block = _header_block(lines, after, needed=1) if after is not None else None
    if block:
        return _from(block, index, kind=kind)
    # "Vidarebefordrat meddelande" with nothing like a header after it could be anybody's words.
    return Opening(index, index + 1, kind=kind) if text[0] in "-_=*—–" or text.endswith(":") else None


def _stands_alone(text: str, words: str) -> bool:
    bare = text.strip("-_=*>—– \t:<")
    return len(bare) <= len(words) + 4


def _from(block: Opening, start: int, kind: str = "") -> Opening:
    return Opening(
        start, block.end, block.author, block.subject, block.date_text, block.to, kind or block.kind
    )


def _next_written(lines: Sequence[Line], start: int, within: int) -> int | None:
    for index in range(start, min(start + within, len(lines))):
        if lines[index].text:
            return index
    return None


def _header_block(lines: Sequence[Line], index: int, needed: int) -> Opening | None:
    """Label lines that follow one another: from, date, to, subject in any order and language."""
    first = _LABEL.match(lines[index].text[:_LONGEST])
    if not first or first.lastgroup is None:
        return None
    found: dict[str, str] = {}
    last_label = ""
    end, blanks = index, 0
    for position in range(index, min(index + _MAX_HEADER_LINES, len(lines))):
        text = lines[position].text
        if not text:
            blanks += 1
            # Some programs leave an empty line between the labels, none leaves two.
            if blanks > 1 or len(found) >= 3:
                break
            continue
        label = _LABEL.match(text[:_LONGEST])
        name = _name_of(label) if label else ""
        if label and name and name not in found:
            found[name] = label["value"].strip(" *_|")
            last_label = name
        elif label and name in {"cc", "other"}:
            pass
        elif last_label and not blanks and _continues(found, last_label, text):
            found[last_label] = f"{found[last_label]} {text}".strip()
        else:
            break
        blanks = 0
        end = position + 1
    if not _is_header(found, needed):
        return None
    author = mailbox(found.get("from", ""))
    return Opening(index, end, author, found.get("subject", ""), found.get("sent", ""), found.get("to", ""))


def _name_of(label: re.Match[str]) -> str:
    return next((n for n in ("from", "sent", "to", "cc", "subject", "other") if label[n] is not None), "")


def _continues(found: dict[str, str], label: str, text: str) -> bool:
    # A long list of receivers goes on over several lines, and an address may stand on its own.
    value = found[label]
    if label in {"to", "cc"}:
        return value.endswith((";", ",")) or ("@" in text[:200] and len(text) < 300)
    if label in {"from", "subject", "sent"} and not value:
        return len(text) < 200
    return label == "from" and "@" not in value and text.startswith("<") and "@" in text


def _is_header(found: dict[str, str], needed: int) -> bool:
    if "from" not in found:
        return False
    if not found["from"] or len(found) < needed or len(found) < 2:
        return needed == 1 and len(found) >= 2
    # "Från: 1 mars / Till: 5 mars" tells of a journey, not of a letter.
    if "sent" not in found and "subject" not in found:
        return "@" in found["from"] and "to" in found
    if len(found) >= 3 or needed <= 2:
        return True
    return "@" in found["from"] or bool(_YEAR_OR_TIME.search(found.get("sent", "")))


def _groupwise(lines: Sequence[Line], index: int) -> Opening | None:
    text = lines[index].text
    match = _GROUPWISE.match(text)
    if not match or not (
        text.endswith(">>>") or WROTE.search(text) or _YEAR_OR_TIME.search(text) or "@" in text
    ):
        return None
    who = match["who"]
    wrote = _DATE_FIRST.match(who + ":") if WROTE.search(who) else None
    if wrote:
        return Opening(index, index + 1, mailbox(wrote["who"]), date_text=wrote["when"], kind="reply")
    when = WROTE.sub("", match["when"] or "").strip(" :")
    return Opening(index, index + 1, mailbox(who), date_text=when, kind="reply")


def _attribution(lines: Sequence[Line], index: int) -> Opening | None:
    """ "Den 1 mars 2027 kl 09:00 skrev Anna Ek <anna@…>:", also when it is broken over up to four lines."""
    depth = lines[index].depth
    joined = ""
    for position in range(index, min(index + 4, len(lines))):
        text = lines[position].text
        if (
            not text
            or (lines[position].depth != depth and position > index)
            or len(joined) + len(text) > _LONGEST
        ):
            break
        joined = f"{joined}{'' if joined.endswith('<') else ' '}{text}".strip()
        if not text.endswith(":"):
            if position == index and not _may_begin(text):
                return None
            continue
        if not WROTE.search(joined):
            return None
        deeper = _next_written(lines, position + 1, 3)
        quoted_below = deeper is not None and lines[deeper].depth > depth
        opening = _read_attribution(joined, index, position + 1, quoted_below)
        if opening:
            return opening
        return None
    return None


def _may_begin(text: str) -> bool:
    return bool(_BEGINS.match(text)) and (
        bool(_YEAR_OR_TIME.search(text)) or "<" in text or bool(WROTE.search(text)) or "@" in text
    )


def _read_attribution(text: str, start: int, end: int, quoted_below: bool) -> Opening | None:
    dated = _YEAR_OR_TIME.search(text) is not None
    addressed = "@" in text
    # "Som Lena skrev:" introduces what the writer says herself, unless a quote follows.
    if not quoted_below and not (dated and (addressed or len(text) < 120)):
        return None
    if not quoted_below and not addressed and not _NAMES_FIRST.match(text):
        return None
    for pattern in (_ON_DATE_WHO_WROTE, _DATE_FIRST, _WHO_FIRST):
        match = pattern.match(text)
        if not match:
            continue
        who, when = match["who"].strip(" ,*"), match["when"].strip(" ,*")
        if not who and when:
            who, when = when, ""
        if pattern is _DATE_FIRST and not re.search(r"\d", when):
            continue
        if not quoted_below and _PRONOUN.match(who):
            # "Den 5 mars kl. 10.00 skrev jag till er:" is the writer's own.
            return None
        return Opening(start, end, mailbox(who), date_text=when, kind="reply")
    return Opening(start, end, mailbox(text), kind="reply") if quoted_below else None


def mailbox(text: str) -> Mailbox | None:
    """The name and address in a quoted header, as far as it gives them."""
    text = text.strip(" \t*_,;:")
    if not text:
        return None
    address = _ADDRESS.search(text[:600])
    name = text[:200]
    if address:
        name = text[: address.start()].replace("mailto:", "")
        if not name.strip(" <[(\"'"):
            # "anna@kommun.example (Anna Ek)"
            inside = re.search(r"\(([^()]{2,80})\)", text)
            name = inside[1] if inside else ""
    name = " ".join(name.replace("<", " ").replace("[", " ").strip(" (\"'*<[>]").split())
    found = address[0].strip(".'>") if address else ""
    return Mailbox(name.strip("\"' "), found.removeprefix("mailto:"))
