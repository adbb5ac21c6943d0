"""Who leaves for good and who comes after, and whose address, number, title or name is new.

A successor is often only half named in the text; the rest stands in a block
of contact details, in the signature, or in the mail that is forwarded below.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from service.domain.intents import Contact, ContactChange, Evidence, Intent, Replacement
from service.interpretation.context import SUBJECT, Context
from service.interpretation.dates import find_dates, starts_at
from service.interpretation.grammar import antecedent, is_asked, is_supposed, sentence_start, subject_of
from service.interpretation.people import Mention, find_people, name_from_address, plain_name
from service.interpretation.rulebook import Hit
from service.interpretation.words import bare, fold

_ADDRESS = re.compile(r"(?<![\w.+-])[A-Za-z0-9ÅÄÖåäö._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"(?<![\w/-])(?:\+\d{1,3}[ -]?(?:\(0\))?|0)\d[\d -]{5,14}\d(?!\d)")
_ROLE = (
    r"(?:(?:[A-Za-zåäöÅÄÖ]+- och )?[A-Za-zåäöÅÄÖ-]*(?:chef|direktör|samordnare|överläkare|läkare|sekreterare|strateg|handläggare|rektor|utvecklare|ledare|"
    r"koordinator|ordförande|psykolog|controller|socialsekreterare|koordinator|manager|director|head of [a-z ]+|ansvarig|sakkunnig|inspektör|jurist|ekonom))"
)
_TITLE = re.compile(
    rf"(?<![\w-])(?P<title>(?:(?:[Tt]f|[Tt]illförordnad|[Bb]iträdande|[Bb]itr\.?|[Ff]örste|[Vv]ik\.?|[Ss]taf?st?)\s+)?{_ROLE})(?![\w])"
    r"(?P<rest>(?: (?:(?:för|i|på|vid|inom|of) )?(?:[A-ZÅÄÖ][\wåäö-]+|[a-zåäö]+ kommun|barn och (?:unga(?: vuxna)?|utbildning)|social välfärd|kommun|och|utbildning|välfärd|social))*)"
)


# --- replacement --------------------------------------------------------------------------------


def read_replacement(context: Context) -> tuple[list[Intent], frozenset[int]]:
    """Who leaves for good; and the sentences that say so."""
    leaving = [h for h in context.hits_of("leaving") if _meant(context, h)]
    successors = [
        h
        for h in context.hits_of("successor")
        if h.rule in {"successor/takes-over", "successor/instead-of", "successor/takes-the-place"}
        and not is_asked(context, h)
    ]
    lasting = {h.line for h in context.hits_of("lasting")}
    for_good = _for_good(context)
    strong = [h for h in successors if _lasts(context, h, lasting)]
    own = [h for h in leaving if _leaver(context, h) is not None]
    if context.sender is None and any(h.rule == "successor/i-take-over" for h in context.hits):
        own = own or list(context.hits_of("successor"))
    if not strong:
        own = [h for h in own if h.rule != "leaving/long-leave"]
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
    successor = _successor(context, strong or successors, who)
    if successor is None and own and not any(h.rule == "successor/none-yet" for h in context.hits):
        successor = _only_stranger(context)
    if successor is None and not own:
        return [], frozenset()
    if who is None and successor is not None:
        who = _seat_of_role(context) or (
            context.speaker.id if context.speaker and not _is(context, successor) else None
        )
    if who is None and not successor:
        return [], frozenset()
    if own and not strong and not _leaves_the_network(context, own, who):
        return [], frozenset()
    lines = {h.line for h in (*own, *strong)}
    evidence = tuple(dict.fromkeys(context.evidence(h) for h in (*own[:2], *strong[:2])))
    certain = who is not None and _is_holder(context, who)
    doubt = None if certain else "det framgår inte vems plats det gäller"
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
    subject = subject_of(context, hit)
    if subject.who == "speaker":
        return context.speaker.id if context.speaker else None
    if subject.who == "person":
        return next((m.person for m in subject.people if m.person), None)
    return None


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
            r"efterträ|efter mig|ny ledamot|ny representant|successor|take over from|vår nya|vår nye",
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


def _successor(context: Context, hits: Sequence[Hit], leaving: str | None) -> Contact | None:
    network = context.surroundings.network
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
        if mention.person:
            if mention.person == leaving:
                continue
            if leaving is None and context.speaker and mention.person == context.speaker.id:
                person = network.person(mention.person)
                return Contact(name=person.name, email=person.email or None)
            person = network.person(mention.person)
            return Contact(name=person.name, email=person.email or None, title=None)
        if mention.contact:
            return completed(context, mention.contact, hit.line)
    return None


def successor_mention(context: Context, hit: Hit) -> Mention | None:
    """Who takes over, by the slot of a phrase or as the subject of its clause."""
    if hit.rule != "successor/takes-the-place":
        return context.person_at(hit.slots.get("EFTERTRÄDARE", ""))
    subject = subject_of(context, hit)
    return subject.people[-1] if subject.who == "person" and subject.people else None


def _forwarded_author(context: Context) -> Contact | None:
    """Who wrote the mail that is forwarded."""
    boxes = [q.author for q in context.words.quoted if q.author] if context.words.forwarded else []
    boxes += [inner.sender for inner in context.letter.enclosed if inner.sender]
    for box in boxes:
        if context.sender and context.surroundings.network.person_by_address(box.address) == context.sender:
            continue
        return Contact(name=_natural(box.name) or name_from_address(box.address), email=box.address)
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
            contact = Contact(name=_natural(box.name) or name_from_address(box.address), email=box.address)
            return completed(context, contact, hit.line), slot.person
    return None


def _negated(context: Context, hit: Hit, mention: Mention) -> bool:
    text = fold(context.text_of(hit.line))
    return bool(
        re.search(
            r"(?<!\w)(?:inte|ryktet?|tro inte|skulle|spekulera\w*)(?!\w)",
            text[max(0, hit.start - 30) : hit.end],
        )
    )


def completed(context: Context, contact: Contact, line: int) -> Contact:
    """A person's details, put together from the text, its signature and the mail forwarded below."""
    texts = [context.words.text, context.words.signature]
    names = [contact.name] if contact.name else []
    for quoted in context.words.quoted:
        texts.append(quoted.text)
        if quoted.author and quoted.author.name:
            names.append(quoted.author.name)
    mailboxes = [q.author for q in context.words.quoted if q.author]
    for inner in context.letter.enclosed:
        if inner.sender:
            mailboxes.append(inner.sender)
            texts.append(inner.plain or "")
    name = contact.name or ""
    email = contact.email
    first = plain_name(name).split()[0] if plain_name(name) else ""
    for box in mailboxes:
        box_words = plain_name(box.name or (name_from_address(box.address) or "")).split()
        if first and (first in box_words or plain_name(box.address.partition("@")[0]).startswith(first)):
            email = email or box.address
            if len(name.split()) == 1:
                name = _natural(box.name) or name_from_address(box.address) or name
            break
    if len(name.split()) == 1:
        # The surname stands somewhere else: in a signature, or in another sentence.
        for text in texts:
            fuller = _fuller(text, name)
            if fuller:
                name = fuller
                break
    for text in texts:
        block = _block(text, name)
        if block is None:
            continue
        email = email or block.email
        contact = replace(
            contact,
            phone=contact.phone or block.phone,
            title=contact.title or block.title,
        )
    if not contact.title:
        contact = replace(contact, title=_title_near(context, name, line))
    if not email:
        candidates = [a for a in _ADDRESS.findall(context.words.text) if _fits(a, name)]
        email = candidates[0] if candidates else None
    if not contact.phone:
        contact = replace(contact, phone=_phone_near(context, name, email))
    return replace(contact, name=name or None, email=email)


