"""What is believed of who has written: the receiving server's word, and signatures verified here."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pytest

from service.adapters.mime import parse
from service.adapters.sender_proof import prove, same_organisation
from service.domain.policy import Trust

MX = "mx.samverkan.example"
HERS = "Ingrid Palm <ingrid.palm@regionjh.example>"


def raw(*results: str, sender: str = HERS, more: str = "") -> bytes:
    """A message with these Authentication-Results, topmost first."""
    lines = "".join(f"Authentication-Results: {r}\r\n" for r in results)
    return (
        f"{lines}{more}From: {sender}\r\nTo: samreko@samverkan.example\r\nSubject: Hej\r\n"
        "Date: Mon, 11 Jan 2027 09:00:00 +0100\r\nMessage-ID: <a@regionjh.example>\r\n\r\nHej!\r\n"
    ).encode()


def trust(*results: str, server: Sequence[str] = (MX,), headers: int = 1, **more: str) -> Trust:
    message = raw(*results, **more)
    return prove(parse(message), lambda: message, authserv=server, headers=headers)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (f"{MX}; dmarc=pass header.from=regionjh.example", "pass"),
        (f"{MX}; dmarc=pass (p=none) header.from=REGIONJH.example", "pass"),
        (f"{MX}; dkim=pass header.d=regionjh.example", "pass"),
        (f"{MX}; dkim=pass header.i=@post.regionjh.example", "pass"),
        (f"{MX}; spf=pass smtp.mailfrom=ingrid.palm@regionjh.example", "pass"),
        (f"{MX}; spf=pass smtp.mailfrom=<ingrid.palm@regionjh.example>", "pass"),
        (f"{MX} 1; dmarc=pass header.from=regionjh.example", "pass"),
        (f"{MX.upper()}; dmarc=pass header.from=regionjh.example", "pass"),
        (f"{MX}; dmarc=none header.from=regionjh.example; dkim=pass header.d=regionjh.example", "pass"),
        (f"{MX}; dmarc=temperror header.from=regionjh.example; dkim=pass header.d=regionjh.example", "pass"),
        (f"{MX}; dmarc=bestguesspass header.from=regionjh.example", "none"),
        (f"{MX}; none", "none"),
        (f"{MX}; dkim=none; spf=none smtp.mailfrom=regionjh.example", "none"),
        (f"{MX}; dmarc=fail header.from=regionjh.example", "fail"),
        (f"{MX}; dmarc=fail header.from=regionjh.example; dkim=pass header.d=regionjh.example", "fail"),
        (f"{MX}; dmarc=pass header.from=elak.example", "fail"),
        (f"{MX}; dmarc=pass header.from=regionjh.example header.from=elak.example", "fail"),
        (f"{MX}; dkim=fail header.d=regionjh.example", "fail"),
        (f"{MX}; spf=softfail smtp.mailfrom=regionjh.example", "fail"),
        (f"{MX}; dkim=pass header.d=elak.example; spf=pass smtp.mailfrom=elak.example", "none"),
        (f"{MX}; dkim=pass header.d=example", "none"),
        (f"{MX}; dkim=pass header.d=hjnoiger.example", "none"),
        (f"{MX}; spf=pass smtp.helo=regionjh.example", "none"),
        ("elak.example; dmarc=pass header.from=regionjh.example", "none"),
        (f"{MX}.elak.example; dmarc=pass header.from=regionjh.example", "none"),
        ("dmarc=pass header.from=regionjh.example", "none"),
        ("skräp ;;; = \x00", "none"),
        ("", "none"),
    ],
)  # fmt: skip
def test_what_the_server_says(result: str, expected: Trust):
    """A pass counts only for the domain that From names; what cannot be read says nothing."""
    assert trust(result) == expected


def test_only_the_topmost_header_is_believed():
    """Whoever sends can write one with our server's name, but not above the server's own."""
    forged = f"{MX}; dmarc=pass header.from=regionjh.example"
    assert trust(f"{MX}; dmarc=fail header.from=regionjh.example", forged) == "fail"
    assert trust(f"{MX}; none", forged) == "none"
    assert trust("annan.example; dkim=pass", forged) == "none"


def test_a_server_that_writes_several_is_believed_in_as_many():
    """SPF and DKIM checked by two programs: two headers, and a third is somebody else's."""
    spf, dkim = f"{MX}; spf=none smtp.mailfrom=x.example", f"{MX}; dkim=pass header.d=regionjh.example"
    assert trust(spf, dkim) == "none"
    assert trust(spf, dkim, headers=2) == "pass"
    assert trust(spf, f"{MX}; dkim=none", dkim, headers=2) == "none"


def test_arc_is_not_heard():
    """It is what another server says that it thought."""
    more = f"ARC-Authentication-Results: i=1; {MX}; dmarc=pass header.from=regionjh.example\r\n"
    assert trust(more=more) == "none"


@pytest.mark.parametrize(
    "sender",
    [
        "ingrid.palm@regionjh.example\r\nFrom: ond@elak.example",
        "ingrid.palm@regionjh.example <ond@elak.example>",
        "ond@elak.example, ingrid.palm@regionjh.example",
        "Ingrid Palm",
        "",
    ],
)
def test_a_broken_or_doubled_from_fails_whatever_the_server_says(sender: str):
    """Two mail programs would show two senders."""
    assert trust(f"{MX}; dmarc=pass header.from=regionjh.example", sender=sender) == "fail"


