"""Office files as PDF, by LibreOffice where the machine has it.

It is not a part of the service and is looked for when it is needed: without
it a Word document goes out as it is.  It gets a folder of its own each time
(two runs in one profile disturb one another), runs no macros, fetches
nothing from the net, and has a minute.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

log = logging.getLogger("kallelse.files")

# What is worth converting, by the ending of the name.
ENDINGS = frozenset({"docx", "doc", "odt", "rtf", "xlsx", "xls", "ods", "pptx", "ppt", "odp"})
PATIENCE = 60.0
_PROGRAMS = ("soffice", "libreoffice")

# Its settings in a new profile (Tools, Options, Security): what a document brings is shown and not run.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
{items}
</oor:items>
"""
_ITEM = (
    '<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)
_CHOSEN = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "2"),
)


def program() -> str | None:
    """Where LibreOffice is; None on a machine without it."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def is_office_file(filename: str) -> bool:
    return filename.rpartition(".")[2].lower() in ENDINGS


def to_pdf(filename: str, content: bytes, patience: float = PATIENCE) -> bytes | None:
    """The file as PDF; None where it cannot be made: no LibreOffice, a damaged or locked file, no time."""
    found = program()
    if found is None or not is_office_file(filename):
        return None
    with tempfile.TemporaryDirectory(prefix="kallelse-office-") as name:
        folder = Path(name)
        # The name that it came with is nobody's business here, and may be anything.
        source = folder / f"bilaga.{filename.rpartition('.')[2].lower()}"
        source.write_bytes(content)
        _write_profile(folder / "profile")
        if not _run(found, source, folder, patience):
            return None
        # LibreOffice says that all went well even when it made nothing.
        made = source.with_suffix(".pdf")
        converted = made.read_bytes() if made.is_file() else b""
        return converted if converted.startswith(b"%PDF-") else None


def _write_profile(profile: Path) -> None:
    user = profile / "user"
    user.mkdir(parents=True)
    items = "\n".join(_ITEM.format(path=p, name=n, value=v) for p, n, v in _CHOSEN)
    (user / "registrymodifications.xcu").write_text(_SETTINGS.format(items=items), "utf-8")


def _run(found: str, source: Path, folder: Path, patience: float) -> bool:
    command = [
        found,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless", "--norestore", "--nologo", "--nolockcheck",
        "--convert-to", "pdf", "--outdir", str(folder), str(source),
    ]  # fmt: skip
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")}
    try:
        # A session of its own, so that whatever it has started ends with it.
        with subprocess.Popen(
            command,
            cwd=folder,
            env={**kept, "HOME": str(folder), "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                return process.wait(patience) == 0
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                log.warning("LibreOffice had no time to convert a file of %d bytes", source.stat().st_size)
                return False
    except OSError as fault:
        log.warning("LibreOffice could not be started: %s", type(fault).__name__)
        return False


__all__ = ["ENDINGS", "is_office_file", "program", "to_pdf"]
