"""Who leaves for good, who comes after, and from when.

A successor is often only half named in the text; the rest stands in a block
of contact details, in the signature, or in the mail that is forwarded below.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from service.domain.intents import Contact, Intent, Replacement
from service.interpretation.contact_details import PHONE, completed, natural, tidy
from service.interpretation.context import SUBJECT, Context
from service.interpretation.dates import find_dates, starts_at
from service.interpretation.grammar import antecedent, is_asked, is_supposed, sentence_start, subject_of
from service.interpretation.hearing import PRONOUNS, Part
from service.interpretation.people import Mention, name_from_address, plain_name
from service.interpretation.rulebook import Hit
from service.interpretation.words import bare, fold


def read_replacement(context: Context) -> tuple[list[Intent], frozenset[int]]:
    """Who leaves for good; and the sentences that say so."""
    leaving = [h for h in context.hits_of("leaving") if _meant(context, h)]
    successors = [
        h
        for h in context.hits_of("successor")
        if h.rule
        in {
            "successor/takes-over",
            "successor/instead-of",
            "successor/takes-the-place",
            "successor/by-example",
        }
        and not is_asked(context, h)
    ]
    lasting = {h.line for h in context.hits_of("lasting")}
    for_good = _for_good(context)
    # "Hör med Maria vem som efterträder": where it is open who comes, nobody named there does.
    unsettled = {h.line for h in context.hits_of("successor") if h.rule == "successor/none-yet"}
    successors = [h for h in successors if h.line not in unsettled]
    strong = [h for h in successors if _lasts(context, h, lasting)]
    if not leaving and not strong:
        leaving = _heard_leaving(context)
    own = [h for h in leaving if _leaver(context, h) is not None]
    if context.sender is None and any(h.rule == "successor/i-take-over" for h in context.hits):
        own = own or list(context.hits_of("successor"))
    if not strong:
        own = [h for h in own if h.rule != "leaving/long-leave"]
        if all(h.rule == BY_EXAMPLE for h in own) and _comes_back(context):
            return [], frozenset()
    if not own and not strong:
        return [], frozenset()
    if not own and not for_good and not _says_successor(context):
        return [], frozenset()
    if herself := _writes_herself(context, context.hits_of("successor")):
        lines = {h.line for h in context.hits_of("successor")}
        return [
            Replacement(
                leaving=herself[1], successor=herself[0], from_=_from(context, lines), certain=False,
                evidence=tuple(context.evidence(h) for h in context.hits_of("successor")[:2]),
                doubt="avsändaren finns inte i nätverket",
            )
        ], frozenset(lines)  # fmt: skip
    who = next((p for h in own if (p := _leaver(context, h))), None)
    if who is None:
        who = _replaced_by_words(context, strong)
    successor, agreed = _successor(context, strong or successors, who)
    if successor is None and own and not any(h.rule == "successor/none-yet" for h in context.hits):
        successor = _only_stranger(context)
    if successor is None and not own:
        return [], frozenset()
    if who is None and successor is not None:
        who = _seat_of_role(context)
        if who is None and context.speaker and not _is(context, successor) and _says_mine(context):
            who = context.speaker.id
        if who is None and context.sender is not None and not _NETWORK.search(fold(context.words.text)):
            # Somebody else's place somewhere else, told in passing.
            return [], frozenset()
    if who is None and not successor:
        return [], frozenset()
    if own and not strong and not _leaves_the_network(context, own, who):
        return [], frozenset()
    lines = {h.line for h in (*own, *strong)}
    evidence = tuple(dict.fromkeys(context.evidence(h) for h in (*own[:2], *strong[:2])))
    own_leave = bool(context.speaker and who == context.speaker.id)
    if own_leave and successor is None and _STAYS.search(fold(context.words.text)):
        # A new post, but the same place among us.
        return [], frozenset()
    told = fold(context.words.text)
    if not own_leave and context.sender is not None and re.search(_HEARSAY, told):
        return [], frozenset()
    certain = who is not None and _is_holder(context, who)
    doubt = None if certain else "det framgår inte vems plats det gäller"
    if (
        certain
        and not own_leave
        and successor is None
        and not context.by_assistant
        and not _keeps_the_list(context)
    ):
        certain, doubt = False, "det är någon annan än den som slutar som skriver"
    if certain and not strong and all(h.line == SUBJECT for h in own):
        # "Tack för mig" over a letter may be thanks for the day.
        certain, doubt = False, "det framgår inte säkert att någon slutar"
    if certain and not agreed:
        certain, doubt = False, "det framgår inte säkert vem som tar över"
    if certain and context.senses and _heard(context) < _enough(own, strong):
        certain, doubt = False, "det framgår inte säkert att någon slutar"
    if certain and successor is None and _names_another(context, who):
        certain, doubt = False, "det framgår inte säkert vem som tar över"
    if successor is not None and not successor.email and not successor.name:
        successor = None
    intent = Replacement(
        leaving=who,
        successor=successor,
        from_=_from(context, lines),
        certain=certain,
        evidence=evidence,
        doubt=doubt,
    )
    # Sentences that also name one of our meetings may say more than that.
    spoken = set(lines) | lasting | {h.line for h in context.hits_of("successor")}
    return [intent], frozenset(n for n in spoken if n != SUBJECT) | frozenset({SUBJECT})


_STAYS = re.compile(
    r"(?<!\w)(?:sitter|är|blir|stannar|står|finns) (?:gärna |dock |ändå |förstås |fortfarande )?kvar (?:i|som|hos|på) (?:nätverket|samreko|ledamot|er|gruppen|min plats|min stol)|"
    r"(?<!\w)fortsätter (?:\w+ ){0,2}(?:i nätverket|i samreko|som ledamot|som representant|som ersättare|hos er)"
)
_HEARSAY = r"(?<!\w)(?:hört|hörde|ryktas|ryktet|sägs|grattis|lycka till)(?!\w)"


BY_EXAMPLE = "leaving/by-example"
# From here on a sentence may tell of a leaving, several such sentences together of one, and one is sure.
_MAYBE, _LIKELY = 0.25, 0.6
# From here on a leaving is sure: by likeness alone, when a rule saw a leaving or a successor, when rules saw both.
_SURE_IF_SEEN = (0.8, 0.55, 0.35)
# How likely it must be that a part is played: at all, and against what the rules saw.
_PART_LIKELY, _PART_SURE = 0.45, 0.9
_LEAVE = re.compile(
    r"(?<!\w)(?:(?:tjänst|föräldra|studie|mamma|pappa|barn|lång|hel)?ledig(?:het\w*|a)?|\w*sjukskriv\w*|sabbats\w*|"
    r"vikariat\w*|utlån\w*|utlandstjänst\w*|föräldraledighet\w*|tjänstledighet\w*)(?!\w)"
)
_NOT_BACK = re.compile(
    r"(?<!\w)(?:inte|aldrig|ej) (?:\w+ ){0,3}(?:tillbaka|åter|återvänder|återkommer|återgår)(?!\w)"
)


def _comes_back(context: Context) -> bool:
    """A leave, however long, after which the same person comes: an absence, and nobody's leaving."""
    told = fold(context.words.text)
    return bool(_LEAVE.search(told)) and not _NOT_BACK.search(told)


