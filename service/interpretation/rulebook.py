"""The rules of reading: phrases a secretary can write, compiled once.

A phrase is Swedish with a few signs:

    förhinder               the word, in any case of letters
    återbud*                any ending (återbudet, återbuden); *möte: any beginning
    {kommer|går|åker}       one of these; each may be several words or have a *
    {kan}                   one of the words in the list `kan` of words.toml
    tyvärr?                 may be left out; {adverb}? too
    ...                     up to five other words, within the same clause
    ^ok   klart$            at the beginning or the end of the sentence
    JAG ERSÄTTARE MÖTE      a person, a meeting: written in capitals, see `SLOTS`

Matching is linear in the text: a phrase is looked for only in sentences that
hold one of its rarer words, and every repetition has an upper bound.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from service.interpretation.hearing import Learnt
from service.interpretation.words import bare, fold

# What a word in capitals stands for: p is a person (by name, seat or pronoun), q
# a person who is not the writer, m a meeting of ours, d any date.  The word itself names the part that the
# person or meeting plays, and a hit gives it back under that name.
SLOTS: Mapping[str, str] = {
    "PERSON": "p",
    "FRÅNVARANDE": "q",
    "ERSÄTTARE": "q",
    "EFTERTRÄDARE": "q",
    "SLUTAR": "q",
    "FÖREDRAGANDE": "p",
    "NÅGON": "p",
    "MÖTE": "m",
    "DATUM": "d",
    "TAL": "n",
}
PRONOUNS = "jag|hon|han|vi|undertecknad|she|he"
# A mention inside a marked sentence: its letter and its number.
OPEN, CLOSE = "‹", "›"
# What stands beside a name in brackets or between commas belongs to it:
# "Petra Hallin (bitr. skolchef)", "Petra Hallin, vår ekonom,".
# A title before a name belongs to it: "av verksamhetschef Johan Edlund".
_TITLED = (
    r"(?:(?:min|vår|kollegan|kollega|biträdande|bitr|tf|förste) ){0,2}"
    r"(?:[\w-]{0,24}(?:chef|samordnare|läkare|ledare|sekreterare|rektor|direktör|ersättare|suppleant|vikarie|kollega) )?"
)
_NAME = rf"{_TITLED}{OPEN}p\d+{CLOSE}(?:,? ?\([^()]{{0,80}}\)|, [^,;:.!?‹›]{{2,60}}(?=, ))?"
# Before a meeting or a date there may be little words: "till den", "inte heller på".
_LEAD = r"(?:(?:på|till|vid|under|i|den|för|från|inför|om|just|at|on|for|the) ){0,2}"
_SLOT_PATTERN = {
    "p": rf"(?:{_NAME}|(?:{PRONOUNS})(?!\w))",
    "q": rf"(?:{_NAME}|(?:hon|han|honom|henne|she|he)(?!\w))",
    "m": rf"{_LEAD}{OPEN}m\d+{CLOSE}",
    "d": rf"{_LEAD}{OPEN}[md]\d+{CLOSE}",
    "n": r"\d+",
}
_GAP = r"(?:(?!(?:men|som|att|om|ifall|eftersom|fast|utan|but|if|that|who)(?!\w))[^\s.,;:!?]+[ ]+){0,5}?"
_JOIN = r"(?:[ ,\"'()/–—-]{1,4})"
# A sentence may begin with a greeting: "Hej Ulla, inget från oss."
_OPENING = (
    r"\A[\W_]{0,6}(?:(?:hej|hejsan|hallå|god morgon|god dag|tjena|hi|hello)(?!\w)[^,!.?;:]{0,25}[,!] ?)?"
)
_ELEMENT = re.compile(r"\{[^{}]*\}\??|\.\.\.|…|\^|\$|[^\s{}^$]+")
_SLOT_WORD = re.compile(r"[A-ZÅÄÖ]{3,}[0-9]?\Z")


class BadPhrase(ValueError):
    """A phrase that cannot be understood; says which and why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of saying something, with its reason and its own examples."""

    name: str
    because: str
    any_of: tuple[str, ...]
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()
    # Whose rule it is: the file it came from, for messages.
    source: str = ""

    @property
    def kind(self) -> str:
        """What the rule is about: the part of its name before the slash."""
        return self.name.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence made ready for matching.

    `plain` is folded; `marked` is the same with people, meetings and dates
    replaced by `‹p3›`, `‹m0›`, `‹d1›`, and `offsets` leads from there back.
    """

    index: int
    plain: str
    marked: str
    offsets: tuple[tuple[int, int], ...] = ()
    bare: bool = False

    def forth(self, position: int) -> int:
        """Where a position of `plain` lies in `marked`."""
        shift = 0
        for at, by in self.offsets:
            if at + by <= position:
                shift = by
        return max(0, min(len(self.marked), position - shift))

    def back(self, position: int) -> int:
        """Where a position of `marked` lies in `plain`."""
        shift = 0
        for at, by in self.offsets:
            if at <= position:
                shift = by
        return max(0, min(len(self.plain), position + shift))


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that saw its words.

    `start` and `end` lie within the sentence; `slots` gives the mentions as
    they are marked in the line, "p3", or the pronoun itself.
    """

    rule: str
    line: int
    start: int
    end: int
    slots: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.rule.partition("/")[0]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that saw its words and then others that spoke against it."""

    rule: str
    line: int
    against: str


