"""Who is speaking: what is proven of the sender's address.

Two witnesses are heard.  The first is the network's own receiving server: its
Authentication-Results (RFC 8601) are read with `authres`.  Whoever sends a
message can write such headers too, also with our server's name in them, but
only below those that our server puts on top; so only the topmost header is
believed (or the topmost few, where the server is known to write several).
ARC (RFC 8617) is not heard: it says what somebody else's server thought.

The second, where `security.dkim` is on and the server said nothing, is the
signature itself (RFC 6376), verified here with dkimpy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import authres

from service.domain.letters import Letter
from service.domain.policy import Trust

# Microsoft 365 writes no authserv-id; this name in `security.authserv` stands for it.
MICROSOFT = "microsoft365"

# Signatures looked at in one message; each costs a question to the name server.
SIGNATURES = 3

# What a sender's domain must never be taken for: the last two labels are nobody's own.
_PUBLIC = frozenset(
    {"co.uk", "org.uk", "com.au", "co.nz", "org.se", "pp.se", "tm.se", "parti.se", "press.se"}
)

Dns = Callable[..., bytes | None]


def prove(
    letter: Letter,
    raw: Callable[[], bytes],
    *,
    authserv: Sequence[str],
    headers: int = 1,
    dkim: bool = False,
    dns: Dns | None = None,
) -> Trust:
    """What is proven of the address in From.

    `headers` is how many headers the receiving server itself writes.  `raw`
    gives the bytes, and is called only to verify a signature; `dns` answers
    for TXT records and is the network's own when None.

    "unchecked" when there is nobody to ask; "none" when nothing was said;
    "fail" when From is broken or doubled, or was disproved.
    """
    if not authserv and not dkim:
        return "unchecked"
    if letter.sender is None or {"address", "several-from"} & set(letter.defects):
        return "fail"
    domain = _domain(letter.sender.address)
    if not domain:
        return "fail"
    told: Trust = _told_by_server(letter, authserv, headers, domain) if authserv else "none"
    if told == "none" and dkim:
        return _told_by_signature(raw(), domain, dns)
    return told


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().rstrip(".").casefold()


# --- the receiving server ---


def _told_by_server(letter: Letter, authserv: Sequence[str], headers: int, domain: str) -> Trust:
    known = {name.casefold() for name in authserv}
    if MICROSOFT in known and letter.header("x-ms-exchange-organization-authas").casefold() == "internal":
        # Exchange's own word for whoever is logged in there; its header firewall removes what comes in.
        return "pass"
    results = _believed(letter.headers.get("authentication-results", ()), known, headers)
    if not results:
        return "none"
    dmarc = [r for r in results if r.method == "dmarc"]
    for result in dmarc:
        # A header that names two From domains, or another than ours, speaks of another letter.
        named = _values(result, "from")
        if result.result == "pass" and set(named) <= {domain}:
            return "pass"
        # "none" means that the sender's domain has no policy: then alignment decides.
        if result.result in ("fail", "permerror", "pass"):
            return "fail"
    others = [r for r in results if r.method in ("dkim", "spf")]
    if any(r.result == "pass" and _aligned(r, domain) for r in others):
        return "pass"
    if any(r.result in ("fail", "softfail", "permerror", "hardfail", "policy") for r in others):
        return "fail"
    return "none"


def _believed(headers: Sequence[str], known: set[str], most: int) -> list[Any]:
    """The results in the topmost headers, as long as they are our own server's."""
    found: list[Any] = []
    for header in headers[:most]:
        parsed = _parsed(header, known)
        if parsed is None:
            # Whatever stands below a foreign header may have come with the message.
            break
        found += parsed.results or []
    return found


# The authserv-id with its optional version (RFC 8601, 2.2); Microsoft's begins with a result.
_NAMED = re.compile(r"\s*(?P<id>[^\s;=()]+)(?:\s+\d+)?\s*(?:\([^()]*\)\s*)?(?:;|$)")
# An address in angle brackets is more than the grammar allows, and some servers write it.
_BRACKETS = re.compile(r"=\s*<([^<>\s]*)>")


def _parsed(header: str, known: set[str]) -> Any:
    named = _NAMED.match(header)
    name = named["id"].casefold() if named else ""
    if name not in known and not (not name and MICROSOFT in known):
        return None
    text = header if name else f"{MICROSOFT}; {header}"
    text = _BRACKETS.sub(r"=\1", text)
    try:
        return authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {text}")
    except (authres.AuthResError, SyntaxError, ValueError, IndexError):
        return None


def _values(result: Any, name: str) -> list[str]:
    return [_domain(str(p.value)) for p in result.properties or [] if p.name == name]


def _aligned(result: Any, domain: str) -> bool:
    """Whether a pass is for the From domain or its organisation's (RFC 7489, 3.1)."""
    names = ("d", "i") if result.method == "dkim" else ("mailfrom", "from")
    return any(same_organisation(v, domain) for name in names for v in _values(result, name))


def same_organisation(signed: str, domain: str) -> bool:
    """Relaxed alignment: the same domain, or one under the other, below what a registry hands out."""
    if signed == domain:
        return bool(signed)
    shorter = min(signed, domain, key=len)
    if "." not in shorter or shorter in _PUBLIC:
        return False
    return signed.endswith(f".{domain}") or domain.endswith(f".{signed}")


# --- the signature ---


def _told_by_signature(raw: bytes, domain: str, dns: Dns | None) -> Trust:
    """Verify the signatures of the From domain; none of them is "none", and a broken one "fail"."""
    import dkim

    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    signatures = re.findall(
        rb"(?im)^dkim-signature:((?:.*(?:\r?\n[ \t].*)*))", head
    )  # fmt: skip
    verdict: Trust = "none"
    for at, signature in enumerate(signatures[:SIGNATURES]):
        tags = dict(re.findall(rb"(?:^|;)\s*([a-z]{1,4})\s*=\s*([^;]*)", re.sub(rb"\s+", b" ", signature)))
        signed = tags.get(b"d", b"").strip().decode("ascii", "replace").casefold()
        covered = {h.strip().lower() for h in tags.get(b"h", b"").split(b":")}
        if not same_organisation(signed, domain) or b"l" in tags or b"from" not in covered:
            # A signature over a part of the body (l=) lets anything be added below it.
            continue
        try:
            checker = dkim.DKIM(raw, timeout=5)
            right = checker.verify(at, dnsfunc=dns) if dns else checker.verify(at)
        except dkim.ValidationError:
            # Another body than was signed, or a signature out of date.
            right = False
        except Exception:
            # No key to be had, a name server that is silent, a signature that cannot be read.
            continue
        if right:
            return "pass"
        verdict = "fail"
    return verdict
