"""The commands that work: load, run and ingest."""

from __future__ import annotations

import argparse
from pathlib import Path

from service.adapters.network_files import load_network
from service.adapters.notify import notify
from service.cli.clock import clock_for
from service.cli.failing import Failed
from service.config import load_config
from service.daemon import Daemon, once
from service.daemon import ingest as take_files
from service.usecases.load import align
from service.wiring import open_service, open_store_only


def load(args: argparse.Namespace) -> int:
    """Bring the database into line with a network file, and print what changes."""
    config = load_config(args.config)
    network = load_network(args.network)
    clock = clock_for(config, None)
    with open_store_only(config, clock) as store:
        world = store.world() if store.is_loaded() else None
        today = clock().astimezone(network.timezone).date()
        found = align(world, network, today)
        for line in found.lines:
            print(line)
        if not found.lines:
            print("Inget att ändra.")
        if args.dry_run:
            print("Ingenting är ändrat (--dry-run).")
        elif found.put:
            with store.work() as book:
                book.put(align(world, network, today).put)
                book.note("load", detail=f"{len(found.put)} entities")
    return 0


def run(args: argparse.Namespace) -> int:
    """The daemon, or one pass of it."""
    if args.at and not args.once:
        raise ValueError("--at går bara ihop med --once")
    config = load_config(args.config)
    if config.imap is None or config.smtp is None:
        section = "imap" if config.imap is None else "smtp"
        raise ValueError(f"{config.source}: [{section}]: saknas; skriv till den (se kallelse init)")
    with open_service(config, clock_for(config, args.at)) as service:
        service.store.hold()
        if not args.once:
            return Daemon(service, notify).run()
        did = once(service, stock=args.at is None)
        away = (*did.away, did.post_away) if did.post_away else did.away
        if away:
            raise Failed(f"{'; '.join(away)}. Inget är förlorat; kör igen när servern svarar")
    return 0


def ingest(args: argparse.Namespace) -> int:
    """Take messages from files."""
    config = load_config(args.config)
    raws = [_bytes_of(path) for path in args.files]
    with open_service(config, clock_for(config, args.at)) as service:
        new = take_files(service, raws, service.office.now())
    print(f"{new} nya mejl av {len(raws)} är intagna; svaren skickas av kallelse run.")
    return 0


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: kan inte läsas ({error.strerror})") from error
