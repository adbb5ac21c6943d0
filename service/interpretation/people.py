"""Who is meant: names, seats and addresses in a text, against the network.

The address decides who wrote; this module says whom the words mention.  A
first name that two people share is left open (`candidates`) unless the
context settles it: another mention with the surname, the writer's own
substitute or holder, or someone else named in the letter.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz

from service.domain.intents import Contact
from service.domain.letters import Letter, Mailbox
from service.domain.network import Network, Person
from service.interpretation.first_names import FIRST_NAMES
from service.interpretation.surroundings import Surroundings
from service.interpretation.words import bare, fold


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name someone.

    `person` is the id of a person in the network; `contact` describes someone
    whom the network does not know.  More than one of `candidates` means that
    the words fit several people and nothing settles which.
    """

    start: int
    end: int
    text: str
    person: str | None = None
    contact: Contact | None = None
    candidates: tuple[str, ...] = ()
    # "name", "first", "surname", "seat", "address", "initials", "role"
    kind: str = "name"
    genitive: bool = False

    @property
    def certain(self) -> bool:
        return len(self.candidates) < 2 and (self.person is not None or self.contact is not None)


def plain_name(name: str) -> str:
    """A name for comparison: folded, without diacritics, "Öberg Tomas" as "oberg tomas"."""
    return re.sub(r"[^a-z ]+", " ", bare(fold(name))).strip()


@dataclass(frozen=True)
class _Names:
    """The network's names, ready to compare with."""

    full: dict[str, str]
    firsts: dict[str, tuple[str, ...]]
    surnames: dict[str, tuple[str, ...]]
    # Every seat and title in one pattern, and whose each group is.
    seats: re.Pattern[str]
    seat_ids: tuple[tuple[str, ...], ...]
    # The first words of the titles, one of which any mention of a seat holds.
    seat_heads: frozenset[str]
    # Names in small letters, the longest first.
    small: re.Pattern[str]
    initials: dict[str, tuple[str, ...]]


