"""On whose behalf a letter is written.

`sender` is whom From names.  An assistant may write for someone: the Sender
header beside From, "å Lenas vägnar", "på uppdrag av", a sign-off such as
"ledningsstöd åt regionöverläkare Karin Nyström".
"""

# ruff: noqa: E501 (a pattern is easier to read on one line)

from __future__ import annotations

import re
from dataclasses import replace

from service.domain.network import Person
from service.interpretation.context import Context
from service.interpretation.people import Mention, find_people
from service.interpretation.words import bare, fold

_BEHALF = re.compile(
    r"(?<!\w)(?:a|pa|i) (?P<who>(?:(?!(?:jag|min|mitt|mina|vart|vi)\b)[\w.-]+ ){0,4}?[\w.-]+?)(?:s|:s)? (?:vagnar|uppdrag|begaran|namn)(?!\w)|"
    r"(?:pa uppdrag av|for (?:min chef|chefens? rakning)|pa vagnar av|on behalf of|skriver for|mejlar for|mailar for|"
    r"skriver at|hor av mig for|halsar fran|fran|assistent (?:till|at)|ledningsstod (?:at|till)|sekreterare (?:at|till)|"
    r"stod (?:at|till)|(?:chefs)?assistent hos|kalenderansvarig for|skoter kalendern (?:at|for)|pa begaran av|ombedd av|"
    r"(?:har )?bett mig|bad mig|ber mig|asked me)"
)


def speaker_of(context: Context) -> Context:
    """The context with the person for whom the letter speaks."""
    sender = context.sender
    spoken = _spoken_for(context)
    if spoken and (not sender or spoken.id != sender.id):
        # A member may write for another; the network knows her and believes her.
        return replace(context, speaker=spoken, by_assistant=True, trusted=sender is not None)
    return context


def _person(context: Context, mention: Mention | None) -> Person | None:
    if mention and mention.person and len(mention.candidates) < 2:
        return context.surroundings.network.person(mention.person)
    return None


def _spoken_for(context: Context) -> Person | None:
    network = context.surroundings.network
    text = context.words.text
    flat = bare(fold(text + "\n" + context.words.signature))
    whole = text + "\n" + context.words.signature
    if context.sender is None or _BEHALF.search(flat):
        people = find_people(whole, context.letter, context.surroundings)
        for match in _BEHALF.finditer(flat):
            strong = match.group() not in {"fran"} and not match.group().startswith("halsar")
            if not strong and context.sender:
                continue
            if context.sender and not re.search(
                r"vagnar|uppdrag|begaran|rakning|behalf|skriver (?:for|at)|mejlar for|mailar for|bett mig|bad mig|ber mig|asked me",
                match.group(),
            ):
                continue
            verb = re.search(r"(?:bett|bad|ber) mig|asked me", match.group())
            near = [
                m for m in people
                if match.start() - (140 if verb and context.sender is None else 40) <= m.start <= match.end() + 60 and m.person and m.kind != "address"
            ]  # fmt: skip
            inside = [m for m in near if match.start() <= m.start < match.end()]
            after = [m for m in near if m.start >= match.end() and m.start - match.end() < 60]
            before = [m for m in near if m.end <= match.start()]
            order = (before[-1:] or after[:1]) if verb else (inside[:1] or after[:1])
            if order and (person := _person(context, order[0])):
                return person
    if context.sender is None:
        mentioned = [*context.subject_people, *context.people]
        persons = [p for m in mentioned if (p := _person(context, m))]
        unique = list(dict.fromkeys(p.id for p in persons))
        if len(unique) == 1:
            return network.person(unique[0])
        # The first who is named is whom an assistant writes about.
        if persons:
            return persons[0]
    return None