@dataclass(frozen=True)
class Phrase:
    """A compiled phrase."""

    source: str
    pattern: str
    # The words of which one must stand in the sentence.
    anchors: tuple[str, ...]
    slots: tuple[str, ...]
    # Sets of words; a sentence that has none of one of them cannot hold the phrase.
    required: tuple[frozenset[str], ...] = ()

    @property
    def marked(self) -> bool:
        return bool(self.slots)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def bare_regex(self) -> re.Pattern[str]:
        return re.compile(bare(self.pattern))

    def search(self, line: Line) -> re.Match[str] | None:
        text = line.marked if self.slots else line.plain
        return (self.bare_regex if line.bare else self.regex).search(text)

    def possible(self, words: frozenset[str]) -> bool:
        """Whether a sentence of these words (see `words_in`) can hold the phrase at all."""
        return not any(group.isdisjoint(words) for group in self.required)

    def within(self, line: Line, text: str, begin: int, end: int) -> bool:
        """Whether the phrase speaks in a part of a sentence; `text` is the form that is looked at."""
        own = line.marked if self.slots else line.plain
        if own is not text:
            # The two forms of a sentence differ in length: the whole of it is looked at.
            begin, end = (0, len(own)) if begin == 0 and end == len(text) else _moved(line, text, begin, end)
        regex = self.bare_regex if line.bare else self.regex
        return regex.search(own, begin, end) is not None

    def finditer(self, line: Line) -> Iterator[re.Match[str]]:
        text = line.marked if self.slots else line.plain
        return (self.bare_regex if line.bare else self.regex).finditer(text)


# Where a sentence turns: what is said before speaks not against what is said after.
_CONTRAST = re.compile(r"(?:,? (?:men|fast|utan|but)|;| [–—]) ")

# In a sentence without end, what stands further off speaks not against a phrase,
# and so many places of it are looked at: the work stays linear in the text.
_REACH = 600
_TRIES = 40


def _moved(line: Line, text: str, begin: int, end: int) -> tuple[int, int]:
    """A part of one form of a sentence, in the other."""
    if text is line.marked:
        return line.back(begin), line.back(end)
    return line.forth(begin), line.forth(end)


def _expand(element: str, lists: Mapping[str, tuple[str, ...]], seen: tuple[str, ...] = ()) -> list[str]:
    """The alternatives of a braced element, with named lists put in."""
    name = element.strip()
    if name not in lists:
        return [part.strip() for part in element.split("|") if part.strip()]
    if name in seen:
        raise BadPhrase(f"ordlistan {name} innehåller sig själv")
    options: list[str] = []
    for word in lists[name]:
        if word.startswith("{") and word.endswith("}"):
            options += _expand(word[1:-1], lists, (*seen, name))
        else:
            options.append(word)
    return options


