"""The commands of `kallelse`: what a person types, and what comes back.

Exit status: 0 done; 1 the work failed; 2 the call or the configuration is
wrong.  Whatever goes wrong is one line on standard error that says what, and
what to do; no traceback ever reaches a person.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from service.adapters.database import StoreAway, StoreError
from service.adapters.toml_files import BadFile
from service.cli import corrections, keeping, looking, privacy, running, starting
from service.cli.failing import Failed

# The call or the configuration is wrong.
MISCALLED = (BadFile, ValueError)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (kallelse --help visar kommandona)\n")


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = _Parser(prog="kallelse", description="Nätverkets sekreterarhjälp, per e-post.")
    top.add_argument("--config", type=Path, default=Path("kallelse.toml"), help="konfigurationsfilen")
    top.add_argument("--verbose", action="store_true", help="visa loggen på stderr")
    commands = top.add_subparsers(dest="command", required=True, metavar="KOMMANDO", parser_class=_Parser)

    def command(name: str, text: str, work: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=text, description=text)
        found.set_defaults(work=work)
        # The configuration may be named before the command or after it.
        found.add_argument("--config", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        return found

    demo = command("demo", "Visa hela tjänsten på inbyggda servrar, utan något att ställa in.", starting.demo)
    demo.add_argument("--folder", type=Path, help="var alla mejl, PDF:er och databasen läggs")
    demo.add_argument("--live", action="store_true", help="låt servrarna vara kvar efteråt")
    init = command("init", "Skriv en konfiguration och en nätverksfil att fylla i.", starting.init)
    init.add_argument("folder", type=Path)
    command("doctor", "Kontrollera allt som run behöver.", starting.doctor)
    load = command("load", "För in nätverksfilen i databasen.", running.load)
    load.add_argument("network", type=Path)
    load.add_argument("--dry-run", action="store_true", help="visa bara vad som skulle ändras")
    run = command("run", "Bevaka brevlådan, svara och skicka enligt tidsplanen.", running.run)
    run.add_argument("--once", action="store_true", help="gör ett varv och sluta")
    run.add_argument("--at", help="låt klockan vara så mycket, t.ex. 2027-02-04T08:00 (bara med --once)")
    ingest = command("ingest", "Ta in mejl från filer.", running.ingest)
    ingest.add_argument("files", nargs="+", type=Path)
    ingest.add_argument("--at", help="låt klockan vara så mycket")
    inspect = command("inspect", "Visa hur ett mejl läses, och varför.", looking.inspect)
    inspect.add_argument("--json", action="store_true")
    inspect.add_argument("--network", type=Path, help="nätverksfilen, i stället för konfigurationens")
    inspect.add_argument("files", nargs="+", type=Path)
    status = command("status", "Visa var allt står.", looking.status)
    status.add_argument("--json", action="store_true")
    status.add_argument("--at", help="låt klockan vara så mycket")
    people = command("people", "Visa vem som har vilken plats.", looking.people)
    people.add_argument("--on", help="en dag, t.ex. 2027-03-01; utelämnat: i dag")
    people.add_argument("--json", action="store_true")
    rehearse = command("rehearse", "Visa årets alla utskick, utan att skicka något.", looking.rehearse)
    rehearse.add_argument("year", type=int)
    rehearse.add_argument("--json", action="store_true")
    rehearse.add_argument("--html", type=Path, metavar="FIL", help="rita året som en kalendersida")
    export = command("export", "Skriv ut alla handlingar som vanliga filer.", looking.export)
    export.add_argument("folder", type=Path)
    export.add_argument("--year", type=int)
    backup = command("backup", "Säkerhetskopiera databasen medan tjänsten går.", keeping.backup)
    backup.add_argument("file", type=Path)
    restore = command("restore", "Lägg tillbaka en säkerhetskopia i en tom datamapp.", keeping.restore)
    restore.add_argument("file", type=Path, nargs="?")
    restore.add_argument("--without-mailbox", action="store_true", help="läs inte om mejl från brevlådan")
    restore.add_argument("--at", help="låt klockan vara så mycket")
    reconcile = command("reconcile", "Jämför brevlådan med registret nu.", keeping.reconcile)
    reconcile.add_argument("--at", help="låt klockan vara så mycket")
    person = command("person", "Visa eller ta bort det som sparas om en person.", privacy.export_person)
    acts = person.add_subparsers(dest="act", required=True, metavar="export|erase", parser_class=_Parser)
    out = acts.add_parser("export", help="skriv ut allt som sparas om en person")
    out.add_argument("id", help="personens id eller adress")
    out.add_argument("--folder", type=Path, help="mappen att skriva till")
    out.set_defaults(work=privacy.export_person)
    gone = acts.add_parser("erase", help="ta bort en person som har lämnat nätverket")
    gone.add_argument("id", help="personens id eller adress")
    gone.add_argument("--yes", action="store_true", help="gör det; utan --yes visas bara vad som händer")
    gone.set_defaults(work=privacy.erase_person)
    corrected = command(
        "corrections", "Visa de läsningar av mejl som någon har rättat.", corrections.corrections
    )
    corrected.add_argument(
        "--write", type=Path, metavar="MAPP", help="skriv dem som provfall, med andra namn och adresser"
    )
    return top


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    args = parser().parse_args(argv)
    logging.basicConfig(
        level=logging.INFO if args.verbose or args.command == "run" else logging.ERROR,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    # Its debug log costs more than the fetching, and may hold words of letters.
    logging.getLogger("imapclient").setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    if not args.verbose:
        # A letter that cannot be handled is told to the secretary; the log need not shout.
        logging.getLogger("kallelse").setLevel(logging.INFO if args.command == "run" else logging.CRITICAL)
    try:
        status: int = args.work(args)
        return status
    except MISCALLED as fault:
        return _say(str(fault), 2)
    except (Failed, StoreError, StoreAway) as fault:
        return _say(str(fault), 1)
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as fault:
        logging.getLogger("kallelse").debug("unexpected", exc_info=True)
        return _say(f"oväntat fel ({type(fault).__name__}): {fault}; kör igen med --verbose", 1)


def _say(text: str, status: int) -> int:
    print("kallelse: " + " ".join(text.split()), file=sys.stderr)
    return status
