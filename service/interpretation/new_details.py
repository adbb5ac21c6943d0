"""Whose address, number, title or name is new, when the person stays."""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from service.domain.intents import ContactChange, Intent
from service.interpretation.contact_details import ADDRESS, PHONE, ROLE, capital, tidy, without_exchange
from service.interpretation.context import SUBJECT, Context
from service.interpretation.grammar import is_asked, subject_of
from service.interpretation.people import plain_name
from service.interpretation.rulebook import Hit
from service.interpretation.words import fold

_NAME = r"[A-ZÅÄÖÉÜ][\wåäöéü]+(?:[- ][A-ZÅÄÖÉÜ][\wåäöéü]+){0,3}"


_NEW_NAME = (
    re.compile(
        rf"(?:[Hh]eter|[Hh]ette|[Kk]allas|[Kk]allar mig|[Nn]ow called|[Mm]y name is(?: now)?)\s+(?:jag\s+)?(?:nu(?:mera|förtiden)?|numer|sedan \w+|från (?:och med )?(?:i dag|nu)|hädanefter|fortsättningsvis|i stället|istället)?\s*(?:för\s+)?(?:jag\s+)?(?:nu(?:mera)?\s+)?(?P<name>{_NAME})"
    ),
    re.compile(
        rf"(?:(?:efter)?namn\w*|name|surname)\s+(?:(?:är|blir|nu|numera|från|is|now|i dag|idag|och med|är nu)\s+)*(?:från\s+{_NAME}\s+)?(?:(?:till|to|är|is)\s+)?(?P<name>{_NAME})"
    ),
    re.compile(rf"(?:bytt|byter|ändrat|changed)[^.\n]{{0,40}}?(?:till|to)\s+(?P<name>{_NAME})"),
    re.compile(rf"(?:tagit|tar)\s+(?:mig\s+)?(?:namnet|efternamnet|makens namn|namnet)?\s*(?P<name>{_NAME})"),
    re.compile(rf"[Nn]ytt\s+(?:efter)?namn\s*[:=–-]?\s*(?P<name>{_NAME})"),
    re.compile(
        r"(?:[Nn]umera|[Hh]ädanefter|[Ff]ortsättningsvis)\s+(?P<name>[A-ZÅÄÖÉÜ][\wåäöéü-]+(?: [A-ZÅÄÖÉÜ][\wåäöéü-]+){1,3})"
    ),
)


_NEW_TITLE = (
    re.compile(
        rf"(?:[Hh]eter (?:det|jag|titeln|tjänsten|befattningen)|är jag)\s+(?:nu(?:mera)?\s+)?(?P<title>(?:tf |biträdande )?{ROLE}[^.,;?\n]{{0,50}})"
    ),
    re.compile(
        rf"(?:[Tt]itel\w*|[Bb]efattning\w*|[Tt]itle|[Rr]oll|[Tt]jänst)\s*(?:är|blir|:|is|numera|nu|ändrad till|ändras till|från|som|=|now|dag|i|och|med|fr\.?o\.?m\.?)*\s*(?:(?:ändra\w*|bytt|byter)\s+)?(?:till\s+)?[:”\"]?\s*(?P<title>(?:[Tt]f |[Bb]iträdande |[Ss]taf?st?)?{ROLE}[^.,;\n]{{0,50}})"
    ),
    re.compile(
        rf"(?:är|blir|blivit|arbetar|jobbar|kallas|titulera\w*)\s+(?:jag\s+)?(?:från (?:och med )?[\w ]{{1,14}}\s+)?(?:nu(?:mera)?|hädanefter|sedan \w+ \w+)\s+(?:som\s+|ny\s+)?(?P<title>(?:tf |biträdande )?{ROLE}[^.,;\n]{{0,50}})"
    ),
    re.compile(
        rf"(?:numera|nu|hädanefter)\s+(?:är|arbetar|jobbar|titulera\w*|har titeln)\s+(?:jag\s+)?(?:som\s+)?(?P<title>(?:tf |biträdande )?{ROLE}[^.,;\n]{{0,50}})"
    ),
    re.compile(
        rf"(?:[Bb]livit|[Uu]tnämnd till|[Bb]efordrad till|[Tt]itulera mig|[Kk]alla mig|[Ff]ått titeln)\s+(?:(?:hädanefter|numera|nu|ny|som)\s+)*(?P<title>(?:tf |biträdande )?{ROLE}[^.,;:\n]{{0,50}})"
    ),
    re.compile(
        rf"(?:bytt|byter|ändrat|ändras)\s+titel\s+(?:från\s+\S+(?:\s\S+){{0,3}}\s+)?till\s+(?P<title>{ROLE}[^.,;\n]{{0,50}})"
    ),
)


