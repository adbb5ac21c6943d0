"""Facts for every mailing, as the use cases give them: an ordinary winter in the sample network.

The tests render all of them; whoever wants to see the letters can too.
"""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from service.domain.agenda import FileRef, Item
from service.domain.intents import Contact
from service.domain.minutes import Action, Decision, Matter
from service.domain.network import Meeting
from service.domain.world import FollowUp
from service.usecases.follow_up import Task
from service.usecases.outgoing import AgendaLine, CalendarEntry, DocumentOrder, Recipient

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=STOCKHOLM)


NETWORK = SimpleNamespace(
    name="SamReKo – hälso- och sjukvård, skola och IFO",
    short_name="SamReKo",
    address="samreko@samverkan.example",
)
FEBRUARY = Meeting(
    key=date(2027, 2, 11),
    start=at(2, 11, 13),
    end=at(2, 11, 15),
    place="Regionens hus, Östersund, sal Storsjön",
    online="https://moten.example/samreko",
    preparation=at(1, 28, 9),
)
APRIL = Meeting(date(2027, 4, 22), at(4, 22, 13), at(4, 22, 15), "Rådhuset, Östersund, rum Frösön")
JUNE = Meeting(date(2027, 6, 3), at(6, 3, 9), at(6, 3, 16), "Birka folkhögskola, Ås", kind="strategic")

LENA = Recipient("Lena Wikström", "lena.wikstrom@regionjh.example", "lena.wikstrom")
JOHAN = Recipient("Johan Edlund", "johan.edlund@regionjh.example", "johan.edlund")
INGRID = Recipient("Ingrid Palm", "ingrid.palm@regionjh.example", "ingrid.palm")
MARIA = Recipient("Maria Lundgren", "maria.lundgren@ostersund.example", "maria.lundgren")

TASKS = (
    Task(FEBRUARY, "a1", "skickar planen till skolcheferna", "Lena Wikström", date(2027, 3, 1)),
    Task(
        FEBRUARY,
        "a2",
        "kallar till uppföljning",
        "Lena Wikström",
        date(2027, 3, 15),
        told=FollowUp(FEBRUARY.key, "a2", "open", at(3, 1, 9), "Lena Wikström", "Väntar på svar från BUP."),
    ),
)


def a_file(name: str, size: int = 240_000, kind: str = "application/pdf") -> FileRef:
    return FileRef(
        sha256=hashlib.sha256(name.encode()).hexdigest(), filename=name, content_type=kind, size=size
    )