def _natural(name: str) -> str:
    """ "Hallin Petra" stays; "Hallin, Petra" is turned round."""
    name = re.sub(r"\s*[(\[].*", "", name).strip()
    if "@" in name:
        return ""
    if "," in name:
        last, _, first = name.partition(",")
        return f"{first.strip()} {last.strip()}"
    return name


def _fuller(text: str, first: str) -> str | None:
    found = re.search(rf"(?<!\w){re.escape(first)} (?:[A-ZÅÄÖÉ][\wåäöé-]+ ?){{1,2}}", text)
    if not found:
        return None
    name = found.group().strip()
    return name if len(name.split()) > 1 else None


def _fits(address: str, name: str) -> bool:
    local = plain_name(address.partition("@")[0].replace(".", " ").replace("_", " "))
    words = plain_name(name).split()
    return bool(words) and any(w in local.split() or (len(w) > 3 and w in local) for w in words)


def _block(text: str, name: str) -> Contact | None:
    """The lines around a name that look like contact details."""
    words = plain_name(name)
    if not words:
        return None
    lines = text.split("\n")
    best: Contact | None = None
    for number, line in enumerate(lines):
        if words not in plain_name(line) or len(line) > 160:
            continue
        window = [line]
        for after in lines[number + 1 : number + 10]:
            window.append(after)
        here = "\n".join(window)
        email = next((a for a in _ADDRESS.findall(here) if _fits(a, name)), None)
        phone = _PHONE.search(_without_exchange(here))
        stands_alone = len(line.split()) <= 6 and not re.search(r"[.!?]\s*\Z", line.strip())
        title = _role_in(window, name) if stands_alone else _role_after(line, name)
        found = Contact(
            email=email,
            phone=_tidy(phone.group())
            if phone and (stands_alone or email or number + 1 < len(lines))
            else None,
            title=title,
        )
        if not stands_alone and not email and not (phone and phone.group() in line):
            found = replace(found, phone=None)
        if best is None:
            best = found
        else:
            best = Contact(
                email=best.email or found.email,
                phone=best.phone or found.phone,
                title=best.title or found.title,
            )
    return best


