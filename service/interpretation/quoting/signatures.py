"""What people and their mail programs put below a message.

A signature is no part of what the sender says, yet useful: it holds names,
titles and telephone numbers.  It is cut off, never thrown away.  In doubt a
line is kept as words, for words that are lost can become a wrong reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.letters import Mailbox


def _any(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


# --- "Skickat från min iPhone", "Hämta Outlook för iOS", "Sent from my Galaxy" ---
_DEVICES = _any(
    r"i-?phone|i-?pad|mobil\w*|telefon\w*|smartphone|samsung|galaxy|android|outlook|e-?post\w*|"
    r"mail\w*|mejl\w*",
    r"surfplatta\w*|huawei|sony|xperia|windows|yahoo|proton|blackberry|gmail|lur\w*|platta\w*|padda\w*|nokia",
    r"oneplus|google|pixel|tablet|phone|device|handy|mac|webb?mail\w*|app|appen|apple|ios|workspace|touch",
    r"klocka\w*|watch",
)
_SENT = _any("skickat", "skickades", "skickad", "sänt", "sent", "sendt", "skrivet", "gesendet", "lähetetty")
_FROM_DEVICE = re.compile(
    r"^[\W_]{0,3}"
    + _any(
        rf"{_SENT}(?: (?:i farten|snabbt|kort))? (?:från|via|med|på|from|with|using|fra|"
        rf"von) (?:[\w-]{{1,15}} ){{0,3}}"
        rf"[\w-]{{0,12}}{_DEVICES}"
        # "Skickat med mejl till er i förra veckan" goes on, and is a sentence.
        r"(?:[\s.!]*|\s?[.,;!(–-].{0,90}|\s(?:för|for|app|smartphone|telefon|phone|device|enhet|"
        r"appen)\b.{0,60})",
        r"(?:hämta|skaffa|ladda ned|ladda ner|get|download|hent|last ned) outlook\b.{0,140}",
        r"(?:ursäkta|förlåt|sorry|med reservation) (?:för )?(?:ev\.?|eventuella|korthet|my|any|"
        r"brevity|stavfel).{0,80}",
        r"(?:on|via) (?:the )?(?:move|go)\b.{0,40}",
    )
    + "$",
    re.IGNORECASE,
)

# --- greetings that close a letter ---
_WARM = _any(
    r"vänlig\w*",
    r"vänl\.?",
    "(?:allra |de )?bästa",
    "varma",
    r"hjärtlig\w*",
    "glada",
    "goda",
    "många",
    "(?:som|höst|vår|vint)\\w*liga",
    "soliga",
    "somriga",
    "vintriga",
    "kollegiala",
    "kära",
    "trevliga",
    "fina",
)
_GREETINGS = _any(
    rf"(?:med )?(?:de )?{_WARM} (?:och {_WARM} )?hälsn\w*",
    r"hälsningar|hälsning|hälsn|hälsar|vänligen|vänligast|med vänliga",
    r"m\s?\.?\s?v\.?\s?h|mvhs?|v\.?h",
    "allt gott|allt väl|varmt|kram(?:ar)?",
    r"(?:best|kind|warm|many|with (?:best|kind|warm)|warmest|kindest) (?:regards|wishes)|regards|"
    r"cheers|rgds|br",
    r"sincerely|yours (?:sincerely|faithfully|truly)|sincerely yours|all the best|best",
    r"(?:med )?ve(?:nn|n)lig hilsen|beste hilsen|hilsen|bedste hilsner|ystävällisin terveisin",
)
# These are words as well: only a greeting where the writer's own name follows.
_WEAK_GREETING = re.compile(r"^(?:best|varmt|hälsar|allt väl|kram|cheers)\b", re.IGNORECASE)
_SIGN_OFF = re.compile(
    rf"^[\W_]{{0,3}}(?P<greeting>{_GREETINGS})(?!\w)[\s,.!/–-]{{0,6}}(?P<rest>.{{0,120}})$", re.IGNORECASE
)
_NAME = r"[A-ZÅÄÖÉ][\w.\-]{0,20}"
_SLASHED = re.compile(
    rf"^\s?(?:/{{1,2}}|\\{{1,2}}|[–—-]{{1,2}} ?|~ ?)(?P<name>{_NAME}(?: [\w.\-]{{1,20}}){{0,3}})\s?[/.!]?$"
)
_SLASHED_IN_LINE = re.compile(
    rf"(?P<before>^|\S)\s{{0,3}}/{{1,2}}\s?(?P<name>{_NAME}(?: {_NAME}){{0,2}})\s?/?$"
)
_GREETED_IN_LINE = re.compile(
    rf"(?<=[.!?…):])\s{{1,3}}{_GREETINGS}[,.!]?\s(?P<name>(?-i:{_NAME}(?: {_NAME}){{0,2}}))$", re.IGNORECASE
)
_DASHES = re.compile(r"^(?:--|—|––|_{2,100}|-{3,60}|={3,60}|\*{3,60}|~{3,60})$")
_POSTSCRIPT = re.compile(r"^p\.?\s?s\.?[\s:!.)–-]|^ps$|^p\.s\.$|^p\.?p\.?s\b", re.IGNORECASE)

# --- names, titles, addresses ---
_PHONE = re.compile(r"(?:\+\d{2}|\b0\d{1,3})[\s()/-]{0,3}\d(?:[\s/-]?\d){4,10}\b")
_CONTACT = re.compile(
    "^"
    + _any(
        r"tel\b|tfn|telefon|mobil|mob\b|växel|direkt|fax|phone|mobile|cell|direct|switchboard|t:|m:|e:|w:",
        r"e-?post|e-?mail|mejl|mail|besöksadress|besök:|postadress|adress|box \d|kontor|org\.?\s?nr",
        r"webb|web|www\.|http|teams|skype|linkedin",
    ),
    re.IGNORECASE,
)
_ITEM = re.compile(r"^(?:[-*•–]|\d{1,2}[.)]|[a-h]\))\s+\S")
_ASIDE = re.compile(r"\([^()]{1,40}\)")
_POSTAL = re.compile(r"\b[1-9]\d{2}\s?\d{2}\s+[A-ZÅÄÖ]")
_ADDRESS = re.compile(r"\S{1,100}@\S{1,200}\.\w{2,12}|\bwww\.\S{3,100}|^https?://\S{3,200}$", re.IGNORECASE)

# --- notices of lawyers, security people and friends of trees ---
_DISCLAIMER = re.compile(
    _any(
        r"(?:behandla|hantera|lagra|ansvarig|rör|om hur)\w*\b.{0,80}(?:personuppgift|"
        r"dataskyddsförordning|gdpr)",
        r"(?:dina |era )?personuppgift\w*.{0,60}(?:behandla|hantera|ansvarig|dataskydd|gdpr|integritet)",
        r"(?:dataskyddsförordningen|gdpr)\b.{0,120}(?:läs mer|www|information|hemsida)",
        r"läs mer (?:om|på|här).{0,60}(?:personuppgift|dataskydd|gdpr|integritet)",
        r"(?:konfidentiell|sekretess)\w*.{0,160}(?:mottagare|meddelande|avsändare|e-post|mejl)",
        r"(?:meddelande|e-post|mejl|mail)\w*.{0,120}(?:konfidentiell|sekretess|endast avsed|"
        r"avsett för|avsedd för)",
        r"(?:inte|ej) (?:är )?(?:rätt|avsedd|den avsedda|den rätta) mottagare|"
        r"av misstag (?:har )?(?:fått|mottagit)",
        r"har fått (?:detta|det här) (?:meddelande|mejl|e-post)\w* av misstag",
        r"(?:tänk|spara) på miljön|miljön? (?:innan|före)|behöver du (?:verkligen )?skriva ut|"
        r"skriv inte ut detta",
        r"consider the environment|before printing",
        r"confidential\w*.{0,200}(?:recipient|intended|e-?mail|message|disclos)",
        r"intended (?:solely|only|recipient|for the)|received this .{0,40}in error",
        r"(?:this|the) (?:e-?mail|message|communication).{0,120}(?:confidential|privileged|intended)",
        r"(?:är|blir|kan bli|utgör)\b.{0,30}allmän handling|"
        r"allmän(?:na)? handling(?:ar)?.{0,60}(?:e-post|mejl|skicka)",
        r"aldrig (?:efterfråga|fråga|be dig|begär|ber)\w*.{0,60}(?:lösenord|bankid|kortuppgift)",
        r"(?:virus|skadlig kod)\w*.{0,80}(?:kontroller|skann|genomsök|check|scan)|scanned (?:by|for)|"
        r"virus-?fri\b",
        r"när du (?:skickar|mejlar|kontaktar).{0,120}(?:personuppgift|allmän handling|diarief)",
        r"e-post (?:till|som skickas till).{0,80}(?:allmän handling|personuppgift)",
    ),
    re.IGNORECASE | re.DOTALL,
)
# What only such notices say; a member who proposes to talk about secrecy does not.
_SURELY_DISCLAIMER = re.compile(
    r"www\.|https?://|dina personuppgifter|allmän handling|mottagare|av misstag|miljön|intended|"
    r"in error|före(?:r| ni) ut",
    re.IGNORECASE,
)
_I = re.compile(r"\b(?:[Jj]ag|mig|[Mm]itt|[Mm]in|[Mm]ina|undertecknad)\b")
_FIRST_PERSON = re.compile(r"\b(?:jag|vi|oss|mig|ni|er|nätverket|möte\w*|punkt\w*|I|we|us)\b")
# "[EXTERN] Hej!", "EXTERN AVSÄNDARE"
_BANNER_TAG = re.compile(
    r"^[\[(*<!\s]{0,4}extern(?:t|al|a)?(?: (?:avsändare|sender|e-?post|e-?mail|mejl|"
    r"mail))?\s?(?:[\])*>!:]{1,4}|$)\s*",
    re.IGNORECASE,
)
_BANNER = re.compile(
    _any(
        r"(?:detta|det här|this) (?:e-?post|mejl|mail|e-?mail|meddelande|message)\w*.{0,80}"
        r"(?:extern|utanför|outside|external)",
        r"(?:external|extern) (?:sender|avsändare|e-?mail|e-?post).{0,80}(?:klicka|click|länk|link|"
        r"bilag|attach|försiktig)",
        r"(?:klicka|öppna) (?:inte|ej|aldrig|bara).{0,60}(?:länk|bilag)|do not click (?:on )?(?:any )?links",
        r"(?:du|ni) får (?:inte|sällan) ofta (?:e-post|mejl|meddelanden)|you don.?t often get email from",
        r"brukar inte få (?:e-post|mejl) från|varför det(?:ta| här)? är viktigt|learn why this is important",
    ),
    re.IGNORECASE,
)
_EMPLOYER = re.compile(r"\s?[(/|]|\s[-–]\s|\svia\s", re.IGNORECASE)
_NO_NAMES = frozenset(
    [
        "info",
        "chef",
        "kommun",
        "region",
        "ifo",
        "registrator",
        "kansli",
        "sekreterare",
        "kontakt",
        "mail",
        "post",
    ]
)
_MOST_LINES = 45


@dataclass(frozen=True, slots=True)
class Parted:
    """The words of a stretch and the signature under it."""

    words: list[str]
    signature: list[str]


def part(lines: Sequence[str], sender: Mailbox | None, marked: Sequence[bool] = ()) -> Parted:
    """Part a stretch of new text from the signature under it.

    `marked` tells which lines the mail program itself calls a signature.
    """
    words = list(lines)
    signature: list[str] = []
    if marked and any(marked):
        words, signature = _take_marked(words, marked)
    words, devices = _take_devices(words)
    names = names_of(sender)
    start = _start_of_signature(words, names)
    below = words[start:]
    words = words[:start]
    kept, cut = _postscripts(below)
    signature = cut + signature + devices
    words, disclaimers = _take_last_disclaimers(words)
    words, tail = _cut_name_in_line(words, names)
    words = words + ([""] if words and kept else []) + kept
    return Parted(words, tail + [s for s in disclaimers + signature if s])


def without_banner(lines: Sequence[str]) -> list[str]:
    """Leave out what the receiving organisation writes above a letter: "external sender, do not click".

    The lines that go become empty, so that the others keep their places.
    """
    kept = list(lines)
    for index, line in enumerate(lines[:12]):
        if not line:
            continue
        bare = _BANNER_TAG.sub("", line)
        if bare and len(bare) < 700 and _BANNER.search(bare):
            bare = ""
        kept[index] = bare
        if bare:
            break
    return kept


def names_of(sender: Mailbox | None) -> frozenset[str]:
    """Words of a person's name, casefolded: from the display name and the address."""
    if sender is None:
        return frozenset()
    # "Lena Wikström (Region JH)", "Erik Jonsson - Krokoms kommun"
    name = _EMPLOYER.split(sender.name)[0]
    local = sender.address.partition("@")[0]
    words = re.split(r"[\s,._-]+", f"{name} {local}")
    return frozenset(w.casefold() for w in words if len(w) > 1 and not w.isdigit()) - _NO_NAMES


