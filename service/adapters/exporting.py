"""The records as ordinary files: complete, and readable without this program.

    index.html    everything in the order of time
    mejl/         each message, in and out, as .eml (RFC 5322)
    handlingar/   agendas, minutes and annexes, a folder for each meeting
    listor/       members, meetings, matters, attendance and mailings as CSV

Names of files are made of letters, digits and hyphens only, so that they
survive any file system and archive.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from docx import Document

from service.adapters.album import Leaf, Link, MeetingRow, album
from service.adapters.database import SqlStore
from service.adapters.database.letters import Received
from service.adapters.file_safety import runs_when_opened
from service.domain.agenda import Draft, FileRef
from service.domain.distribution import names
from service.domain.letters import Letter
from service.domain.network import Meeting
from service.domain.world import World
from service.usecases.minutes import minutes_form_facts
from service.usecases.office import Office, Outbound
from service.usecases.outgoing import DocumentOrder
from service.usecases.words import day_in_words, listed, short_day

_KINDS = {
    "proposal": "förslag på ärende",
    "withdrawal": "återtaget ärende",
    "supplement": "mer underlag",
    "absence": "förhinder",
    "attendance": "närvaro",
    "replacement": "byte av ledamot",
    "contact": "nya kontaktuppgifter",
    "approval": "godkännande",
    "changes": "ändringar i utkastet",
    "minutes": "protokoll",
    "meeting": "ändrat möte",
    "question": "fråga",
    "help": "fråga om hur tjänsten fungerar",
    "undo": "ångrat",
    "courtesy": "hälsning",
}
_AUTOMATIC = {
    "bounce": "studsat mejl",
    "auto-reply": "automatiskt svar",
    "bulk": "massutskick",
    "loop": "eget mejl som kommit tillbaka",
}
_BECAME = {
    "kept": "väntar på att hanteras",
    "acted": "åtgärdat",
    "asked": "någon har fått en fråga",
    "noted": "läst, inget att göra",
    "set-aside": "lagt åt sidan; sekreteraren har det",
}
_SENT = {
    "waiting": "väntar på att skickas",
    "sending": "väntar på att skickas",
    "refused": "avvisades av mottagarens server",
    "uncertain": "osäkert om det kom fram",
    "stopped": "stoppades",
}
_PRESENCE = {"attending": "kommer", "absent": "förhinder", "late": "kommer senare", "early": "går tidigare"}
_STATES = {"proposed": "föreslaget", "withdrawn": "återtaget", "late": "för sent inkommet", "held": "vilande"}
# A program that opens a list must not take what a member wrote for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Names that Windows keeps for itself.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def export_to(
    store: SqlStore,
    office: Office,
    folder: Path,
    year: int | None,
    *,
    title: str = "",
    intro: Sequence[str] = (),
) -> int:
    """Write the records of a year, or of all years, into a folder; returns how many files were written.

    `title` and `intro` head the index, instead of the network's name.  What an earlier export has left
    in the folder is written over.  Raises OSError when the folder cannot be written.
    """
    return _Export(store, office, folder, year).run(title, intro)


class _Export:
    def __init__(self, store: SqlStore, office: Office, folder: Path, year: int | None) -> None:
        self._store = store
        self._office = office
        self._folder = folder
        self._year = year
        self._world: World = store.world()
        self._names = names(self._world)
        self._written: set[str] = set()
        # Each content stands once, under the name that it first came with.
        self._files: dict[str, Link] = {}

    def run(self, title: str, intro: Sequence[str]) -> int:
        outgoing = [o for o in self._store.letters_out() if self._wanted(o.created)]
        documents = self._documents(outgoing)
        leaves = [*self._incoming(), *self._outgoing(outgoing)]
        leaves.sort(key=lambda pair: pair[0])
        lists = self._lists(outgoing)
        charter = self._world.charter
        page = album(
            title or f"{charter.short_name}: handlingar{f' {self._year}' if self._year else ''}",
            intro or (charter.name, f"Utskrivet {day_in_words(self._office.now().date())}."),
            [leaf for _, leaf in leaves],
            [self._meeting_row(m, documents.get(m.key, ())) for m in self._meetings()],
            lists,
        )
        self._write("index.html", page.encode("utf-8"))
        return len(self._written)

    def _wanted(self, moment: datetime) -> bool:
        return self._year is None or moment.year == self._year

    def _meetings(self) -> list[Meeting]:
        found = (m for m in self._world.meetings.values() if self._year in (None, m.day.year))
        return sorted(found, key=lambda m: m.start)

    # Files.

    def _write(self, path: str, content: bytes) -> str:
        """Write a file that has not been written in this export; returns its path in the folder."""
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self._written.add(path)
        return path

    def _free(self, path: str) -> str:
        """The path, with a number where the name is taken by another file, whatever its letter case."""
        taken = {p.casefold() for p in self._written}
        whole = PurePosixPath(path)
        number = 1
        while path.casefold() in taken:
            number += 1
            path = str(whole.with_name(f"{whole.stem}-{number}{whole.suffix}"))
        return path

    def _file(self, ref: FileRef, place: str) -> Link | None:
        """A stored file, written once; None when its content is gone by the rules of retention."""
        if ref.sha256 not in self._files:
            try:
                content = self._store.file(ref.sha256)
            except KeyError:
                return None
            path = self._write(self._free(f"handlingar/{place}/{_at_rest(ref.filename, content)}"), content)
            self._files[ref.sha256] = Link(ref.filename, quote(path))
        return dataclasses.replace(self._files[ref.sha256], name=ref.filename)

    def _place(self, letter: Outbound) -> str:
        """The folder for a letter's files: drafts and forms stand apart from what went to everyone."""
        meeting = self._world.meetings.get(letter.meeting) if letter.meeting else None
        if meeting is None:
            return "ovrigt"
        out = letter.mailing in ("agenda", "minutes", "call-in")
        return meeting.day.isoformat() if out else f"{meeting.day.isoformat()}/utkast"

    # Agendas and minutes.

    def _documents(self, outgoing: Sequence[Outbound]) -> dict[date, tuple[Link, ...]]:
        """What went out to everyone for each meeting; minutes as PDF even where they came in Word."""
        found: dict[date, dict[str, Link]] = {}
        for letter in outgoing:
            if letter.meeting is None or letter.mailing not in ("agenda", "minutes"):
                continue
            shelf = found.setdefault(letter.meeting, {})
            for ref in letter.files:
                link = self._file(ref, self._place(letter))
                if link:
                    shelf.setdefault(link.href, link)
        for meeting in self._meetings():
            draft = self._world.newest_draft("minutes", meeting.key)
            if draft and draft.state == "sent" and not any(map(self._is_pdf, draft.files)) and draft.files:
                link = self._minutes(meeting, draft)
                found.setdefault(meeting.key, {}).setdefault(link.href, link)
        return {key: tuple(shelf.values()) for key, shelf in found.items()}

    def _minutes(self, meeting: Meeting, draft: Draft) -> Link:
        facts = minutes_form_facts(self._world, meeting, self._office.now())
        text = "\n\n".join(filter(None, (draft.text, *map(self._words_of, draft.files))))
        name = f"Protokoll {self._world.charter.short_name} {meeting.day.isoformat()}.pdf"
        content = self._office.make_document(DocumentOrder("minutes", name, {**facts, "text": text}))
        path = self._write(self._free(f"handlingar/{meeting.day.isoformat()}/{safe_name(name)}"), content)
        return Link(name, quote(path))

    def _is_pdf(self, ref: FileRef) -> bool:
        """By its first bytes; mail programs label files as they please."""
        try:
            return self._store.file(ref.sha256).startswith(b"%PDF-")
        except KeyError:
            return False

    def _words_of(self, ref: FileRef) -> str:
        """The words of a Word document; nothing for other files, or one that cannot be opened."""
        if not ref.filename.casefold().endswith(".docx"):
            return ""
        try:
            document = Document(io.BytesIO(self._store.file(ref.sha256)))
        except Exception:
            return ""
        return "\n\n".join(p.text for p in document.paragraphs if p.text.strip())

    def _meeting_row(self, meeting: Meeting, files: tuple[Link, ...]) -> MeetingRow:
        notes = [
            "strategisk dag" if meeting.kind == "strategic" else "",
            "inställt" if meeting.cancelled else "",
            f"flyttat från den {short_day(meeting.key)}" if meeting.key != meeting.day else "",
        ]
        return MeetingRow(day_in_words(meeting.day), meeting.place, listed([n for n in notes if n]), files)

    # Letters.

    def _incoming(self) -> Iterator[tuple[tuple[datetime, int], Leaf]]:
        for received in self._store.letters_in():
            if not self._wanted(received.arrived):
                continue
            try:
                raw = self._store.file(received.sha256)
            except KeyError:
                continue
            letter = self._office.parse(raw)
            path = self._free(
                f"mejl/{received.arrived:%Y%m%d-%H%M}-in-{received.number:04d}-{slug(letter.subject)}.eml"
            )
            self._write(path, raw)
            yield (received.arrived, 0), self._leaf_in(received, letter, path)

    def _leaf_in(self, received: Received, letter: Letter, path: str) -> Leaf:
        reading = received.reading or {}
        sender = letter.sender
        who = (sender.name or sender.address) if sender else "okänd avsändare"
        own = str(reading.get("text") or "")
        whole = letter.plain or own
        automatic = reading.get("automatic")
        kinds = [_KINDS.get(i["kind"], i["kind"]) for i in reading.get("intents", ())]
        what = _AUTOMATIC.get(str(automatic)) if automatic else listed(list(dict.fromkeys(kinds)))
        files = []
        for attachment in letter.attachments:
            link = self._files.get(attachment.sha256)
            if link is None:
                place = self._free(f"handlingar/inkommet/{_at_rest(attachment.filename, attachment.content)}")
                link = Link(attachment.filename, quote(self._write(place, attachment.content)))
                self._files[attachment.sha256] = link
            files.append(dataclasses.replace(link, name=attachment.filename))
        return Leaf(
            month=_month(received.arrived),
            when=_when(received.arrived),
            way="in",
            who=who,
            subject=letter.subject,
            text=own or whole,
            whole=whole if own and whole.strip() != own.strip() else "",
            read=tuple(
                f"{label}: {said}."
                for label, said in (("Uppfattat som", what), ("Läge", _BECAME[received.state]))
                if said
            ),
            files=tuple(files),
            copies=(Link("mejlet som .eml", quote(path)),),
        )

    def _outgoing(self, outgoing: Sequence[Outbound]) -> Iterator[tuple[tuple[datetime, int], Leaf]]:
        # Copies of one mailing are one leaf; a subject of its own is a letter of its own.
        groups: dict[Any, list[Outbound]] = {}
        for letter in outgoing:
            key = (letter.mailing, letter.meeting, letter.version, letter.created, letter.subject)
            groups.setdefault(key, []).append(letter)
        for letters in groups.values():
            first = letters[0]
            copies = tuple(self._copy(letter) for letter in letters)
            linked = (self._file(ref, self._place(first)) for ref in first.files)
            yield (
                (first.created, 1),
                Leaf(
                    month=_month(first.created),
                    when=_when(first.created),
                    way="out",
                    who=f"till {_to(letters)}",
                    subject=first.subject,
                    text=first.text,
                    html=first.html,
                    files=tuple(link for link in linked if link),
                    copies=copies,
                ),
            )

    def _copy(self, letter: Outbound) -> Link:
        raw = self._office.compose(letter, self._world, self._store.file)
        path = self._free(
            f"mejl/{letter.created:%Y%m%d-%H%M}-ut-{letter.number or 0:04d}-{letter.mailing}-"
            f"{slug(letter.to.name or letter.to.address)}.eml"
        )
        state = _SENT.get(letter.state)
        name = letter.to.name or letter.to.address
        return Link(f"{name} ({state})" if state else name, quote(self._write(path, raw)))

    # Lists.

    def _lists(self, outgoing: Sequence[Outbound]) -> list[Link]:
        tables = (
            ("ledamoter", "Ledamöter och ersättare", self._members()),
            ("moten", "Möten", self._meeting_table()),
            ("arenden", "Ärenden", self._items()),
            ("narvaro", "Närvaro och ersättare", self._attendance()),
            ("utskick", "Skickade mejl", self._mailings(outgoing)),
        )
        return [Link(title, quote(self._csv(f"listor/{name}.csv", rows))) for name, title, rows in tables]

    def _csv(self, path: str, rows: Iterable[Sequence[Any]]) -> str:
        out = io.StringIO()
        # A semicolon and a byte order mark are what Excel expects in Swedish.
        csv.writer(out, delimiter=";").writerows([_cell(value) for value in row] for row in rows)
        return self._write(path, out.getvalue().encode("utf-8-sig"))

    def _members(self) -> Iterator[Sequence[Any]]:
        seats = {s.id: s for s in self._world.charter.seats}
        principals = {p.id: p.name for p in self._world.charter.principals}
        roles = {"holder": "ledamot", "substitute": "ersättare", "group-substitute": "gruppens ersättare"}
        yield ("plats", "huvudman", "roll", "namn", "titel", "e-post", "telefon", "från", "till")
        for tenure in sorted(self._world.tenures.values(), key=lambda t: (t.place, t.role, t.since)):
            seat = seats.get(tenure.place)
            person = self._world.people.get(tenure.person or "")
            yield (
                seat.title if seat else tenure.place,
                principals.get(seat.principal, "") if seat else "",
                roles[tenure.role],
                person.name if person else "(vakant)",
                person.title if person else "",
                person.email if person else "",
                person.phone if person else "",
                tenure.since if tenure.since.year > 2000 else "",
                tenure.until or "",
            )

    def _meeting_table(self) -> Iterator[Sequence[Any]]:
        yield ("dag", "börjar", "slutar", "plats", "länk", "slag", "inställt")
        kinds = {"ordinary": "ordinarie", "strategic": "strategisk dag", "extra": "extra"}
        for m in self._meetings():
            begins, ends = f"{m.start:%H:%M}", f"{m.end:%H:%M}"
            yield (m.day, begins, ends, m.place, m.online, kinds[m.kind], "ja" if m.cancelled else "")

    def _items(self) -> Iterator[Sequence[Any]]:
        types = {"information": "information", "discussion": "diskussion", "decision": "beslut"}
        yield (
            "möte",
            "ärende",
            "slag",
            "hänvisas till",
            "minuter",
            "föredras av",
            "föreslaget av",
            "inkom",
            "läge",
        )
        wanted = {m.key for m in self._meetings()}
        for item in self._world.items.values():
            if item.standing or (item.meeting not in wanted and self._year is not None):
                continue
            meeting = self._world.meetings.get(item.meeting) if item.meeting else None
            yield (
                meeting.day if meeting else "",
                item.title,
                types.get(item.type or "", ""),
                item.forum or "",
                item.minutes or "",
                (item.presenter.name or item.presenter.email) if item.presenter else "",
                self._names.get(item.proposer or "", item.proposer_address),
                item.received.date() if item.received else "",
                _STATES.get(item.state, item.state),
            )

    def _attendance(self) -> Iterator[Sequence[Any]]:
        yield ("möte", "namn", "läge", "uppgiften kom", "med orden")
        for m in self._meetings():
            for p in (p for p in self._world.presences.values() if p.meeting == m.key):
                told = p.told.date() if p.told else ""
                yield (m.day, self._names.get(p.person, p.person), _PRESENCE[p.state], told, p.words)
            for call in self._world.called_in(m.key):
                seat = next((s.title for s in self._world.charter.seats if s.id == call.seat), call.seat)
                who = self._names.get(call.person or "", call.name)
                yield (m.day, who, f"inkallad ersättare för {seat}", "", "")

    def _mailings(self, outgoing: Sequence[Outbound]) -> Iterator[Sequence[Any]]:
        yield ("skrivet", "skickat", "till", "adress", "ämne", "läge", "serverns svar", "Message-ID")
        for o in outgoing:
            sent = f"{o.sent_at:%Y-%m-%d %H:%M}" if o.sent_at else ""
            state = _SENT.get(o.state, "skickat")
            made = f"{o.created:%Y-%m-%d %H:%M}"
            yield (made, sent, o.to.name, o.to.address, o.subject, state, o.answer, o.message_id)


