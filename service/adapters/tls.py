"""TLS towards the mail servers: verified everywhere, save on this machine's own loopback.

Both transports ask here, so that one rule holds for reading mail and for sending it.
"""

from __future__ import annotations

import ipaddress
import ssl
from typing import Literal

Tls = Literal["tls", "starttls", "none"]


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine and nothing else.

    Judges the name as it is written and asks no name server: an answer from the
    net must not be able to switch encryption off.
    """
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def refuse_bare_text(key: str, host: str, tls: Tls) -> None:
    """Raise ValueError when the settings would send a password unencrypted over a network."""
    if tls not in ("tls", "starttls", "none"):
        raise ValueError(f'{key}.tls är "{tls}"; skriv "tls" eller "starttls"')
    if tls == "none" and not is_loopback(host):
        raise ValueError(
            f'{key}.tls = "none" är bara för loopback, och {host} är en annan maskin; '
            'skriv "tls" eller "starttls"'
        )


def context(host: str, ca_file: str | None) -> ssl.SSLContext:
    """A client context that verifies the server's certificate and name.

    `ca_file` is a PEM file with the authorities to trust instead of the system's;
    OSError when it cannot be read.  On loopback without one, the self-signed
    certificate that a distribution's mail server is installed with is accepted.
    """
    made = ssl.create_default_context(cafile=ca_file)
    if ca_file is None and is_loopback(host):
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made
