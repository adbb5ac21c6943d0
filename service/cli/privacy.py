"""`kallelse person export|erase`: what is kept of a person (GDPR, articles 15 and 17)."""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from service.cli.clock import clock_for
from service.cli.failing import Failed
from service.config import load_config
from service.domain.policy import role_of
from service.domain.world import World
from service.wiring import message_bytes, open_service


def export_person(args: argparse.Namespace) -> int:
    """Write all that is kept of a person into a folder: a list, and each letter from and to as .eml."""
    config = load_config(args.config)
    with open_service(config, clock_for(config, None)) as service:
        store = service.store
        world = store.world()
        who = _known(world, args.id)
        folder: Path = args.folder or Path(f"person-{re.sub(r'[^a-z0-9.-]', '_', who)}")
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "uppgifter.json", _facts(world, who))
        count = 0
        for letter in store.letters_in():
            if letter.sender == who:
                count += 1
                _write(folder / f"in-{letter.number:06}.eml", store.file(letter.sha256))
        for sent in store.letters_out():
            if sent.to.person == who:
                count += 1
                _write(folder / f"ut-{sent.number or 0:06}.eml", message_bytes(sent, world, store.file))
        print(f"{count} mejl och alla uppgifter om {world.people[who].name} är skrivna till {folder}.")
        print("Mappen innehåller personuppgifter; lämna den bara till den som den gäller.")
    return 0


def erase_person(args: argparse.Namespace) -> int:
    """Take a person who has left out of the records, when it has been asked for with --yes."""
    config = load_config(args.config)
    with open_service(config, clock_for(config, None)) as service:
        store = service.store
        world = store.world()
        who = _known(world, args.id)
        now = service.office.now()
        places = [
            t for t in world.tenures.values() if t.person == who and (t.until is None or t.until > now.date())
        ]
        roles = [t.year for t in world.terms.values() if who in (t.chair, t.secretary) and t.year >= now.year]
        if places or roles or role_of(world, who, now) in ("secretary", "chair"):
            raise Failed(
                f"{who} har en plats eller en roll i nätverket; låt någon annan ta över den först "
                "(med ett mejl om byte, eller i nätverksfilen och kallelse load)"
            )
        if not args.yes:
            print(f"Det här tar bort namn, adresser och telefon för {world.people[who].name},")
            print("de egna mejlen ord för ord, och själva id:t, som ersätts med ett som inget säger.")
            print("Det som har gått ut till alla (dagordning, protokoll) är allmän handling och blir kvar.")
            print(
                "Kör igen med --yes för att göra det. Det går inte att ångra; gör en kallelse backup först."
            )
            return 0
        instead = f"borttagen-{secrets.token_hex(3)}"
        gone = store.forget_person(who, instead)
        with store.work() as book:
            book.note("erase", detail=instead)
        print(f"Klart. {gone} mejl är tömda. Där {who} stod i registret står nu {instead}.")
        print("Ta också bort personen ur nätverksfilen, annars kommer den tillbaka med kallelse load,")
        print("och mejlen ur brevlådan. Äldre säkerhetskopior har kvar uppgifterna tills de gallras.")
    return 0


def _known(world: World, who: str) -> str:
    """A person by id or address.  Raises ValueError with the nearest known one."""
    if who in world.people:
        return who
    for person in world.people.values():
        if who.casefold() in (a.casefold() for a in person.addresses):
            return person.id
    import difflib

    near = difflib.get_close_matches(who, list(world.people), 1)
    hint = f"; menar du {near[0]}?" if near else "; se kallelse people"
    raise ValueError(f"{who}: finns inte i nätverket{hint}")


def _facts(world: World, who: str) -> bytes:
    def those(entities: Iterable[Any], *fields: str) -> list[dict[str, Any]]:
        return [dataclasses.asdict(e) for e in entities if any(getattr(e, f) == who for f in fields)]

    found = {
        "person": dataclasses.asdict(world.people[who]),
        "platser": those(world.tenures.values(), "person"),
        "roller": those(world.terms.values(), "chair", "secretary"),
        "närvaro": those(world.presences.values(), "person"),
        "inkallad": those(world.callins.values(), "person"),
        "ärenden": those(world.items.values(), "proposer"),
        "godkända utkast": [
            {"what": d.what, "meeting": d.meeting, "version": d.version, "at": d.approved_at}
            for d in world.drafts.values()
            if d.approved_by == who
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2, default=str).encode()


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