def slug(text: str, length: int = 60) -> str:
    """Words as they can stand in a file name: a–z, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:length].strip("-") or "utan-namn"


def safe_name(name: str) -> str:
    """A file's name with its ending, safe on any system: no folders, no signs that deceive."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or not re.fullmatch(r"[A-Za-z0-9]{1,8}", ending):
        stem, ending = name, ""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9]+", "-", plain)[:100].strip("-") or "fil"
    if _RESERVED.fullmatch(plain):
        plain = f"fil-{plain}"
    return f"{plain}.{ending.casefold()}" if ending else plain


def _at_rest(filename: str, content: bytes) -> str:
    """A safe name under which a click opens nothing that runs: programs and web pages get another ending."""
    name = safe_name(filename)
    return f"{name}.bin" if runs_when_opened(filename, content) or runs_when_opened(name, content) else name


def _cell(value: Any) -> str:
    text = " ".join(str(value).split())
    return f"'{text}" if text.startswith(_FORMULA) else text


def _to(letters: Sequence[Outbound]) -> str:
    found = [letter.to.name or letter.to.address for letter in letters]
    return listed(found) if len(found) <= 3 else f"{len(found)} personer"


def _month(moment: datetime) -> str:
    return short_day(moment.date()).partition(" ")[2].capitalize()


def _when(moment: datetime) -> str:
    return f"{moment.day}/{moment.month} {moment:%H.%M}"
