"""Other names for everybody: how a letter is told without telling on anyone.

People of the network become people of a sample network who have the same
kind of place; everybody else gets an invented name.  The same person, address,
number or domain becomes the same one everywhere, so that a letter, the quotes
in it and what was understood still belong together.  Dates, matters and seats
are kept: they are what the reading is about.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from service.domain.intents import Contact, Intent, Operation
from service.domain.network import Network, Person, Seat
from service.domain.personal_data import masked
from service.domain.references import parse
from service.domain.world import World
from service.interpretation.first_names import FIRST_NAMES
from service.interpretation.words import bare, fold

# Invented names, of which those are left out that anybody in either network has.
_FIRST = (
    "Folke", "Gerd", "Hilding", "Ingegerd", "Kajsa", "Ludvig", "Märta", "Nanna", "Ossian", "Ragnhild",
    "Svante", "Tyra", "Vidar", "Vendela", "Wilhelm", "Signe", "Torkel", "Ellen", "Harald", "Rut",
    "Albert", "Hedvig", "Konrad", "Dagny", "Einar", "Astrid", "Sixten", "Elvira", "Ragnar", "Hilda",
)  # fmt: skip
_LAST = (
    "Almgren", "Bergvall", "Cederblad", "Dahlgren", "Ekmark", "Flodman", "Granlöf", "Hallgren", "Isberg",
    "Jernstad", "Kvarnlund", "Ljunggren", "Malmsten", "Norling", "Oxelgren", "Palmkvist", "Rosengren",
    "Sandell", "Tornberg", "Ullgren", "Vallmark", "Wikner", "Åkerblad", "Ängmark", "Östmark", "Blomdahl",
    "Fridell", "Gyllensten", "Högdal", "Kronmark",
)  # fmt: skip

# Names that are also everyday words, and stand for a person only with a capital.
_EVERYDAY = """
per bo my dag sten siv tor kim ek berg ny lund holm dal strand ström fors rask palm alm björk lind sjö
hed ask sund skog åker gran rönn kvist blad blom frisk modig hård stark lilja ros maj april juni august
norr öst väst söder bäck brink gård hall lång kort svan falk björn mark fält vik gren rot quist
"""
_WORDS = frozenset(_EVERYDAY.split())

# What a mail is full of, and what tells nothing of who wrote it.
_OPEN_HOSTS = frozenset({"aka.ms", "www.w3.org", "schemas.microsoft.com", "schemas.openxmlformats.org"})

_ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])"
)
_URL = re.compile(r"(?i)\bhttps?://(?P<host>[^\s/<>\"'?#)\]]+)[^\s<>\"')\]]*")
# Not a part of a date, and not a stretch of time such as 0900-1100.
_PHONE = re.compile(
    r"(?<![\w.,:/+-])(?!\d{4}\s?[-–]\s?\d{4}(?!\d))(?:\+|00)?(?:\(\d+\)|\d)[\d ()/\u00a0–-]{5,18}\d(?![\w/-])"
)
# Whatever looks like a personal number, though its last digit may be wrong.
_PERSONAL = re.compile(r"(?<!\d)((?:19|20)?\d{6})[-+]\d{4}(?!\d)")
_CAPITAL = r"[A-ZÅÄÖÉÜÆØ]"
_WORD = rf"{_CAPITAL}[a-zåäöéèüæøáí]+(?:-{_CAPITAL}[a-zåäöéèüæøáí]+)?"
_TWO_NAMES = re.compile(
    rf"(?<!\w)(?P<first>{_WORD})(?P<gap>[ \t\u00a0]+)(?P<last>(?:(?:von|af|de) )?{_WORD})(?!\w)"
)
_ONE_NAME = re.compile(rf"(?<!\w)(?P<first>{_WORD}?)(?P<s>s?)(?!\w)")
_BESIDE_ADDRESS = re.compile(
    rf"(?P<name>(?:{_WORD}[ \t\u00a0]+){{1,3}}{_WORD}|{_WORD},[ ]{_WORD})\"?\s*"
    rf"(?:<|&lt;|\[mailto:|\()\s*(?P<address>{_ADDRESS.pattern})"
)
# A placeholder for what has been replaced, so that nothing is replaced twice.
_OPEN, _CLOSE, _FROM = "\ue000", "\ue001", 0xE100


class Disguise:
    """A network and everybody who writes to it, under other names."""

    def __init__(self, world: World, sample: Network, today: date) -> None:
        self._world = world
        self._sample = sample
        real = world.network_on(today)
        self._taken = {
            _key(word) for p in (*world.people.values(), *sample.people) for word in p.name.split()
        }
        self._addresses: dict[str, str] = {}
        self._domains: dict[str, str] = {world.domain.casefold(): sample.address.partition("@")[2]}
        self._numbers: dict[str, str] = {}
        self._links: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._outsiders: dict[str, str] = {}
        self._invented = 0
        self._people: dict[str, Person] = {}
        self._plain: dict[str, str] = {
            real.name: sample.name,
            real.short_name: sample.short_name,
            **{r.name: s.name for r, s in zip(real.principals, sample.principals, strict=False)},
        }
        self._addresses[world.charter.address.casefold()] = sample.address
        self._cast(real)

    # Who becomes whom.

    def _cast(self, real: Network) -> None:
        pools = {kind: list(found) for kind, found in _by_kind(self._sample).items()}
        wanted = _by_kind(real)
        known = {_key(word) for p in self._world.people.values() for word in p.name.split()}
        used: set[str] = set()
        for kind, ids in wanted.items():
            for person_id in ids:
                if person_id in self._people:
                    continue
                part = next(
                    (
                        p
                        for p in pools.get(kind, ())
                        if p not in used and not _shares(self._sample.person(p), known)
                    ),
                    None,
                )
                if part:
                    used.add(part)
                self._give(self._world.people[person_id], self._sample.person(part) if part else None)
        for person in self._world.people.values():
            if person.id not in self._people:
                self._give(person, None)

    def _give(self, person: Person, part: Person | None) -> None:
        name = part.name if part else self._invent()
        home = self._domain_of(person.email)
        address = part.email if part and part.email else _address_of(name, home)
        phone = self._number(person.phone) if person.phone else ""
        aliases = []
        for index, alias in enumerate(person.aliases, 2):
            local, _, domain = address.partition("@")
            aliases.append(f"{local}.{index}@{domain}")
            self._addresses[alias.casefold()] = aliases[-1]
        if person.email:
            self._addresses[person.email.casefold()] = address
        new = Person(
            id=part.id if part else ".".join(bare_ascii(name).split()),
            name=name,
            email=address if person.email else "",
            title=person.title,
            phone=phone,
            aliases=tuple(aliases),
        )
        self._people[person.id] = new

    def _invent(self) -> str:
        while True:
            first = _FIRST[self._invented % len(_FIRST)]
            last = _LAST[(self._invented * 7 + self._invented // len(_FIRST)) % len(_LAST)]
            self._invented += 1
            if _key(first) not in self._taken and _key(last) not in self._taken:
                return f"{first} {last}"

    def person(self, person_id: str | None) -> str | None:
        """The id that somebody has in the other network."""
        if person_id is None:
            return None
        found = self._people.get(person_id)
        return found.id if found else person_id

    def learn(self, name: str, address: str) -> None:
        """Give somebody outside the network another name and address, the same each time."""
        name = " ".join(name.replace('"', " ").split())
        if "," in name:
            last, _, first = name.partition(",")
            name = f"{first.strip()} {last.strip()}"
        key = address.casefold()
        if key and key in self._addresses:
            return
        other = self._outsider(name) if _is_name(name) else self._invent()
        if key:
            self._addresses[key] = self._free_address(_address_of(other, self._domain_of(address)))

    def _free_address(self, wanted: str) -> str:
        local, _, domain = wanted.partition("@")
        number = 1
        while (found := wanted if number == 1 else f"{local}.{number}@{domain}") in self._addresses.values():
            number += 1
        return found

    def _outsider(self, name: str) -> str:
        words = set(_key(name).split())
        for person in self._world.people.values():
            if words == set(_key(person.name).split()):
                return self._people[person.id].name
        key = name.casefold()
        if key not in self._outsiders:
            self._outsiders[key] = self._invent()
        return self._outsiders[key]

    def learn_from(self, intents: Iterable[Intent]) -> None:
        """Whoever is named in intents."""
        for contact in _contacts(intents):
            self.learn(contact.name or "", contact.email or "")

    # Words.

    def text(self, words: str) -> str:
        """The same words about other people."""
        for found in _BESIDE_ADDRESS.finditer(words):
            self.learn(found["name"], found["address"])
        held: list[str] = []

        def hold(value: str) -> str:
            held.append(value)
            return f"{_OPEN}{chr(_FROM + len(held) - 1)}{_CLOSE}" if len(held) < 5000 else value

        words = _PERSONAL.sub(r"\1-XXXX", masked(words))
        words = _URL.sub(lambda m: hold(self._link(m)), words)
        words = _ADDRESS.sub(lambda m: hold(self.address(m.group())), words)
        for real, other in sorted(self._plain.items(), key=lambda pair: -len(pair[0])):
            words = _put(words, re.compile(rf"(?<!\w){re.escape(real)}"), hold, other)
        words = _PHONE.sub(
            lambda m: hold(self._number(m.group())) if _is_phone(m.group()) else m.group(), words
        )
        for pattern, written in self._names():
            words = _rewrite(words, pattern, hold, written)
        words = _TWO_NAMES.sub(lambda m: self._two_names(m, hold), words)
        words = _ONE_NAME.sub(lambda m: self._one_name(m, hold), words)
        for domain, other in sorted(self._domains.items(), key=lambda pair: -len(pair[0])):
            words = _put(words, re.compile(rf"(?i)(?<![\w-]){re.escape(domain)}(?![\w-])"), hold, other)
        return re.sub(
            f"{_OPEN}(.){_CLOSE}",
            lambda m: held[ord(m[1]) - _FROM] if 0 <= ord(m[1]) - _FROM < len(held) else "",
            words,
        )

    def _names(self) -> Iterator[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]]:
        """Everybody's whole name, then surnames and first names alone; in any case and genitive."""
        pairs = [(p.name, self._people[p.id].name) for p in self._world.people.values()]
        pairs += list(self._outsiders.items())
        whole, alone = [], []
        for real, other in pairs:
            words = real.split()
            if len(words) < 2:
                alone.append((real, other.split()[0]))
                continue
            first, last = other.split()[0], other.split()[-1]
            whole.append((rf"{_either(words[-1])},\s*{_either(' '.join(words[:-1]))}", f"{last}, {first}"))
            gap = r"[\s\u00a0]+"
            whole.append((gap.join(_either(w) for w in words), other))
            if len(words) > 2:
                whole.append((_either(words[0]) + gap + _either(words[-1]), other))
            alone += [(words[-1], last), (words[0], first)]
        for pattern, other in whole:
            yield re.compile(rf"(?i)(?<![^\W_]){pattern}(?P<s>s?)(?![^\W_])"), _with_case(other)
        seen: set[str] = set()
        for real, other in alone:
            if real.casefold() not in seen:
                seen.add(real.casefold())
                yield re.compile(rf"(?<![^\W_])(?:{_forms(real)})(?P<s>s?)(?![a-zåäöéü])"), _with_case(other)

    def _two_names(self, found: re.Match[str], hold: Callable[[str], str]) -> str:
        """A first name and a capital word after it: somebody, though not known."""
        if _key(found["first"]) not in FIRST_NAMES:
            return found.group()
        last, s = found["last"], ""
        # "Kalle Anderssons" is Kalle Andersson's.
        if last.endswith(("ns", "ms", "gs", "ds", "ts")) and not last.endswith(("ens", "äns")):
            last, s = last[:-1], "s"
        return hold(self._outsider(f"{found['first']} {last}") + s)

    def _one_name(self, found: re.Match[str], hold: Callable[[str], str]) -> str:
        name = found["first"]
        if _key(name) in FIRST_NAMES and _key(name) not in _WORDS:
            known = next((o for r, o in self._outsiders.items() if r.split()[0] == name.casefold()), None)
            return hold((known or self._outsider(name)).split()[0] + found["s"])
        return found.group()

    def address(self, address: str) -> str:
        """The address that stands for this one."""
        key = address.casefold()
        if key not in self._addresses:
            self.learn(" ".join(re.split(r"[._]", address.partition("@")[0])).title(), address)
        return self._addresses[key]

    def _domain_of(self, address: str) -> str:
        domain = address.rpartition("@")[2].casefold()
        if not domain:
            return "annan.example"
        if domain not in self._domains:
            self._domains[domain] = f"ort{len(self._domains)}.example"
        return self._domains[domain]

    def _number(self, number: str) -> str:
        """A telephone number of those that are set aside for stories (070-174 06 05 and on, PTS)."""
        key = re.sub(r"\D", "", number)
        if key not in self._numbers:
            self._numbers[key] = f"070-174 06 {5 + len(self._numbers) % 90:02}"
        return self._numbers[key]

    def _link(self, found: re.Match[str]) -> str:
        if found["host"].casefold() in _OPEN_HOSTS:
            return found.group()
        whole = found.group().rstrip(".,;:!")
        if whole not in self._links:
            self._links[whole] = f"https://plats.example/{len(self._links) + 1}"
        return self._links[whole] + found.group()[len(whole) :]

    def message_id(self, message_id: str) -> str:
        """A Message-ID that stands for this one; those of our own letters still say what they are."""
        if message_id not in self._ids:
            ours = parse(message_id, self._world.domain)
            number = len(self._ids) + 1
            if ours:
                other = dataclasses.replace(
                    ours, token=f"brev{number:06}", domain=self._sample.address.partition("@")[2]
                )
                self._ids[message_id] = str(other)
            else:
                self._ids[message_id] = f"<brev{number:06}@plats.example>"
        return self._ids[message_id]

    def initials(self, person_id: str | None) -> tuple[str, str] | None:
        """Somebody's initials, and those of whoever stands for that person."""
        if person_id not in self._people:
            return None
        real, other = self._world.people[person_id], self._people[person_id]
        return _initials(real.name), _initials(other.name)

    # What was understood.

    def intent(self, value: Any) -> Any:
        """An intent, or any value in one, about other people."""
        if isinstance(value, Contact):
            return Contact(
                name=self.text(value.name) if value.name else value.name,
                email=self.address(value.email) if value.email else value.email,
                title=self.text(value.title) if value.title else value.title,
                phone=self._number(value.phone) if value.phone else value.phone,
            )
        if isinstance(value, Intent | Operation):
            return dataclasses.replace(
                value,
                **{f.name: self._field(f.name, getattr(value, f.name)) for f in dataclasses.fields(value)},
            )
        if isinstance(value, tuple):
            return tuple(self.intent(v) for v in value)
        return value

    def _field(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return tuple(self.text(v) for v in value) if name == "attachments" else self.intent(value)
        match name:
            case "person" | "substitute" | "leaving":
                return self.person(value)
            case "email":
                return self.address(value)
            case "phone":
                return self._number(value)
            case "op" | "type" | "extent" | "action" | "forum":
                return value
            case _:
                return self.text(value)

    # The network.

    def network(self, day: date) -> dict[str, Any]:
        """The network as it was on a day, as a network file holds it, with other people in it."""
        real, sample = self._world.network_on(day), self._sample
        names = {r.id: s.name for r, s in zip(real.principals, sample.principals, strict=False)}
        return {
            "network": {
                "name": sample.name,
                "short_name": sample.short_name,
                "address": sample.address,
                "timezone": str(real.timezone),
            },
            "principals": [{"id": p.id, "name": names.get(p.id, self.text(p.name))} for p in real.principals],
            "forums": [dataclasses.asdict(f) for f in real.forums],
            "people": [
                {k: v for k, v in dataclasses.asdict(p).items() if v} | {"title": self.text(p.title)}
                for p in self._people.values()
            ],
            "seats": [
                _given(
                    dataclasses.asdict(s)
                    | {"title": self.text(s.title)}
                    | {"holder": self.person(s.holder), "substitute": self.person(s.substitute)}
                )
                for s in real.seats
            ],
            "group_substitutes": [
                {"group": g.group, "person": self.person(g.person)} for g in real.group_substitutes
            ],
            "terms": [
                _given({"year": t.year, "chair": self.person(t.chair), "secretary": self.person(t.secretary)})
                for t in real.terms
            ],
            "meetings": [
                _given(
                    {
                        "start": m.start.replace(tzinfo=None),
                        "end": m.end.replace(tzinfo=None),
                        "place": "Sammanträdesrummet",
                        "kind": m.kind,
                        "cancelled": m.cancelled,
                        "key": m.key if m.key != m.day else None,
                    }
                )
                for m in real.meetings
            ],
        }

    # What must not be left.

    def leaks(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Whatever of the originals still stands in some texts; nothing is written that has any."""
        found: dict[str, None] = {}
        originals = self._originals()
        for text in texts:
            for original, pattern in originals:
                if pattern.search(text):
                    found[original] = None
        return tuple(found)

    def _originals(self) -> list[tuple[str, re.Pattern[str]]]:
        kept = {_key(w) for name in self._new_names() for w in name.split()}
        originals = [
            (a, re.compile(rf"(?i)(?<![\w.-]){re.escape(a)}"))
            for a in self._addresses
            if a not in self._addresses.values()
        ]
        originals += [
            (d, re.compile(rf"(?i)(?<![\w-]){re.escape(d)}(?![\w-])"))
            for d in self._domains
            if d not in self._domains.values()
        ]
        names = [p.name for p in self._world.people.values()] + list(self._outsiders)
        for name in names:
            words = name.split()
            if len(words) > 1:
                originals.append(
                    (name, re.compile(r"(?i)(?<!\w)" + r"\s+".join(re.escape(w) for w in words)))
                )
            originals += [
                (w, re.compile(rf"(?<![^\W_])(?:{_forms(w)})s?(?![a-zåäöéü])"))
                for w in (words[0], words[-1])
                if _key(w) not in kept
            ]
        return originals

    def _new_names(self) -> list[str]:
        return [p.name for p in self._people.values()] + list(self._outsiders.values())


def _put(words: str, pattern: re.Pattern[str], hold: Callable[[str], str], other: str) -> str:
    return pattern.sub(lambda m: hold(other), words)


def _rewrite(
    words: str,
    pattern: re.Pattern[str],
    hold: Callable[[str], str],
    written: Callable[[re.Match[str]], str],
) -> str:
    return pattern.sub(lambda m: hold(written(m)), words)


def _by_kind(network: Network) -> Mapping[str, list[str]]:
    """The people of a network by the kind of place that they have, each under the first that fits."""
    kinds: dict[str, list[str]] = {
        "chair": [t.chair for t in reversed(network.terms) if t.chair],
        "secretary": [t.secretary for t in reversed(network.terms) if t.secretary],
        "holder": [s.holder for s in network.seats if s.holder and _kind(s) == "own"],
        "holder-in-group": [s.holder for s in network.seats if s.holder and _kind(s) == "group"],
        "holder-alone": [s.holder for s in network.seats if s.holder and _kind(s) == "alone"],
        "substitute": [s.substitute for s in network.seats if s.substitute],
        "group-substitute": [g.person for g in network.group_substitutes],
    }
    known = {p.id for p in network.people}
    return {kind: [i for i in dict.fromkeys(ids) if i in known] for kind, ids in kinds.items()}


def _kind(seat: Seat) -> str:
    return "own" if seat.substitute else "group" if seat.group else "alone"


def _shares(person: Person, words: set[str]) -> bool:
    """Whether somebody's name has a word that must not be met again."""
    return any(_key(w) in words for w in person.name.split())


def _address_of(name: str, domain: str) -> str:
    local = ".".join(re.findall(r"[a-z0-9]+", bare_ascii(name)))
    return f"{local or 'person'}@{domain}"


def bare_ascii(name: str) -> str:
    """A name in the letters of an address."""
    table = str.maketrans("åäöéèüæø", "aaoeeuao")
    return name.casefold().translate(table).encode("ascii", "ignore").decode()


def _contacts(value: Any) -> Iterator[Contact]:
    if isinstance(value, Contact):
        yield value
    elif isinstance(value, Intent | Operation):
        for f in dataclasses.fields(value):
            yield from _contacts(getattr(value, f.name))
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _contacts(inner)


def _key(word: str) -> str:
    """A name however it is written: without case, dots and rings."""
    return bare(fold(word))


def _is_name(name: str) -> bool:
    words = name.split()
    return 2 <= len(words) <= 4 and all(w[:1].isalpha() for w in words)


def _either(word: str) -> str:
    return re.escape(word)


def _forms(word: str) -> str:
    """A name as it is written, shouted, and (where it is no other word) without its capital."""
    capital = word[:1].upper() + word[1:]
    forms = {capital, word.upper()}
    if _key(word) not in _WORDS and len(word) > 3:
        forms.add(word.lower())
    return "|".join(re.escape(f) for f in sorted(forms, key=len, reverse=True))


def _with_case(other: str) -> Callable[[re.Match[str]], str]:
    def written(found: re.Match[str]) -> str:
        was = found.group()
        if len(was) > 3 and was.isupper():
            return other.upper() + found["s"].upper()
        return (other.lower() if was.islower() else other) + found["s"]

    return written


def _is_phone(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return 8 <= len(digits) <= 14 and (digits.startswith("0") or text.startswith("+") or len(digits) > 10)


def _initials(name: str) -> str:
    return "".join(w[0] for w in name.split())


def _given(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if v is not None and v is not False and v != ""}


__all__ = ["Disguise"]
