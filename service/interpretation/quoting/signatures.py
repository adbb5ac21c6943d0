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

# "Skickat från min iPhone", "Hämta Outlook för iOS", "Sent from my Galaxy".
_DEVICE = (
    r"i-?phone|i-?pad|mobil\w*|telefon\w*|smartphone|samsung|galaxy|android|outlook|e-?post\w*|mail\w*|mejl\w*|"
    r"surfplatta\w*|huawei|sony|xperia|windows|yahoo|proton|blackberry|gmail|lur\w*|platta\w*|padda\w*|nokia|oneplus|"
    r"google|pixel|tablet|phone|device|handy|mac|webb?mail\w*|app|appen|apple|ios|workspace|touch|klocka\w*|watch"
)
_FROM_DEVICE = re.compile(
    rf"^[\W_]{{0,3}}(?:(?:skickat|skickades|skickad|sänt|sent|sendt|skrivet|skriver|gesendet|lähetetty)"
    rf"(?: (?:i farten|snabbt|kort))? (?:från|via|med|på|from|with|using|fra|von) (?:[\w-]{{1,15}} ){{0,3}}"
    rf"[\w-]{{0,12}}(?:{_DEVICE})\b.{{0,90}}"
    rf"|(?:hämta|skaffa|ladda ned|ladda ner|get|download|hent|last ned) outlook\b.{{0,140}}"
    rf"|(?:hämta|skaffa|get|hent) <?.{{0,10}}outlook f[öo]r .{{0,80}}"
    rf"|sent from (?:my|outlook|mail)\b.{{0,80}}"
    rf"|(?:ursäkta|förlåt|sorry|med reservation) (?:för )?(?:ev\.?|eventuella|korthet|my|any|brevity|stavfel|felskrivning).{{0,80}}"
    rf"|(?:on|via) (?:the )?(?:move|go)\b.{{0,40}})$",
    re.IGNORECASE,
)
_GREETING_WORDS = (
    r"med (?:de )?(?:vänlig\w*|vänliga|bästa|varma|hjärtlig\w*|goda|soliga|många) hälsning\w*|"
    r"(?:vänlig\w*|bästa|varma|hjärtlig\w*|glada|goda|många|soliga|somriga|höstliga|vårliga|vintriga|kollegiala|kära|"
    r"allra bästa|de bästa|trevliga|fina) hälsning\w*|"
    r"hälsningar|hälsning|hälsn|hälsar|vänligen|vänligast|vänl\.? hälsn\w*|m\s?\.?\s?v\.?\s?h|mvh|mvhs|v\.?h|m\.?v\.?|"
    r"allt gott|allt väl|varmt|kram(?:ar)?|puss|ha det (?:gott|bra|fint)|ha en (?:fin|bra|trevlig|skön) \w+|"
    r"må gott|på återseende|vi hörs|vi ses|hej så länge|tack och hej|tack(?: så mycket| på förhand)?|"
    r"(?:best|kind|warm|many|with (?:best|kind|warm)|warmest|kindest) (?:regards|wishes)|regards|cheers|sincerely|"
    r"yours (?:sincerely|faithfully|truly)|sincerely yours|all the best|best|many thanks|thanks|thank you|br|rgds|"
    r"med vennlig hilsen|med venlig hilsen|vennlig hilsen|venlig hilsen|beste hilsen|hilsen|vh|bedste hilsner"
)
# A word that closes a letter but is often words too: only a greeting where a name follows.
_WEAK_GREETING = re.compile(
    r"^(?:tack|tack så mycket|tack på förhand|vi hörs|vi ses|ha det|ha en|thanks|thank you|many thanks|best|varmt|hälsar|"
    r"hej så länge|tack och hej|må gott|kram|puss|på återseende|allt väl)",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    rf"^[\W_]{{0,3}}(?P<greeting>{_GREETING_WORDS})(?![\wåäöÅÄÖ])[\s,.!/–-]{{0,6}}(?P<rest>.{{0,60}})$",
    re.IGNORECASE,
)
_SLASHED = re.compile(
    r"^\s?(?:/{1,2}|\\{1,2}|[–—-]{1,2} ?|~ ?)(?P<name>[A-ZÅÄÖÉ][\wåäöéü.\- ]{0,40}?)\s?[/.!]?$"
)
_SLASHED_IN_LINE = re.compile(
    r"(?<=[.!?…):])\s{0,3}/{1,2}\s?(?P<name>[A-ZÅÄÖÉ][\wåäöéü.\-]{0,20}(?: [A-ZÅÄÖÉ][\wåäöéü.\-]{0,20})?)$"
)
_GREETED_IN_LINE = re.compile(
    r"(?<=[.!?…):])\s{1,3}(?:mvh|m\.?v\.?h\.?|(?:vänliga |bästa |med vänliga |med vänlig )?hälsning(?:ar)?|vänligen|"
    r"best regards|kind regards|regards|br)[,.!]?\s(?P<name>[A-ZÅÄÖÉ][\wåäöéü.\-]{0,20}(?: [A-ZÅÄÖÉ][\wåäöéü.\-]{0,20}){0,2})$",
    re.IGNORECASE,
)
_DASHES = re.compile(r"^(?:--|—|––|__{2,}|-{3,60}|={3,60}|\*{3,60}|~{3,60}|_{3,100})$")
_POSTSCRIPT = re.compile(r"^p\.?\s?s\.?[\s:!.)–-]|^ps$|^p\.s\.$|^p\.?p\.?s\b", re.IGNORECASE)