def _take_marked(words: list[str], marked: Sequence[bool]) -> tuple[list[str], list[str]]:
    kept = [w for w, m in zip(words, marked, strict=True) if not m]
    cut = [w for w, m in zip(words, marked, strict=True) if m]
    # Some people write within the signature that their program put there.
    if not any(kept) or any(_is_prose(w) and not _DISCLAIMER.search(w) for w in cut):
        return words, []
    return kept, [c for c in cut if c]


def _take_devices(words: list[str]) -> tuple[list[str], list[str]]:
    kept: list[str] = []
    taken: list[str] = []
    for line in words:
        if 5 < len(line) < 200 and _FROM_DEVICE.match(line):
            taken.append(line)
        else:
            kept.append(line)
    return kept, taken


def _start_of_signature(words: list[str], names: frozenset[str]) -> int:
    """The index from which on all is signature; the length when there is none."""
    size = len(words)
    first = max(0, size - _MOST_LINES)
    for index in range(first, size):
        line = words[index]
        if not line:
            continue
        if len(line) > 100:
            continue
        if _opens_signature(line, words, index, names) and _is_signature(words, index, names):
            return index
    return _start_of_block(words, names)


def _opens_signature(line: str, words: list[str], index: int, names: frozenset[str]) -> bool:
    if _DASHES.match(line):
        # A drawn line also parts one matter from the next.
        below = [w for w in words[index + 1 : index + 8] if w]
        signed = any(_is_contact(w) or _is_own_name(w, names) for w in below)
        return index > 0 and (line == "--" or signed)
    greeting = _SIGN_OFF.match(line)
    if greeting:
        rest = greeting["rest"].strip(" ,.!-–/")
        follows = rest or _after(words, index)
        if _WEAK_GREETING.match(line):
            return _is_own_name(follows, names)
        if rest[:5].casefold() == "från ":
            # "Hälsningar från Strömsund", with the name below.
            return len(rest) < 40 and _is_own_name(_after(words, index), names)
        if _SIGN_OFF.match(rest):
            # "Med vänliga hälsningar / Best regards"
            return True
        return (
            not rest or _is_own_name(rest, names) or _looks_like_name(rest) or _begins_with_name(rest, names)
        )
    slashed = _SLASHED.match(line)
    if slashed and (index > 0 or line.startswith("/")):
        return line.startswith("/") or _is_own_name(slashed["name"], names)
    above = next((w for w in reversed(words[max(0, index - 3) : index]) if w), "")
    # Below a colon, or among points, the writer names herself as one of several.
    return bool(above) and not above.endswith(":") and not _ITEM.match(above) and _is_own_name(line, names)