def _without_exchange(text: str) -> str:
    """Numbers of a switchboard are nobody's own."""
    return re.sub(
        r"(?im)^.*\b(?:växel|vx|switchboard|fax)\b.*$",
        lambda m: re.split(r"(?i)\bväxel|\bvx\b|fax", m.group())[0],
        text,
    )


def _tidy(phone: str) -> str:
    return phone.strip(" -")


def _role_in(lines: Sequence[str], name: str) -> str | None:
    before = re.search(rf"(?<![\w-])({_ROLE}) {re.escape(name)}", lines[0]) if lines else None
    if before:
        return _capital(before[1])
    for row in [r for r in lines[:4] if r.strip()][:3]:
        rest = row
        if plain_name(name) in plain_name(row):
            rest = row.split(name, 1)[-1] if name in row else ""
        found = _TITLE.search(rest.strip(" ,:–-"))
        if found and len(rest.strip()) <= 70:
            return (
                _capital(rest.strip(" ,:–-").rstrip("."))
                if found.start() == 0
                else _capital(found.group().strip())
            )
    return None


def _role_after(line: str, name: str) -> str | None:
    at = line.find(name)
    if at < 0:
        return None
    before = re.search(rf"(?<![\w-])({_ROLE}) \Z", line[:at])
    if before:
        return _capital(before[1])
    beside = re.match(rf"\s+({_ROLE})(?![\w-])", line[at + len(name) :])
    if beside:
        return _capital(beside[1])
    found = re.match(
        r"\s*[,(–-]\s*(?:\S+@\S+?[ ,]+)?(?:(?:vår|ny|nya|nye|som är|för närvarande|idag|i dag)\s+)*",
        line[at + len(name) :],
    )
    if not found:
        return None
    title = _TITLE.match(line[at + len(name) + found.end() :])
    return _capital(title.group().strip(" ,")) if title else None


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]


