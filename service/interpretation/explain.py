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


def told(name: str, letter: Letter, context: Context | None, reading: Reading) -> str:
    """A reading for a person: the new words marked, each intent with its words, and what nearly fired."""
    lines = [f"== {name}", f"Från: {reading.sender or 'någon utanför nätverket'}", f"Ämne: {letter.subject}"]
    if reading.automatic:
        lines.append(f"Skrivet av en maskin: {reading.automatic}")
    lines += [f"  | {row}" for row in reading.text.splitlines()]
    for intent in reading.intents:
        lines.append(f"* {intent.kind}{'' if intent.certain else ' (frågar först)'}")
        lines += [f"    {e.rule}: ”{e.text}”" for e in intent.evidence]
    return "\n".join(lines)
