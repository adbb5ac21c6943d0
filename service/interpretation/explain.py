"""How a message was read, and why: as JSON for machines, as text for a person."""

from __future__ import annotations

from typing import Any

from service.domain.intents import Intent, Reading, as_json
from service.domain.letters import Letter
from service.interpretation.context import SUBJECT, Context
from service.interpretation.files import files_of
from service.interpretation.hearing import MOST_SENTENCES, Sense


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
# What the second reader hears, in the words of whoever wonders at a reading.
_ACTS = {
    "proposal": "ber om ett ärende", "detail": "mer om ett ärende", "withdrawal": "tar tillbaka ett ärende",
    "supplement": "mer underlag", "absence": "förhinder", "late": "kommer senare", "early": "går tidigare",
    "attendance": "kommer", "replacement": "någon slutar eller tar över", "contact": "nya uppgifter",
    "approval": "godkänner", "changes": "ändrar utkastet", "minutes": "lämnar protokoll",
    "cancel": "ställer in mötet", "move": "flyttar mötet", "place": "byter lokal", "question": "fråga",
    "help": "undrar hur tjänsten fungerar", "undo": "rättar oss", "courtesy": "hövlighet",
    "background": "bakgrund",
}  # fmt: skip
_TYPES = {"decision": "beslut", "discussion": "diskussion", "information": "information"}
_ROLES = {
    "title": "ärendet", "mentioned": "nämner", "presenter": "föredrar", "substitute": "ersätter",
    "successor": "efterträder", "absent": "borta", "coming": "kommer", "leaving": "slutar",
    "holder": "har platsen", "person": "person",
}  # fmt: skip
_WORTH_TELLING = 0.1
_UNTOLD = {"kind", "certain", "evidence", "doubt", "alternatives", "description"}


def told(name: str, letter: Letter, context: Context | None, reading: Reading) -> str:
    """A reading for a person.

    The message with its new words marked, each intent with the words that
    caused it, and of each sentence what the second reader heard in it beside
    the rules that spoke and nearly spoke.
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
    if context:
        lines += ["", *_heard(context)]
    return "\n".join(lines) + "\n"


def _heard(context: Context) -> list[str]:
    """Sentence by sentence: what it means by its likeness to the examples, and which rules (nearly) spoke."""
    lines = ["Mening för mening (betydelse efter exemplen, och reglerna som såg något):"]
    for index in range(SUBJECT, min(len(context.sentences), MOST_SENTENCES)):
        text = context.text_of(index)
        if not text:
            continue
        lines.append(f"  {'Ämne' if index == SUBJECT else index + 1:>4}  ”{_short(text)}”")
        sense = context.sense(index)
        if told := "; ".join(filter(None, (_meanings(sense), _parts(sense, text)))):
            lines.append(f"        {told}")
        if spoke := sorted({h.rule for h in context.hits_in(index)} - {""}):
            lines.append(f"        regler: {', '.join(spoke)}")
        lines += [
            f"        nästan {miss.rule}, men ”{miss.against}” talade emot"
            for miss in context.near_misses if miss.line == index
        ]  # fmt: skip
    return lines


def _meanings(sense: Sense) -> str:
    likely = sorted(((p, act) for act, p in sense.acts.items() if p >= _WORTH_TELLING), reverse=True)[:3]
    told = [f"{_ACTS.get(act, act)} {_percent(p)}" for p, act in likely if act != "subject"]
    type_, likelihood = sense.type
    if type_ and likelihood >= 0.5:
        told.append(f"typ {_TYPES[type_]} {_percent(likelihood)}")
    return ", ".join(told)


def _parts(sense: Sense, text: str) -> str:
    return ", ".join(
        f"{_ROLES.get(p.role, p.role)} ”{_short(text[p.start : p.end])}” {_percent(p.likelihood)}"
        for p in sense.parts
    )


def _percent(likelihood: float) -> str:
    return f"{likelihood:.0%}".replace("%", " %")


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
