"""Who holds what on a day, as `kallelse people` tells it."""

from __future__ import annotations

from datetime import date
from typing import Any

from service.domain.distribution import names
from service.domain.world import World
from service.usecases.words import day_in_words


def roster(world: World, day: date) -> dict[str, Any]:
    """Every seat by principal with holder and substitutes, and who chairs and writes, on a day."""
    network = world.network_on(day)
    term = network.term(day.year)
    return {
        "day": day.isoformat(),
        "chair": term.chair if term else None,
        "secretary": term.secretary if term else None,
        "seats": [
            {
                "principal": seat.principal,
                "id": seat.id,
                "title": seat.title,
                "holder": seat.holder,
                "substitutes": list(network.substitutes_of(seat)),
                "since": _since(world, seat.id, day),
                "preparation": seat.preparation,
            }
            for seat in network.seats
        ],
    }


def _since(world: World, place: str, day: date) -> str | None:
    held = (t for t in world.tenures.values() if t.place == place and t.role == "holder" and t.covers(day))
    tenure = next(held, None)
    return tenure.since.isoformat() if tenure and tenure.since.year > 2000 else None


def in_words(found: dict[str, Any], world: World) -> str:
    """The roster for a person to read."""
    known = names(world)
    principals = {p.id: p.name for p in world.charter.principals}

    def name(person: str | None) -> str:
        return known.get(person or "", person or "ingen")

    lines = [
        f"{world.charter.short_name} {day_in_words(date.fromisoformat(found['day']))}",
        f"Ordförande: {name(found['chair'])}. Sekreterare: {name(found['secretary'])}.",
    ]
    for principal, called in principals.items():
        lines += ["", called]
        for seat in found["seats"]:
            if seat["principal"] != principal:
                continue
            instead = ", ".join(name(p) for p in seat["substitutes"])
            line = f"  {seat['title']}: {name(seat['holder']) if seat['holder'] else 'platsen är tom'}"
            line += f" (sedan {seat['since']})" if seat["since"] else ""
            line += f". Ersättare: {instead}" if instead else ""
            lines.append(line)
    return "\n".join(lines)