def _title_near(context: Context, name: str, line: int) -> str | None:
    """The role that a sentence gives a successor: "Ny IFO-chef är Niklas Brännström"."""
    order = [
        line,
        *[
            n
            for n in range(len(context.sentences))
            if n != line
            and plain_name(name).split()[:1]
            and plain_name(name).split()[0] in plain_name(context.sentences[n].text)
        ],
    ]
    for index in order:
        text = context.text_of(index)
        after = _role_after(text, name) if name else None
        if after:
            return after
        found = re.search(
            rf"(?:[Nn]y|[Nn]ya|[Nn]ye|[Vv]år|[Ss]om|[Tt]f|[Tt]illförordnad|är|blir)\s+(?:tf |tillförordnad |ny |nya |nye |vår )*(?P<t>{_ROLE}(?: (?:i|för|på|vid|inom) (?:[\wåäö-]+ ){{0,4}}?[\wåäö-]+(?= är| blir| heter|[,.:]|$))?)",
            text,
        )
        if found and not re.search(r"slutar|lämnar", text[max(0, found.start() - 25) : found.start()]):
            return _capital(found["t"])
    return None


def _phone_near(context: Context, name: str, email: str | None) -> str | None:
    text = context.words.text
    places = [m.end() for m in re.finditer(re.escape(name), text)] if name else []
    if email:
        places += [m.end() for m in re.finditer(re.escape(email), text)]
    for found in _PHONE.finditer(_without_exchange(text)):
        if any(-60 <= found.start() - at <= 160 for at in places):
            return _tidy(found.group())
    return None


