"""Names, addresses, numbers and titles, put together from wherever they stand."""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.domain.intents import Contact
from service.interpretation.context import Context
from service.interpretation.people import name_from_address, plain_name

ADDRESS = re.compile(r"(?<![\w.+-])[A-Za-z0-9ÅÄÖåäö._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


PHONE = re.compile(r"(?<![\w/-])(?:\+\d{1,3}[ -]?(?:\(0\))?|0)\d[\d -]{5,14}\d(?!\d)")


ROLE = (
    r"(?:(?:[A-Za-zåäöÅÄÖ]+- och )?[A-Za-zåäöÅÄÖ-]*(?i:chef|direktör|samordnare|överläkare|läkare|sekreterare|strateg|handläggare|rektor|utvecklare|ledare|"
    r"koordinator|ordförande|psykolog|controller|socialsekreterare|koordinator|manager|director|head of [a-z ]+|ansvarig|sakkunnig|inspektör|jurist|ekonom|utredare|administratör|assistent|kurator|sjuksköterska|barnmorska|terapeut|pedagog|specialist|analytiker|föreståndare|konsulent|kommunikatör|officer|coordinator|nurse|physician))"
)


# Of what a post is: "i Bergs kommun", "för barn och unga".
_REST = r"(?: (?:(?:för|i|på|vid|inom|of) )?(?:[A-ZÅÄÖ][\wåäö-]+|[a-zåäö]+ kommun|barn och (?:unga(?: vuxna)?|utbildning)|social välfärd|kommun|och|utbildning|välfärd|social))*"
_TITLE = re.compile(
    rf"(?<![\w-])(?P<title>(?:(?:[Tt]\.?f\.?|[Tt]illförordnad|[Bb]iträdande|[Bb]itr\.?|[Ff]örste|[Vv]ik\.?|[Ss]taf?st?)\s+)?{ROLE})(?![\w])"
    rf"(?P<rest>{_REST})"
)


_TAKES_UP = re.compile(
    rf"(?:in|över|vid|tillträder|tillträdde|börjar) (?:\w+ ){{0,2}}?som (?:ny |nya |nye )?(?P<title>(?:tf |biträdande )?{ROLE})(?!\w)"
)


def completed(context: Context, contact: Contact, line: int) -> Contact:
    """A person's details, put together from the text, its signature and the mail forwarded below."""
    # The post that a successor comes to tells more than the one that is left.
    if taken_up := _TAKES_UP.search(context.text_of(line)):
        contact = replace(contact, title=capital(taken_up["title"]))
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
                name = natural(box.name) or name_from_address(box.address) or name
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
        candidates = [a for a in ADDRESS.findall(context.words.text) if _fits(a, name)]
        email = candidates[0] if candidates else None
    if not contact.phone:
        contact = replace(contact, phone=_phone_near(context, name, email))
    return replace(contact, name=name or None, email=email)


def natural(name: str) -> str:
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
        email = next((a for a in ADDRESS.findall(here) if _fits(a, name)), None)
        phone = PHONE.search(without_exchange(here))
        stands_alone = len(line.split()) <= 6 and not re.search(r"[.!?]\s*\Z", line.strip())
        title = _role_in(window, name) if stands_alone else _role_after(line, name)
        found = Contact(
            email=email,
            phone=tidy(phone.group())
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


def without_exchange(text: str) -> str:
    """Numbers of a switchboard are nobody's own."""
    return re.sub(
        r"(?im)^.*\b(?:växel|vx|switchboard|fax)\b.*$",
        # "Vi byter växel: nu svarar jag på ..." is the writer's own number all the same.
        lambda m: (
            m.group()
            if re.search(r"(?i)\b(?:svarar|nås|når) (?:jag|mig|ni mig)\b", m.group())
            else re.split(r"(?i)\bväxel|\bvx\b|fax", m.group())[0]
        ),
        text,
    )


def tidy(phone: str) -> str:
    return phone.strip(" -")


def _role_in(lines: Sequence[str], name: str) -> str | None:
    before = re.search(rf"(?<![\w-])({ROLE}) {re.escape(name)}", lines[0]) if lines else None
    if before:
        return capital(before[1])
    for row in [r for r in lines[:4] if r.strip()][:3]:
        rest = row
        if plain_name(name) in plain_name(row):
            rest = row.split(name, 1)[-1] if name in row else ""
        found = _TITLE.search(rest.strip(" ,:–-"))
        if found and len(rest.strip()) <= 70:
            return (
                capital(rest.strip(" ,:–-").rstrip("."))
                if found.start() == 0
                else capital(found.group().strip())
            )
    return None


def _role_after(line: str, name: str) -> str | None:
    at = line.find(name)
    if at < 0:
        return None
    before = re.search(rf"(?<![\w-])({ROLE}) \Z", line[:at])
    if before:
        return capital(before[1])
    beside = re.match(rf"\s+({ROLE})(?![\w-])", line[at + len(name) :])
    if beside:
        return capital(beside[1])
    found = re.match(
        r"\s*[,(–-]\s*(?:\S+@\S+?[ ,]+)?(?:(?:vår|ny|nya|nye|som är|för närvarande|idag|i dag)\s+)*",
        line[at + len(name) :],
    )
    if not found:
        return None
    title = _TITLE.match(line[at + len(name) + found.end() :])
    return capital(title.group().strip(" ,")) if title else None


def capital(title: str) -> str:
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
        if title := _post_in(text, name):
            return title
    # "Ny skolchef hos oss är:" over the lines with the details.
    above = context.text_of(line - 1).rstrip() if line > 0 else ""
    return _post_in(above, name) if above.endswith(":") else None


_POST = re.compile(
    rf"(?:[Nn]y|[Nn]ya|[Nn]ye|[Vv]år|[Ss]om|[Tt]f|[Tt]illförordnad|är|blir)\s+(?:tf |tillförordnad |ny |nya |nye |vår )*(?P<t>(?:biträdande )?{ROLE}"
    r"(?: (?:för|på|vid|inom) (?!(?:min|mitt|hans|hennes|vår|er|nätverket|plats)(?!\w))[\wåäö-]+(?: och [\wåäö-]+)?(?= är| blir| heter|[,.:]|$)|"
    r"(?: (?:[A-ZÅÄÖ][\wåäö-]+|barn och (?:unga(?: vuxna)?|utbildning)|social välfärd|kommun))*))(?!\w)"
)


def _post_in(text: str, name: str) -> str | None:
    """The post that a sentence speaks of, and that is not the one being left."""
    found = _POST.search(text.replace(name, "‹›") if name else text)
    if found is None or re.search(
        r"slutar|lämnar|inte jag", text[max(0, found.start() - 25) : found.start("t")]
    ):
        return None
    return capital(found["t"].strip())


def _phone_near(context: Context, name: str, email: str | None) -> str | None:
    text = context.words.text
    places = [m.end() for m in re.finditer(re.escape(name), text)] if name else []
    if email:
        places += [m.end() for m in re.finditer(re.escape(email), text)]
    for found in PHONE.finditer(without_exchange(text)):
        if any(-60 <= found.start() - at <= 160 for at in places):
            return tidy(found.group())
    return None