def _enough(own: Sequence[Hit], strong: Sequence[Hit]) -> float:
    """How likely a leaving must be heard to be sure of it: the less, the more the rules saw."""
    seen = [{h.rule for h in rows} - {BY_EXAMPLE, "successor/by-example"} for rows in (own, strong)]
    return _SURE_IF_SEEN[sum(bool(rules) for rules in seen)]


def _names_another(context: Context, leaving: str | None) -> bool:
    """Whether someone else is named where a leaving is told of, and no rule says that nobody comes."""
    if any(h.rule == "successor/none-yet" for h in context.hits):
        return False
    return any(
        m.person != leaving and m.kind not in {"address", "seat"} and not m.genitive
        for n in range(len(context.sentences))
        if context.sense(n).of("replacement") >= _LIKELY
        for m in context.people_in(n)
    )


def _heard(context: Context) -> float:
    """How likely the sentences together tell of somebody's leaving or coming for good."""
    no = 1.0
    for sense in context.senses[1:]:
        likelihood = sense.of("replacement")
        no *= 1 - likelihood if likelihood >= _MAYBE else 1.0
    return 1 - no


def _heard_leaving(context: Context) -> list[Hit]:
    """Sentences of which none alone is likely enough, but all together are."""
    if _heard(context) < _LIKELY:
        return []
    return [
        Hit(BY_EXAMPLE, n, 0, len(s.text))
        for n, s in context.numbered()
        if context.sense(n).of("replacement") >= _MAYBE
    ]


