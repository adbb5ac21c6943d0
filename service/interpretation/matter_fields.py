"""What a letter says of a matter beside its name: type, time, presenter, forum, meeting, files."""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from service.domain.intents import Contact, ItemType
from service.domain.network import Person
from service.interpretation.context import SUBJECT, Context
from service.interpretation.dates import find_minutes
from service.interpretation.meetings import MeetingMention
from service.interpretation.people import Mention
from service.interpretation.phrases import phrases, spoken_in
from service.interpretation.titles import content_words
from service.interpretation.words import fold


@dataclass(frozen=True, slots=True)
class Found:
    """A presenter, or the reason why none can be told."""

    contact: Contact | None = None
    doubt: str | None = None


def contact_of(context: Context, mention: Mention) -> Found:
    """Whom a mention names, as a contact with the network's own address."""
    if len(mention.candidates) > 1:
        return Found(doubt=f"det finns flera som heter {mention.text}")
    if mention.person is not None:
        person = context.surroundings.network.person(mention.person)
        if _shared_name(context, mention, person):
            return Found(doubt=f"det finns flera som heter {mention.text}")
        return Found(Contact(name=person.name, email=person.email or None))
    if mention.contact is not None:
        return Found(
            Contact(name=mention.contact.name, email=mention.contact.email, title=mention.contact.title)
        )
    return Found()


def _shared_name(context: Context, mention: Mention, person: Person) -> bool:
    """Whether only a first name tells who presents, and others bear it too.

    What else the letter says of her (surname, title, address) settles it.
    """
    if mention.kind != "first" or fold(mention.text.rstrip("s")) != fold(person.first_name):
        return False
    namesakes = [p for p in context.surroundings.network.people if p.first_name == person.first_name]
    named = {m.person for m in (*context.people, *context.subject_people) if m.kind != "first"}
    return len(namesakes) > 1 and person.id not in named


def writer(context: Context) -> Contact | None:
    """Who "jag" is: the writer, whether the network knows him or not."""
    if context.sender:
        return Contact(name=context.sender.name, email=context.sender.email or None)
    if context.letter.sender and context.letter.sender.name:
        return Contact(name=context.letter.sender.name, email=context.letter.sender.address or None)
    return None


_NOT_PRESENTER = re.compile(
    r"\b(?:känner till|vet om|hälsar|hälsa|tipsade|bad mig|frågade|undrade|hörde av sig|har hört "
    r"av sig|tyckte|håller med|stöder|instämmer|tack(?:ar)? till|cc|kopia|enligt|pratat med|talat "
    r"med|stämt av med|tillsammans med|knows|told me|asked me)\b"
)


# "Vem av Lena och Mats som håller dragningen gör de upp."
_EITHER = re.compile(
    r"\b(?:vem av|endera|antingen|vem som (?:drar|håller|föredrar|tar|presenterar)|"
    r"återkommer (?:om|med) vem)\b"
)


def presenter_in(
    context: Context, indexes: Iterable[int], spans: Sequence[tuple[int, int]] | None = None
) -> Found:
    """Who is to present, by the sentences of a matter.

    Only whom the message names; "jag drar den" names its writer.  `spans`
    limits each sentence to a part of it.
    """
    last_named: Mention | None = None
    indexes = list(indexes)
    for at, index in enumerate(indexes):
        text = context.text_of(index)
        folded = fold(text)
        base = 0 if index == SUBJECT else context.sentences[index].start
        people = [m for m in _people(context, index) if not m.genitive or len(folded) < 40]
        begin, end = spans[at] if spans else (0, len(text))
        heard = [s for s in spoken_in(context, "proposal", index, "presents") if begin <= s.start < end]
        if (named := _in_details(context, text[begin:end], base + begin, people)) and not heard:
            return named
        if (
            re.search(r"[,;(]\s*(?:jag|undertecknad)(?: själv)?\s*[.)]?\s*$", folded[begin:end])
            and find_minutes(text[begin:end]) is not None
            and (me := writer(context))
        ):
            return Found(me)
        if not heard:
            if people:
                last_named = people[-1]
            continue
        near = [m for m in people if begin <= m.start - base < end]
        if _EITHER.search(folded[begin:end]):
            return Found(doubt="det framgår inte vem som föredrar")
        # "Håkan och jag föredrar, men skriv upp Håkan": whose name is to be written comes first.
        for spoken in sorted(heard, key=lambda s: not ENTERED.search(folded[s.start : s.end])):
            found = _nearest(context, folded, base, near, spoken.start, spoken.end, last_named)
            if found.contact or found.doubt:
                return found
        if people:
            last_named = people[-1]
    for index in indexes:
        # "Information. 10 minuter. Erik."
        text = context.text_of(index).strip(" .!,()–-")
        if fold(text) in {"jag", "jag själv", "undertecknad"} and (me := writer(context)):
            return Found(me)
        for mention in context.people_in(index):
            if context.sender and mention.person == context.sender.id and index == len(context.sentences) - 1:
                # A name below the text signs it.
                continue
            if text and mention.text.strip(" .") == text:
                return contact_of(context, mention)
    return Found()


