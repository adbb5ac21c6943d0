"""A configuration file for a test: the sample network, and whatever servers the test has started."""

from __future__ import annotations

import shutil
from pathlib import Path

from service.adapters.imap import ImapSettings
from service.adapters.smtp import SmtpSettings

NETWORK = Path(__file__).resolve().parent / "network.toml"


def write_settings(
    folder: Path,
    imap: ImapSettings | None = None,
    smtp: SmtpSettings | None = None,
    *,
    database: str = "",
    more: str = "",
) -> Path:
    """Write kallelse.toml and network.toml in a folder; returns the path of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(NETWORK, folder / "network.toml")
    lines = []
    if imap:
        lines += [
            "[imap]",
            f'host = "{imap.host}"',
            f"port = {imap.port}",
            f'user = "{imap.user}"',
            f'password = "{imap.password}"',
            f'tls = "{imap.tls}"',
            f'folder = "{imap.folder}"',
            f'handled = "{imap.handled}"',
        ]
    if smtp:
        lines += [
            "[smtp]",
            f'host = "{smtp.host}"',
            f"port = {smtp.port}",
            f'user = "{smtp.user}"',
            f'password = "{smtp.password}"',
            f'tls = "{smtp.tls}"',
        ]
    if database:
        lines += ["[database]", f'url = "{database}"']
    path = folder / "kallelse.toml"
    path.write_text("\n".join([*lines, more, ""]), encoding="utf-8")
    return path