def _keeps_the_list(context: Context) -> bool:
    """Whether the writer is this year's, or last year's, secretary or chair."""
    year = context.surroundings.now.year
    officers = context.surroundings.network.officers(year - 1, year, year + 1)
    return context.sender is not None and context.sender.id in officers


def _says_mine(context: Context) -> bool:
    """Whether the letter speaks of its writer at all."""
    return context.by_assistant or bool(
        re.search(r"(?<!\w)(?:jag|mig|min|mitt|mina|my|me)(?!\w)", fold(context.words.text))
    )


def _is(context: Context, contact: Contact) -> bool:
    return bool(
        context.speaker and contact.name and plain_name(contact.name) == plain_name(context.speaker.name)
    )


def _is_holder(context: Context, person: str) -> bool:
    network = context.surroundings.network
    return (
        network.seat_of(person) is not None
        or person in network.substitutes
        or any(person in {t.chair, t.secretary} for t in network.terms)
    )


def _meant(context: Context, hit: Hit) -> bool:
    return not (is_asked(context, hit) or is_supposed(context, hit))


def _leaver(context: Context, hit: Hit) -> str | None:
    if hit.rule == BY_EXAMPLE:
        return _heard_leaver(context, hit.line)
    subject = subject_of(context, hit)
    if subject.who == "speaker":
        return context.speaker.id if context.speaker else None
    if subject.who == "person":
        return next((m.person for m in subject.people if m.person), None)
    return None


def _heard_leaver(context: Context, index: int) -> str | None:
    """Who is heard to leave; the writer where no other is named and the letter speaks of its writer."""
    parts = [p for p in context.sense(index).having("leaving") if p.likelihood >= _PART_LIKELY]
    for part in parts:
        if fold(context.text_of(index)[part.start : part.end]) in PRONOUNS:
            return context.speaker.id if context.speaker else None
        if mention := _mention_of(context, index, part):
            return mention.person
    if parts or not context.speaker:
        return None
    return context.speaker.id if _says_mine(context) else None


def _mention_of(context: Context, index: int, part: Part) -> Mention | None:
    """Who is named by the words that play a part."""
    base = sentence_start(context, index)
    return next(
        (
            m
            for m in context.people_in(index)
            if m.start - base < part.end and m.end - base > part.start and m.kind not in {"address", "seat"}
        ),
        None,
    )


_NETWORK = re.compile(
    r"(?<!\w)(?:nätverk\w*|samreko\w*|gruppen|ledamot\w*|uppdrag\w*|plats\w*|stol\w*|network|seat)(?!\w)"
)


def _leaves_the_network(context: Context, hits: Sequence[Hit], who: str | None) -> bool:
    """Whether somebody's leaving is meant for us, or only told in passing."""
    if who and context.speaker and who == context.speaker.id:
        return True
    text = fold(context.words.text + " " + context.subject)
    if _NETWORK.search(text) or context.by_assistant or context.sender is None:
        return True
    return any(h.line == SUBJECT for h in hits) or len(context.sentences) <= 4


def _for_good(context: Context) -> bool:
    return any(h.rule == "lasting/for-good" for h in context.hits)


def _says_successor(context: Context) -> bool:
    return bool(
        re.search(
            r"efterträ|efter mig|ny ledamot|ny representant|successor|take over from|vår nya|vår nye|i stället för mig|i mitt ställe",
            fold(context.words.text),
        )
    )


def _lasts(context: Context, hit: Hit, lasting: set[int]) -> bool:
    """Whether a successor's coming is for good, and not for one meeting."""
    text = fold(context.text_of(hit.line))
    if re.search(r"den här gången|denna gång|just den dagen|vid detta tillfälle|this time", text):
        return False
    if re.search(
        r"efterträ|avlös|tillträd|ny\w? (?:ledamot|representant|\w*chef|samordnare|överläkare)|efter mig|successor|i nätverket|i samreko|tills vidare|fortsättningsvis|hädanefter",
        text,
    ):
        return True
    mention = successor_mention(context, hit)
    if mention is None:
        return False
    if hit.line in lasting and not _only_one_meeting(context, hit.line):
        return True
    return any(h.kind == "leaving" and _leaver(context, h) for h in context.hits) and not _only_one_meeting(
        context, hit.line
    )