def _in_details(context: Context, text: str, base: int, people: Sequence[Mention]) -> Found | None:
    """A name that stands alone among details: "Diskussion, 30 min, Johan Edlund."."""
    at = 0
    pieces: list[tuple[int, str]] = []
    for piece in re.split(r"[,;()/]|\s[–—-]\s|\.(?:\s|$)", text):
        found = text.find(piece, at)
        at = found + len(piece)
        pieces.append((found + len(piece) - len(piece.lstrip()), piece.strip()))
    details = [
        p for _, p in pieces if p and ((find_minutes(p) is not None and len(p) < 25) or type_of_word(p))
    ]
    if not details:
        return None
    for start, piece in pieces:
        for mention in people:
            if mention.start - base == start and mention.end - mention.start >= len(piece) - 1:
                return contact_of(context, mention)
    return None


_FULL_NAME = re.compile(
    r"(?<![\w.@])[A-ZÅÄÖ][a-zåäöéü]+(?:-[A-ZÅÄÖ][a-zåäöéü]+)? (?:af |von |de "
    r")?[A-ZÅÄÖ][a-zåäöéü]+(?:-[A-ZÅÄÖ][a-zåäöéü]+)?(?!\w)"
)


def _people(context: Context, index: int) -> list[Mention]:
    """Who is named in a sentence, full names that nobody knows included."""
    found = list(context.people_in(index))
    text = context.text_of(index)
    base = 0 if index == SUBJECT else context.sentences[index].start
    matches = [
        m for at in re.finditer(r"(?<!\w)(?=[A-ZÅÄÖ])", text) if (m := _FULL_NAME.match(text, at.start()))
    ]
    for match in matches:
        if any(match.start() < other.start() < match.end() for other in matches):
            # "Utvecklare Karl Hed": the title at the beginning is no name.
            continue
        start, end = base + match.start(), base + match.end()
        if match.start() > 0 or len(text) - match.end() > 2:
            inside = [
                m for m in found if start <= m.start and m.end < end and m.person is None and not m.candidates
            ]
            found = [m for m in found if m not in inside]
            if any(m.start < end and start < m.end for m in found) or (match.start() == 0 and not inside):
                continue
            found.append(Mention(start, end, match.group(), contact=Contact(name=match.group())))
    return sorted(found, key=lambda m: m.start)


# A lone "i" is a preposition in Swedish.
_ME = re.compile(r"\b(?:jag|undertecknad|i'll|i'm|i'd|i (?:will|can|would|shall|could|am))\b")


ENTERED = re.compile(
    r"\b(?:skriv|skriva|sätt|sätta|notera|anteckna)\b.*|\bsom (?:föredragande|föredragare)\b"
)
_IN_PASSING = re.compile(r", (?:som|vars|vilken|who|whom)\b[^,.;!?]{0,80},")


