"""Where everything stands, as `kallelse status` tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service.domain.agenda import Item, compile_agenda
from service.domain.distribution import chair, names, secretary
from service.domain.intents import Contact
from service.domain.network import Meeting
from service.domain.progress import state
from service.domain.world import World
from service.usecases.health import read_line
from service.usecases.office import Rules, Store
from service.usecases.outgoing import address_alone
from service.usecases.words import clock, day_in_words


def status(store: Store, rules: Rules, now: datetime) -> dict[str, Any]:
    """The whole state as plain values; times are ISO 8601 in the network's time zone."""
    world = store.world()
    now = now.astimezone(world.zone)
    network = world.network_on(now.date())
    return {
        "now": now.isoformat(timespec="seconds"),
        "meetings": [_meeting(world, rules, m, now) for m in network.meetings],
        "seats": [
            {
                "id": s.id,
                "title": s.title,
                "holder": s.holder,
                # The seat's own, else the one that its group shares.
                "substitute": next(iter(network.substitutes_of(s)), None),
            }
            for s in network.seats
        ],
        "awaiting": _awaiting(world, store, now),
        "secretary": getattr(network.secretary(now.year), "id", None),
        "chair": getattr(network.chair(now.year), "id", None),
        **_counts(store),
        "health": _health(store),
    }


def _health(store: Store) -> dict[str, str]:
    """How the daemon last said that it was; "ok" when it has had nothing to say."""
    last = store.last_note("health")
    return read_line(last[1]) if last else {"state": "ok"}


def _counts(store: Store) -> dict[str, dict[str, int]]:
    """A letter that was read and needed nothing has been seen to as well as one that was acted on."""
    counts = {name: dict(found) for name, found in store.counts().items()}
    incoming = counts["incoming"]
    incoming["acted"] += incoming.get("noted", 0)
    return counts


def _meeting(world: World, rules: Rules, meeting: Meeting, now: datetime) -> dict[str, Any]:
    draft = world.newest_draft("agenda", meeting.key)
    lines = draft.lines if draft else compile_agenda(
        meeting, world.items_of(meeting.key), rules.standing_items, tuple(world.meetings.values())
    )  # fmt: skip
    late = [i for i in world.items_of(meeting.key) if i.state == "late"]
    called = world.called_in(meeting.key)
    return {
        "date": meeting.key.isoformat(),
        "start": meeting.start.isoformat(),
        "end": meeting.end.isoformat(),
        "place": meeting.place,
        "kind": meeting.kind,
        "state": state(world, meeting, rules.timeline, now),
        "version": draft.version if draft else None,
        "items": [_item(n, item) for n, item in enumerate(lines, 1)],
        "late": [_item(None, item) for item in late],
        "absent": list(world.absent_from(meeting.key)),
        "attending": [
            p.person for p in world.presences.values() if p.meeting == meeting.key and p.state != "absent"
        ],
        "substitutes": [
            {
                "seat": c.seat,
                "person": c.person or {"name": c.name, "email": c.email or None},
            }
            for c in called
        ],
    }


def _item(number: int | None, item: Item) -> dict[str, Any]:
    return {
        "number": number,
        "title": item.title,
        "type": item.type,
        "forum": item.forum,
        "minutes": item.minutes,
        "presenter": _contact(item.presenter),
        "proposer": item.proposer or address_alone(item.proposer_address) or None,
        "standing": item.standing,
        "attachments": [f.filename for f in item.files],
    }


def _contact(contact: Contact | None) -> dict[str, str | None] | None:
    return {"name": contact.name, "email": contact.email} if contact else None


def _awaiting(world: World, store: Store, now: datetime) -> list[dict[str, Any]]:
    who, lead = secretary(world, now), chair(world, now)
    waiting = [
        {
            "what": f"{d.what}-draft",
            "meeting": d.meeting.isoformat(),
            "version": d.version,
            # Minutes that the secretary has approved wait for the chair to adjust them.
            "from": getattr(lead if d.approved_by else who, "id", None),
        }
        for d in world.drafts.values()
        if d.state == "waiting"
    ]
    questions = [
        {
            "what": "ask",
            "kind": q.kind,
            "letter": q.about,
            "from": q.asked.person or q.asked.address,
        }
        for q in store.awaiting()
    ]
    return [*waiting, *questions]


_STATES = {
    "planned": "planerat",
    "open": "ärenden tas emot",
    "closed-for-matters": "stängt för nya ärenden",
    "draft": "utkast väntar på svar",
    "approved": "dagordningen är godkänd",
    "agenda-sent": "dagordningen är skickad",
    "held": "hållet",
    "minutes-draft": "protokollet väntar på svar",
    "minutes-sent": "protokollet är skickat",
    "cancelled": "inställt",
}


def status_in_words(found: dict[str, Any], world: World) -> str:
    """The same for a person to read."""
    known = names(world)

    def name(person: Any) -> str:
        if isinstance(person, dict):
            return str(person["name"])
        return known.get(person, str(person))

    lines = [f"{world.charter.short_name}, {day_in_words(datetime.fromisoformat(found['now']).date())}"]
    if not found["meetings"]:
        lines.append("Inga möten är inlagda. Skriv in dem i nätverksfilen och kör kallelse load.")
    if found["secretary"] is None:
        lines.append("Ingen sekreterare är angiven för året. Skriv in det under [[terms]] i nätverksfilen.")
    for meeting in found["meetings"]:
        start = datetime.fromisoformat(meeting["start"])
        when = f"{day_in_words(start.date())} kl. {clock(start)}, {meeting['place']}"
        lines += ["", f"{when}: {_STATES[meeting['state']]}"]
        lines += [f"  {i['number']}. {i['title']}" for i in meeting["items"] if not i["standing"]]
        lines += [f"  väntar på sekreteraren: {i['title']}" for i in meeting["late"]]
        if meeting["absent"]:
            lines.append(f"  kommer inte: {', '.join(name(p) for p in meeting['absent'])}")
        lines += [f"  inkallad ersättare: {name(s['person'])}" for s in meeting["substitutes"]]
    incoming, outgoing = found["incoming"], found["outgoing"]
    lines += [
        "",
        f"Inkommet: {incoming['received']} mejl, {incoming['acted']} åtgärdade, "
        f"{incoming['asked']} med en fråga, {incoming['failed']} lagda åt sidan.",
        f"Utgående: {outgoing['waiting']} väntar, {outgoing['sent']} skickade, "
        f"{outgoing['refused']} avvisade.",
    ]
    if found["health"]["state"] != "ok":
        lines.append(
            f"Tjänsten har inte kunnat arbeta sedan {found['health']['since']}: {found['health']['why']}"
        )
    if outgoing.get("uncertain"):
        lines.append(f"Osäkra: {outgoing['uncertain']} mejl som kanske kom fram.")
    for one in found["awaiting"]:
        what = {"agenda-draft": "utkastet till dagordning", "minutes-draft": "utkastet till protokoll"}.get(
            one["what"], "en fråga"
        )
        lines.append(f"Väntar på svar om {what} från {name(one['from'])}.")
    return "\n".join(lines)
