"""The commands that keep the records safe: backup, restore and reconcile."""

from __future__ import annotations

import argparse
import dataclasses
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from service.adapters.database import StoreAway
from service.adapters.imap import MailboxAway
from service.cli.clock import clock_for
from service.cli.failing import Failed
from service.config import Config, load_config
from service.daemon import lost_since, take_stock
from service.usecases.office import Arrival
from service.usecases.restoring import catch_up
from service.wiring import Service, open_service, open_store_only


def backup(args: argparse.Namespace) -> int:
    """Copy the database, while the daemon works, into a new file that only its owner can read."""
    config = load_config(args.config)
    if not config.database_url.startswith("sqlite:"):
        address = make_url(config.database_url).set(drivername="postgresql", password=None)
        schema = address.query.get("schema")
        address = address.difference_update_query(["schema"])
        only = f" --schema='{schema}'" if schema else ""
        print("Databasen ligger i PostgreSQL. Säkerhetskopiera den med:")
        print(f"  pg_dump --format=custom{only} --file='{args.file}' '{address.render_as_string()}'")
        return 0
    with open_store_only(config, clock_for(config, None)) as store:
        store.backup_to(args.file)
    print(
        f"Säkerhetskopian är skriven till {args.file}. Den innehåller personuppgifter; förvara den därefter."
    )
    return 0


def restore(args: argparse.Namespace) -> int:
    """Put a backup back into an empty data folder, and hold all mail that it would send.

    Reads the letters that were handled after the backup again, from the
    handled folder, in silence; whatever would go out is laid before the
    secretary in one question.  On PostgreSQL the database is put back
    with pg_restore first, and this command is run without a file.
    """
    config = load_config(args.config)
    if not config.database_url.startswith("sqlite:"):
        if args.file is not None:
            raise Failed(
                f"databasen ligger i PostgreSQL: lägg tillbaka {args.file} med pg_restore och kör sedan "
                "kallelse restore utan fil, innan kallelse run startas"
            )
        _catch_up(config, args)
        return 0
    if args.file is None:
        raise ValueError("ange säkerhetskopian: kallelse restore FIL")
    target = Path(config.database_url.removeprefix("sqlite:///"))
    if target.exists():
        raise Failed(f"{target} finns redan; flytta undan den, så att inget skrivs över")
    # Complete or not at all: the daemon finds no database until everything in it is held.
    unfinished = target.with_name(f"{target.name}.restoring")
    for left in target.parent.glob(f"{unfinished.name}*"):
        left.unlink()
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy(args.file, unfinished)
    _catch_up(dataclasses.replace(config, database_url=f"sqlite:///{unfinished}"), args)
    # The last connection has folded the log into the file.
    unfinished.rename(target)
    for left in target.parent.glob(f"{unfinished.name}*"):
        left.unlink()
    print(f"{target} är återställd. Starta tjänsten som vanligt.")
    return 0


def _copy(source: Path, target: Path) -> None:
    """A sound copy of a backup.  Raises Failed for what is none."""
    if not source.is_file():
        raise Failed(f"{source}: filen finns inte")
    target.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"file:{source.resolve()}?mode=ro", uri=True)) as backup_file,
            closing(sqlite3.connect(target)) as copy,
        ):
            backup_file.backup(copy)
            sound = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            ours = copy.execute("SELECT count(*) FROM sqlite_master WHERE name = 'outgoing'").fetchone()[0]
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise Failed(f"{source} går inte att läsa som en säkerhetskopia ({error})") from error
    if not sound or not ours:
        target.unlink(missing_ok=True)
        raise Failed(f"{source} är ingen hel säkerhetskopia av kallelse; ta en annan")


def _catch_up(config: Config, args: argparse.Namespace) -> None:
    clock = clock_for(config, args.at)
    times = [clock()]

    def set_clock(moment: datetime) -> None:
        times[0] = moment

    now = times[0]
    with open_service(config, lambda: times[0]) as service:
        since = [] if args.without_mailbox else _since_backup(service)
        held = catch_up(service.office, since, set_clock, now, (StoreAway,))
    print(f"{len(since)} mejl som hanterats efter säkerhetskopian är lästa igen.")
    print(f"{held} mejl hålls tills sekreteraren har svarat på frågan om de ska skickas igen.")


def _since_backup(service: Service) -> list[Arrival]:
    mailbox = service.mailbox()
    if mailbox is None:
        return []
    with closing(mailbox):
        try:
            return lost_since(service, mailbox)
        except MailboxAway as fault:
            raise Failed(
                f"brevlådan går inte att läsa ({fault}); försök igen, eller återställ utan den med "
                "--without-mailbox"
            ) from fault


def reconcile(args: argparse.Namespace) -> int:
    """Compare mailbox and records now, as the daemon does each morning."""
    config = load_config(args.config)
    with open_service(config, clock_for(config, args.at)) as service:
        service.store.hold()
        mailbox = service.mailbox()
        if mailbox is None:
            raise ValueError(f"{config.source}: [imap]: saknas; skriv till den (se kallelse init)")
        with closing(mailbox):
            try:
                found = take_stock(service, mailbox)
            except MailboxAway as fault:
                raise Failed(f"brevlådan går inte att läsa ({fault}); försök igen senare") from fault
    rows = (
        ("i mappen för hanterade mejl utan att ha lästs", len(found.never_read)),
        ("från nätverket i skräpposten", len(found.junk)),
        ("i registret men borta ur brevlådan", len(found.gone)),
        ("nya i inkorgen, tagna in nu", found.taken_in),
    )
    for words, number in rows:
        print(f"{number:>5}  {words}")
    if found:
        print("Sekreteraren får ett mejl om det som är nytt.")
    return 0


__all__ = ["backup", "reconcile", "restore"]