def _nearest(
    context: Context,
    folded: str,
    base: int,
    people: Sequence[Mention],
    start: int,
    end: int,
    last: Mention | None,
) -> Found:
    # "Anna, som jag träffade i höstas, presenterar": what is told of her in passing is left out.
    before = _IN_PASSING.sub(lambda m: " " * len(m.group()), folded[:start])
    after = folded[end:]
    covered = list(before)
    for m in people:
        # The dots of an address end no clause.
        covered[max(0, m.start - base) : max(0, m.end - base)] = "x" * max(
            0, min(m.end - base, len(covered)) - max(0, m.start - base)
        )
    flat = "".join(covered)
    clause_from = max((m.end() for m in re.finditer(r"[.;!?:](?=\s)", flat)), default=0)
    left = [m for m in people if clause_from <= m.start - base < start]
    left = [m for m in left if "@" not in m.text] or left
    right = [m for m in people if m.start - base >= end and m.start - base - end <= 45]
    word = folded[start:end]
    inside = [m for m in people if start <= m.start - base < end]
    if re.search(r"\bmig\b|^min ", word) or (
        # "Tar båda själv", "svarar själv för föredragningen".
        not clause_from
        and start < 3
        and not people
        and re.search(r"\bsjälv\b", folded)
        and not re.search(r"\b(?:hon|han|hen|de|she|he)\b", folded)
    ):
        # "Skriv upp mig."
        return Found(writer(context))
    if re.search(r"\b(?:honom|henne)$", word) and last is not None:
        return contact_of(context, last)
    labelled = re.match(r"(?:föredragande|föredragare|presentatör|presenter|vem)\b", word)
    passive = bool(re.search(r"(?:dras|föredras|presenteras|redovisas|hålls i)\b", word))
    if labelled or passive:
        if re.match(r"\s*(?:är|blir|:|ska vara|–|-|av|=|is)?\s*(?:undertecknad|jag|själv|mig)\b", after) or (
            labelled and re.search(r"\b(?:jag|undertecknad)\b[^.;]{0,12}$", before)
        ):
            me = writer(context)
            return Found(me) if me else Found()
        if right:
            return contact_of(context, right[0])
        if left:
            return contact_of(context, left[-1])
        if re.search(r"\b(?:honom|henne|hen)\b", before[clause_from:]) and last:
            return contact_of(context, last)
        return Found()
    mine = list(re.finditer(_ME, before[clause_from:]))
    me_before = mine[-1] if mine else None
    if (
        me_before
        and re.search(
            r"\b(?:så vill|som|att (?:någon|ni|vi|de|den|gruppen|nätverket|[a-zåäö]+en|[a-z]{3}))\b.{0,30}$",
            before[clause_from + me_before.end() :],
        )
        and not re.search(r"\bsom (?:jag|undertecknad)\b.{0,12}$", before)
    ):
        # "Som jag nämnde så vill BUP komma och informera": another is meant.
        me_before = None
    if me_before and re.search(r"\b(?:inte|ej|aldrig|not)\b", folded[clause_from + me_before.end() : end]):
        # "Jag kan inte dra det själv": somebody else does.
        return Found()
    me_inside = re.search(r"\b(?:jag|undertecknad|i'll|i'm)\b", word)
    if inside:
        return contact_of(context, inside[-1])
    if (
        re.search(r"\b(?:hon|han|hen)\b", before[clause_from:])
        and not me_before
        and re.match(r"\s*(?:den |det )?själv\b", after)
        and last is not None
    ):
        return contact_of(context, last)
    left = [
        m for m in left
        if not re.search(
            r"\b(?:för|till|från|hos|åt|enligt|via|om|ringde|träffade)\s+$", before[: m.start - base]
        )
    ]  # fmt: skip
    if (
        left
        and not me_before
        and re.search(r"\b(?:hon|han|hen|she|he)\b[^.;!?]*$", before[left[-1].end - base :])
    ):
        # "Stina Berg har gjort en kartläggning som hon gärna presenterar."
        return contact_of(context, left[-1])
    if left:
        person = left[-1]
        gap = folded[person.end - base : start]
        if me_before and clause_from + me_before.start() > person.end - base:
            me = writer(context)
            return Found(me) if me else Found()
        if not _NOT_PRESENTER.search(gap) and len(gap) <= 110:
            return contact_of(context, person)
    if (
        re.match(
            r"\s*(?:den |det |detta |punkten |den här )?(?:gärna |nog )?(?:jag|själv|undertecknad)\b", after
        )
        or me_before
        or me_inside
    ):
        if me_before and re.search(
            (
                r"\b(?:ta upp|höra|veta|få (?:en|ett|mer|lite)|att (?:ni|vi|någon|gruppen|nätverket|"
                r"de))\b"
            ),
            before[clause_from + me_before.end() :],
        ):
            # "Jag vill att någon berättar" names nobody.
            return Found()
        me = writer(context)
        return Found(me) if me else Found()
    if right and re.match(r"\s*(?:den |det |detta |punkten |ärendet )?(?:gärna |nog |då )?", after):
        person = right[0]
        gap = folded[end : person.start - base]
        if len(gap) <= 25 and not re.search(r"[.;!?]|\b(?:för|till|med|om|hos|från|åt)\b", gap):
            return contact_of(context, person)
    if re.search(r"\b(?:hon|han|hen|she|he|de)\b[^.;!?]*$", before[clause_from:]) or re.match(
        r"\s*(?:den |det )?(?:hon|han|hen)\b", after
    ):
        if last is not None:
            return contact_of(context, last)
        if context.by_assistant and context.speaker:
            # "Han föredrar": whom the assistant writes for.
            return Found(Contact(name=context.speaker.name, email=context.speaker.email or None))
    return Found()