def _only_one_meeting(context: Context, index: int) -> bool:
    """A date that is one of our meetings and no beginning: "tar min plats den 22 april"."""
    text = bare(fold(context.text_of(index)))
    offset = sentence_start(context, index)
    rows = context.meetings_in(index)
    if not rows:
        return False
    for m in rows:
        before = text[max(0, m.start - offset - 24) : m.start - offset]
        if re.search(
            r"(?:fr\.? ?o\.? ?m\.?|fran(?: och med)?|from|fom|as of|starting)\s*(?:den )?\Z", before
        ):
            return False
    return all(m.keys for m in rows)


def _replaced_by_words(context: Context, hits: Sequence[Hit]) -> str | None:
    """ "efterträder Birgitta Åslund", "på hennes plats", "efter Lena", "Lenas efterträdare"."""
    for hit in hits:
        slot = context.person_at(hit.slots.get("SLUTAR", ""))
        if slot and slot.person:
            return slot.person
        successor = successor_mention(context, hit)
        text = fold(context.text_of(hit.line))
        offset = sentence_start(context, hit.line)
        for mention in context.people_in(hit.line):
            if (
                not mention.person
                or mention is successor
                or mention.kind == "address"
                or mention.kind == "seat"
            ):
                continue
            before = text[max(0, mention.start - offset - 26) : mention.start - offset]
            if mention.genitive or re.search(
                r"(?:efter|efterträder|ersätter|avlöser|för|i stället för|istället för|succeeds|replaces|ut|from) \Z",
                before,
            ):
                return mention.person
            if hit.start >= mention.end - offset and re.search(
                r"(?:ersätts|efterträds|avlöses|byts ut|lämnar)", text
            ):
                return mention.person
        if re.search(r"(?<!\w)(?:mig|min|mitt|me|my|oss)(?!\w)", text) and context.speaker:
            return context.speaker.id
    return None


def _seat_of_role(context: Context) -> str | None:
    """Whose place a role names: "ny IFO-chef i Strömsund är …"."""
    holders = {s.holder for s in context.surroundings.network.seats if s.holder}
    people = [m.person for m in (*context.people, *context.subject_people) if m.person in holders]
    unique = list(dict.fromkeys(people))
    if len(unique) == 1:
        return unique[0]
    text = bare(fold(context.words.text + " " + context.subject))
    network = context.surroundings.network
    for person in network.people:
        if person.id not in holders or not person.title:
            continue
        words = [
            w for w in re.findall(r"[a-z-]{4,}", bare(fold(person.title))) if w not in {"kommun", "kommuns"}
        ]
        stems = [w.rstrip("s") for w in words]
        if len(stems) > 1 and all(s in text for s in stems):
            return person.id
    return None


def _successor(context: Context, hits: Sequence[Hit], leaving: str | None) -> tuple[Contact | None, bool]:
    """Who takes over, with all that is known of her; and whether both readers agree on that."""
    seen = _seen_successor(context, hits, leaving)
    heard = _heard_successor(context, leaving)
    if heard is None:
        if isinstance(seen, Contact):
            return seen, True
        return (_contact(context, *seen), True) if seen else (None, True)
    mention, line, likelihood = heard
    if seen is None:
        # Who has a place of her own seldom leaves it for another's: that takes more than likeness.
        seated = (
            mention.person is not None and context.surroundings.network.seat_of(mention.person) is not None
        )
        return _contact(context, mention, line), likelihood >= _PART_SURE and not seated
    known = seen if isinstance(seen, Contact) else _contact(context, *seen)
    other = _contact(context, mention, line)
    if _same(known, other):
        return known, True
    return (other if likelihood >= _PART_SURE else known), False


def _same(one: Contact, two: Contact) -> bool:
    names = [plain_name(c.name or "").split()[:1] for c in (one, two)]
    return names[0] == names[1] or bool(one.email and one.email == two.email)