def _after(words: list[str], index: int) -> str:
    return next((w for w in words[index + 1 : index + 4] if w), "")


def _is_own_name(text: str, names: frozenset[str]) -> bool:
    """ "Lena", "Lena W", "LW", "Lena Wikström/Region JH": the sender's own name or initials."""
    # "Maria (fd Lundqvist)", "Eva (numera L)"
    text = _ASIDE.sub("", text).strip(" ,.!/–-")
    if not text or len(text) > 60:
        return False
    parts = [p for p in re.split(r"[\s.,/()|-]+", text) if p]
    if not parts or len(parts) > 6:
        return False
    known = [p.casefold() in names for p in parts]
    if len(parts) == 1 and text.isupper() and len(text) <= 3:
        initials = {n[0].upper() for n in names}
        return all(c in initials for c in text)
    if known[0] and len(parts) == 1:
        return True
    # The other words are initials, a title or an employer; all of them begin with a capital letter.
    return known[0] and all(p[0].isupper() or k for p, k in zip(parts, known, strict=True))


def _begins_with_name(text: str, names: frozenset[str]) -> bool:
    """ "Birgit Sandelin, ledningsstöd åt regionöverläkaren" """
    first = re.split(r"[,|/–]", text)[0].split()
    return 2 <= len(first) <= 4 and sum(w.casefold() in names for w in first) >= 2