def read_contact(context: Context, replaced: bool) -> tuple[list[Intent], frozenset[int]]:
    """What is new about somebody who stays; and the sentences that say so."""
    hits = [
        h
        for h in context.hits_of("contact")
        if h.rule != "contact/unchanged" and (h.rule == "contact/please-change" or not is_asked(context, h))
    ]
    if replaced or not (hits := hits or _heard(context)):
        return [], frozenset()
    likely = max((context.sense(h.line).of("contact") for h in hits), default=0.0)
    if (
        context.hits_of("substitute")
        and not any(h.line == SUBJECT for h in hits)
        and not _speaks_of_own(context, hits)
    ):
        return [], frozenset()
    if any(_of_the_house(context, h) for h in hits):
        return [], frozenset()
    person = _whose(context, hits)
    text = context.words.text
    known = context.surroundings.network.person(person) if person else None
    unchanged = {h.line for h in context.hits_of("contact") if h.rule == "contact/unchanged"}
    email = _new_email(context, known.addresses if known else ())
    phone = _new_phone(context, known.phone if known else "", hits, unchanged)
    name = _new_name(text, known.name if known else "")
    heard = _heard_name(context, known.name if known else "")
    agreed = not (name and heard) or plain_name(name) == plain_name(heard)
    name = name or heard
    title = _new_title(text, hits, context)
    if not any((email, phone, name, title)):
        return [], frozenset()
    certain = known is not None and agreed and (likely >= _SURE or not _only_heard(hits))
    evidence = tuple(dict.fromkeys(context.evidence(h) for h in hits[:3]))
    intent = ContactChange(
        person=person, name=name, email=email, phone=phone, title=title, certain=certain, evidence=evidence,
        doubt=None if certain else ("det framgår inte säkert vad som är nytt" if known else "det framgår inte vem uppgifterna gäller"),
    )  # fmt: skip
    return [intent], frozenset({h.line for h in hits} - {SUBJECT})


# From here on a sentence may tell of new details, several such sentences together do, and one surely does.
_MAYBE, _LIKELY, _SURE = 0.25, 0.55, 0.8
_HEARD = "contact/by-example"


def _heard(context: Context) -> list[Hit]:
    """Sentences that by their likeness tell of new details, where no rule knows the words."""
    rows = [n for n in range(len(context.sentences)) if context.sense(n).of("contact") >= _MAYBE]
    no = 1.0
    for n in rows:
        no *= 1 - context.sense(n).of("contact")
    return [Hit(_HEARD, n, 0, len(context.text_of(n))) for n in rows] if 1 - no >= _LIKELY else []


def _only_heard(hits: Sequence[Hit]) -> bool:
    return all(h.rule == _HEARD for h in hits)


def _heard_name(context: Context, old: str) -> str | None:
    """A new whole name in a sentence of new details: the first name of old, and another surname."""
    first = plain_name(old).split()[:1]
    for index in range(len(context.sentences)):
        if context.sense(index).of("contact") < _LIKELY:
            continue
        genitives = {m.start - context.sentences[index].start for m in context.people_in(index) if m.genitive}
        for part in context.sense(index).having("holder", "person"):
            if part.start in genitives:
                # "Eva Mårtenssons mejl" is nobody's new name.
                continue
            whole = re.match(_NAME, context.text_of(index)[part.start :])
            name = whole.group() if whole else ""
            if plain_name(name).split()[:1] == first and " " in name and plain_name(name) != plain_name(old):
                return name
    return None


def _of_the_house(context: Context, hit: Hit) -> bool:
    """The switchboard's or the office's new number is nobody's own."""
    text = fold(context.text_of(hit.line))
    mine = re.search(r"(?<!\w)(?:jag|mig|min|mitt|mina|my)(?!\w)", text)
    return mine is None and bool(
        re.search(r"(?<!\w)(?:växel\w*|kansliet\w*|receptionen\w*|\w*mottagningen\w*|enheten\w*)", text)
    )


