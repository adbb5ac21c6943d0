"""After the year: servers and daemon stay up, for whoever wants to try with an ordinary mail program."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from service.adapters.embedded import LOOPBACK, EmbeddedServers
from service.cli.demo.stage import Clock
from service.cli.demo.telling import Telling
from service.daemon import Daemon
from service.domain.letters import Letter
from service.usecases.words import day_in_words
from service.wiring import Service


def stay(servers: EmbeddedServers, service: Service, clock: Clock, tell: Telling, password: str) -> int:
    """Run the daemon on the demonstration's servers until Ctrl-C; returns the exit status."""
    clock.let_go()
    ahead = clock() - datetime.now(UTC)
    parse = service.office.parse

    def parse_on_the_day(raw: bytes) -> Letter:
        """A mail that is written today was written on the story's day."""
        letter = parse(raw)
        return dataclasses.replace(letter, date=letter.date + ahead) if letter.date else letter

    _explain(servers, service, clock, tell, password)
    status = Daemon(
        dataclasses.replace(service, office=dataclasses.replace(service.office, parse=parse_on_the_day))
    ).run()
    tell.plain("Servrarna är stängda.")
    return status


def _explain(servers: EmbeddedServers, service: Service, clock: Clock, tell: Telling, password: str) -> None:
    world = service.store.world()
    today = clock().astimezone(world.zone).date()
    network = world.network_on(today)
    coming = network.next_meeting(clock())
    secretary = network.secretary(today.year)
    tell.chapter("Servrarna är kvar", "Anslut ett vanligt e-postprogram, till exempel Thunderbird:")
    for line in (
        "  Nytt konto > Befintlig e-postadress > Konfigurera manuellt",
        f"  Inkommande: IMAP, {LOOPBACK}, port {servers.imap_port}",
        f"  Utgående:   SMTP, {LOOPBACK}, port {servers.smtp_port}",
        "  Säkerhet:   ingen, normalt lösenord (servrarna nås bara från den här datorn)",
        f"  Lösenord:   {password} (för alla)",
        "",
        f"  Skriv till  {network.address}",
        f"  Dag:        {day_in_words(today)}; klockan går vidare därifrån",
    ):
        tell.plain(line)
    if coming:
        tell.plain(f"  Nästa möte: {day_in_words(coming.day)}")
    tell.plain("")
    tell.plain("Logga in som någon av dem (hela adressen är användarnamnet):")
    for person in network.people:
        role = "sekreterare" if secretary and person.id == secretary.id else person.title
        tell.plain(f"  {person.email:<46} {role}")
    tell.plain("")
    tell.plain("Avsluta med Ctrl-C.")