def _looks_like_name(text: str) -> bool:
    parts = text.replace("/", " ").split()
    return 1 <= len(parts) <= 4 and all(p[0].isupper() for p in parts) and not text.endswith(("?", ":"))


def _is_signature(words: list[str], start: int, names: frozenset[str]) -> bool:
    """Whether what follows reads as a signature to the end, but for a postscript."""
    block_seen = False
    for position in range(start, len(words)):
        line = words[position]
        if not line:
            continue
        if _POSTSCRIPT.match(line):
            return True
        if _is_contact(line):
            block_seen = True
            continue
        if position == start or not _is_prose(line) or _DISCLAIMER.search(line[:2_000]):
            continue
        if block_seen:
            # Below the address stand slogans and notices, not messages.
            continue
        return False
    return True


def _is_prose(line: str) -> bool:
    """A sentence, as opposed to a name, a title or an address."""
    if _ITEM.match(line) and line.count(" ") >= 3:
        return True
    if len(line) < 25 or line.count(" ") < 4:
        return False
    if _is_contact(line):
        return False
    ended = line.rstrip(" \"'”)").endswith((".", "!", "?", ":", ";"))
    small = sum(1 for w in line.split() if w[:1].islower())
    return small >= 4 or (ended and small >= 3)


def _is_contact(line: str) -> bool:
    if len(line) > 160:
        return False
    if _PHONE.search(line) and line.count(" ") < 14:
        return True
    return bool(
        _CONTACT.match(line)
        or (_POSTAL.search(line) and len(line) < 90)
        or (_ADDRESS.search(line) and len(line) < 90)
    )


