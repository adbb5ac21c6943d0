"""How a message was read, and why: as JSON for machines, as text for a person."""

from __future__ import annotations

from typing import Any

from service.domain.intents import Intent, Reading, as_json
from service.domain.letters import Letter
from service.interpretation.context import Context
from service.interpretation.files import files_of


def reading_as_json(letter: Letter, reading: Reading) -> dict[str, Any]:
    """A reading as `kallelse inspect --json` prints it; dates are ISO 8601, local time."""
    return {
        "automatic": reading.automatic,
        "sender": reading.sender,
        "text": reading.text,
        "attachments": [
            {"filename": a.filename, "content_type": a.content_type, "size": a.size, "sha256": a.sha256}
            for a in files_of(letter)
        ],
        "intents": [_intent(i) for i in reading.intents],
        "failed": list(reading.failed),
    }


def _intent(intent: Intent) -> dict[str, Any]:
    return as_json(intent)


_KINDS = {
    "proposal": "förslag till dagordningen", "withdrawal": "drar tillbaka ett ärende",
    "supplement": "mer underlag",
    "absence": "förhinder", "attendance": "kommer", "replacement": "lämnar nätverket",
    "contact": "nya uppgifter",
    "approval": "godkänner utkastet", "changes": "vill ändra utkastet",
    "minutes": "protokoll att skicka ut",
    "meeting": "ändrat möte", "question": "fråga", "help": "undrar hur tjänsten fungerar", "undo": "ångrar",
    "courtesy": "hövlighet",
}  # fmt: skip
_MACHINES = {
    "bounce": "ett studsmeddelande", "auto-reply": "ett automatiskt svar", "bulk": "ett massutskick",
    "loop": "vårt eget brev tillbaka",
}  # fmt: skip
_UNTOLD = {"kind", "certain", "evidence", "doubt", "alternatives", "description"}


def told(name: str, letter: Letter, context: Context | None, reading: Reading) -> str:
    """A reading for a person.

    The message with its new words marked, each intent with the words that
    caused it, and the rules that nearly spoke.
    """
    writer = letter.sender.address if letter.sender else "okänd"
    known = f" ({reading.sender})" if reading.sender else " (finns inte i nätverket)"
    lines = [f"── {name}", f"Från:  {writer}{known}", f"Ämne:  {letter.subject}"]
    if context and context.by_assistant and context.speaker:
        lines.append(f"För:   {context.speaker.name}")
    if context and context.reference:
        meeting = context.reference.meeting
        lines.append(f"Svar på: {context.reference.what}{f' {meeting.isoformat()}' if meeting else ''}")
    if reading.automatic:
        lines.append(f"Skrivet av en maskin: {_MACHINES[reading.automatic]}")
        lines += [f"  kunde inte nås: {address}" for address in reading.failed]
    lines += ["", *_marked(letter, reading), ""]
    for intent in reading.intents:
        lines += _intent_told(intent)
    if context and not reading.intents and not reading.automatic:
        lines.append("Ingenting att göra.")
    if context and context.near_misses:
        lines += ["", "Nära, men något talade emot:"]
        lines += [
            f"  {m.rule}: ”{m.against}” i ”{_short(context.text_of(m.line))}”"
            for m in context.near_misses[:12]
        ]
    return "\n".join(lines) + "\n"


def _marked(letter: Letter, reading: Reading) -> list[str]:
    """The message line by line: "|" before what is newly written, "." before the rest."""
    new = {line.strip() for line in reading.text.splitlines() if line.strip()}
    whole = letter.plain if letter.plain is not None else reading.text
    rows = whole.splitlines()[:200]
    if not any(row.strip() in new for row in rows):
        # The new words stand in the HTML part, or were wrapped differently.
        return [f"| {row}" for row in reading.text.splitlines()]
    return [f"{'|' if row.strip() in new else '.'} {row}" for row in rows]


def _intent_told(intent: Intent) -> list[str]:
    sure = "" if intent.certain else " – frågar först"
    lines = [f"● {_KINDS[intent.kind]}{sure}"]
    lines += [
        f"    {key}: {_value(value)}"
        for key, value in as_json(intent).items()
        if key not in _UNTOLD and value
    ]
    if intent.doubt:
        lines.append(f"    oklart: {intent.doubt}")
    lines += [f"    för att {e.rule} såg ”{_short(e.text)}”" for e in intent.evidence]
    lines += [f"    eller: {_KINDS[other.kind]} {_brief(other)}" for other in intent.alternatives]
    return lines


def _brief(intent: Intent) -> str:
    values = {k: v for k, v in as_json(intent).items() if k not in _UNTOLD and v}
    return ", ".join(f"{key}: {_value(value)}" for key, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_value(v) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    return str(value)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 160 else flat[:157] + "..."