_PHONE = re.compile(r"(?:\+\d{2}|\b0\d{1,3})[\s()/-]{0,3}\d(?:[\s/-]?\d){4,10}\b")
_CONTACT = re.compile(
    r"^(?:tel\b|tfn|telefon|mobil|mob\b|växel|direkt|fax|e-?post|e-?mail|mejl|mail|besöksadress|postadress|adress|"
    r"box \d|webb|web|www\.|http|phone|mobile|cell|direct|switchboard|kontor|org\.?\s?nr|teams|skype|linkedin|t:|m:|e:|w:)",
    re.IGNORECASE,
)
_POSTAL = re.compile(r"\b[1-9]\d{2}\s?\d{2}\s+[A-ZÅÄÖ]")
_ADDRESS = re.compile(r"\S{1,100}@\S{1,200}\.\w{2,12}|\bwww\.\S{3,100}|^https?://\S{3,200}$", re.IGNORECASE)
_TITLE = re.compile(
    r"chef\w*\b|direktör|sekreterare|handläggare|samordnare|koordinator|överläkare|läkare\b|rektor|strateg\b|utredare|"
    r"administratör|assistent|ledare\b|ordförande|registrator|controller|psykolog|kurator|sjuksköterska|pedagog|kommun\b|"
    r"kommuns?\b|region(?:en)?\b|förvaltning|nämnd|avdelning|enhet(?:en)?\b|kansli|verksamhet|vård\b|socialtjänst|skola\b|"
    r"elevhälsa|ekonom\b|jurist|kommunikatör|projektledare|head of|manager|director|officer|department|municipality|"
    r"coordinator|secretary|biträdande|tf\.?\b|vik\.?\b|leg\.?\b|staben\b|myndighet|länsstyrelse|universitet|AB\b",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"(?:behandlar|behandlas|hanterar|hanteras|lagrar|ansvarig|rör|om hur)\b.{0,80}(?:personuppgifter|dataskyddsförordning|gdpr)|"
    r"(?:dina |era )?personuppgift\w*.{0,60}(?:behandla|hantera|ansvarig|dataskydd|gdpr|integritet)|"
    r"personuppgiftsansvarig|(?:dataskyddsförordningen|gdpr)\b.{0,120}(?:läs mer|www|information|hemsida)|"
    r"läs mer (?:om|på|här).{0,60}(?:personuppgift|dataskydd|gdpr|integritet)|"
    r"(?:konfidentiell|sekretess|sekretessbelag)\w*.{0,160}(?:mottagare|meddelande|avsändare|e-post|mejl)|"
    r"(?:meddelande|e-post|mejl|mail)\w*.{0,120}(?:konfidentiell|sekretess|endast avsedd|avsett för|avsedd för)|"
    r"(?:inte|ej) (?:är )?(?:rätt|avsedd|den avsedda|den rätta) mottagare|av misstag (?:har )?(?:fått|mottagit)|"
    r"har fått (?:detta|det här) (?:meddelande|mejl|e-post)\w* av misstag|"
    r"(?:tänk|spara) på miljön|miljön? (?:innan|före)|skriv (?:inte )?ut (?:detta|det här|inte)|behöver du (?:verkligen )?skriva ut|"
    r"consider the environment|before printing|"
    r"confidential\w*.{0,200}(?:recipient|intended|e-?mail|message|disclos)|intended (?:solely|only|recipient|for the)|"
    r"(?:this|the) (?:e-?mail|message|communication).{0,120}(?:confidential|privileged|intended)|received this .{0,40}in error|"
    r"(?:är|blir|kan bli|utgör)\b.{0,30}allmän handling|allmän(?:na)? handling(?:ar)?.{0,60}(?:e-post|mejl|skicka)|"
    r"aldrig (?:efterfråga|fråga|be dig|begär|ber)\w*.{0,60}(?:lösenord|bankid|kortuppgift)|"
    r"(?:virus|skadlig kod)\w*.{0,80}(?:kontroller|skann|genomsök|check|scan)|scanned (?:by|for)|virusfri\b|virus-free|"
    r"när du (?:skickar|mejlar|kontaktar).{0,120}(?:personuppgift|allmän handling|diarief)|"
    r"e-post (?:till|som skickas till).{0,80}(?:allmän handling|personuppgift)",
    re.IGNORECASE | re.DOTALL,
)
_BANNER = re.compile(
    r"extern\w* (?:avsändare|e-post|mejl|källa|sändare|epost|mail)|(?:avsändare|avsänd|sänd|skickat?|kommer)\w*.{0,40}utanför "
    r"(?:organisationen|kommunen|regionen|din organisation|vår organisation)|utanför (?:organisationen|din organisation)\b.{0,80}"
    r"(?:länk|bilag|klicka)|external (?:sender|e-?mail|message|source)|(?:from|originated) (?:from )?outside (?:of )?(?:the|your|our) organi[sz]ation|"
    r"(?:klicka|öppna) (?:inte|ej|aldrig|bara).{0,60}(?:länk|bilag)|do not click (?:on )?(?:any )?links|"
    r"(?:du|ni) får (?:inte|sällan) ofta (?:e-post|mejl)|får inte ofta e-post från|you don'?t often get email from|"
    r"brukar inte få (?:e-post|mejl) från|ta reda på varför det(?:ta)? är viktigt|learn why this is important",
    re.IGNORECASE,
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
    start = _start_of_signature(words, names_of(sender))
    below = words[start:]
    words = words[:start]
    kept, cut = _postscripts(below)
    signature = cut + signature + devices
    words, disclaimers = _take_last_disclaimers(words)
    words, tail = _cut_name_in_line(words)
    words = words + ([""] if words and kept else []) + kept
    return Parted(words, tail + [s for s in disclaimers + signature if s])


def without_banner(lines: Sequence[str]) -> list[str]:
    """Leave out what the receiving organisation writes above a letter: "external sender, do not click"."""
    for index, line in enumerate(lines[:12]):
        if line and len(line) < 700 and _BANNER.search(line):
            continue
        if not line:
            continue
        return (
            list(lines[index:])
            if index and any(_BANNER.search(x[:700]) for x in lines[:index])
            else list(lines)
        )
    return list(lines)


def names_of(sender: Mailbox | None) -> frozenset[str]:
    """Words of a person's name, casefolded: from the display name and the address."""
    if sender is None:
        return frozenset()
    local = sender.address.partition("@")[0]
    words = re.split(r"[\s,._()-]+", f"{sender.name} {local}")
    return frozenset(w.casefold() for w in words if len(w) > 1 and not w.isdigit())


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
        return index > 0
    greeting = _SIGN_OFF.match(line)
    if greeting:
        rest = greeting["rest"].strip(" ,.!-–/")
        if _WEAK_GREETING.match(line):
            follows = rest or _after(words, index)
            return _is_own_name(follows, names) and (not rest or len(rest.split()) <= 4)
        return not rest or _is_own_name(rest, names) or _looks_like_name(rest)
    slashed = _SLASHED.match(line)
    if slashed and (index > 0 or line.startswith("/")):
        return line.startswith("/") or _is_own_name(slashed["name"], names)
    return index > 0 and _is_own_name(line, names)


def _after(words: list[str], index: int) -> str:
    return next((w for w in words[index + 1 : index + 4] if w), "")


def _is_own_name(text: str, names: frozenset[str]) -> bool:
    """ "Lena", "Lena W", "LW", "Lena Wikström/Region JH": the sender's own name or initials."""
    text = text.strip(" ,.!/–-")
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


def _looks_like_name(text: str) -> bool:
    parts = text.replace("/", " ").split()
    return 1 <= len(parts) <= 4 and all(p[0].isupper() for p in parts) and not text.endswith(("?", ":"))


def _is_signature(words: list[str], start: int, names: frozenset[str]) -> bool:
    """Whether what follows reads as a signature to the end, but for a postscript."""
    block_seen = False
    prose = 0
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
        prose += 1
        if prose:
            return False
    return True


def _is_prose(line: str) -> bool:
    """A sentence, as opposed to a name, a title or an address."""
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
    contacts = titles = 0
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
        if re.match(r"^(?:[-*•–]|\d{1,2}[.)]|[a-h]\))\s", line) or line.endswith(("?", ":")):
            break
        lines_taken += 1
        contacts += _is_contact(line)
        titles += bool(_TITLE.search(line))
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
    return bool(
        re.search(r"\b(?:jag|vi|oss|mig|ni|er|nätverket|möte\w*|punkt\w*|I|we|us)\b", line[:600])
    ) and not re.search(r"\b(?:tänk på miljön|intended|mottagare|av misstag)\b", line[:600], re.IGNORECASE)


def _cut_name_in_line(words: list[str]) -> tuple[list[str], list[str]]:
    """ "Kan inte komma på torsdag. /Lena": the name at the end of the last line."""
    for index in range(len(words) - 1, -1, -1):
        line = words[index]
        if not line:
            continue
        end = line[-90:]
        found = _SLASHED_IN_LINE.search(end) or _GREETED_IN_LINE.search(end)
        if not found:
            return words, []
        cut = end[found.start() :].strip()
        return [*words[:index], line[: len(line) - len(end) + found.start()].rstrip()], [cut]
    return words, []