def _start_of_block(words: list[str], names: frozenset[str]) -> int:
    """Where a block of name, title and telephone begins that no greeting opens."""
    size = len(words)
    index = size
    lines_taken = 0
    while index > 0 and lines_taken < 20:
        line = words[index - 1]
        index -= 1
        if not line:
            continue
        if _is_prose(line) and not _DISCLAIMER.search(line[:2_000]):
            break
        if len(line) > 90 and not _DISCLAIMER.search(line[:2_000]):
            break
        if _ITEM.match(line) or line.endswith(("?", ":")):
            break
        lines_taken += 1
        if _is_own_name(line, names):
            # The name above title and telephone; when it stands twice, the upper one.
            return _with_name_above(words, index, names)
    # Another person's name, title and number are news, not a signature.
    return size


def _with_name_above(words: list[str], index: int, names: frozenset[str]) -> int:
    above = index - 1
    while above > 0 and not words[above]:
        above -= 1
    if above > 0 and _is_own_name(words[above], names):
        return above
    if above >= 0 and (words[above].endswith(":") or _ITEM.match(words[above])):
        return len(words)
    return index if index > 0 else len(words)


def _postscripts(below: list[str]) -> tuple[list[str], list[str]]:
    kept: list[str] = []
    cut: list[str] = []
    within = False
    for line in below:
        if _POSTSCRIPT.match(line):
            within = True
        elif within and (_is_contact(line) or _DASHES.match(line) or _DISCLAIMER.search(line[:2_000])):
            within = False
        (kept if within else cut).append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept, [c for c in cut if c]


def _take_last_disclaimers(words: list[str]) -> tuple[list[str], list[str]]:
    kept = list(words)
    taken: list[str] = []
    while kept:
        last = kept[-1]
        if not last:
            kept.pop()
            continue
        if len(kept) > 1 and _DISCLAIMER.search(last[:2_000]) and not _speaks_itself(last):
            taken.insert(0, kept.pop())
            continue
        break
    return kept, taken


def _speaks_itself(line: str) -> bool:
    # A member may well propose to talk about personal data or secrecy.
    begin = line[:600]
    if _I.search(begin):
        # No notice speaks for one person: "mitt mejl var avsett för en annan mottagare".
        return True
    return bool(_FIRST_PERSON.search(begin)) and not _SURELY_DISCLAIMER.search(line[:1_000])


def _cut_name_in_line(words: list[str], names: frozenset[str]) -> tuple[list[str], list[str]]:
    """ "Kan inte komma på torsdag. /Lena": the name at the end of the last line."""
    for index in range(len(words) - 1, -1, -1):
        line = words[index]
        if not line:
            continue
        end = line[-90:]
        slashed = _SLASHED_IN_LINE.search(end)
        if slashed and (slashed["before"] in tuple(".!?…):") or _is_own_name(slashed["name"], names)):
            start = slashed.start() + len(slashed["before"])
        else:
            greeted = _GREETED_IN_LINE.search(end)
            if greeted is None:
                return words, []
            start = greeted.start()
        return [*words[:index], line[: len(line) - len(end) + start].rstrip()], [end[start:].strip()]
    return words, []
