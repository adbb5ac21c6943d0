"""A little Swedish grammar: who does what in a sentence, and in which clause.

Not a parser.  It answers the questions that the readers of notices have: who
is the subject of these words, which clause do they stand in, is it said, asked
or only supposed.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from service.interpretation.context import SUBJECT, Context
from service.interpretation.people import Mention
from service.interpretation.rulebook import Hit
from service.interpretation.words import bare, fold

Who = Literal["speaker", "person", "stranger", "nobody"]

_FIRST_PERSON = {"jag", "vi", "mej", "we", "jg", "undertecknad", "mig", "oss", "me", "us"}
_THIRD_PERSON = {"hon", "han", "she", "he", "honom", "henne", "hen", "vederbörande"}
_OTHERS = {
    "du",
    "ni",
    "man",
    "de",
    "dom",
    "någon",
    "ngn",
    "ingen",
    "alla",
    "flera",
    "många",
    "you",
    "they",
    "vilka",
    "vem",
    "andra",
}
_THINGS = {"det", "den", "detta", "this", "it", "that"}
_POSSESSIVE = {
    "min",
    "mitt",
    "mina",
    "vår",
    "vårt",
    "våra",
    "hans",
    "hennes",
    "sin",
    "sitt",
    "er",
    "ert",
    "my",
    "our",
    "his",
    "her",
    "deras",
}
_NO_NOUN_TEXT = """
tyvärr dessvärre alltså därför också nog dock nu då så men och eller att som för på i till av om när
eftersom därmed varför kanske inte ej bara redan säkert antagligen troligen förmodligen just idag dag
morgon torsdag igen faktiskt naturligtvis givetvis självklart här där sedan sen annars ändå likväl visst
helt enkelt tidigare gången året veckan dagen tiden mötet sammanträdet möte kommande nästa våren hösten
hej hejsan ja nej jo okej ok tack hälsningar mvh innan även utan hittills emellan mellan snarare dagarna
månaden kvällen morgonen eftermiddagen förmiddagen helgen sommaren träffen kommunen regionen
strategidagen samman vardagen årets tåget bussen flyget klockan timmen halvtimmen kvarten torsdagen
onsdagen fredagen måndagen tisdagen allihopa kunna vilja vara komma hinna samtliga båda själv
personligen fysiskt digitalt unfortunately sadly really also therefore however and but so because as
since
"""
_NO_NOUN = frozenset(_NO_NOUN_TEXT.split())
_TOKEN = re.compile(r"\d+[./:]\d+|[\w'’-]+|[.,;:!?()–—]")
_CLAUSE = re.compile(
    r"[;]| [–—-] |,? (?:men|but|fast|fastän|utan|däremot|medan|however|while|dock)(?= )|, (?:så|och|eftersom|därför|varför|då|för|so|and|as|since|because)(?= )"
)
_ASKS = re.compile(
    r"\s*(?:kan|kunde|får|fick|går|gick|är|var|ska|skall|skulle|vore|vill|har|hade|finns|behöver|måste|hur|när|vad|vem|vilka|vilken|vilket|varför|vart|"
    r"kommer|tar|blir|hinner|do|does|did|can|could|will|would|is|are|may|shall|should|what|when|where|who|how|why|vet|undrar|tror)(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a mark, or a mention in a sentence; places are those of the sentence."""

    text: str
    start: int
    end: int
    mention: Mention | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a predicate is about."""

    who: Who
    people: tuple[Mention, ...] = ()
    # The speaker beside the people named ("Erik och jag").
    and_speaker: bool = False


def sentence_start(context: Context, index: int) -> int:
    """Where a sentence begins in the new words; 0 for the subject line."""
    return 0 if index == SUBJECT else context.sentences[index].start


def tokens(context: Context, index: int) -> list[Token]:
    """The words of a sentence, with people as one token each."""
    text = fold(context.text_of(index))
    offset = sentence_start(context, index)
    found: list[Token] = []
    people = sorted(
        (m for m in context.people_in(index) if m.kind != "address"), key=lambda m: (m.start, -m.end)
    )
    at = 0
    for mention in people:
        begin, end = mention.start - offset, mention.end - offset
        if begin < at:
            continue
        found += [Token(m.group(), at + m.start(), at + m.end()) for m in _TOKEN.finditer(text[at:begin])]
        found.append(Token(text[begin:end], begin, end, mention))
        at = end
    found += [Token(m.group(), at + m.start(), at + m.end()) for m in _TOKEN.finditer(text[at:])]
    return found


def clause_bounds(text: str, at: int) -> tuple[int, int]:
    """The clause of a sentence in which a place lies."""
    flat = fold(text)
    begin, end = 0, len(flat)
    for match in _CLAUSE.finditer(flat):
        if match.start() < at:
            begin = match.start()
        else:
            end = match.start()
            break
    return begin, end


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """All clauses of a sentence."""
    at = 0
    for match in _CLAUSE.finditer(fold(text)):
        if match.start() > at:
            yield at, match.start()
        at = match.start()
    yield at, len(text)


def subject_of(context: Context, hit: Hit) -> Subject:
    """Who the words of a hit are about: inside them, before them, else the speaker."""
    if hit.rule.endswith("/by-example"):
        return _heard_subject(context, hit)
    row = tokens(context, hit.line)
    inside = [n for n, t in enumerate(row) if hit.start <= t.start < hit.end]
    for number in inside:
        found = _as_subject(context, hit.line, row, number)
        if found and found.who != "nobody":
            return found
        if found and row[number].text in _OTHERS:
            return found
    first = inside[0] if inside else next((n for n, t in enumerate(row) if t.start >= hit.end), len(row))
    return _before(context, hit, row, first)


_HEARD_AS = {
    "absence": "absent", "late": "absent", "early": "absent", "attendance": "coming",
    "leaving": "leaving", "contact": "holder",
}  # fmt: skip


# Whoever is less likely to play a part is asked about.
LIKELY_PART = 0.65


def _heard_subject(context: Context, hit: Hit) -> Subject:
    """Who plays the part that goes with a meaning, as the second reader hears it; else the speaker."""
    role = _HEARD_AS.get(hit.kind, "")
    base = sentence_start(context, hit.line)
    parts = context.sense(hit.line).having(role)
    places = {p.start for p in parts if p.likelihood >= LIKELY_PART}
    people = tuple(m for m in context.people_in(hit.line) if m.start - base in places and m.kind != "address")
    text = fold(context.text_of(hit.line))
    own = any(text[p.start : p.end] in _FIRST_PERSON for p in parts)
    return Subject("person", people, own) if people else Subject("speaker")


# Predicates that only a person can have: "mötet krockar" says who cannot come, "Sven kommer inte" says it of Sven.
_PERSONAL = {
    "absence/cannot-come", "absence/not-coming", "absence/says-forhinder", "absence/stays-home", "late/comes-later", "early/leaves-early",
    "attendance/comes", "attendance/another", "attendance/after-all", "attendance/by-link", "leaving/quits", "elsewhere/is-elsewhere",
}  # fmt: skip


def _before_a_relative_clause(row: Sequence[Token], first: int) -> Mention | None:
    """ "Johan, som har hoppat in för mig, tar över": what stands between the commas has its own verb."""
    if len(row) < 4 or first < 5 or row[1].text != "," or row[2].text != "som":
        return None
    opens = row[0].mention
    closed = any(t.text == "," for t in row[3:first])
    return opens if opens and not opens.genitive and closed else None


def _before_som(row: Sequence[Token], number: int, first: int) -> Mention | None:
    """ "Jag har talat med Håkan, som går i mitt ställe": whom a relative clause is about."""
    before = number - 2 if number and row[number - 1].text == "," else number - 1
    named = row[before].mention if before >= 0 else None
    if named is None or named.genitive or any(t.text in {"men", "så"} for t in row[number:first]):
        return None
    return named


_COUNTED = re.compile(
    r"(?:\d+|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|hälften|halva|merparten|majoriteten|en tredjedel) "
    r"(?:av|har|stycken|st|ledamöter|personer|ordinarie)(?!\w)"
)


def _before(context: Context, hit: Hit, row: Sequence[Token], first: int) -> Subject:
    """The subject to the left of a predicate; stops at the end of a sentence part."""
    crossed = 0
    index = hit.line
    # "Minstingen kräktes hela natten så det blir vab": the child is ill, the parent stays at home.
    personal = hit.rule in _PERSONAL and not re.search(
        r"(?<!\w)(?:vab\w*|hemma|sjukt barn)(?!\w)", fold(context.text_of(hit.line))[hit.start : hit.end]
    )
    if (opens := _before_a_relative_clause(row, first)) is not None:
        return Subject("person", (opens,))
    for number in range(first - 1, -1, -1):
        token = row[number]
        if token.text in {";", "!", "?", "."}:
            break
        if token.text in {",", ":", "(", ")", "–", "—"}:
            crossed += 1
            continue
        if token.text == "som" and (named := _before_som(row, number, first)) is not None:
            return Subject("person", (named,))
        found = _as_subject(context, index, row, number)
        if found:
            return found
        if not crossed and number == first - 1 and personal and _is_noun_subject(row, number):
            return Subject("stranger")
        if first - number > 14:
            break
    if personal and row and _COUNTED.match(" ".join(t.text for t in row[:3])):
        # "Åtta av tolv har lämnat återbud."
        return Subject("nobody")
    if personal:
        opening = (
            next((n for n in range(first - 1, -1, -1) if row[n].text in {",", ".", ":", ";", "!", "?"}), -1)
            + 1
        )
        if opening < first - 1 and _is_noun_subject(row, opening):
            # "Socialchefen i Åre har slutat."
            return Subject("stranger")
    return Subject("speaker")


def opens_with_a_stranger(context: Context, index: int) -> bool:
    """Whether a sentence is about somebody by office only: "Socialchefen i Åre ersätts av Anna"."""
    row = tokens(context, index)
    return bool(row) and row[0].mention is None and _is_noun_subject(row, 0)


def _as_subject(context: Context, index: int, row: Sequence[Token], number: int) -> Subject | None:
    token = row[number]
    if token.mention and not token.mention.genitive:
        if _after_preposition(row, number):
            return None
        people, speaker = _joined(context, index, row, number)
        return Subject("person", people, speaker)
    if token.text in _FIRST_PERSON:
        people, _ = _joined(context, index, row, number)
        if not people and token.text in {"vi", "oss", "we", "us"}:
            people = _beside_me(context, index, row, number)
        return Subject("person", people, True) if people else Subject("speaker")
    if token.text in _THIRD_PERSON:
        person = antecedent(context, index, token.start)
        if person:
            return Subject("person", (person,))
        return Subject("speaker") if context.by_assistant else Subject("stranger")
    if token.text in _OTHERS:
        # "kommer på alla", "på de båda" are meetings and not people.
        following = row[number + 1].text if number + 1 < len(row) else ""
        if token.text in {"någon", "ngn", "ingen"} and number + 1 < len(row) and row[number + 1].mention:
            # "Inte heller någon Camilla" is about her.
            return None
        if token.text in {"alla", "andra", "flera", "många"} and not _ends_before_verb(row, number):
            return None
        if _after_preposition(row, number) or following in {
            "båda",
            "bägge",
            "möten",
            "mötena",
            "gånger",
            "gångerna",
            "datum",
            "datumen",
        }:
            return None
        return Subject("nobody")
    return None


def _ends_before_verb(row: Sequence[Token], number: int) -> bool:
    """Whether a word like "alla" opens its clause, as a subject does: "alla kommer", not "har läst alla"."""
    before = row[number - 1].text if number else ","
    return before in {",", ".", "och", "men", "att", "som", "om", ":"}


# What stands after these is no subject; nor is whoever is greeted.
_PREPOSITIONS_TEXT = """
för till med från av hos åt mot om på i vid kring hej hejsan hälsa kära bästa tack hi dear for to with
from by instead möte of
"""
_PREPOSITIONS = frozenset(_PREPOSITIONS_TEXT.split())


def _after_preposition(row: Sequence[Token], number: int) -> bool:
    before = row[number - 1].text if number else ""
    return before in _PREPOSITIONS


def _is_noun_subject(row: Sequence[Token], number: int) -> bool:
    """Whether the word before a predicate is a noun that stands for somebody or something else."""
    word = row[number].text
    if word in _NO_NOUN or not word.isalpha() or len(word) < 3:
        return False
    before = row[number - 1].text if number else ""
    if before in _POSSESSIVE:
        return True
    if word in _THINGS:
        return False
    return (
        bool(re.search(r"(?<!lig)(?:en|et|erna|arna|orna|heten|torn|dottern|frun|gan|terna)\Z", word))
        and len(word) > 4
    )


def _joined(
    context: Context, index: int, row: Sequence[Token], number: int
) -> tuple[tuple[Mention, ...], bool]:
    """Everyone joined with a subject by "och", "eller", "samt" or a comma."""
    people: list[Mention] = []
    speaker = False
    mention = row[number].mention
    if mention:
        people.append(mention)
    elif row[number].text in _FIRST_PERSON:
        speaker = True
    for step in (-1, 1):
        at = number
        while 0 <= at + 2 * step < len(row):
            joint, other = row[at + step], row[at + 2 * step]
            if joint.text not in {"och", "eller", "samt", "&", "and", "or", "nor"}:
                break
            if other.mention and not other.mention.genitive:
                people.insert(0 if step < 0 else len(people), other.mention)
            elif other.text in _FIRST_PERSON:
                speaker = True
            else:
                break
            at += 2 * step
    return tuple(people), speaker


def _beside_me(context: Context, index: int, row: Sequence[Token], number: int) -> tuple[Mention, ...]:
    """ "Både Erik och jag är anmälda dit, så vi kommer inte": who "vi" are besides the writer."""
    for at in range(number - 1, -1, -1):
        if row[at].text in {"jag", "i", "undertecknad"}:
            people, _ = _joined(context, index, row, at)
            if people:
                return people
    return ()


def antecedent(context: Context, index: int, at: int) -> Mention | None:
    """Whom "hon" or "han" means: the person named last before, other than the writer."""
    place = sentence_start(context, index) + at
    pool = context.people if index != SUBJECT else ()
    before = [m for m in pool if m.start < place and m.kind != "address" and not _is_sender(context, m)]
    if before:
        # After a greeting ("Hej Ingrid") the one greeted is not spoken of.
        named = [m for m in before if not is_greeted(context, m)]
        if named:
            return named[-1]
    subject = [m for m in context.subject_people if not _is_sender(context, m)]
    return subject[-1] if subject else None


def _is_sender(context: Context, mention: Mention) -> bool:
    return bool(context.sender and mention.person == context.sender.id)


def is_greeted(context: Context, mention: Mention) -> bool:
    before = bare(fold(context.words.text[max(0, mention.start - 16) : mention.start]))
    return bool(
        re.search(
            r"(?:^|\n)\s*(?:hej|hejsan|god morgon|god dag|basta|kara|hi|hello|dear|tack|hej hej|tjena|halla)[ ,]*\Z",
            before,
        )
    )


def is_asked(context: Context, hit: Hit) -> bool:
    """Whether the words stand in a question."""
    text = context.text_of(hit.line)
    if not text.rstrip(' "”)').endswith("?"):
        return False
    flat = fold(text)
    if _ASKS.match(flat):
        return True
    # "Jag kan inte komma, är det ok?": only the last part asks.
    last = max(flat.rfind(","), flat.rfind(" men "), flat.rfind(" så "))
    return not (last > 0 and hit.end <= last)


_CONDITION = re.compile(r"(?<!\w)(?:om|ifall|därest|såvida|if|in case|unless|vid|huruvida|skulle)(?!\w)")


def is_supposed(context: Context, hit: Hit) -> bool:
    """Whether the words stand behind an "om": a condition, not a notice."""
    text = fold(context.text_of(hit.line))
    begin, _ = clause_bounds(text, hit.start)
    cut = max(text.rfind(mark, begin, hit.start) for mark in ",:;")
    before = text[max(begin, cut + 1) : hit.start + 1]
    for match in _CONDITION.finditer(before):
        after = before[match.end() :]
        previous = before[: match.start()].rstrip()
        if match.group() == "om" and re.search(
            r"(?:även|ber|ursäkt|fråga\w*|frågan|information|info|ärendet?|punkten|påminn\w*|prata|diskutera|även|be|tala|just|"
            r"överens|enats?|beslut\w*|bestämt|besked|ense|eniga)\Z",
            previous,
        ):
            continue
        if (
            match.group() == "om"
            and re.search(r"vet\Z", previous)
            and re.match(r" (?:det|saken|detta|läget)", after)
        ):
            continue
        if match.group() in {"om", "vid"} and re.match(
            r"\s*(?:två|tre|en|ett|fyra|\d+|\d\d?-tiden|tid)\s", after
        ):
            continue
        if match.group() == "vid" and not re.match(r"\s*(?:ev\w*|förhinder|behov)", after):
            continue
        if match.group() == "skulle" and not re.match(r"\s*(?:jag|vi|det|hon|han|någon)", after):
            continue
        return True
    return False


_PERHAPS = re.compile(
    r"(?<!\w)(?:kanske|eventuellt|ev\.?|troligen|troligtvis|förmodligen|antagligen|möjligen|möjligtvis|risk|risken|riskerar|osäkert?|oklart|"
    r"vet (?:inte|ej) (?:om|än|ännu)|vet ännu inte|inte säker\w*|preliminärt|lutar (?:åt|mot)|may not|might|perhaps|possibly|not sure|unsure|probably|likely|"
    r"rädd (?:för )?att|hoppas|försöker|ska försöka|kan (?:bli|hända)|tveksamt?|tveksam|inte omöjligt|sannolikt|beroende på|ser mörkt ut|tror (?:inte|inte att)|tror att)(?!\w)"
)


def is_perhaps(context: Context, hit: Hit) -> bool:
    """Whether the words are hedged: "kanske", "vet inte om", "risk att"."""
    text = fold(context.text_of(hit.line))
    begin, end = clause_bounds(text, hit.start)
    return bool(_PERHAPS.search(text[begin:end]))


_DENIED = re.compile(
    r"(?:det är inte (?:så )?att|inte för att|inte (?:det|så) att|det är inte det att|inte sagt att|inte som så att|inte därför att|menade (?:inte|aldrig) att|it's not that|not because)\W[^.;]{0,40}\Z"
)


def is_denied(context: Context, hit: Hit) -> bool:
    """Whether the words are taken back at once: "det är inte så att jag inte kommer"."""
    text = fold(context.text_of(hit.line))
    before = text[: hit.start + 1]
    return bool(_DENIED.search(before)) and "," not in before[_DENIED.search(before).start() :]  # type: ignore[union-attr]
