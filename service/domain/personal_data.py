"""Swedish personal identity numbers in text: found, and masked before anybody sees them.

A personal number (personnummer) is YYMMDD-NNNC or YYYYMMDD-NNNC; a
coordination number (samordningsnummer) has 60 added to the day.  The last
digit is a check digit (SFS 1991:481, 18 §; Luhn's sum over the ten digits).
About one number in ten passes the check by chance, so the date must be one
too, and a bare row of ten digits counts only where the words beside it say
what it is: it is as often a telephone or an invoice.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

# ASCII digits only: \d would take digits of all scripts.
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9][-+.,:/])"
    r"(?P<century>18|19|20)?(?P<year>[0-9]{2})(?P<month>[01][0-9])(?P<day>[0-9]{2})"
    r"(?P<sign> ?[-+–—‑−] ?| )?(?P<last>[0-9]{4})"
    r"(?![0-9A-Za-z])(?![-.,:/][0-9])"
)
_CALLED = re.compile(
    r"person-?\s?(?:nummer|nr)|samordnings-?\s?(?:nummer|nr)|\bp(?:ers)?\.?nr\b|\bfödd\b|\bpersnr\b|\bpnr\b",
    re.IGNORECASE,
)
# So far before a bare number, in characters, the word for it may stand.
_NEAR = 40
# What programs put inside numbers, and nobody sees.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")

# So much of a text is looked through.
LONGEST = 2_000_000


def personal_numbers(text: str) -> tuple[str, ...]:
    """The personal and coordination numbers in a text, as they are written, each once."""
    text = _plain(text)
    return tuple(dict.fromkeys(m.group() for m in _NUMBER.finditer(text) if _is_personal(m, text)))


def has_personal_number(text: str) -> bool:
    """Whether a text has a personal or coordination number."""
    text = _plain(text)
    return any(_is_personal(m, text) for m in _NUMBER.finditer(text))


def masked(text: str) -> str:
    """The same text with the last four digits of each personal number put out of sight."""
    if not has_personal_number(text):
        return text
    text = _plain(text)
    return _NUMBER.sub(
        lambda m: m.group()[: m.start("last") - m.start()] + "XXXX" if _is_personal(m, text) else m.group(),
        text,
    )


def _plain(text: str) -> str:
    """The text as it is seen: full-width digits made plain, and what is not seen taken out."""
    text = _UNSEEN.sub("", text[:LONGEST])
    if any("\uff10" <= c <= "\uff19" for c in text):
        text = unicodedata.normalize("NFKC", text)
    return text.replace("\u00a0", " ")


def _is_personal(found: re.Match[str], text: str) -> bool:
    sign = found["sign"] or ""
    plain = bool(sign.strip()) or bool(found["century"] and not sign)
    if not plain and not _named(found, text):
        return False
    digits = found["year"] + found["month"] + found["day"] + found["last"]
    return _is_date(found) and _adds_up(digits)


def _named(found: re.Match[str], text: str) -> bool:
    return bool(_CALLED.search(text[max(0, found.start() - _NEAR) : found.start()]))


def _is_date(found: re.Match[str]) -> bool:
    """Whether the first six digits are a day of birth in some century; 60 more is a coordination number's."""
    day = int(found["day"])
    day -= 60 if day > 60 else 0
    centuries = (found["century"],) if found["century"] else ("19", "20")
    for century in centuries:
        try:
            date(int(century + found["year"]), int(found["month"]), day)
        except ValueError:
            continue
        return True
    return False


def _adds_up(digits: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1, annex B): every other digit doubled, from the first."""
    doubled = (int(d) * (2 - at % 2) for at, d in enumerate(digits))
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0