def _word(text: str) -> str:
    """A word, or several, as a pattern; a * at either end leaves it open."""
    words = []
    for word in text.split():
        optional = word.endswith("?") and len(word) > 1
        core = word.rstrip("?") if optional else word
        before, after = core.startswith("*"), core.endswith("*")
        if core in SLOTS:
            words.append((r"(?<!\w)" + _SLOT_PATTERN[SLOTS[core]], optional))
            continue
        core = fold(core.strip("*"))
        left = r"[\w:-]{0,30}" if before else r"(?<!\w)" if core[:1].isalnum() else ""
        right = r"[\w:-]{0,30}" if after else r"(?!\w)" if core[-1:].isalnum() else ""
        words.append((left + re.escape(core) + right, optional))
    pattern = ""
    for number, (one, optional) in enumerate(words):
        last = number == len(words) - 1
        if optional:
            pattern += f"(?:{one}{'' if last else _JOIN})?"
        else:
            pattern += one + ("" if last else _JOIN)
    return pattern


def compile_phrase(source: str, lists: Mapping[str, tuple[str, ...]] | None = None) -> Phrase:
    """Compile one phrase; raises BadPhrase with a reason in Swedish."""
    lists = lists or {}
    parts: list[tuple[str, bool]] = []
    anchors: list[tuple[str, ...]] = []
    slots: list[str] = []
    # Slots inside braces are matched but not given back by name.
    unnamed: set[str] = set()
    begins = ends = False
    if source.count("{") != source.count("}") or re.search(r"\{[^}]*\{", source):
        raise BadPhrase(f"klamrarna går inte jämnt ut i ”{source}”")
    for element in _ELEMENT.findall(source):
        if element == "^":
            begins = True
        elif element == "$":
            ends = True
        elif element in {"...", "…"}:
            parts.append((_GAP, True))
        elif element.startswith("{"):
            optional = element.endswith("?")
            options = _expand(element.rstrip("?")[1:-1], lists)
            if not options:
                raise BadPhrase(f"tomma klamrar i ”{source}”")
            inner = "(?:" + "|".join(_word(o) for o in sorted(options, key=len, reverse=True)) + ")"
            parts.append((inner, optional))
            inside = [w.rstrip("?") for o in options for w in o.split() if w.rstrip("?") in SLOTS]
            slots += [w for w in inside if w not in unnamed]
            unnamed.update(inside)
            if not optional and not any(o in SLOTS for o in options):
                anchors.append(tuple(_anchor(o) for o in options))
        elif _SLOT_WORD.match(element.rstrip("?")) and element.rstrip("?").rstrip("0123456789") in SLOTS:
            name = element.rstrip("?")
            slot = _SLOT_PATTERN[SLOTS[name.rstrip("0123456789")]]
            inner = f"(?P<{name}>{slot})" if name not in slots or name in unnamed else slot
            unnamed.discard(name)
            parts.append((r"(?<!\w)" + inner, element.endswith("?")))
            slots.append(name)
        else:
            optional = element.endswith("?") and len(element) > 1
            word = element.rstrip("?") if optional else element
            parts.append((_word(word), optional))
            if not optional:
                anchors.append((_anchor(word),))
    if not parts:
        raise BadPhrase("en fras är tom")
    # What may be left out at the end takes the space before it along: "skicka ut?" finds "Skicka."
    tail = len(parts)
    while tail > 1 and parts[tail - 1][1] and parts[tail - 1][0] != _GAP:
        tail -= 1
    pattern = ""
    for number, (inner, optional) in enumerate(parts):
        last = number == len(parts) - 1
        if inner == _GAP:
            pattern += _GAP
        elif number >= tail:
            pattern += f"(?:{_JOIN}{inner})?"
        elif optional:
            pattern += f"(?:{inner}{'' if last else _JOIN})?"
        else:
            pattern += inner + ("" if number + 1 >= tail else _JOIN)
    if begins:
        pattern = _OPENING + pattern
    if ends:
        pattern += r"[\W_]{0,12}\Z"
    # The rarest element stands in for the phrase: the one whose shortest word is longest.
    best = max(anchors, key=lambda group: min(len(a.strip("*")) for a in group) * 10 - len(group), default=())
    required = tuple(group for a in anchors if (group := _required(a)))
    return Phrase(source=source, pattern=pattern, anchors=best, slots=tuple(slots), required=required)