def _contact(context: Context, mention: Mention, line: int) -> Contact:
    if mention.person:
        person = context.surroundings.network.person(mention.person)
        return Contact(name=person.name, email=person.email or None)
    return completed(context, mention.contact or Contact(name=mention.text), line)


def _heard_successor(context: Context, leaving: str | None) -> tuple[Mention, int, float] | None:
    """Who is heard to take over for good, where that is heard, and how likely it is."""
    best: tuple[Mention, int, float] | None = None
    for index in range(len(context.sentences)):
        sense = context.sense(index)
        if sense.of("replacement", "contact") < _MAYBE:
            continue
        # "Därefter tar Ida Blom vid": where somebody leaves, who steps in does so for good.
        stepping_in = () if any(m.keys for m in context.meetings_in(index)) else ("substitute",)
        for part in sense.having("successor", *stepping_in):
            mention = _mention_of(context, index, part)
            if mention is None or part.likelihood < _PART_LIKELY or len(mention.candidates) > 1:
                continue
            if mention.person is not None and mention.person == leaving:
                continue
            if best is None or part.likelihood > best[2]:
                best = mention, index, part.likelihood
    return best


def _seen_successor(
    context: Context, hits: Sequence[Hit], leaving: str | None
) -> tuple[Mention, int] | Contact | None:
    """Who takes over by the words of the rules."""
    for hit in hits:
        slot = hit.slots.get("EFTERTRÄDARE", "")
        mention = successor_mention(context, hit)
        if mention is None and slot in {"hon", "han", "henne", "honom", "she", "he"}:
            mention = antecedent(context, hit.line, hit.start)
            if mention is None and (author := _forwarded_author(context)):
                return completed(context, author, hit.line)
        if mention is None or mention.genitive or mention.kind == "seat":
            continue
        if _negated(context, hit, mention) or _is_replaced(context, hit, mention):
            continue
        if mention.person != leaving or mention.person is None:
            return mention, hit.line
    return None


def successor_mention(context: Context, hit: Hit) -> Mention | None:
    """Who takes over, by the slot of a phrase or as the subject of its clause."""
    if hit.rule != "successor/takes-the-place":
        return context.person_at(hit.slots.get("EFTERTRÄDARE", ""))
    subject = subject_of(context, hit)
    if subject.who == "person" and subject.people:
        return subject.people[-1]
    # "Stina Hult, stina@..., från och med den 1 maj träder in": what stands between has no subject of its own.
    offset = sentence_start(context, hit.line)
    before = [
        m
        for m in context.people_in(hit.line)
        if m.end - offset <= hit.start and not m.genitive and m.kind not in {"address", "seat"}
    ]
    of_writer = re.search(r"(?<!\w)(?:jag|vi)(?!\w)", fold(context.text_of(hit.line))[: hit.start])
    return before[0] if len(before) == 1 and not of_writer else None


def _forwarded_author(context: Context) -> Contact | None:
    """Who wrote the mail that is forwarded."""
    boxes = [q.author for q in context.words.quoted if q.author] if context.words.forwarded else []
    boxes += [inner.sender for inner in context.letter.enclosed if inner.sender]
    for box in boxes:
        if context.sender and context.surroundings.network.person_by_address(box.address) == context.sender:
            continue
        return Contact(name=natural(box.name) or name_from_address(box.address), email=box.address)
    return None


def _is_replaced(context: Context, hit: Hit, mention: Mention) -> bool:
    """ "i stället för Mats", "efter Birgitta": the one who leaves, not the one who comes."""
    text = fold(context.text_of(hit.line))
    at = mention.start - sentence_start(context, hit.line)
    return bool(
        re.search(
            r"(?:för|efter|efterträder|efterträtt|ersätter|avlöser|for|from|replaces|succeeds) \Z",
            text[max(0, at - 14) : at],
        )
    )


def _only_stranger(context: Context) -> Contact | None:
    """The one person outside the network whom a letter of farewell names with an address."""
    people = {
        plain_name(m.contact.name): m for m in context.people
        if m.contact and m.contact.name and m.contact.email and len(m.contact.name.split()) > 1 and m.kind != "address"
    }  # fmt: skip
    if len(people) != 1:
        return None
    mention = next(iter(people.values()))
    index = next((n for n, s in enumerate(context.sentences) if s.start <= mention.start < s.end), 0)
    text = fold(context.text_of(index))
    if mention.contact is None or re.search(
        r"(?<!\w)(?:inte|presentera\w*|föredra\w*|drar|bilag\w*|ärendet)(?!\w)", text
    ):
        return None
    return completed(context, mention.contact, index)


