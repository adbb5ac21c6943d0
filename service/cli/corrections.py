"""`kallelse corrections`: the readings that somebody has put right, and each as a case for the tests."""

from __future__ import annotations

import argparse
from pathlib import Path

from service.adapters.case_files import CaseFile, case_of, write_case, write_network
from service.adapters.network_files import load_network
from service.cli.clock import clock_for
from service.config import load_config
from service.domain.intents import Intent
from service.domain.network import Network
from service.interpretation.surroundings import Surroundings
from service.usecases.correcting import listed, plain
from service.usecases.describe import describe
from service.usecases.disguise import Disguise
from service.usecases.office import Book, Correction, Office
from service.usecases.opening import open_letter
from service.wiring import open_service, shipped

_HOW = {
    "chosen": "valde en annan läsning",
    "reworded": "svarade med andra ord",
    "undone": "rättade bekräftelsen",
    "decided": "ändrade önskemålet",
}


def corrections(args: argparse.Namespace) -> int:
    """List the corrections; with --write also as cases, with other people in them."""
    config = load_config(args.config)
    with open_service(config, clock_for(config, None)) as service, service.store.work() as book:
        found = listed(book.corrections())
        for correction in found:
            print(_in_words(book, correction))
        if not found:
            print("Ingen läsning har rättats.")
        if args.write and found:
            return _write(service.office, book, found, args.write)
    return 0


def _in_words(book: Book, correction: Correction) -> str:
    world = book.world
    network = world.network_on(correction.at.date())
    who = world.people.get(correction.by or "")
    return (
        f"mejl {correction.letter}, rättat {correction.at:%Y-%m-%d} av "
        f"{who.name if who else 'någon utanför nätverket'}, som {_HOW[correction.how]}\n"
        f"    lästes som: {_sentences(correction.read, network)}\n"
        f"    menade:     {_sentences(correction.meant, network)}"
    )


def _sentences(wishes: tuple[Intent, ...], network: Network) -> str:
    return " ".join(describe(i, network) for i in wishes) or "Inget av det."


def _write(office: Office, book: Book, found: list[Correction], folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    today = office.now().date()
    disguise = Disguise(book.world, load_network(shipped("samples") / "demo-network.toml"), today)
    cases: list[tuple[CaseFile, bool]] = []
    for correction in found:
        raw = book.raw(correction.letter)
        first = open_letter(office, book, correction.letter, office.parse(raw))
        case = case_of(correction, raw, first.reading, disguise)
        cases.append((case, tuple(plain(i) for i in first.reading.intents) == correction.meant))
    # The network is written last: only now is everybody known who is in it.
    network = load_network(write_network(folder, disguise, today))
    status = 0
    for case, now_right in cases:
        if case.leaks:
            print(f"{case.name}: skrivs inte, för det gick inte att byta ut allt som säger vem det är.")
            status = 1
            continue
        path = write_case(folder, case)
        letter = office.parse(path.read_bytes())
        again = office.read(letter, Surroundings(network, letter.date or office.now()))
        kinds = [i.kind for i in again.intents]
        state = "läses rätt nu" if now_right else "läses fel än"
        print(f"{path}: {state} ({', '.join(kinds) or 'ingenting'} med andra namn)")
    print("Namn, adresser och nummer är utbytta, men läs igenom mejlen innan de lämnas vidare.")
    return status


__all__ = ["corrections"]