def type_in(context: Context, texts: Iterable[str]) -> ItemType | None:
    """The type that is said or plainly implied; a decision weighs most, information least."""
    rules = phrases(context.rulebook, "proposal")
    heard: dict[str, int] = {}
    for text in texts:
        for spoken in rules.spoken(text, "decision", "discussion", "information"):
            if not denied(text, spoken.start, spoken.end):
                heard.setdefault(spoken.name, spoken.start)
            # A word on its own, or after a dash, is the type; "beslut" in a title is not.
    return _weighed(heard)


_DENIAL = re.compile(r"\b(?:ingen|inget|inga|ingenting|inte|ej|icke|utan|slipper|knappast|no|not|nothing)\b")
# "Kan vi inte besluta om det?", "inte bara diskutera": said to ask for it, or for more.
_NO_DENIAL = re.compile(
    r"\b(?:kan|ska|skulle|borde|bör|måste|får|varför|vore|behöver) (?:vi|ni|man|du|det|den|nätverket|gruppen) inte\b|"
    r"\binte (?:bara|enbart|endast|minst|ännu|än)\b"
)
_DENIED_AFTER = re.compile(
    r"\W*(?:\w+ ){0,2}?(?:behövs|krävs|är|blir|fattas|tas|ska|behöver|erfordras|fordras|handlar)\b[^,.;]{0,20}?\b(?:inte|ej)\b"
)


def denied(text: str, start: int, end: int) -> bool:
    """Whether a word ("beslut") is said only to be denied: "ingen behöver besluta något"."""
    folded = fold(text)
    clause = re.split(r"[.;!?:]\s|\b(?:men|däremot|but)\b", folded[:start])[-1]
    said = list(_DENIAL.finditer(clause))
    if said and said[-1].group() == "utan" and len(said) > 1:
        # "Inte för information utan för beslut."
        said = []
    if said and len(clause) - said[-1].end() <= 45 and not _NO_DENIAL.search(clause):
        return True
    return bool(_DENIED_AFTER.match(folded[end:]))


def _weighed(heard: dict[str, int]) -> ItemType | None:
    names: tuple[ItemType, ...] = ("decision", "discussion", "information")
    return next((name for name in names if name in heard), None)


