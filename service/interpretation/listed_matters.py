"""Matters that a letter sets out: in a table, in a form, in a list, numbered in a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.domain.intents import (
    Contact,
)
from service.interpretation.asked_matters import AskedMatters
from service.interpretation.matter_fields import (
    Found,
    contact_of,
    minutes_in,
    presenter_in,
    type_of_word,
    writer,
)
from service.interpretation.matter_reader import Matter
from service.interpretation.meetings import find_meetings
from service.interpretation.people import find_people
from service.interpretation.titles import (
    after,
    is_title,
    masked,
    related,
    tidy,
)
from service.interpretation.words import fold

_DETAIL_LINE = re.compile(
    r"\b\d{1,3} ?min|\bkvart\b|halvtimm|\b(?:information|info|diskussion|beslut|beslutspunkt|"
    r"infopunkt|diskussionspunkt)\b"
)

_PLURAL = re.compile(
    r"\b(?:punkter|ärenden|saker|frågor|följande|två|tre|fyra|fem|ett par|några|items|matters|"
    r"topics|things|both|dels)\b"
)

_LABELS: tuple[tuple[str, str], ...] = (
    ((
        r"rubrik|titel|ärende|ärendets? (?:namn|rubrik|mening)|ärendemening|ämne|punkt|fråga|vad|"
        r"förslag(?: till rubrik)?|title|item|topic|namn på (?:ärendet|punkten)|saken|dagordningspunkt|"
        r"ärenderubrik"
    ), "title"),
    (r"typ(?: av (?:ärende|punkt))?|sort|art|ärendetyp|type|syfte|form|karaktär|behandling", "type"),
    ((
        r"tid|tidsåtgång|minuter|beräknad tid|tidsbehov|tidsuppskattning|längd|time|minutes|min|"
        r"beräknad tidsåtgång|uppskattad tid|tid(?:såtgång)? \(min\)|önskad tid|önskad tidsåtgång"
    ), "minutes"),
    ((
        r"föredragande|föredragare|vem|presentatör|presenteras av|presenter|dragare|ansvarig|föredras "
        r"av|kontaktperson|vem drar|vem föredrar|föredragning"
    ), "presenter"),
    (r"möte|mötesdatum|till möte|datum|sammanträde|vilket möte|meeting|önskat möte", "meeting"),
    (r"forum|ska vidare till|vidare till|hänskjuts till|beredning|vidarebefordras till", "forum"),
    (r"e-?post|e-?postadress|mejl|mejladress|mail|mailadress|e-?mail", "email"),
    ((
        r"bakgrund|beskrivning|motiv|motivering|sammanfattning|underlag|bilagor?|handlingar|background|"
        r"description|övrigt|kommentar|anmälare|förslag till beslut|anmält av|inlämnat av|datum för "
        r"anmälan|bifogas"
    ), "other"),
)  # fmt: skip

_LABEL_LINE = re.compile(
    (
        r"^[ \t>*•-]*(?P<label>[A-Za-zÅÄÖåäö][\wåäöÅÄÖ ()/-]{1,30}?)\s*[:=]\s+(?P<value>\S[^\n]*)$|^[ "
        r"\t>*•-]*(?P<label2>[A-Za-zÅÄÖåäö][\wåäöÅÄÖ ()/-]{1,30}?):\s*$"
    ),
    re.MULTILINE,
)


def _column(text: str) -> str | None:
    folded = fold(text).strip(" :*.")
    return next((name for pattern, name in _LABELS if re.fullmatch(pattern, folded)), None)


class ListedMatters(AskedMatters):
    """A letter looked at for matters that are set out."""

    def _table(self) -> list[Matter]:
        tables = [list(map(list, t)) for t in self.context.words.tables]
        if not tables:
            rows = [
                [c.strip() for c in line.split("|")]
                for line in self.context.words.text.split("\n")
                if line.count("|") >= 1
            ]
            rows = [list(row) for row in rows]
            if len(rows) >= 2 and len({len(r) for r in rows}) == 1:
                tables = [rows]
        found: list[Matter] = []
        for table in tables:
            if len(table) < 2:
                continue
            columns = [_column(cell) for cell in table[0]]
            if "title" in columns and sum(c is not None for c in columns) >= 2:
                body = table[1:]
            else:
                columns = self._columns_by_content(table)
                body = table
                if "title" not in columns:
                    continue
            for row in body:
                if matter := self._row(row, columns):
                    found.append(matter)
        for matter in found:
            matter.shared = self._body()
        return found

    def _columns_by_content(self, table: Sequence[Sequence[str]]) -> list[str | None]:
        width = min(len(r) for r in table)
        columns: list[str | None] = [None] * width
        for at in range(width):
            cells = [row[at].strip() for row in table if row[at].strip()]
            if not cells:
                continue
            if all(type_of_word(c) for c in cells):
                columns[at] = "type"
            elif all(
                re.fullmatch(r"(?i)\d{1,3}(?: ?min\w*\.?)?|en kvart|.{0,6}halvtimm\w|\d{1,3}'", c)
                for c in cells
            ):
                columns[at] = "minutes"
        details = [c for c in columns if c]
        if not details:
            return columns
        free = [at for at in range(width) if columns[at] is None]
        if free:
            longest = max(free, key=lambda at: sum(len(row[at]) for row in table))
            columns[longest] = "title"
            for at in free:
                if at != longest and all(len(row[at].split()) <= 4 for row in table):
                    columns[at] = "presenter"
        return columns

    def _row(self, row: Sequence[str], columns: Sequence[str | None]) -> Matter | None:
        cells = {
            name: row[at].strip()
            for at, name in enumerate(columns)
            if name and at < len(row) and row[at].strip()
        }
        title = tidy(re.sub(r"^\s*\d{1,2}[.)]\s+", "", cells.get("title", "")))
        if len(title) < 2:
            return None
        matter = Matter(title, [], self._line_of(title), "proposal/table", words=" | ".join(row))
        matter.type_text = cells.get("type")
        if minutes := cells.get("minutes"):
            matter.minutes = minutes_in([minutes]) or (
                int(m[0]) if (m := re.match(r"\d{1,3}", minutes)) else None
            )
        if presenter := cells.get("presenter"):
            matter.presenter = self._named(presenter)
        if forum := cells.get("forum"):
            matter.forum = next(
                (
                    f.short_name
                    for f in self.context.surroundings.network.forums
                    if fold(f.short_name) in fold(forum)
                ),
                None,
            )
        return matter

    def _line_of(self, title: str) -> int:
        head = fold(title)[:25]
        return next((i for i, s in self.context.numbered() if head in fold(s.text)), 0)

    def _named(self, text: str) -> Found:
        """The person that a cell or a label's value names."""
        folded = fold(text)
        if re.fullmatch(r"\W*(?:jag|undertecknad|själv|jag själv|mig|me|i)(?: själv)?\W*", folded):
            return Found(writer(self.context))
        people = find_people(text, self.context.letter, self.context.surroundings)
        if people:
            return contact_of(self.context, people[0])
        if re.search(r"\bundertecknad\b", folded):
            return Found(writer(self.context))
        name = re.match(r"\s*((?:[A-ZÅÄÖ][\wåäöé-]+ ?){1,3})", text)
        if name and not re.match(r"(?i)(?:ej|ingen|inte|vet|oklart|meddelas)", text):
            return Found(Contact(name=name[1].strip()))
        return Found()

    def _form(self) -> list[Matter]:
        """A form of labels and values, one or several times over."""
        text = self.context.words.text
        found: list[Matter] = []
        current: dict[str, str] = {}
        pending: str | None = None

        def close() -> None:
            if title := tidy(current.get("title", "")):
                matter = Matter(title, [], self._line_of(title), "proposal/form", words=text.strip()[:2000])
                matter.type_text = current.get("type")
                matter.minutes = minutes_in([current.get("minutes", "")]) or _number(current.get("minutes"))
                if "presenter" in current:
                    matter.presenter = self._named(current["presenter"])
                    if (address := re.search(r"[\w.+-]+@[\w.-]+\w", current.get("email", ""))) and (
                        named := matter.presenter.contact
                    ):
                        matter.presenter = Found(replace(named, email=named.email or address.group()))
                if "forum" in current and not re.match(r"(?i)\W*(?:nej|inget|ingen|-)", current["forum"]):
                    matter.forum = next(
                        (
                            f.short_name
                            for f in self.context.surroundings.network.forums
                            if fold(f.short_name) in fold(current["forum"])
                        ),
                        None,
                    )
                if "meeting" in current:
                    matter.meeting = next(
                        (
                            m
                            for m in find_meetings(
                                current["meeting"],
                                self.context.letter,
                                self.context.surroundings,
                                self.context.thread_meeting,
                            )
                            if m.ours
                        ),
                        None,
                    )
                found.append(matter)

        for line in text.split("\n"):
            match = _LABEL_LINE.match(line)
            if not match:
                if pending and line.strip():
                    current[pending] = line.strip()
                    pending = None
                elif current and type_of_word(line):
                    current.setdefault("type", line.strip())
                elif current and len(line) <= 25 and minutes_in([line]) is not None:
                    current.setdefault("minutes", line.strip())
                continue
            name = _column(match["label"] or match["label2"])
            if name is None:
                continue
            if name == "title" and "title" in current:
                close()
                current = {}
            if match["value"]:
                current.setdefault(name, match["value"].strip())
                pending = None
            else:
                pending = name
        if len(current) >= 2:
            close()
        if found and not any(m.type_text or m.minutes or m.presenter or m.meeting for m in found):
            return []
        for matter in found:
            matter.shared = []
        return found

    def _labels(self) -> dict[str, str]:
        """What stands behind labels ("Tid: 10 min"), where there is no whole form."""
        found: dict[str, str] = {}
        for match in _LABEL_LINE.finditer(self.context.words.text):
            if match["value"] and (name := _column(match["label"])):
                found.setdefault(name, match["value"].strip())
        return found

    def _groups(self) -> list[list[int]]:
        """The points of a list, each with the sentences that belong to it."""
        groups: list[list[int]] = []
        paragraph = -1
        body = set(self._body())
        for index, sentence in self.context.numbered():
            if sentence.bullet:
                groups.append([index])
                paragraph = sentence.paragraph
            elif groups and sentence.paragraph == paragraph:
                groups[-1].append(index)
        return [g for g in groups if g[0] in body]

    def _listed(self) -> list[Matter]:
        """Matters in a list: bulleted or numbered, or a line each."""
        context = self.context
        groups = self._groups()
        if len(groups) < 2:
            groups = self._lines_with_details() or groups
        if not groups:
            return []
        first = groups[0][0]
        intro = [i for i in self._body() if i < first]
        hits = [i for i in intro if self._spoken(self.asking, i, "title-after", "title-before", "asks")]
        plural = any(_PLURAL.search(fold(self.text(i))) for i in intro) or bool(
            _PLURAL.search(fold(context.subject))
        )
        detailed = sum(1 for g in groups if any(_DETAIL_LINE.search(fold(self.text(i))) for i in g))
        wish = re.compile(r"\b(?:önskar|önskemål|vill|föreslår|anmäl\w*)\b")
        wished = [i for i in intro if wish.search(fold(self.text(i)))]
        announced = bool(hits) or self.called or self.subject_asks() or (plural and bool(wished))
        if not announced and not (detailed >= 2 or (detailed == len(groups) and plural)):
            return []
        named = [t for i in hits if (t := self._explicit(i)) and not _PLURAL.search(fold(self.text(i)))]
        if named and not plural and detailed * 2 < len(groups):
            # Points under one matter that the sentence above has named.
            return []
        if len(groups) == 1 and not (detailed or plural):
            return []
        found: list[Matter] = []
        for group in groups:
            lead = group[0]
            if self._spoken(self.adding, lead) and self.files and not self._spoken(self.asking, lead):
                continue
            if any(self._foreign(i) for i in group) and not any(
                self._spoken(self.asking, i, "title-after", "asks") for i in group
            ):
                continue
            title = (
                self._explicit(lead)
                if self._spoken(self.asking, lead, "title-after", "title-before")
                else None
            )
            title = title or self._heard_at_start(lead) or self._line_title(lead)
            if not title or not is_title(title):
                continue
            found.append(
                Matter(title, group, lead, "proposal/list", words=" ".join(self.text(i) for i in group))
            )
        inside = {i for g in groups for i in g}
        for matter in found:
            matter.shared = [i for i in self._body() if i not in inside]
        # What stands beside the list may ask for one matter more.
        rest = [i for i in self._body() if i not in inside and i > first]
        for extra in self._asked(rest):
            if (
                extra.sure
                and extra.title
                and not any(related(extra.title, m.title or "") for m in found)
                and self._spoken(self.asking, extra.asked_in, "title-after")
            ):
                found.append(extra)
        return found

    def _heard_at_start(self, index: int) -> str | None:
        """The title that a line begins with, as heard beside what else the line tells."""
        parts = self.context.sense(index).having("title")
        if len(parts) != 1 or parts[0].likelihood < 0.9 or parts[0].start > 0:
            return None
        rest = self.text(index)[parts[0].end :]
        return tidy(self.text(index)[: parts[0].end]) if re.match(r"\s*(?:/|\||;|\(|–|—|- )", rest) else None

    def _inline(self) -> list[Matter]:
        """Matters numbered within a paragraph: "Förslag: 1. X, 10 min. 2. Y, beslut."."""
        text = self.context.words.text
        for block in re.finditer(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*", text):
            marks = list(
                re.finditer(r"(?:(?<=[ \t:.,;])|^)\(?(\d)[.)]\s+(?=[A-ZÅÄÖa-zåäö\"”])", block.group())
            )
            numbers = [int(m[1]) for m in marks]
            if len(numbers) < 2 or numbers != list(range(1, len(numbers) + 1)):
                continue
            if all(
                block.group()[: m.start()].strip() == ""
                or block.group()[: m.start()].rstrip(" \t").endswith("\n")
                for m in marks
            ):
                # A number on each line is an ordinary list.
                continue
            whole = block.group()
            pieces = [
                (m.end(), marks[i + 1].start() if i + 1 < len(marks) else len(whole))
                for i, m in enumerate(marks)
            ]
            announced = (
                self.called
                or self.subject_asks()
                or any(
                    self._spoken(self.asking, i, "title-after", "title-before", "asks") for i in self._body()
                )
                or bool(re.search(r"(?i)\b(?:förslag|ärenden|punkter)\b", whole[: marks[0].start()]))
            )
            if not announced and sum(1 for a, b in pieces if _DETAIL_LINE.search(fold(whole[a:b]))) < len(
                pieces
            ):
                continue
            found = [
                m for a, b in pieces if (m := self._stretch(block.start() + a, block.start() + b)) is not None
            ]
            if len(found) >= 2:
                inside = {i for m in found for i in m.indexes}
                for matter in found:
                    matter.shared = [i for i in self._body() if i not in inside]
                return found
        return []

    def _stretch(self, start: int, end: int) -> Matter | None:
        """A matter that a stretch of the text names, with what it says of it."""
        context = self.context
        words = context.words.text[start:end]
        indexes = [i for i, s in context.numbered() if s.start < end and start < s.end]
        if not indexes:
            return None
        spans = [
            (
                max(0, start - context.sentences[i].start),
                min(len(self.text(i)), end - context.sentences[i].start),
            )
            for i in indexes
        ]
        cover = masked(
            words,
            [(m.start - start, m.end - start) for m in context.meetings if start <= m.start < end and m.ours],
        )
        cover = re.sub(r"(?i)^\s*(?:info(?:rmation)?|beslut|diskussion)\s*[:–-]\s+", "", cover)
        title = after(cover)
        if not is_title(title):
            return None
        matter = Matter(title, indexes, indexes[0], "proposal/list", words=words.strip(), own_words=True)
        matter.minutes = minutes_in([words])
        matter.type_text = next(
            (n for n in ("decision", "discussion", "information") if self.asking.speaks(words, n)), None
        )
        matter.presenter = presenter_in(context, indexes, spans)
        return matter

    def _lines_with_details(self) -> list[list[int]]:
        """Lines without bullets that each give a matter's time or type."""
        lines: list[list[int]] = []
        starts = {0} | {m.end() for m in re.finditer(r"\n", self.context.words.text)}
        for index in self._body():
            sentence = self.context.sentences[index]
            at_start = any(
                self.context.words.text[s : sentence.start].strip() == ""
                for s in starts
                if s <= sentence.start
            )
            if (
                at_start
                and re.match(r"\s*[\"”]?[A-ZÅÄÖ0-9]", sentence.text)
                and self._looks_like_a_line(index, sentence.text)
            ):
                lines.append([index])
            elif lines and lines[-1][-1] == index - 1:
                lines[-1].append(index)
        detailed = [
            g
            for g in lines
            if any(_DETAIL_LINE.search(fold(self.text(i))) for i in g)
            and not self._spoken(self.asking, g[0], "title-after")
        ]
        return detailed if len(detailed) >= 2 else []


def _number(text: str | None) -> int | None:
    found = re.match(r"\s*(\d{1,3})\b", text or "")
    return int(found[1]) if found else None