def words_in(text: str) -> frozenset[str]:
    """The words of a folded sentence, for `Phrase.possible`."""
    return frozenset(_TOKEN.findall(text))


def _required(anchors: tuple[str, ...]) -> frozenset[str]:
    """The words of which one must stand in a sentence; empty when open endings leave it unsaid."""
    words: set[str] = set()
    for anchor in anchors:
        pieces = _TOKEN.findall(anchor)
        if "*" in anchor or not pieces:
            return frozenset()
        # What is joined by a hyphen or a full stop is several words to the index.
        piece = max(pieces, key=len)
        words |= {piece, bare(piece)}
    return frozenset(words)


def _anchor(option: str) -> str:
    """The longest word of an alternative, with its stars."""
    words = [w for w in option.split() if w not in SLOTS and not (w.endswith("?") and len(w) > 1)]
    words = words or option.split()
    return max((fold(w) for w in words), key=lambda w: len(w.strip("*?")))


_TOKEN = re.compile(r"\w+")


class Index:
    """Which phrases a sentence may hold, by its words."""

    def __init__(self, phrases: Iterable[tuple[int, Phrase]]) -> None:
        self.exact: dict[str, list[int]] = {}
        self.prefix: dict[str, list[int]] = {}
        self.suffix: dict[str, list[int]] = {}
        self.always: list[int] = []
        for number, phrase in phrases:
            self._add(number, phrase)
        self.prefix_lengths = sorted({len(p) for p in self.prefix})
        self.suffix_lengths = sorted({len(p) for p in self.suffix})

    def _add(self, number: int, phrase: Phrase) -> None:
        if not phrase.anchors:
            self.always.append(number)
        for anchor in phrase.anchors:
            core = anchor.strip("*?")
            # A hyphen or an apostrophe cuts a word in two for the index only.
            pieces = _TOKEN.findall(core)
            if not pieces:
                self.always.append(number)
            elif len(pieces) > 1:
                self._put(
                    self.exact if not anchor.startswith("*") else self.prefix,
                    max(pieces[1:-1] or pieces[:1], key=len),
                    number,
                )
            elif anchor.startswith("*") and anchor.endswith("*"):
                self.always.append(number)
            elif anchor.startswith("*"):
                self._put(self.suffix, pieces[0], number)
            elif anchor.endswith("*"):
                self._put(self.prefix, pieces[0], number)
            else:
                self._put(self.exact, pieces[0], number)

    @staticmethod
    def _put(table: dict[str, list[int]], word: str, number: int) -> None:
        # Both spellings, so that a text without dots and rings is found too.
        for form in {word, bare(word)}:
            table.setdefault(form, []).append(number)

    def candidates(self, words: frozenset[str]) -> list[int]:
        """The numbers of the phrases to try, in the order of the rules."""
        found = set(self.always)
        for word in words:
            found.update(self.exact.get(word, ()))
            for length in self.prefix_lengths:
                if length > len(word):
                    break
                found.update(self.prefix.get(word[:length], ()))
            for length in self.suffix_lengths:
                if length > len(word):
                    break
                found.update(self.suffix.get(word[-length:], ()))
        return sorted(found)


