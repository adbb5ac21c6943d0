"""Who is speaking: what the receiving server proved of the sender's address.

Authentication-Results (RFC 8601) are read with `authres`.  Only the topmost
block is believed, and only when it bears the authserv-id of the network's
own receiving server: whoever sends a message can write such headers too, but
below those that our server puts on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import authres

from service.domain.letters import Letter
from service.domain.policy import Trust


def prove(letter: Letter, authserv: Sequence[str]) -> Trust:
    """What the configured server says of the address in From.

    "unchecked" when no server is configured; "none" when it wrote nothing
    that tells; "fail" when From is broken, doubled, or not proven.
    """
    if not authserv:
        return "unchecked"
    if letter.sender is None or {"address", "several-from"} & set(letter.defects):
        return "fail"
    results = _believed(letter.headers.get("authentication-results", ()), authserv)
    if not results:
        return "none"
    domain = letter.sender.address.rpartition("@")[2].casefold()
    dmarc = [r for r in results if r.method == "dmarc"]
    if dmarc:
        named = [_value(r, "from") for r in dmarc]
        if any(r.result == "pass" and n in ("", domain) for r, n in zip(dmarc, named, strict=True)):
            return "pass"
        # "none" means that the sender's domain has no policy: then alignment decides.
        if any(r.result in ("fail", "permerror") for r in dmarc):
            return "fail"
    if any(r.result == "pass" and _aligned(r, domain) for r in results if r.method in ("dkim", "spf")):
        return "pass"
    if any(r.result in ("fail", "softfail", "permerror") for r in results if r.method in ("dkim", "spf")):
        return "fail"
    return "none"


def _believed(headers: Sequence[str], authserv: Sequence[str]) -> list[Any]:
    """The results of the topmost block of headers that our own server wrote."""
    known = {name.casefold() for name in authserv}
    found: list[Any] = []
    for header in headers:
        parsed = _parsed(header)
        if parsed is None or str(parsed.authserv_id or "").casefold() not in known:
            # Whatever stands below a foreign header may have come with the message.
            break
        found += parsed.results or []
    return found


def _parsed(header: str) -> Any:
    try:
        return authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {header}")
    except (authres.AuthResError, SyntaxError, ValueError, IndexError):
        return None


def _value(result: Any, name: str) -> str:
    for prop in result.properties or []:
        if prop.name == name:
            return str(prop.value).rpartition("@")[2].casefold()
    return ""


def _aligned(result: Any, domain: str) -> bool:
    """Whether a pass is for the From domain or one above it (relaxed alignment, RFC 7489, 3.1)."""
    for name in ("d", "i", "mailfrom", "from"):
        signed = _value(result, name)
        if signed and (signed == domain or domain.endswith(f".{signed}") or signed.endswith(f".{domain}")):
            return "." in signed
    return False
