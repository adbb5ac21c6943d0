"""`kallelse demo`: the whole service at work, with nothing to set up.

Real mail servers on loopback, a real database, the daemon's own code; only
the clock is ours, so that a year passes in a minute.
"""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from service.adapters.embedded import EmbeddedServers
from service.adapters.exporting import export_to
from service.adapters.network_files import load_network
from service.cli.demo.live import stay
from service.cli.demo.stage import Clock, Stage
from service.cli.demo.story import STRANGERS, play_year
from service.cli.demo.telling import Telling
from service.cli.failing import Failed
from service.config import load_config
from service.domain.network import Network
from service.usecases.words import listed
from service.wiring import open_service, shipped

# The year begins before the first call for matters.
_BEGINS = datetime(2027, 1, 4, 7, 0, tzinfo=UTC)
# The story's last moment, local time.
_ENDS = datetime(2028, 1, 10, 9, 0)  # noqa: DTZ001
# On loopback, in one process, for invented people.
PASSWORD = "demo"
# Tells a folder that an earlier demonstration has made, and may be made anew, from somebody's own.
_MARK = ".kallelse-demo"
_OURS = ("mejl", "handlingar", "listor", "data", "index.html", "kallelse.toml", "network.toml", _MARK)

_INTRO = (
    "Alla mejl i demonstrationen av Kallelse, i tidsordning. Orange är vad människor har skrivit, "
    "grönt är vad "
    "tjänsten har svarat och skickat. Välj ett mejl för att se det som mottagaren ser det.",
    "Människor, kommuner och adresser är påhittade.",
)


def play(folder: Path | None, *, live: bool = False) -> int:
    """Play the year in a folder (./demo when none is given); returns the exit status.

    With `live` the servers and the daemon stay up afterwards, until Ctrl-C.
    Raises Failed when the folder holds something that is not an earlier
    demonstration's.
    """
    folder = folder or Path("demo")
    began = time.monotonic()
    network = load_network(shipped("samples") / "demo-network.toml")
    clock = Clock(_BEGINS)
    accounts = {p.email: PASSWORD for p in (*network.people, *STRANGERS)} | {network.address: PASSWORD}
    tell = Telling()
    with EmbeddedServers(accounts, now=clock) as servers:
        _prepare(folder, servers)
        # The demonstration has its own database, whatever the environment says.
        config = load_config(folder / "kallelse.toml", {})
        _greet(tell, network, servers, folder)
        with open_service(config, clock) as service:
            service.store.hold()
            stage = Stage(servers, service, clock, tell, strangers=STRANGERS)
            try:
                play_year(stage, tell)
            finally:
                stage.close()
            export_to(
                service.store,
                service.office,
                folder,
                None,
                title=f"Ett år i {network.short_name}",
                intro=_INTRO,
            )
            sent = service.store.counts()["outgoing"]["sent"]
            _farewell(tell, len(servers.posted) - sent, sent, time.monotonic() - began, folder)
            for step in stage.skipped:
                tell.plain(f"Kunde inte spelas, för mejlet som skulle besvaras kom aldrig: {step}")
            if live:
                return stay(servers, service, clock, tell, PASSWORD)
    return 0


def _prepare(folder: Path, servers: EmbeddedServers) -> None:
    """An empty folder with a configuration; what an earlier demonstration left is cleared away."""
    taken = [name for name in _OURS if (folder / name).exists()]
    if taken and not (folder / _MARK).exists():
        raise Failed(f"{folder} innehåller redan {listed(taken)}; välj en annan mapp med --folder")
    for name in taken:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text(
        "Mappen är skriven av kallelse demo och skrivs om nästa gång.\n", encoding="utf-8"
    )
    shutil.copyfile(shipped("samples") / "demo-network.toml", folder / "network.toml")
    address = load_network(folder / "network.toml").address
    sections = "\n".join(
        f'\n[{name}]\nhost = "127.0.0.1"\nport = {port}\nuser = "{address}"\n'
        f'password = "{PASSWORD}"\ntls = "none"'
        for name, port in (("imap", servers.imap_port), ("smtp", servers.smtp_port))
    )
    (folder / "kallelse.toml").write_text(
        "# Demonstrationens inställningar. Servrarna finns bara medan den pågår.\n"
        f'network = "network.toml"\ndata = "data"\n{sections}\n',
        encoding="utf-8",
    )


def _greet(tell: Telling, network: Network, servers: EmbeddedServers, folder: Path) -> None:
    tell.plain(f"Kallelse: ett år i nätverket {network.short_name}")
    tell.aside(
        f"På den här datorn är en IMAP-server (port {servers.imap_port}) och en SMTP-server "
        f"(port {servers.smtp_port}) igång. Ledamöterna skriver vanliga mejl; tjänsten läser, svarar och "
        "skickar. Människorna är påhittade och klockan ställs fram, men allt annat är på riktigt. "
        f"Mejlen läggs i {folder}."
    )
    tell.aside("| är vad någon skriver, → är vad tjänsten skickar.")


def _farewell(tell: Telling, written: int, sent: int, seconds: float, folder: Path) -> None:
    tell.chapter("Klart")
    tell.plain(f"Ett år på {seconds:.0f} sekunder: {written} mejl från människor, {sent} mejl från tjänsten.")
    config = folder / "kallelse.toml"
    tell.plain(f"Bläddra bland mejlen:  {folder / 'index.html'}")
    tell.plain(f"Se hur allt står:      kallelse --config {config} status --at {_ENDS:%Y-%m-%dT%H:%M}")
    tell.plain("Prova själv:           kallelse demo --live")