def _writes_herself(context: Context, hits: Sequence[Hit]) -> tuple[Contact, str] | None:
    """ "Jag heter Malva Norén och har efterträtt Anders": the successor is who writes."""
    box = context.letter.sender
    for hit in hits:
        slot = context.person_at(hit.slots.get("SLUTAR", ""))
        if hit.rule == "successor/i-take-over" and slot and slot.person and box and context.sender is None:
            contact = Contact(name=natural(box.name) or name_from_address(box.address), email=box.address)
            details = completed(context, contact, hit.line)
            own = PHONE.search(context.words.text)
            if own and not details.phone:
                details = replace(details, phone=tidy(own.group()))
            return details, slot.person
    return None


def _negated(context: Context, hit: Hit, mention: Mention) -> bool:
    text = fold(context.text_of(hit.line))
    return bool(
        re.search(
            r"(?<!\w)(?:inte|ryktet?|tro inte|skulle|spekulera\w*)(?!\w)",
            text[max(0, hit.start - 30) : hit.end],
        )
    )


def _from(context: Context, lines: Iterable[int]) -> date | None:
    """The first day without the leaving person: a first day if one is named, else the day after the last."""
    today = context.surroundings.now.date()
    firsts: list[date] = []
    lasts: list[date] = []
    others: list[date] = []
    relevant = set(lines) | set(range(len(context.sentences)))
    for index in sorted(relevant):
        if index == SUBJECT and not set(lines) & {SUBJECT}:
            continue
        text = context.text_of(index)
        flat = bare(fold(text))
        close = (
            index in set(lines)
            or context.sense(index).of("replacement") >= _PART_LIKELY
            or any(h.line == index and h.kind in {"leaving", "successor", "lasting"} for h in context.hits)
        )
        for mention in find_dates(text, today):
            before = flat[max(0, mention.start - 40) : mention.start]
            clause = (
                re.split(r"[,;.]", before)[-1]
                if not re.search(r"arbetsdag\w* (?:ar|blir) \Z", before)
                else before
            )
            if mention.kind in {"week", "weekday"} or mention.last < today - timedelta(days=120):
                continue
            day = mention.day or mention.first
            if starts_at(flat, mention) or re.search(
                r"(?:fr\.? ?o\.? ?m\.?|fran och med|as of|with effect from|effective|tilltrader\w*|borjar\w*|tar over|start(?:ing)?)[\w ]{0,14}\Z",
                clause,
            ):
                firsts.append(day)
            elif not close:
                continue
            elif re.search(
                r"(?:sista (?:arbets)?dag|last (?:working )?day)[\w ]{0,18}\Z", clause
            ) or re.search(r"\bt\.? ?o\.? ?m\.? (?:den )?\Z|till och med (?:den )?\Z", clause):
                if mention.day:
                    lasts.append(mention.day + timedelta(days=1))
            elif mention.kind in {"day", "dayofmonth"} and mention.day and _ends_month(mention.day):
                # Nobody comes on the last day of a month; somebody goes.
                lasts.append(mention.day + timedelta(days=1))
            elif (
                mention.day
                and re.search(r"(?:slutar|sluta|slutat)[\w ]{0,25}\Z", clause)
                and mention.text.lower().find("årsskift") < 0
            ):
                lasts.append(mention.day + timedelta(days=1))
            elif (
                mention.day
                and mention.kind != "relative"
                and re.search(r"soker|ansokning|rekryter|utlyst|annons", flat) is None
            ):
                others.append(mention.day)
            elif mention.kind == "month" and re.search(
                r"(?:fran|from|borjan av|i borjan av)[\w ]{0,6}\Z|sista ",
                before + flat[mention.start : mention.end],
            ):
                others.append(mention.last + timedelta(days=1) if "sista" in before else mention.first)
    for rows in (firsts, lasts, others):
        future = [d for d in rows if d >= today - timedelta(days=60)]
        if future:
            return future[0]
    return None


def _ends_month(day: date | None) -> bool:
    return day is not None and (day + timedelta(days=1)).day == 1