def _several(rows: Iterator[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, value in rows:
        if value not in found.setdefault(key, []):
            found[key].append(value)
    return {k: tuple(v) for k, v in found.items()}


@lru_cache(maxsize=16)
def _names(people: tuple[Person, ...], seats_key: tuple[tuple[str, str], ...]) -> _Names:
    full: dict[str, str] = {}
    for person in people:
        words = plain_name(person.name).split()
        if len(words) >= 2:
            full[" ".join(words)] = person.id
            full[" ".join((*words[1:], words[0]))] = person.id
    firsts = _several((plain_name(p.name).split()[0], p.id) for p in people if plain_name(p.name))
    surnames = _several(
        (plain_name(p.name).split()[-1], p.id) for p in people if len(plain_name(p.name).split()) > 1
    )
    titles = {
        t: ids for t, ids in _several((title, person_id) for title, person_id in seats_key).items() if t
    }
    # The longest title first, so that "områdeschef primärvård" is not only "områdeschef".
    order = sorted(titles, key=len, reverse=True)
    seats = re.compile("|".join(f"(?P<s{n}>{_seat_pattern(t)})" for n, t in enumerate(order)) or r"(?!)")
    # A lower-case first name is a name only where it is rare enough as a word.
    small = [*full, *(f"{w}s?" for w in firsts if len(w) >= 4)]
    pattern = "|".join(sorted(small, key=len, reverse=True)) or r"(?!)"
    initials = _several(("".join(w[0] for w in p.name.split()), p.id) for p in people)
    return _Names(
        full, firsts, surnames, seats, tuple(titles[t] for t in order),
        frozenset(words[0] for t in order if (words := re.findall(r"[a-z0-9-]+", bare(fold(t))))),
        re.compile(rf"(?<![\w@.-])(?:{pattern})(?![\w@]|[.-]\w)"), initials,
    )  # fmt: skip


def _seat_pattern(title: str) -> str:
    """ "Områdeschef Barn och unga vuxna" also as "områdeschefen för barn och unga vuxna"."""
    words = re.findall(r"[a-z0-9-]+", bare(fold(title)))
    if not words:
        return r"(?!)"
    head, rest = words[0], words[1:]
    while rest and rest[-1] in {"kommun", "kommuns"}:
        rest = rest[:-1]
    # "skolchef" alone is a title, "skolchefen" is somebody.
    definite = (
        r"(?:en|n)s?"
        if head.endswith(("chef", "samordnare", "lakare", "sekreterare", "handlaggare"))
        else r"(?:en|n)?s?"
    )
    pattern = rf"(?<![\w-])(?<!ny )(?<!nya )(?<!nye )(?<!som ){re.escape(head)}{definite if not rest else '(?:en|n)?s?'}"
    for word in rest:
        stem = word[:-1] if word.endswith("s") and word not in {"unga", "barns"} else word
        pattern += rf"[ ,]+(?:(?:for|i|pa|vid|inom|av)[ ]+)?{re.escape(stem)}\w{{0,3}}"
    return pattern + r"(?!\w)"


def names_of(network: Network) -> _Names:
    """The name tables of a network, made once for each set of people."""
    rows = [(p.title, p.id) for p in network.people if p.title]
    rows += [(s.title, s.holder) for s in network.seats if s.holder]
    return _names(network.people, tuple(dict.fromkeys((t, i) for t, i in rows)))


def person_by_address(network: Network, mailbox: Mailbox | None) -> Person | None:
    """Who wrote, by address or alias only: a display name proves nothing."""
    return network.person_by_address(mailbox.address) if mailbox else None


_CAPITAL = r"[A-ZÅÄÖÉÜ][a-zåäöéüæø]+(?:-[A-ZÅÄÖ]?[a-zåäöéü]+)?"
_WORD = re.compile(r"(?<![\w@.-])" + _CAPITAL + r"(?![\w@]|\.\w)")
_ADDRESS = re.compile(r"(?<![\w.+-])[A-Za-z0-9ÅÄÖåäö._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
# Capitalised words that begin no name.
_NOT_SURNAMES_TEXT = """
region regionen kommun kommunen samreko svom barnarenan bup bvc ifo jamtland harjedalen ostersund krokom
are stromsund ragunda bracke sveg umea stockholm goteborg malmo uppsala sundsvall oslo trondheim
hej hejsan tack mvh med vanliga vanlig halsning halsningar skickat fran till amne datum kopia den det en
ett jag vi ni han hon de man om nar som att och men eller sa nu dar har i pa av for vid efter innan
under over utan kan kommer ska skulle vill ma bor far blir ar var hade inte ingen inget alla nagon nagra
mote motet moten protokoll dagordning punkt arende arenden forslag kallelse kanske garna ja nej ok okej
tyvarr forhinder franvaro deltar svar sv re vb fwd fw januari februari mars april maj juni juli augusti
september oktober november december mandag tisdag onsdag torsdag fredag lordag sondag birka radhuset
storsjon froson oviken teams zoom outlook iphone android god jul glad pask sommar trevlig helg best
regards kind dear hi hello thanks the this we my our your not will socialstyrelsen lansstyrelsen
skolverket ivo skr vardcentralen halsocentralen primarvarden psykiatrin skolan socialtjansten elevhalsan
familjecentralen barnahus bris polisen namnden styrelsen avdelningen enheten omradet nasta sista forsta
andra
"""
_NOT_SURNAMES = frozenset(_NOT_SURNAMES_TEXT.split())


def _genitive(word: str, table: dict[str, tuple[str, ...]]) -> tuple[str, bool]:
    """A name without its genitive s, when it is one: "Lenas", but not "Jonas"."""
    if word in table:
        return word, False
    if word.endswith("s") and word[:-1] in table:
        return word[:-1], True
    return word, False


def find_people(text: str, letter: Letter, s: Surroundings) -> tuple[Mention, ...]:
    """Everyone whom a text names, in order; what overlaps is named once."""
    network = s.network
    names = names_of(network)
    found: list[Mention] = list(_by_name(text, network, names))
    found += _by_address(text, network, found)
    found += _by_seat(text, names, found)
    found.sort(key=lambda m: (m.start, -m.end))
    return tuple(_settled(text, _with_addresses(text, found), letter, s))


# "Henrik af Klercker".
_PARTICLES = frozenset({" af ", " von ", " van ", " de ", " da ", " av ", " van der ", " von der "})


def _overlaps(start: int, end: int, found: list[Mention]) -> bool:
    return any(m.start < end and start < m.end for m in found)


def _by_name(text: str, network: Network, names: _Names) -> Iterator[Mention]:
    words = list(_WORD.finditer(text))
    addresses = frozenset(bare(fold(a.partition("@")[0])) for a in _ADDRESS.findall(text))
    number = 0
    while number < len(words):
        match = words[number]
        run = [match]
        # A name is a run of capitalised words with single spaces between.
        while len(run) < 3 and number + len(run) < len(words):
            following = words[number + len(run)]
            gap = text[run[-1].end() : following.start()]
            if gap not in {" ", "\n", "  ", ", ", *_PARTICLES} or (gap == ", " and len(run) > 1):
                break
            run.append(following)
        mention, used = _name_in(text, run, network, names, addresses)
        if mention:
            yield mention
        number += max(1, used)
    yield from _lower_case(text, network, names)
    yield from _initials(text, network, names)


def _name_in(
    text: str, run: list[re.Match[str]], network: Network, names: _Names, addresses: frozenset[str]
) -> tuple[Mention | None, int]:
    plain = [plain_name(m.group()).replace(" ", "-") for m in run]
    first = run[0]
    if len(run) >= 2:
        gap = text[run[0].end() : run[1].start()]
        pair = f"{plain[0]} {plain[1]}"
        genitive = False
        person = names.full.get(pair)
        if not person and plain[1].endswith("s"):
            person, genitive = names.full.get(pair[:-1]), True
        if not person and gap != ", " and f"{plain[0]}.{plain[1]}" not in addresses:
            person = _misspelt(pair, names)
            genitive = False
        if person and (gap != ", " or (names.full.get(pair) == person and plain[0] in names.surnames)):
            end = run[1].end()
            return Mention(
                first.start(), end, text[first.start() : end], person, candidates=(person,), genitive=genitive
            ), 2
        if gap in _PARTICLES and plain[0] in FIRST_NAMES:
            end = run[1].end()
            name = text[first.start() : end]
            return Mention(first.start(), end, name, None, Contact(name=name)), 2
        if gap in {" ", "  "} and _is_unknown_name(plain[0], plain[1], addresses):
            count = 2
            if len(run) == 3 and plain[2] not in _NOT_SURNAMES and text[run[1].end() : run[2].start()] == " ":
                count = 3
            end = run[count - 1].end()
            name = text[first.start() : end]
            return Mention(first.start(), end, name, None, Contact(name=name)), count
    word, genitive = _genitive(plain[0], names.firsts)
    if word in names.firsts:
        # "Maria L." or "Maria L"
        initial = re.match(r" ([A-ZÅÄÖ])(?:\.|(?!\w))", text[first.end() :])
        ids = names.firsts[word]
        end = first.end()
        if initial and not genitive:
            fitting = tuple(i for i in ids if network.person(i).name.split()[-1].startswith(initial[1]))
            if fitting:
                ids, end = fitting, first.end() + len(initial.group().rstrip("."))
        return _mention(text, first.start(), end, ids, "first", genitive), 1
    word, genitive = _genitive(plain[0], names.surnames)
    if word in names.surnames and word not in {"dahl", "palm", "rask", "strand", "fors", "berg"}:
        return _mention(text, first.start(), first.end(), names.surnames[word], "surname", genitive), 1
    if word in names.surnames and (first.start() == 0 or text[first.start() - 1] != "\n"):
        after = text[first.start() - 2 : first.start()]
        if not after.endswith((". ", "! ", "? ")) and first.start() > 0:
            return _mention(text, first.start(), first.end(), names.surnames[word], "surname", genitive), 1
    base = plain[0]
    genitive = False
    if base not in FIRST_NAMES and base.endswith("s") and base[:-1] in FIRST_NAMES:
        base, genitive = base[:-1], True
    if base in FIRST_NAMES and plain[0] != "hans":
        name = text[first.start() : first.end()]
        name = name[:-1] if genitive else name
        return Mention(
            first.start(), first.end(), text[first.start() : first.end()], None, Contact(name=name),
            kind="first", genitive=genitive,
        ), 1  # fmt: skip
    return None, 1


def _mention(text: str, start: int, end: int, ids: tuple[str, ...], kind: str, genitive: bool) -> Mention:
    return Mention(start, end, text[start:end], ids[0] if len(ids) == 1 else None, None, ids, kind, genitive)


# How Swedish surnames end, for first names that no list holds.
_SURNAME = re.compile(
    r"(?:sson|son|berg|strom|qvist|quist|kvist|lund|gren|mark|dahl|stedt|sten|hall|holm|ell|man|back|blom|vall|"
    r"wall|fors|rud|ius|ander|lind|lof|hagen|nen|lin|skog|gard|hed|nas|ling|stam|lov|oren|oden|elin|edin|alen)\Z"
)
_ORGANISATION = re.compile(
    r"(?:ens|ets|hus|huset|arnas|ernas|ornas|tion|skola|skolan|vard|varden|hotell|hotel|sal|rum)\Z"
)


def _is_unknown_name(first: str, second: str, addresses: frozenset[str]) -> bool:
    """Whether two capitalised words name someone whom the network does not know."""
    if second in _NOT_SURNAMES or first in _NOT_SURNAMES:
        return False
    if first in FIRST_NAMES or ("-" in first and first.split("-")[0] in FIRST_NAMES):
        return True
    if f"{first}.{second}" in addresses:
        return True
    if second in FIRST_NAMES:
        # "Flytta Jonas punkt": a verb before a first name.
        return False
    return bool(_SURNAME.search(second)) and not _ORGANISATION.search(first)


@lru_cache(maxsize=4096)
def _sound(word: str) -> str:
    """A name as it is heard: "Wikström" as "Vikström", "Mattsson" as "Matson"."""
    for written, heard in (
        ("w", "v"),
        ("z", "s"),
        ("q", "k"),
        ("ph", "f"),
        ("th", "t"),
        ("ck", "k"),
        ("c", "k"),
    ):
        word = word.replace(written, heard)
    return re.sub(r"(.)\1", r"\1", word)


def _misspelt(pair: str, names: _Names) -> str | None:
    """A full name with a letter or two wrong; both words must be alike, never only one.

    Another common first name ("Britta" for "Birgitta") is another person, and so
    is a name that begins with another letter.
    """
    first, _, last = pair.partition(" ")
    best: tuple[float, str] | None = None
    for name, person in names.full.items():
        f, _, second = name.partition(" ")
        if abs(len(f) - len(first)) > 2 or abs(len(second) - len(last)) > 2:
            continue
        if _sound(f)[:1] != _sound(first)[:1] or _sound(second)[:1] != _sound(last)[:1]:
            continue
        if first in FIRST_NAMES and _sound(first) != _sound(f):
            continue
        if fuzz.ratio(f, first) >= 75 and fuzz.ratio(second, last) >= 80:
            score = fuzz.ratio(name, pair)
            if score >= 85 and (best is None or score > best[0]):
                best = (score, person)
    return best[1] if best else None


def _lower_case(text: str, network: Network, names: _Names) -> Iterator[Mention]:
    """Names written without capitals: "lena wikström kan inte", "hälsar mats"."""
    for match in names.small.finditer(bare(fold(text))):
        written = text[match.start() : match.end()]
        if written[:1].isupper():
            continue
        word = match.group()
        if word in names.full:
            person = names.full[word]
            yield Mention(match.start(), match.end(), written, person, None, (person,))
            continue
        genitive = word not in names.firsts
        ids = names.firsts.get(word) or names.firsts.get(word[:-1], ())
        if ids:
            yield _mention(text, match.start(), match.end(), ids, "first", genitive)


_CAPITALS = re.compile(r"(?<![\w/@.-])[A-ZÅÄÖ]{2}(?![\w@-]|\.\w)")


def _initials(text: str, network: Network, names: _Names) -> Iterator[Mention]:
    """Two capitals that are one person's initials: "KN kommer"."""
    for match in _CAPITALS.finditer(text):
        ids = names.initials.get(match.group(), ())
        if len(ids) == 1:
            yield Mention(match.start(), match.end(), match.group(), ids[0], None, ids, "initials")


def _by_address(text: str, network: Network, found: list[Mention]) -> list[Mention]:
    rows: list[Mention] = []
    for match in _ADDRESS.finditer(text):
        address = match.group().rstrip(".")
        if address.casefold() == network.address.casefold():
            continue
        person = network.person_by_address(address)
        rows.append(
            Mention(
                match.start(),
                match.start() + len(address),
                address,
                person.id if person else None,
                None if person else Contact(name=name_from_address(address), email=address),
                (person.id,) if person else (),
                "address",
            )
        )
    return rows


def name_from_address(address: str) -> str | None:
    """ "petra.hallin@…" is Petra Hallin; None when the address tells no name."""
    local = address.partition("@")[0]
    words = [w for w in re.split(r"[._]", local) if w.isalpha() and len(w) > 1]
    return " ".join(w.capitalize() for w in words) if len(words) >= 2 else None


def _by_seat(text: str, names: _Names, found: list[Mention]) -> list[Mention]:
    rows: list[Mention] = []
    flat = bare(fold(text))
    if not any(head in flat for head in names.seat_heads):
        return rows
    for match in names.seats.finditer(flat):
        if not _overlaps(match.start(), match.end(), found):
            ids = names.seat_ids[int((match.lastgroup or "s0")[1:])]
            rows.append(_mention(text, match.start(), match.end(), ids, "seat", False))
    return rows


def _with_addresses(text: str, found: list[Mention]) -> list[Mention]:
    """An address beside an unknown name is that person's: "Petra Hallin (petra.hallin@…)"."""
    rows = list(found)
    for number, mention in enumerate(rows):
        if mention.kind != "address" or mention.contact is None:
            continue
        local = re.sub(r"[^a-z]+", " ", bare(fold(mention.text.partition("@")[0]))).split()
        best = None
        for other_number, other in enumerate(rows):
            if (
                other.kind == "address"
                or other.contact is None
                or not other.contact.name
                or other.contact.email
            ):
                continue
            words = plain_name(other.contact.name).split()
            alike = sum(1 for w in words if any(w == p or (len(p) >= 3 and w.startswith(p)) for p in local))
            near = abs(other.start - mention.start)
            if alike == 0 and (near > 60 or len(local) > 1):
                continue
            if best is None or (alike, -near) > best[0]:
                best = ((alike, -near), other_number)
        if best:
            other = rows[best[1]]
            assert other.contact is not None
            name = other.contact.name or ""
            if (
                len(name.split()) == 1
                and mention.contact.name
                and plain_name(name) in plain_name(mention.contact.name)
            ):
                name = _spelt(mention.contact.name, name)
            rows[best[1]] = replace(other, contact=replace(other.contact, name=name, email=mention.text))
            rows[number] = replace(mention, contact=replace(mention.contact, name=name))
    return rows


def _spelt(from_address: str, first: str) -> str:
    """The name that an address tells, with the first name as the text spells it."""
    return " ".join((first, *from_address.split()[1:]))


# "Maria på öppenvården", "enhetschefen Maria", "Maria i Östersund", "Maria hos oss".
_WHERE = re.compile(
    r" (?:\(|, ?)?(?:pa|fran|i|vid|hos|from|at|in) (?P<where>[\w -]{2,30})|[ ,(]+(?P<title>\w[\w-]*chef)"
)
_BEFORE = re.compile(r"(?P<title>[\w-]{4,}?)(?:en|n)? \Z")
_OWN = re.compile(r"(?:oss|mig)\b")


def _by_place(text: str, mention: Mention, sender: Person | None, network: Network) -> tuple[str, ...]:
    """Those of the candidates who work where the words beside the name say."""
    flat = bare(fold(text[mention.end : mention.end + 45]))
    before = bare(fold(text[max(0, mention.start - 30) : mention.start]))
    found = _WHERE.match(flat)
    words = re.findall(r"[\w-]{4,}|ifo|bup", (found["where"] or found["title"]) if found else "")[:2]
    if (title := _BEFORE.search(before)) and title["title"].endswith(
        ("chef", "samordnare", "handlaggare", "lakare")
    ):
        words.append(title["title"])
    own = bool(found and found["where"] and _OWN.match(found["where"])) or before.endswith("var ")
    if own and sender:
        domain = sender.email.partition("@")[2]
        return tuple(c for c in mention.candidates if network.person(c).email.endswith("@" + domain))
    stems = [re.sub(r"(?:ens|en|ns|n|ets|et|s)\Z", "", w) for w in words]
    return tuple(
        c for c in mention.candidates
        if any(stem in _works_at(network, c) for stem in stems)
    )  # fmt: skip


def _works_at(network: Network, person_id: str) -> str:
    """Title, seats and address of a person, to look for a word in."""
    person = network.person(person_id)
    seats = [network.seat_of(person_id), *network.seats_covered_by(person_id)]
    return bare(fold(" ".join((person.title, person.email, *(s.title for s in seats if s)))))


def _settled(text: str, found: list[Mention], letter: Letter, s: Surroundings) -> Iterator[Mention]:
    """Ambiguous first names, decided where the letter itself decides."""
    network = s.network
    full = {m.person for m in found if m.person and m.kind in {"name", "address"}}
    longer = {
        plain_name(m.contact.name).split()[0]: m.contact
        for m in found
        if m.contact and m.contact.name and len(m.contact.name.split()) > 1
    }
    sender = person_by_address(network, letter.sender)
    # Who the writer substitutes for, or is substituted by.
    near: set[str] = set()
    if sender:
        seat = network.seat_of(sender.id)
        near.update(network.substitutes_of(seat) if seat else ())
        near.update(filter(None, (c.holder for c in network.seats_covered_by(sender.id))))
    addressed = {
        p.id for m in (*letter.to, *letter.cc) if (p := network.person_by_address(m.address)) and p != sender
    }
    for mention in found:
        if mention.contact and mention.kind == "first" and mention.contact.name:
            known = longer.get(plain_name(mention.contact.name))
            yield replace(mention, contact=known) if known else mention
            continue
        if len(mention.candidates) < 2:
            if mention.person and mention.kind == "first":
                known = longer.get(plain_name(mention.text.rstrip("s"))) or longer.get(
                    plain_name(mention.text)
                )
                if known and mention.person not in full:
                    # "Lena Karlsson … Lena": not the network's Lena.
                    yield replace(mention, person=None, contact=known, candidates=())
                    continue
            yield mention
            continue
        placed = set(_by_place(text, mention, sender, network))
        for group in (full, placed, near, addressed):
            fitting = [c for c in mention.candidates if c in group and not (sender and c == sender.id)]
            if len(fitting) == 1:
                # Settled by more than the first name.
                kind = "name" if group is placed else mention.kind
                mention = replace(mention, person=fitting[0], candidates=(fitting[0],), kind=kind)
                break
        yield mention