def _code(matched: str) -> str:
    """The mention's code within what a slot matched, or the pronoun itself."""
    at = matched.find(OPEN)
    return matched[at + 1 : matched.index(CLOSE)] if at >= 0 else matched


class Rulebook:
    """All rules, ready to read with.

    `learnt` is what the second reader knows from the example sentences.
    Raises BadPhrase, naming rule and phrase, when one cannot be understood.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        lists: Mapping[str, tuple[str, ...]] | None = None,
        learnt: Learnt | None = None,
    ) -> None:
        self.learnt = learnt
        self.lists: Mapping[str, tuple[str, ...]] = lists or {}
        self.rules: tuple[Rule, ...] = tuple(rules)
        self._phrases: list[tuple[int, Phrase]] = []
        self._all_of: list[tuple[Phrase, ...]] = []
        self._none_of: list[tuple[Phrase, ...]] = []
        for number, rule in enumerate(self.rules):
            self._phrases += [(number, self._compile(rule, source)) for source in rule.any_of]
            self._all_of.append(tuple(self._compile(rule, s) for s in rule.all_of))
            self._none_of.append(tuple(self._compile(rule, s) for s in rule.none_of))
        self._index = Index((i, phrase) for i, (_, phrase) in enumerate(self._phrases))

    def _compile(self, rule: Rule, source: str) -> Phrase:
        try:
            return compile_phrase(source, self.lists)
        except BadPhrase as error:
            raise BadPhrase(f"{rule.source or 'regel'}: {rule.name}: {error}") from error

    def prove(self) -> None:
        """Make every phrase ready at once, which takes seconds; else each is when it is first needed.

        Raises BadPhrase for one that cannot be understood.
        """
        for rule in self.rules:
            for source in (*rule.any_of, *rule.all_of, *rule.none_of):
                try:
                    re.compile(self._compile(rule, source).pattern)
                except re.error as error:
                    raise BadPhrase(
                        f"{rule.source or 'regel'}: {rule.name}: ”{source}” går inte att tyda"
                    ) from error

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a list in words.toml; empty when there is none of that name."""
        return tuple(_expand(name, self.lists)) if name in self.lists else ()

    @cached_property
    def by_name(self) -> Mapping[str, Rule]:
        return {rule.name: rule for rule in self.rules}

    def _spoken(self, number: int, phrase: Phrase, line: Line) -> tuple[re.Match[str] | None, Phrase | None]:
        """Where a phrase speaks with nothing against it in the same clause; else what was against it."""
        against: Phrase | None = None
        for found in islice(phrase.finditer(line), _TRIES):
            text = found.string
            near, far = max(0, found.start() - _REACH), min(len(text), found.end() + _REACH)
            begin = max((m.end() for m in _CONTRAST.finditer(text, near, found.start())), default=near)
            following = _CONTRAST.search(text, found.end(), far)
            end = following.start() if following else far
            against = next((p for p in self._none_of[number] if p.within(line, text, begin, end)), None)
            if against is None:
                return found, None
        return None, against

    def match(self, line: Line) -> tuple[list[Hit], list[NearMiss]]:
        """Every rule that speaks in a sentence, each at its first place, and those held back."""
        hits: list[Hit] = []
        misses: list[NearMiss] = []
        taken: set[int] = set()
        held: set[int] = set()
        words = words_in(line.plain)
        for candidate in self._index.candidates(words):
            number, phrase = self._phrases[candidate]
            if number in taken or number in held or not phrase.possible(words):
                continue
            rule = self.rules[number]
            found, against = self._spoken(number, phrase, line)
            if found is None:
                if against:
                    misses.append(NearMiss(rule.name, line.index, against.source))
                continue
            if any(not p.search(line) for p in self._all_of[number]):
                held.add(number)
                continue
            taken.add(number)
            start, end = found.span()
            if phrase.marked:
                start, end = line.back(start), line.back(end)
            slots = {k: _code(v) for k, v in found.groupdict().items() if v}
            hits.append(Hit(rule.name, line.index, start, end, slots))
        return hits, misses