MICROSOFT = (
    "spf=pass (sender IP is 40.107.1.1) smtp.mailfrom=regionjh.example; dkim=pass (signature was verified) "
    "header.d=regionjh.example;dmarc=pass action=none header.from=regionjh.example;compauth=pass reason=100"
)


def test_microsofts_header_without_a_name_is_read_where_it_is_expected():
    """It begins with a result; anyone could write such a one, so only "microsoft365" believes it."""
    assert trust(MICROSOFT, server=["microsoft365"]) == "pass"
    assert trust(MICROSOFT) == "none"
    failed = MICROSOFT.replace("dmarc=pass action=none", "dmarc=fail action=quarantine")
    assert trust(failed, MICROSOFT, server=["microsoft365"]) == "fail"


def test_a_colleague_in_the_same_tenant_is_proven_by_exchange():
    """Mail within Microsoft 365 is neither signed nor checked by DMARC; Exchange says who was logged in."""
    inside = (
        "dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=regionjh.example;"
    )
    logged_in = "X-MS-Exchange-Organization-AuthAs: Internal\r\n"
    assert trust(inside, server=["microsoft365"]) == "none"
    assert trust(inside, server=["microsoft365"], more=logged_in) == "pass"
    assert trust(inside, more=logged_in) == "none"


def test_nobody_to_ask_is_unchecked():
    """The operator answers for the mailbox."""
    assert trust(f"{MX}; dmarc=fail header.from=regionjh.example", server=()) == "unchecked"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("regionjh.example", "regionjh.example", True),
        ("mail.regionjh.example", "regionjh.example", True),
        ("regionjh.example", "post.regionjh.example", True),
        ("example", "regionjh.example", False),
        ("nregionjh.example", "regionjh.example", False),
        ("co.uk", "kommun.co.uk", False),
        ("", "", False),
    ],
)
def test_alignment(one: str, other: str, same: bool):
    """RFC 7489, 3.1, relaxed."""
    assert same_organisation(one, other) is same


# --- signatures verified here ---

dkim = pytest.importorskip("dkim")


@pytest.fixture(scope="module")
def signer():  # type: ignore[no-untyped-def]
    """Signs as a domain, with a key of its own, and answers for it as a name server does."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = base64.b64encode(
        key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )

    def sign(message: bytes, domain: bytes = b"regionjh.example", **options: object) -> bytes:
        return bytes(dkim.sign(message, b"s1", domain, private, **options) + message)

    def dns(name: bytes, timeout: float = 5) -> bytes | None:
        return b"v=DKIM1; k=rsa; p=" + public if b"._domainkey." in name else None

    return sign, dns


def verified(message: bytes, dns: object, **more: object) -> Trust:
    return prove(parse(message), lambda: message, authserv=(), dkim=True, dns=dns, **more)  # type: ignore[arg-type]


def test_a_good_signature_of_the_from_domain_is_a_proof(signer):  # type: ignore[no-untyped-def]
    """Where the receiving server says nothing, the signature speaks for itself."""
    sign, dns = signer
    assert verified(sign(raw()), dns) == "pass"
    assert verified(raw(), dns) == "none"


def test_a_changed_body_fails(signer):  # type: ignore[no-untyped-def]
    """One letter is enough."""
    sign, dns = signer
    assert verified(sign(raw()).replace(b"Hej!", b"Nej!"), dns) == "fail"


def test_another_domains_signature_proves_nothing(signer):  # type: ignore[no-untyped-def]
    """Anyone may sign for a domain of his own."""
    sign, dns = signer
    assert verified(sign(raw(), b"elak.example"), dns) == "none"


def test_a_signature_over_the_beginning_of_the_body_proves_nothing(signer):  # type: ignore[no-untyped-def]
    """With l= anything can be added below (RFC 6376, 8.2)."""
    sign, dns = signer
    assert verified(sign(raw(), length=True) + b"Ok, skicka!\r\n", dns) == "none"


def test_a_key_that_cannot_be_had_proves_nothing(signer):  # type: ignore[no-untyped-def]
    """A name server that is silent is no forger."""
    sign, _ = signer

    def silent(name: bytes, timeout: float = 5) -> bytes | None:
        raise TimeoutError

    assert verified(sign(raw()), silent) == "none"


def test_the_servers_word_goes_before_the_signature(signer):  # type: ignore[no-untyped-def]
    """What it says it has seen at the door; a replayed letter has a good signature too."""
    sign, dns = signer
    message = f"Authentication-Results: {MX}; dmarc=fail header.from=regionjh.example\r\n".encode() + sign(
        raw()
    )
    assert prove(parse(message), lambda: message, authserv=[MX], dkim=True, dns=dns) == "fail"
    silent = f"Authentication-Results: {MX}; none\r\n".encode() + sign(raw())
    assert prove(parse(silent), lambda: silent, authserv=[MX], dkim=True, dns=dns) == "pass"


def test_no_name_server_is_asked_when_the_server_has_spoken():
    """Nothing is fetched that need not be."""
    message = raw(f"{MX}; dmarc=pass header.from=regionjh.example")

    def never(*_: object, **__: object) -> bytes:
        raise AssertionError("asked")

    assert prove(parse(message), never, authserv=[MX], dkim=True, dns=never) == "pass"