SIP_FILES = (
    a_file("Underlag SIP.pdf"),
    a_file(
        "Flöde hälsocentral.docx",
        1_200_000,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
)


def _agenda() -> tuple[AgendaLine, ...]:
    rows: list[tuple[Any, ...]] = [
        ("Mötet öppnas, val av justerare", "information", 5, "Maria Lundgren", "", (), "", True),
        (
            "Föregående protokoll",
            "information",
            5,
            "Ingrid Palm",
            "",
            (a_file("Protokoll 10 december 2026.pdf"),),
            "",
            True,
        ),
        (
            "Uppföljning av överenskommelser, SVOM:s och Barnarenans listor",
            "information",
            10,
            "Eva Mårtensson",
            "",
            (),
            "",
            True,
        ),
        ("Årets prioriterade områden", "decision", 20, "Maria Lundgren", "", (), "", True),
        (
            "SIP när patienten byter hälsocentral",
            "discussion",
            20,
            "Annika Sjödin",
            "",
            SIP_FILES,
            "När en patient byter hälsocentral mitt i en samordnad individuell plan tappar vi ofta bort "
            "vem som kallar till nästa möte.\n\nJag föreslår att den som senast kallade gör det tills "
            "en ny fast vårdkontakt är utsedd.",
            False,
        ),
        (
            "Köer till BUP: läget och vad skolan kan göra under tiden",
            "information",
            15,
            "Lena Wikström",
            "",
            (a_file("BUP-statistik januari.xlsx", 88_000, "application/vnd.ms-excel"),),
            "",
            False,
        ),
        (
            "Ny överenskommelse om tolkar",
            "decision",
            15,
            "Erik Jonsson",
            "SVOM",
            (),
            "Dagens avtal går ut i juni. Vi behöver ett gemensamt förslag att lämna vidare.",
            False,
        ),
        ("Information från huvudmännen", "information", 20, "", "", (), "", True),
        ("Nationella förändringar", "information", 5, "Jonas Dahl", "", (), "", True),
        ("Nästa möte och avslutning", None, 5, "", "", (), "", True),
    ]
    lines = []
    begins = FEBRUARY.start
    for number, (title, kind, minutes, presenter, forum, files, description, standing) in enumerate(rows, 1):
        lines.append(
            AgendaLine(
                number=number,
                title=title,
                type=kind,
                forum=forum or None,
                minutes=minutes,
                begins=begins,
                presenter=presenter,
                proposer="" if standing else presenter,
                description=description,
                files=files,
                changed=number in (5, 6),
                standing=standing,
            )
        )
        begins += timedelta(minutes=minutes)
    return tuple(lines)


LINES = _agenda()
MATTERS = tuple(line for line in LINES if not line.standing)

AN_ITEM = Item(
    id="i1",
    meeting=FEBRUARY.key,
    title="SIP när patienten byter hälsocentral",
    type="discussion",
    minutes=20,
    presenter=Contact(name="Annika Sjödin"),
    proposer="annika.sjodin",
    files=SIP_FILES,
)
PLAIN_ITEM = Item(id="i2", meeting=None, title="Läget på elevhälsan")

MINUTES_TEXT = """Närvarande: Maria Lundgren, Karin Nyström, Lena Wikström

1. Mötet öppnas, val av justerare
Maria Lundgren öppnar mötet. Karin Nyström väljs att justera.

5. SIP när patienten byter hälsocentral
Annika Sjödin redovisar. Alla är överens om att den som senast kallade gör det tills ny vårdkontakt är utsedd.
- Annika Sjödin skriver rutinen till mötet 22 april.
- Erik Jonsson förankrar den hos IFO-cheferna.

7. Ny överenskommelse om tolkar
SamReKo beslutar att lämna förslaget till SVOM."""

_TOLD = Matter(
    7,
    "Ny överenskommelse om tolkar",
    decisions=(Decision(("SamReKo beslutar att lämna förslaget till SVOM.", "Det gäller från juli."), 3),),
    actions=(
        Action("Erik Jonsson", "lämnar förslaget till SVOM", date(2027, 3, 15)),
        Action("", "utskick till skolorna"),
    ),
)
OUTCOME = {
    "decisions": tuple((_TOLD, d) for d in _TOLD.decisions),
    "actions": tuple((_TOLD, a) for a in _TOLD.actions),
}

_TO_ALL = {"network": NETWORK, "to": LENA, "meeting": FEBRUARY}
# What somebody new is told.
_NEWS = {
    "priorities": ("Psykisk ohälsa hos unga", "Skolnärvaro"),
    "matters": ((APRIL, ("Köerna till BUP", "Placerade barn")), (JUNE, ("Jourhem",))),
    "tasks": tuple(t.sentence for t in TASKS),
    "minutes_of": FEBRUARY,
}
# Before anything has happened.
_NO_NEWS: dict[str, Any] = {"priorities": (), "matters": (), "tasks": (), "minutes_of": None}
_TO_SECRETARY = {"network": NETWORK, "to": INGRID, "meeting": FEBRUARY}
_THEIR_TEXT = "Hej,\n\nkan vi ta upp tolkarna på nästa möte?\n\n/Sven <b>Svensson</b>"

NOTES: dict[str, dict[str, Any]] = {
    "proposal": {"kind": "proposal", "item": AN_ITEM, "meeting": FEBRUARY, "late": False, "files": SIP_FILES},
    "proposal, late": {"kind": "proposal", "item": AN_ITEM, "meeting": FEBRUARY, "late": True, "files": ()},
    "proposal, no meeting": {
        "kind": "proposal",
        "item": PLAIN_ITEM,
        "meeting": None,
        "late": False,
        "files": (),
    },
    "file-held": {
        "kind": "file-held",
        "reasons": "Bilagan verktyg.exe är ett program eller innehåller ett.",
        "asked": True,
        "virus": False,
    },
    "file-held, a virus": {
        "kind": "file-held",
        "reasons": "Bilagan Underlag.pdf innehåller virus enligt virusskyddet.",
        "asked": False,
        "virus": True,
    },
    "withdrawal": {"kind": "withdrawal", "title": "Ny överenskommelse om tolkar", "meeting": FEBRUARY},
    "supplement": {
        "kind": "supplement",
        "title": AN_ITEM.title,
        "files": SIP_FILES[:1],
        "meeting": FEBRUARY,
        "after_agenda": True,
    },
    "absence": {
        "kind": "absence",
        "person_name": "Lena Wikström",
        "is_self": True,
        "meetings": [FEBRUARY],
        "extent": "whole",
        "substitute_name": "Johan Edlund",
        "seat_empty": False,
    },
    "absence, other, several": {
        "kind": "absence",
        "person_name": "Per Ahlström",
        "is_self": False,
        "meetings": [FEBRUARY, APRIL],
        "extent": "whole",
        "substitute_name": "",
        "seat_empty": True,
    },
    "absence, late": {
        "kind": "absence",
        "person_name": "Lena Wikström",
        "is_self": True,
        "meetings": [FEBRUARY],
        "extent": "late",
        "substitute_name": "",
        "seat_empty": False,
    },
    "absence, early": {
        "kind": "absence",
        "person_name": "Lena Wikström",
        "is_self": True,
        "meetings": [JUNE],
        "extent": "early",
        "substitute_name": "",
        "seat_empty": False,
    },
    "attendance": {
        "kind": "attendance",
        "person_name": "Lena Wikström",
        "is_self": True,
        "meetings": [FEBRUARY],
        "released_name": "Johan Edlund",
    },
    "replacement": {
        "kind": "replacement",
        "leaving_name": "Erik Jonsson",
        "successor_name": "Petra Ek",
        "from_date": date(2027, 5, 1),
    },
    "replacement, open": {
        "kind": "replacement",
        "leaving_name": "Erik Jonsson",
        "successor_name": "",
        "from_date": date(2027, 5, 1),
    },
    "contact": {
        "kind": "contact",
        "person_name": "Anders Fors",
        "is_self": True,
        "changes": [("e-post", "anders.fors@krokom.example"), ("telefon", "070-174 06 05")],
    },
    "meeting, cancel": {"kind": "meeting", "meeting": FEBRUARY, "action": "cancel"},
    "meeting, move": {"kind": "meeting", "meeting": APRIL, "action": "move"},
    "meeting, strategic day": {"kind": "meeting", "meeting": JUNE, "action": "move"},
    "meeting, place": {"kind": "meeting", "meeting": APRIL, "action": "place"},
    "minutes": {"kind": "minutes", "meeting": FEBRUARY},
    "question": {"kind": "question", "passed_to": "Ingrid Palm"},
    "undone": {"kind": "undone", "what": ["”Läget på elevhälsan” står inte längre på dagordningen."]},
    "undone, whole": {"kind": "undone", "what": ()},
    "taken back": {"kind": "taken-back", "meetings": (FEBRUARY,)},
    "nothing-to-undo": {"kind": "nothing-to-undo"},
    "approval": {"kind": "approval", "meeting": FEBRUARY, "what": "agenda", "goes_at": at(2, 4, 8)},
    "approval, minutes, now": {"kind": "approval", "meeting": FEBRUARY, "what": "minutes", "goes_at": None},
    "proposal-waits": {"kind": "proposal-waits", "title": "Läget på elevhälsan"},
    "not-taken-up": {"kind": "not-taken-up", "title": "Läget på elevhälsan"},
    "no-such-item": {"kind": "no-such-item", "title": "Parkeringen"},
    "no-such-item, untitled": {"kind": "no-such-item", "title": ""},
    "replacement-no-seat": {"kind": "replacement-no-seat", "person_name": "Ulla Strand"},
    "no-meeting": {"kind": "no-meeting"},
    "no-draft": {"kind": "no-draft"},
    "not-yours": {"kind": "not-yours", "passed_to": "Ingrid Palm"},
    "minutes-changes": {"kind": "minutes-changes", "meeting": FEBRUARY, "comment": "Rätta punkt 5."},
    "minutes-to-chair": {"kind": "minutes-to-chair", "meeting": FEBRUARY, "chair_name": "Maria Lundgren"},
    "minutes-corrections": {
        "kind": "minutes-corrections",
        "meeting": FEBRUARY,
        "passed_to": "Ingrid Palm",
    },
    "agenda-is-out": {"kind": "agenda-is-out", "meeting": FEBRUARY},
    "co-opted": {
        "kind": "co-opted",
        "name": "Anna Berg",
        "meeting": APRIL,
        "titles": ("Köerna till BUP",),
        "agenda_sent": False,
    },
    "follow-up": {
        "kind": "follow-up",
        "done": ("skickar planen till skolcheferna",),
        "put_off": ("kallar till uppföljning, senast 15 april 2027",),
        "noted": (),
    },
    "follow-up, only words": {
        "kind": "follow-up",
        "done": (),
        "put_off": (),
        "noted": ("skickar planen till skolcheferna",),
    },
    "other-time": {
        "kind": "other-time",
        "meeting": APRIL,
        "when": "fredag 23 april 2027 kl. 10.00",
        "passed_to": "Ingrid Palm",
    },
    "other-time, by the secretary": {
        "kind": "other-time",
        "meeting": APRIL,
        "when": "fredag 23 april 2027 kl. 10.00",
        "passed_to": "",
    },
    "decided": {"kind": "decided", "sentence": "Ta med det på mötet torsdag 11 februari 2027."},
    "nothing-done": {"kind": "nothing-done"},
    "priorities": {"kind": "priorities", "year": 2027, "areas": ("Barn och ungas hälsa", "Samsjuklighet")},
    "successors": {
        "kind": "successors",
        "sentence": "2028: Ordförande Karin Nyström och sekreterare Ulla Strand.",
    },
    "approval-unbound": {"kind": "approval-unbound"},
    "approval-by-another": {"kind": "approval-by-another"},
    "approval-old": {"kind": "approval-old", "version": 2, "newest": 3},
    "received": {"kind": "received"},
}
ASK = {
    "doubt": "det finns två Maria i nätverket",
    "options": [
        "Maria Lundgren kan inte komma 11 februari 2027.",
        "Maria Lundqvist kan inte komma 11 februari 2027.",
    ],
}
ASK_MORE = {
    "doubt": "du skriver ”mötet i maj”, men i maj finns inget möte",
    "options": ["Du menar mötet 22 april 2027.", "Du menar strategidagen 3 juni 2027."],
}


def _receipt(notes: list[dict[str, Any]], questions: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {**_TO_ALL, "subject_of": "Nästa möte", "notes": notes, "questions": questions or []}


_DRAFT: dict[str, Any] = {
    **_TO_SECRETARY,
    "version": 1,
    "lines": LINES,
    "done": [],
    "not_done": [],
    "removed": [],
    "agenda_at": at(2, 4, 8),
    "minutes_planned": 120,
    "minutes_available": 120,
    "over_minutes": 0,
    "warnings": [],
    "recipients_count": 18,
    "is_new_version": False,
    "reference": "agenda-draft.2027-02-11.1.k7f3q9mwabcd",
}
_SEAT: dict[str, Any] = {
    **_TO_SECRETARY,
    "person_name": "Lena Wikström",
    "seat_title": "Områdeschef Barn och unga vuxna",
    "other_name": "",
    "from_date": None,
    "meetings": [FEBRUARY],
}

# (mailing, what is special about it, its facts)
CASES: list[tuple[str, str, dict[str, Any]]] = [
    *[("receipt", name, _receipt([note])) for name, note in NOTES.items()],
    ("receipt", "several things", _receipt([NOTES["proposal"], NOTES["absence"]])),
    ("receipt", "a question", _receipt([], [ASK])),
    ("receipt", "noted and two questions", _receipt([NOTES["proposal"]], [ASK, ASK_MORE])),
    (
        "receipt",
        "an open question",
        _receipt([NOTES["replacement"]], [{"doubt": "Vilken e-postadress har Petra Ek?", "options": ()}]),
    ),
    (
        "receipt",
        "no subject, no meeting",
        {**_receipt([NOTES["received"]]), "subject_of": "", "meeting": None},
    ),
    (
        "ask-secretary",
        "a stranger proposes",
        {
            **_TO_SECRETARY,
            "wish": "Ta upp ärendet ”Tolkar” på mötet 11 februari 2027.",
            "claimed": False,
            "reason": "Avsändaren är inte med i nätverket.",
            "from_name": "Sven Svensson",
            "from_address": "sven@tolkar.example",
            "their_subject": "Tolkar",
            "their_text": _THEIR_TEXT,
            "options": ["Gör så.", "Gör det inte."],
        },
    ),
    (
        "ask-secretary",
        "a matter that came late",
        {
            **_TO_SECRETARY,
            "wish": "",
            "claimed": False,
            "reason": "Lena Wikström föreslår ”Tolkar”, men ärendelistan stängdes i går. Vad vill du göra?",
            "from_name": "Lena Wikström",
            "from_address": LENA.address,
            "their_subject": "Tolkar",
            "their_text": _THEIR_TEXT,
            "options": ["Ta med det.", "Ta inte upp det."],
        },
    ),
    (
        "ask-secretary",
        "somebody in a member's name",
        {
            **_TO_SECRETARY,
            "wish": "Godkänn utkastet som det är.",
            "claimed": True,
            "reason": "Det kan vara förfalskat, så vi har inte gjort något.",
            "from_name": "Ingrid Palm",
            "from_address": "ingrid.palm@annan.example",
            "their_subject": "",
            "their_text": "ok",
            "options": (),
        },
    ),
    (
        "question",
        "from a member",
        {
            **_TO_SECRETARY,
            "from_name": "Lena Wikström",
            "from_address": LENA.address,
            "their_subject": "Parkering",
            "their_text": "Hej! Finns det parkering vid Regionens hus?",
        },
    ),
    (
        "answer",
        "from the secretary",
        {
            **_TO_ALL,
            "secretary_name": "Ingrid Palm",
            "answer_text": "Ja, på baksidan. Be om ett tillstånd i receptionen.",
            "their_subject": "Parkering",
            "their_text": "Hej! Finns det parkering vid Regionens hus?",
        },
    ),
    (
        "help",
        "before a meeting",
        {**_TO_ALL, "next_meeting": FEBRUARY, "closes_at": at(1, 26, 16), "has_substitute": True},
    ),
    (
        "help",
        "no meeting",
        {**_TO_ALL, "meeting": None, "next_meeting": None, "closes_at": None, "has_substitute": False},
    ),
    (
        "call-in",
        "before the agenda",
        {
            **_TO_ALL,
            "to": JOHAN,
            "for_name": "Lena Wikström",
            "seat_title": "Områdeschef Barn och unga vuxna",
            "agenda": [],
            "agenda_sent": False,
        },
    ),
    (
        "call-in",
        "after the agenda",
        {
            **_TO_ALL,
            "to": JOHAN,
            "for_name": "Lena Wikström",
            "seat_title": "Områdeschef Barn och unga vuxna",
            "agenda": LINES,
            "agenda_sent": True,
        },
    ),
    ("released", "after all", {**_TO_ALL, "to": JOHAN, "for_name": "Lena Wikström"}),
    ("seat-notice", "seat empty", {**_SEAT, "kind": "seat-empty"}),
    (
        "seat-notice",
        "substitute cannot either",
        {**_SEAT, "kind": "seat-empty", "other_name": "Johan Edlund"},
    ),
    (
        "seat-notice",
        "replaced",
        {
            **_SEAT,
            "kind": "replaced",
            "other_name": "Petra Ek",
            "from_date": date(2027, 5, 1),
            "meetings": [],
        },
    ),
    (
        "seat-notice",
        "no successor",
        {**_SEAT, "kind": "leaving-no-successor", "from_date": date(2027, 5, 1), "meetings": []},
    ),
    ("seat-notice", "outside substitute", {**_SEAT, "kind": "outside-substitute", "other_name": "Petra Ek"}),
    (
        "seat-notice",
        "contact",
        {**_SEAT, "kind": "contact", "other_name": "telefon 070-174 06 05", "meetings": []},
    ),
    (
        "remind-action",
        "one's own, one late and one with news",
        {
            **_TO_ALL,
            "meeting": APRIL,
            "tasks": TASKS,
            "today": date(2027, 3, 8),
            "own": True,
        },
    ),
    (
        "remind-action",
        "one task, to the secretary",
        {
            **_TO_SECRETARY,
            "meeting": APRIL,
            "tasks": (Task(FEBRUARY, "r1", "Ersättning för placerade barn", forum="SVOM"),),
            "today": date(2027, 3, 8),
            "own": False,
        },
    ),
    (
        "co-opted",
        "for one item, before the agenda",
        {
            **_TO_ALL,
            "to": Recipient("Anna Berg", "anna.berg@kommunen.example"),
            "meeting": APRIL,
            "why": "new",
            "whole": False,
            "their_items": LINES[2:3],
            "agenda_sent": False,
            "agenda": (),
        },
    ),
    (
        "co-opted",
        "for the whole meeting, after the agenda",
        {
            **_TO_ALL,
            "to": Recipient("Bo Ek", "bo.ek@regionen.example"),
            "meeting": APRIL,
            "why": "new",
            "whole": True,
            "their_items": (),
            "agenda_sent": True,
            "agenda": LINES,
        },
    ),
    (
        "co-opted",
        "not any more",
        {
            **_TO_ALL,
            "to": Recipient("Anna Berg", "anna.berg@kommunen.example"),
            "meeting": APRIL,
            "why": "off",
            "whole": False,
            "their_items": LINES[2:3],
            "agenda_sent": True,
            "agenda": (),
        },
    ),
    (
        "welcome",
        "a successor",
        {
            **_TO_ALL,
            "to": Recipient("Petra Ek", "petra.ek@krokom.example", "petra.ek"),
            "leaving_name": "Erik Jonsson",
            "seat_title": "IFO-chef",
            "from_date": date(2027, 5, 1),
            "meetings": [APRIL, JUNE],
            "chair_name": "Maria Lundgren",
            "secretary_name": "Ingrid Palm",
            **_NEWS,
            "principals": ("Region Jämtland Härjedalen", "Länets kommuner"),
            "forums": ("SVOM", "Barnarenan"),
        },
    ),
    (
        "meeting-moved",
        "another day",
        {**_TO_ALL, "meeting": APRIL, "old_start": at(4, 15, 13), "action": "move", "old_place": APRIL.place},
    ),
    (
        "meeting-moved",
        "another place",
        {
            **_TO_ALL,
            "meeting": APRIL,
            "old_start": APRIL.start,
            "action": "place",
            "old_place": "Regionens hus, sal Storsjön",
        },
    ),
    (
        "meeting-cancelled",
        "with a reason",
        {**_TO_ALL, "reason_text": "Det kom för få ärenden den här gången.", "following": APRIL},
    ),
    ("meeting-cancelled", "without", {**_TO_ALL, "reason_text": ""}),
    (
        "call",
        "for matters",
        {
            **_TO_ALL,
            "closes_at": at(1, 26, 16),
            "agenda_at": at(2, 4, 8),
            "items": MATTERS[:1],
            "priorities": ["Barn och unga med psykisk ohälsa", "Vuxna med samsjuklighet"],
            "has_substitute": True,
        },
    ),
    (
        "call",
        "nothing yet",
        {
            **_TO_ALL,
            "closes_at": at(1, 26, 16),
            "agenda_at": at(2, 4, 8),
            "items": [],
            "priorities": [],
            "has_substitute": False,
        },
    ),
    ("remind-call", "soon", {**_TO_ALL, "closes_at": at(1, 26, 16), "items": MATTERS}),
    ("remind-call", "nothing yet", {**_TO_ALL, "closes_at": at(1, 26, 16), "items": []}),
    (
        "preparation",
        "three matters",
        {**_TO_ALL, "items": MATTERS, "preparation": FEBRUARY.preparation, "over_minutes": 15},
    ),
    ("preparation", "none", {**_TO_ALL, "items": [], "preparation": None, "over_minutes": 0}),
    ("agenda-draft", "first version", _DRAFT),
    (
        "agenda-draft",
        "second version",
        {
            **_DRAFT,
            "version": 2,
            "is_new_version": True,
            "minutes_planned": 135,
            "over_minutes": 15,
            "done": ["Punkt 5, ”SIP när patienten byter hälsocentral”, har fått 20 minuter."],
            "not_done": ["Punkt 14 finns inte i version 1."],
            "removed": ["Läget på elevhälsan"],
            "warnings": ["Punkt 8 har ingen föredragande.", "”Underlag SIP.pdf” är skyddad med lösenord."],
        },
    ),
    (
        "agenda-draft-reminder",
        "to the secretary",
        {
            **_TO_SECRETARY,
            "version": 2,
            "lines": LINES,
            "agenda_at": at(2, 4, 8),
            "escalated": False,
            "secretary_name": "Ingrid Palm",
            "late": False,
        },
    ),
    (
        "agenda-draft-reminder",
        "to the chair",
        {
            **_TO_SECRETARY,
            "to": MARIA,
            "version": 2,
            "lines": LINES,
            "agenda_at": at(2, 4, 8),
            "escalated": True,
            "secretary_name": "Ingrid Palm",
            "late": False,
        },
    ),
    (
        "agenda-draft-reminder",
        "late",
        {
            **_TO_SECRETARY,
            "version": 2,
            "lines": LINES,
            "agenda_at": at(2, 4, 8),
            "escalated": True,
            "secretary_name": "Ingrid Palm",
            "late": True,
        },
    ),
    (
        "agenda",
        "to a member who presents",
        {
            **_TO_ALL,
            "lines": LINES,
            "attached": (a_file("Dagordning 11 februari 2027.pdf"), *SIP_FILES),
            "is_presenter_only": False,
            "their_items": [LINES[5]],
            "has_substitute": True,
        },
    ),
    (
        "agenda",
        "to a presenter from outside",
        {
            **_TO_ALL,
            "to": Recipient("Petra Ek", "petra.ek@tolkar.example"),
            "lines": LINES,
            "attached": (),
            "is_presenter_only": True,
            "their_items": [LINES[6]],
            "has_substitute": False,
        },
    ),
    (
        "agenda-report",
        "the agenda",
        {
            **_TO_SECRETARY,
            "what": "agenda",
            "at": at(2, 4, 8),
            "rows": [
                ("Lena Wikström", LENA.address, "skickad", ""),
                ("Petra Ek", "petra.ek@krokom.example", "nekad", "adressen finns inte"),
            ],
            "files": SIP_FILES,
        },
    ),
    (
        "agenda-report",
        "the minutes",
        {
            **_TO_SECRETARY,
            "what": "minutes",
            "at": at(2, 18, 9),
            "rows": [("Lena Wikström", LENA.address, "skickad", "")],
            "files": (),
        },
    ),
    (
        "attendance-list",
        "the day before",
        {
            **_TO_SECRETARY,
            "attending": [("Maria Lundgren", "IFO-chef"), ("Karin Nyström", "Regionöverläkare")],
            "absent": [
                ("Lena Wikström", "Områdeschef Barn och unga vuxna", "Johan Edlund"),
                ("Per Ahlström", "Chef Hälso- och sjukvårdspolitiska avdelningen", ""),
            ],
            "late": [("Mats Hedin", "Områdeschef Vuxenpsykiatri")],
            "invited": [("Anna Berg", "adjungerad, punkt 4")],
            "unknown": [("Camilla Rask", "Skolchef")],
        },
    ),
    (
        "minutes-form",
        "after the meeting",
        {
            **_TO_SECRETARY,
            "lines": LINES,
            "present": [("Maria Lundgren", "IFO-chef"), ("Karin Nyström", "Regionöverläkare")],
            "absent": [("Lena Wikström", "Områdeschef Barn och unga vuxna")],
            "substitutes": [("Johan Edlund", "för Lena Wikström")],
        },
    ),
    ("minutes-reminder", "to the secretary", {**_TO_SECRETARY, "days_since": 7, "escalated": False}),
    ("minutes-reminder", "to the chair", {**_TO_SECRETARY, "to": MARIA, "days_since": 14, "escalated": True}),
    (
        "minutes-draft",
        "text and file",
        {
            **_TO_SECRETARY,
            "version": 1,
            "text": MINUTES_TEXT,
            "files": (a_file("Protokoll 11 februari 2027.pdf"),),
            "recipients": ["Lena Wikström", "Maria Lundgren", "Karin Nyström"],
            "comment": "Skicka gärna före fredag.",
            "reference": "minutes-draft.2027-02-11.1.k7f3q9mwabcd",
        },
    ),
    (
        "minutes-draft",
        "text only",
        {
            **_TO_SECRETARY,
            "version": 1,
            "text": MINUTES_TEXT,
            "files": (),
            "attached": (a_file("Protokoll SamReKo 2027-02-11.pdf"),),
            "recipients": ["Lena Wikström", "Maria Lundgren", "Karin Nyström"],
            "comment": "",
        },
    ),
    (
        "agenda",
        "parted, one file too large",
        {
            **_TO_ALL,
            "lines": LINES,
            "is_presenter_only": False,
            "their_items": [],
            "has_substitute": True,
            "attached": (a_file("Dagordning SamReKo 2027-02-11.pdf"),),
            "mail_parts": 2,
            "later_files": SIP_FILES,
            "left_out": (a_file("Film från skolan.mp4", 40_000_000, "video/mp4"),),
        },
    ),
    (
        "more-files",
        "the second of two",
        {
            **_TO_ALL,
            "first_subject": "Kallelse och dagordning: SamReKo 11 februari 2027 (del 1 av 2)",
            "attached": SIP_FILES,
            "mail_part": 2,
            "mail_parts": 2,
        },
    ),
    (
        "minutes-draft",
        "written on the form",
        {
            **_TO_SECRETARY,
            **OUTCOME,
            "version": 2,
            "text": "",
            "files": (),
            "attached": (a_file("Protokoll SamReKo 2027-02-11.pdf"),),
            "recipients": ["Lena Wikström", "Maria Lundgren", "Karin Nyström"],
            "comment": "Det var inte Annika som föredrog punkt 5.",
            "comment_by": "Maria Lundgren",
            "warnings": ("Ingen är utsedd för ”utskick till skolorna” under punkt 7.",),
            "adjuster": "Maria Lundgren",
            "adjusting": False,
            "secretary_name": "Ingrid Palm",
        },
    ),
    (
        "minutes-draft",
        "to the chair, who adjusts",
        {
            **_TO_SECRETARY,
            **OUTCOME,
            "to": MARIA,
            "version": 2,
            "text": "",
            "files": (),
            "attached": (a_file("Protokoll SamReKo 2027-02-11.pdf"),),
            "recipients": ["Lena Wikström", "Maria Lundgren", "Karin Nyström"],
            "comment": "",
            "comment_by": "",
            "warnings": (),
            "adjuster": "",
            "adjusting": True,
            "secretary_name": "Ingrid Palm",
        },
    ),
    (
        "minutes",
        "written on the form",
        {
            **_TO_ALL,
            **OUTCOME,
            "text": "",
            "files": (),
            "attached": (a_file("Protokoll SamReKo 2027-02-11.pdf"),),
            "secretary_name": "Ingrid Palm",
        },
    ),
    (
        "minutes",
        "to all",
        {
            **_TO_ALL,
            "text": MINUTES_TEXT,
            "files": (a_file("Protokoll 11 februari 2027.pdf"),),
            "secretary_name": "Ingrid Palm",
        },
    ),
    (
        "minutes",
        "file only",
        {
            **_TO_ALL,
            "text": "",
            "files": (a_file("Protokoll 11 februari 2027.pdf"),),
            "secretary_name": "Ingrid Palm",
        },
    ),
    (
        "set-aside",
        "unreadable",
        {
            **_TO_SECRETARY,
            "meeting": None,
            "from_text": "okänd@x.example",
            "their_subject": "",
            "reason": "Mejlet går inte att läsa.",
        },
    ),
    (
        "stock-taking",
        "brev i skräpposten",
        {
            **_TO_SECRETARY,
            "meeting": None,
            "heading": "Brevlådan och registret stämmer inte överens",
            "intro": "Vi har jämfört brevlådan med registret. Det här behöver du titta på.",
            "parts": (
                ("I skräpposten", ("Från Lena Wikström, ”Köerna till BUP”. Flytta det till inkorgen.",)),
                ("Borta ur brevlådan", ("Från Per Åhlström, ”Avtal”. Det finns kvar i registret.",)),
            ),
        },
    ),
    (
        "uncertain",
        "no answer",
        {
            **_TO_SECRETARY,
            "cause": "no-answer",
            "rows": (
                (
                    "Petra Ek",
                    "petra.ek@krokom.example",
                    "Dagordning 11 februari 2027",
                    datetime(2027, 2, 4, 8, tzinfo=STOCKHOLM),
                ),
            ),
            "options": ("Skicka mejlet igen", "Skicka inget igen"),
        },
    ),
    (
        "uncertain",
        "restored",
        {
            **_TO_SECRETARY,
            "meeting": None,
            "cause": "restored",
            "rows": tuple(
                (
                    name,
                    f"{name.split()[0].lower()}@krokom.example",
                    "Dagordning 11 februari 2027",
                    datetime(2027, 2, 4, 8, tzinfo=STOCKHOLM),
                )
                for name in ("Petra Ek", "Erik Jonsson")
            ),
            "options": ("Skicka mejlen igen", "Skicka inget igen"),
        },
    ),
    (
        "undeliverable",
        "unknown address",
        {
            **_TO_SECRETARY,
            "address": "petra.ek@krokom.example",
            "name": "Petra Ek",
            "mailing_subject": "Kallelse och dagordning: SamReKo 11 februari 2027",
            "reason": "Adressen finns inte (550 5.1.1).",
        },
    ),
    ("supplementary", "nytt underlag", {**_TO_ALL, "line": LINES[3]}),
    ("supplementary", "nytt ärende", {**_TO_ALL, "line": dataclasses.replace(LINES[3], number=0)}),
    ("ask-priorities", "efter årets första möte", {**_TO_SECRETARY, "year": 2027}),
    ("referrals", "två till SVOM", {**_TO_SECRETARY, "lines": [dataclasses.replace(LINES[3], forum="SVOM")]}),
    (
        "successors",
        "inlagda",
        {
            **_TO_SECRETARY,
            "year": 2028,
            "chair_now": "Maria Lundgren",
            "secretary_now": "Ingrid Palm",
            "chair_principal": "Region Jämtland Härjedalen",
            "chair_next": "Karin Nyström",
            "secretary_next": "Ulla Strand",
            "options": ("Ordförande Karin Nyström och sekreterare Ulla Strand.",),
        },
    ),
    (
        "successors",
        "inte bestämda",
        {
            **_TO_SECRETARY,
            "year": 2028,
            "chair_now": "Maria Lundgren",
            "secretary_now": "Ingrid Palm",
            "chair_principal": "Region Jämtland Härjedalen",
            "chair_next": "",
            "secretary_next": "",
            "options": (),
        },
    ),
    (
        "hand-over",
        "ny sekreterare",
        {
            **_TO_SECRETARY,
            "year": 2027,
            "role": "secretary",
            "chair_name": "Maria Lundgren",
            "secretary_name": "Ingrid Palm",
            "meetings": [(FEBRUARY, at(2, 4, 8), "open", 2), (APRIL, at(4, 15, 8), "planned", 0)],
            "waiting": ["Bristen på jourhem"],
            **_NEWS,
            "next_step": at(1, 21, 8),
            "next_step_name": "ärendekallelse (mötet 11 februari 2027)",
        },
    ),
    (
        "hand-over",
        "ny ordförande",
        {
            **_TO_ALL,
            "year": 2027,
            "role": "chair",
            "chair_name": "Maria Lundgren",
            "secretary_name": "Ingrid Palm",
            "meetings": [(FEBRUARY, at(2, 4, 8), "open", 2)],
            "waiting": [],
            **_NO_NEWS,
            "next_step": None,
            "next_step_name": "",
        },
    ),
    ("too-large", "30 MB", {**_TO_ALL, "meeting": None, "limit_mb": 25}),
]

ORDERS: list[DocumentOrder] = [
    DocumentOrder(
        "agenda",
        "Dagordning 11 februari 2027.pdf",
        {
            "network": NETWORK,
            "meeting": FEBRUARY,
            "lines": LINES,
            "secretary_name": "Ingrid Palm",
            "chair_name": "Maria Lundgren",
        },
    ),
    DocumentOrder(
        "minutes-form",
        "Underlag för protokoll 11 februari 2027.pdf",
        {
            "network": NETWORK,
            "meeting": FEBRUARY,
            "lines": LINES,
            "secretary_name": "Ingrid Palm",
            "chair_name": "Maria Lundgren",
            "present": [("Maria Lundgren", "IFO-chef"), ("Karin Nyström", "Regionöverläkare")],
            "absent": [("Lena Wikström", "Områdeschef Barn och unga vuxna")],
            "substitutes": [("Johan Edlund", "för Lena Wikström")],
        },
    ),
    DocumentOrder(
        "minutes",
        "Protokoll 11 februari 2027.pdf",
        {
            "network": NETWORK,
            "meeting": FEBRUARY,
            "lines": LINES,
            "text": MINUTES_TEXT,
            "secretary_name": "Ingrid Palm",
            "chair_name": "Maria Lundgren",
        },
    ),
]

ENTRY = CalendarEntry(
    method="REQUEST",
    uid="2027-02-11@samverkan.example",
    sequence=1,
    start=FEBRUARY.start,
    end=FEBRUARY.end,
    summary="SamReKo: möte",
    place=FEBRUARY.place,
    online=FEBRUARY.online,
    description="Dagordningen finns i mejlet. Svara på det om du inte kan komma, så kallar vi din ersättare.",
    organizer_name="SamReKo – hälso- och sjukvård, skola och IFO",
    organizer_address=NETWORK.address,
)