def _speaks_of_own(context: Context, hits: Sequence[Hit]) -> bool:
    return any(
        re.search(r"(?<!\w)(?:min|mitt|mina|jag|my)(?!\w)", fold(context.text_of(h.line))) for h in hits
    )


def _whose(context: Context, hits: Sequence[Hit]) -> str | None:
    for hit in hits:
        for mention in context.people_in(hit.line):
            if mention.genitive and mention.person:
                return mention.person
        base = context.sentences[hit.line].start if hit.line != SUBJECT else 0
        spoken = context.speaker.id if context.speaker else None
        own = _speaks_of_own(context, [hit])
        for part in context.sense(hit.line).having(*(("holder",) if own else ("holder", "person"))):
            held = next((m for m in context.people_in(hit.line) if m.start - base == part.start), None)
            if held is None or held.kind == "address" or part.likelihood < _LIKELY:
                continue
            if held.person and held.person != spoken:
                return held.person
        subject = subject_of(context, hit)
        if subject.who == "person":
            person = next((m.person for m in subject.people if m.person), None)
            if person and not _new_name(context.words.text, context.surroundings.network.person(person).name):
                return person
    return context.speaker.id if context.speaker else None


def _new_email(context: Context, old: Iterable[str]) -> str | None:
    known = {a.casefold() for a in old}
    known.add(context.surroundings.network.address.casefold())
    text = context.words.text
    for match in ADDRESS.finditer(text):
        address = match.group().rstrip(".")
        around = fold(text[max(0, match.start() - 40) : match.start()])
        if address.casefold() in known or re.search(
            r"(?:gamla|tidigare|i stället för|istället för|från)\W+(?:\w+\W+){0,2}\Z|inte längre[^\w,.;]+(?:\w+ ){0,2}\Z",
            around,
        ):
            continue
        return address
    return None


def _new_phone(context: Context, old: str, hits: Sequence[Hit], unchanged: set[int]) -> str | None:
    text = context.words.text
    for match in PHONE.finditer(without_exchange(text)):
        if old and re.sub(r"\D", "", match.group()) == re.sub(r"\D", "", old):
            continue
        around = fold(text[max(0, match.start() - 40) : match.start()])
        if re.search(
            r"(?:gamla|tidigare|i stället för|istället för|oförändra\w*|samma)\W+(?:\w+\W+){0,2}\Z|inte längre[^\w,.;]+(?:\w+ ){0,2}\Z",
            around,
        ):
            continue
        return tidy(match.group())
    return None


def _new_name(text: str, old: str) -> str | None:
    if not re.search(
        r"(?i)gift|skil[dt]|namn|heter|kallas|name|married|numera|hädanefter|fortsättningsvis", text
    ):
        return None
    for pattern in _NEW_NAME:
        for match in pattern.finditer(text):
            name = match["name"].strip()
            words = name.split()
            if plain_name(name) == plain_name(old) or plain_name(words[0]) in {
                "men",
                "min",
                "den",
                "och",
                "jag",
                "mejl",
                "adressen",
                "ny",
                "nya",
                "telefon",
                "region",
                "ifo",
                "e-post",
                "epost",
                "mail",
            }:
                continue
            if old and len(words) == 1:
                if plain_name(name) in plain_name(old).split():
                    continue
                # Only a new surname: the first name stays.
                return f"{old.split()[0]} {name}"
            if old and plain_name(old).split()[0] not in plain_name(name).split()[0]:
                continue
            return name
    return None


def _new_title(text: str, hits: Sequence[Hit], context: Context) -> str | None:
    for pattern in _NEW_TITLE:
        for match in pattern.finditer(text):
            before = fold(text[max(0, match.start() - 30) : match.start()])
            if re.search(r"(?:gamla|tidigare|fd|f\.d\.)\W*\Z", before):
                continue
            title = re.split(
                r"\s+(?:och (?:har|fått|min|mitt|mina|ny|nytt|jag|inte|är|nås|mejl\w*|mobil\w*|telefon\w*|num\w+|adress\w*|sitter|fortsätter|byter|heter)|från|men|i stället|istället|fr\.?o\.?m|nu|sedan|numera|med)\s",
                match["title"],
            )[0].strip(' ”"')
            return capital(title)
    return None