_TYPE_WORD = re.compile(
    (
        r"^\W*(?:för |typ:? ?|sort:? ?|endast |bara |ren |rent |kort |en |ett )*(?P<word>info\w*|"
        r"diskussion\w*|beslut\w*|decision|discussion|dialog\w*|samtal|överläggning|till kännedom|"
        r"kännedom|i|d|b)\W*$"
    ),
    re.IGNORECASE,
)


def type_of_word(text: str) -> ItemType | None:
    """The type that a cell or a label's value names."""
    found = _TYPE_WORD.match(text)
    if not found:
        return None
    word = found["word"].casefold()
    if word.startswith(("besl", "dec")) or word == "b":
        return "decision"
    if word.startswith(("disk", "disc", "dial", "samt", "över")) or word == "d":
        return "discussion"
    return "information"


def minutes_in(texts: Iterable[str]) -> int | None:
    """The time asked for, in minutes: "en kvart", "tiominutare", "30 min"."""
    for text in texts:
        folded = fold(text)
        # "En dryg halvtimme, säg 35 minuter".
        exact = re.search(r"\b(?:säg|det vill säga|dvs|alltså|närmare bestämt)\b(.*)$", folded)
        if exact and (found := find_minutes(exact[1])) is not None:
            return found
        if both := re.search(
            (
                r"(\d{1,3}) ?min\w*\.?[^.;]{0,40}?\b(?:och (?:sedan|sen|därefter)|plus|följt av|"
                r"samt)\b[^.;]{0,40}?(\d{1,3}) ?min|(\d{1,3}) ?\+ ?(\d{1,3}) ?min"
            ),
            folded,
        ):
            parts = [int(n) for n in both.groups() if n]
            if sum(parts) <= 240:
                return sum(parts)
        # "En kvart i november" is a length; "en kvart i två" is a clock.
        folded = re.sub(
            r"\b(?:en )?(?<!\d )kvart\b(?! (?:i|över|past|to) (?:\d|ett|två|tre|fyra|fem|sex|sju|åtta|nio|"
            r"tio|elva|tolv))"
            r"(?<!tre kvart)",
            "15 min",
            folded,
        )
        if re.search(r"\bhel timm[ea]\b", folded):
            return 60
        if short := re.search(
            (
                r"\b(fem|tio|femton|tjugo|trettio|fyrtio)minut(?:er|ers|s|are|aren)?\b|"
                r"\b(\d{1,3})-?minut(?:are|ers)\b"
            ),
            folded,
        ):
            return (
                {"fem": 5, "tio": 10, "femton": 15, "tjugo": 20, "trettio": 30, "fyrtio": 40}[short[1]]
                if short[1]
                else int(short[2])
            )
        if said := re.search(r"\bsäg (fem|tio|femton|tjugo|trettio|\d{1,2})\s*(?:$|[.,!?](?!\d))", folded):
            # "Kan jag få några minuter? Säg tio."
            return _SPELT.get(said[1]) or int(said[1])
        if bare := re.search(
            r"\b(?:max|högst|räcker med|behöver)\s+(?:max |ca )?(\d{1,2})\s*(?:$|[.,!?](?!\d))", folded
        ):
            # "Behöver max 15".
            return int(bare[1])
        if (found := find_minutes(_without_other_times(folded))) is not None:
            return found
    return None


_SPELT = {"fem": 5, "tio": 10, "femton": 15, "tjugo": 20, "trettio": 30}


def _without_other_times(folded: str) -> str:
    # "Tre kvart efter två", "kvart över ett", "en timme efter mötets början": a clock, not a length.
    return re.sub(
        (
            r"\b(?:kvart (?:i|över|past|to) (?:\d|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|"
            r"tolv)|(?:halvtimme|timme|timma) (?:efter mötets|före mötet))\b|\b\d+ (?:min|"
            r"minuter) (?:sen|försenad|från(?! (?:mig|min|mitt|oss|vår|vårt)\b)|efter mötets|bort)\b|\bför \w+ minuter sedan\b"
        ),
        " ",
        folded,
    )


