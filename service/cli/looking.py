"""The commands that only look: inspect, status, rehearse and export."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date

from service.adapters import inspecting
from service.adapters.terms_files import load_rules
from service.adapters.year_page import year_page
from service.cli.clock import clock_for
from service.config import load_config
from service.domain.world import World
from service.usecases.load import align, charter_of
from service.usecases.rehearse import as_rows, as_table
from service.usecases.rehearse import rehearse as plan
from service.usecases.roster import in_words, roster
from service.usecases.status import status as gather
from service.usecases.status import status_in_words
from service.wiring import network_of, open_service, shipped


def inspect(args: argparse.Namespace) -> int:
    """How messages would be read, and why; changes nothing."""
    network, own = args.network, None
    if network is None:
        config = load_config(args.config)
        network = config.network
        own = config.own_rules / "reading" if (config.own_rules / "reading").is_dir() else None
    return inspecting.inspect(
        network, args.files, as_json=args.json, out=sys.stdout, err=sys.stderr, own_rules=own
    )


def status(args: argparse.Namespace) -> int:
    """Where everything stands."""
    config = load_config(args.config)
    with open_service(config, clock_for(config, args.at)) as service:
        found = gather(service.store, service.office.rules, service.office.now())
        if args.json:
            print(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            print(status_in_words(found, service.store.world()))
    return 0


def people(args: argparse.Namespace) -> int:
    """Who holds which seat on a day."""
    config = load_config(args.config)
    with open_service(config, clock_for(config, None)) as service:
        try:
            day = date.fromisoformat(args.on) if args.on else service.office.now().date()
        except ValueError as error:
            raise ValueError(f"--on {args.on}: ska skrivas som 2027-03-01") from error
        found = roster(service.store.world(), day)
        if args.json:
            print(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            print(in_words(found, service.store.world()))
    return 0


def rehearse(args: argparse.Namespace) -> int:
    """Every mailing of a year; from the network file alone, so that it can be asked before anything runs."""
    config = load_config(args.config)
    network = network_of(config)
    own = config.own_rules if config.own_rules.is_dir() else None
    rules = load_rules(shipped("rules"), own)
    world = World(charter_of(network)).put(align(None, network, clock_for(config, None)().date()).put)
    planned = plan(world, rules, args.year)
    if args.html:
        page = year_page(network.short_name, args.year, network.meetings, planned)
        args.html.write_text(page, encoding="utf-8")
        print(f"Kalendern är skriven till {args.html}.")
    elif args.json:
        print(json.dumps(as_rows(planned), ensure_ascii=False, indent=1))
    else:
        print(as_table(planned))
    return 0


def export(args: argparse.Namespace) -> int:
    """The records, complete and readable without this program."""
    from service.adapters.exporting import export_to

    config = load_config(args.config)
    with open_service(config, clock_for(config, None)) as service:
        written = export_to(service.store, service.office, args.folder, args.year)
    print(f"{written} handlingar är skrivna till {args.folder}.")
    return 0