_LAST_DAY = re.compile(
    r"(?:sista (?:arbets)?dag\w*|sista dagen|t\.? ?o\.? ?m\.?|till och med|tom|last (?:working )?day|slutar|slutat|sluta|kvar (?:till|t o m)|jobbar till|är kvar till|finish|finishing|lämnar\w*)"
)
_FIRST_DAY = re.compile(
    r"(?:fr\.? ?o\.? ?m\.?|fran och med|from|fom|fran|tilltrader|tilltradde|borjar|start\w*|as of|with effect from|effective|tar over|overtar|tar vid|gar i pension|pension)"
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
        close = index in set(lines) or any(
            h.line == index and h.kind in {"leaving", "successor", "lasting"} for h in context.hits
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
                r"(?:fr\.? ?o\.? ?m\.?|fran och med|as of|with effect from|effective|tilltrader\w*|borjar\w*|tar over|starting)[\w ]{0,14}\Z",
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
            elif (
                mention.kind == "day"
                and _ends_month(mention.day)
                and re.search(
                    r"slutar|slutat|sluta|lamnar|kvar|pension|avslutar|leave|leaving|retire|kliver av|hoppar av|avgar|entledig",
                    flat,
                )
            ):
                assert mention.day
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


# --- contact ------------------------------------------------------------------------------------

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
)
_NEW_TITLE = (
    re.compile(
        rf"(?:[Hh]eter (?:det|jag|titeln|tjänsten|befattningen)|är jag)\s+(?:nu(?:mera)?\s+)?(?P<title>(?:tf |biträdande )?{_ROLE}[^.,;?\n]{{0,50}})"
    ),
    re.compile(
        rf"(?:[Tt]itel\w*|[Bb]efattning\w*|[Tt]itle|[Rr]oll|[Tt]jänst)\s*(?:är|blir|:|is|numera|nu|ändrad till|ändras till|från|som|=|now|dag|i|och|med|fr\.?o\.?m\.?)*\s*(?:(?:ändra\w*|bytt|byter)\s+)?(?:till\s+)?[:”\"]?\s*(?P<title>(?:[Tt]f |[Bb]iträdande |[Ss]taf?st?)?{_ROLE}[^.,;\n]{{0,50}})"
    ),
    re.compile(
        rf"(?:är|blir|blivit|arbetar|jobbar|kallas|titulera\w*)\s+(?:jag\s+)?(?:från (?:och med )?[\w ]{{1,14}}\s+)?(?:nu(?:mera)?|hädanefter|sedan \w+ \w+)\s+(?:som\s+|ny\s+)?(?P<title>(?:tf |biträdande )?{_ROLE}[^.,;\n]{{0,50}})"
    ),
    re.compile(
        rf"(?:numera|nu|hädanefter)\s+(?:är|arbetar|jobbar|titulera\w*|har titeln)\s+(?:jag\s+)?(?:som\s+)?(?P<title>(?:tf |biträdande )?{_ROLE}[^.,;\n]{{0,50}})"
    ),
    re.compile(
        rf"(?:bytt|byter|ändrat|ändras)\s+titel\s+(?:från\s+\S+(?:\s\S+){{0,3}}\s+)?till\s+(?P<title>{_ROLE}[^.,;\n]{{0,50}})"
    ),
)


def read_contact(context: Context, replaced: bool) -> tuple[list[Intent], frozenset[int]]:
    """What is new about somebody who stays; and the sentences that say so."""
    hits = [
        h for h in context.hits_of("contact") if h.rule != "contact/unchanged" and not is_asked(context, h)
    ]
    if not hits or replaced:
        return [], frozenset()
    if (
        context.hits_of("substitute")
        and not any(h.line == SUBJECT for h in hits)
        and not _speaks_of_own(context, hits)
    ):
        return [], frozenset()
    person = _whose(context, hits)
    text = context.words.text
    known = context.surroundings.network.person(person) if person else None
    unchanged = {h.line for h in context.hits_of("contact") if h.rule == "contact/unchanged"}
    email = _new_email(context, known.addresses if known else ())
    phone = _new_phone(context, known.phone if known else "", hits, unchanged)
    name = _new_name(text, known.name if known else "")
    title = _new_title(text, hits, context)
    if not any((email, phone, name, title)):
        return [], frozenset()
    certain = known is not None
    evidence = tuple(dict.fromkeys(context.evidence(h) for h in hits[:3]))
    intent = ContactChange(
        person=person, name=name, email=email, phone=phone, title=title, certain=certain, evidence=evidence,
        doubt=None if certain else "det framgår inte vem uppgifterna gäller",
    )  # fmt: skip
    return [intent], frozenset({h.line for h in hits} - {SUBJECT})


def _speaks_of_own(context: Context, hits: Sequence[Hit]) -> bool:
    return any(
        re.search(r"(?<!\w)(?:min|mitt|mina|jag|my)(?!\w)", fold(context.text_of(h.line))) for h in hits
    )


def _whose(context: Context, hits: Sequence[Hit]) -> str | None:
    for hit in hits:
        for mention in context.people_in(hit.line):
            if mention.genitive and mention.person:
                return mention.person
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
    for match in _ADDRESS.finditer(text):
        address = match.group().rstrip(".")
        around = fold(text[max(0, match.start() - 40) : match.start()])
        if address.casefold() in known or re.search(
            r"(?:gamla|tidigare|inte längre|i stället för|istället för|från)\W+(?:\w+\W+){0,2}\Z", around
        ):
            continue
        return address
    return None


def _new_phone(context: Context, old: str, hits: Sequence[Hit], unchanged: set[int]) -> str | None:
    text = context.words.text
    for match in _PHONE.finditer(_without_exchange(text)):
        if old and re.sub(r"\D", "", match.group()) == re.sub(r"\D", "", old):
            continue
        around = fold(text[max(0, match.start() - 40) : match.start()])
        if re.search(
            r"(?:gamla|tidigare|inte längre|i stället för|istället för|oförändra\w*|samma)\W+(?:\w+\W+){0,2}\Z",
            around,
        ):
            continue
        return _tidy(match.group())
    return None


def _new_name(text: str, old: str) -> str | None:
    if not re.search(r"(?i)gift|skil[dt]|namn|heter|kallas|name|married", text):
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
                r"\s+(?:och|från|men|i stället|istället|fr\.?o\.?m|nu|sedan|numera|med)\s", match["title"]
            )[0].strip(' ”"')
            return _capital(title)
    return None


def signature_people(context: Context) -> Iterator[Mention]:
    """Who is named in the signature."""
    yield from find_people(context.words.signature, context.letter, context.surroundings)


def shown(evidence: Sequence[Evidence]) -> str:
    """The words of some evidence, for a doubt."""
    return "; ".join(e.text for e in evidence)