def forum_in(context: Context, texts: Iterable[str]) -> str | None:
    """The forum that the matter is to be referred to; being mentioned is not enough."""
    rules = phrases(context.rulebook, "proposal")
    for text in texts:
        for spoken in rules.spoken(text, "refers"):
            words = fold(text)[spoken.start : spoken.end]
            for forum in context.surroundings.network.forums:
                if fold(forum.short_name) in words:
                    return forum.short_name
    for text in texts:
        if rules.speaks(text, "refers"):
            for forum in context.surroundings.network.forums:
                if fold(forum.short_name) in fold(text) or fold(forum.name) in fold(text):
                    return forum.short_name
    return None


_PASSED_OVER = re.compile(
    r"\b(?:inte|ej|icke|not|inget|inga|ingenting|nothing|hoppar över|förbi)\b[^,.;]{0,45}$|\b(?:säkert|redan|nog) full\w*[^,.;]{0,10}$"
)
_OVER_AFTER = re.compile(
    r"^[^,.;]{0,25}\b(?:är (?:säkert|nog|redan|väl|ju)?\s*(?:redan )?full\w*|hinner (?:vi|jag|ni) "
    r"(?:inte|nog inte)|går inte|blir för tidigt|är för tidigt|funkar inte)\b"
)


def meeting_in(context: Context, indexes: Iterable[int]) -> MeetingMention | None:
    """The first of our coming meetings that the sentences name for a matter."""
    for index in indexes:
        text = fold(context.text_of(index))
        base = 0 if index == SUBJECT else context.sentences[index].start
        for mention in context.meetings_in(index):
            if (
                mention.kind == "season"
                or not mention.ours
                or mention.past
                or mention.open
                or len(mention.keys) > 1
            ):
                continue
            before = text[: max(0, mention.start - base)]
            after = text[mention.end - base :]
            asked = re.search(
                r"\b(?:ska|kan|kunde|skulle|borde|bör|vore|får) (?:vi|ni|du|man|det)? ?inte\b", before
            )
            if (_PASSED_OVER.search(before) and not asked) or _OVER_AFTER.search(after):
                continue
            if re.search(r"\b(?:underlag|handlingar|handlingarna|material|bilagor)\b", before) and re.search(
                r"\b(?:senast|före|innan)\b", before
            ):
                continue
            return mention
    return None


def conflict_in(context: Context, indexes: Iterable[int]) -> str | None:
    """What does not hold together about a meeting that the sentences name."""
    for index in indexes:
        for mention in context.meetings_in(index):
            if mention.conflict and mention.named:
                return mention.conflict
    return None


def meeting_key(mention: MeetingMention | None) -> date | None:
    return mention.keys[0] if mention and mention.keys else None


def files_for(titles: Sequence[str], files: Sequence[str], mentions: Sequence[bool]) -> list[list[str]]:
    """Which files belong to which matter.

    A file goes to the matter whose name its own name shares most with; one
    that shares nothing goes to the matter that speaks of something enclosed,
    else to the only matter there is.
    """
    shares: list[list[str]] = [[] for _ in titles]
    if len(titles) == 1:
        return [list(files)]
    for name in files:
        words = set(_pieces(name))
        scores = [sum(1.0 for w in _pieces(t) if any(_alike(w, o) for o in words)) for t in titles]
        best = max(scores, default=0.0)
        if best > 0 and scores.count(best) == 1:
            shares[scores.index(best)].append(name)
            continue
        speaking = [i for i, said in enumerate(mentions) if said]
        if len(speaking) == 1:
            shares[speaking[0]].append(name)
        elif len(speaking) == len(files) and name in files:
            shares[speaking[files.index(name)]].append(name)
        elif not speaking and len(titles) == len(files):
            shares[files.index(name)].append(name)
    return shares


def _pieces(text: str) -> list[str]:
    stem = re.sub(r"\.\w{2,5}$", "", text)
    return list(content_words(re.sub(r"[_.-]+", " ", stem)))


def _alike(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    need = max(4, min(len(short), 6))
    return a == b or (len(short) >= 4 and short[:need] == long[:need]) or (len(short) >= 5 and short in long)
