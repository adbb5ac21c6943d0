"""A reading as one Swedish sentence, for the questions that choose between readings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from service.domain import intents
from service.domain.intents import Contact, Intent, Operation
from service.domain.network import Network
from service.usecases.words import day_in_words, listed, short_day


def describe(intent: Intent, network: Network | None = None, speaker: str | None = None) -> str:
    """What a reading would do, in words that its sender would use; names where the network is given.

    `speaker` is whoever the sentence is said to, and is then called "du".
    """
    return _SENTENCES[type(intent)](intent, _Names(network, speaker))


class _Names:
    """Names for ids; an id stands for itself where no network tells more."""

    def __init__(self, network: Network | None, speaker: str | None = None) -> None:
        self._speaker = speaker
        self._names = {p.id: p.name for p in network.people} if network else {}
        self._days = {m.key: m.day for m in network.meetings} if network else {}

    def day(self, key: date) -> date:
        """The day on which a meeting is held, which is another than its key once it has been moved."""
        return self._days.get(key, key)

    def __call__(self, person: str | Contact | None) -> str:
        if isinstance(person, Contact):
            return person.name or person.email or "någon"
        if person is None:
            return "någon"
        if person == self._speaker:
            return "Du"
        return self._names.get(person, person.replace(".", " ").title())


def _days(days: tuple[Any, ...], name: _Names) -> str:
    return listed([day_in_words(name.day(d)) for d in days]) if days else "på nästa möte"


def _proposal(i: intents.Proposal, name: _Names) -> str:
    where = f" på mötet {short_day(name.day(i.meeting))}" if i.meeting else ""
    return f"Ta upp ärendet ”{i.title}”{where}."


def _withdrawal(i: intents.Withdrawal, name: _Names) -> str:
    return f"Ta tillbaka ärendet ”{i.title}”." if i.title else "Ta tillbaka ett ärende."


def _supplement(i: intents.Supplement, name: _Names) -> str:
    files = listed(list(i.attachments))
    what = f"”{i.title}”" if i.title else "ett ärende"
    return f"Lägg {files or 'mer underlag'} till {what}."


def _absence(i: intents.Absence, name: _Names) -> str:
    how = {
        "whole": "kan inte komma",
        "late": "kommer senare",
        "early": "behöver gå tidigare",
    }[i.extent]
    instead = f" {name(i.substitute)} kommer i stället." if i.substitute else ""
    return f"{name(i.person)} {how} {_days(i.meetings, name)}.{instead}"


def _attendance(i: intents.Attendance, name: _Names) -> str:
    return f"{name(i.person)} kommer {_days(i.meetings, name)}."


def _replacement(i: intents.Replacement, name: _Names) -> str:
    when = f" den {short_day(i.from_)}" if i.from_ else ""
    who = f" {name(i.successor)} tar över." if i.successor else " Ingen efterträdare är utsedd."
    return f"{name(i.leaving)} lämnar nätverket{when}.{who}"


def _contact(i: intents.ContactChange, name: _Names) -> str:
    new = listed([v for v in (i.name, i.email, i.phone, i.title) if v])
    whose = name(i.person)
    return f"Nya uppgifter för {'dig' if whose == 'Du' else whose}: {new}."


def _approval(i: intents.Approval, name: _Names) -> str:
    return "Godkänn utkastet som det är."


def _operation(op: Operation, name: _Names) -> str:
    match op.op:
        case "remove":
            return f"stryk punkt {op.item}"
        case "move":
            return f"flytta punkt {op.item} till plats {op.to}"
        case "rename":
            return f"kalla punkt {op.item} ”{op.title}”"
        case "minutes":
            return f"ge punkt {op.item} {op.minutes} minuter"
        case "presenter":
            return f"låt {name(op.presenter)} föredra punkt {op.item}"
        case "type":
            return f"ändra slaget av punkt {op.item}"
        case "postpone":
            return f"skjut punkt {op.item} till nästa möte"
        case _:
            return f"lägg till ”{op.title}”"


def _changes(i: intents.Changes, name: _Names) -> str:
    if not i.operations:
        return "Ändra utkastet."
    return f"Ändra utkastet: {listed([_operation(op, name) for op in i.operations])}."


def _minutes(i: intents.MinutesFiled, name: _Names) -> str:
    when = f" från mötet {short_day(name.day(i.meeting))}" if i.meeting else ""
    return f"Skicka ut protokollet{when}."


def _meeting(i: intents.MeetingChange, name: _Names) -> str:
    which = f"mötet {day_in_words(name.day(i.meeting))}" if i.meeting else "mötet"
    match i.action:
        case "cancel":
            return f"Ställ in {which}."
        case "move":
            to = f" till {day_in_words(i.start.date())}" if i.start else ""
            return f"Flytta {which}{to}."
        case _:
            return f"Håll {which} i {i.place or 'en annan lokal'}."


def _plainly(sentence: str) -> Callable[[Any, _Names], str]:
    return lambda intent, name: sentence


_SENTENCES: dict[type[Intent], Callable[[Any, _Names], str]] = {
    intents.Proposal: _proposal,
    intents.Withdrawal: _withdrawal,
    intents.Supplement: _supplement,
    intents.Absence: _absence,
    intents.Attendance: _attendance,
    intents.Replacement: _replacement,
    intents.ContactChange: _contact,
    intents.Approval: _approval,
    intents.Changes: _changes,
    intents.MinutesFiled: _minutes,
    intents.MeetingChange: _meeting,
    intents.Question: _plainly("En fråga till sekreteraren."),
    intents.Help: _plainly("En fråga om hur tjänsten fungerar."),
    intents.Undo: _plainly("Ta tillbaka det som gjordes senast."),
    intents.Courtesy: _plainly("Ingenting; det var bara en hälsning."),
}
