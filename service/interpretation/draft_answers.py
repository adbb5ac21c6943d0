"""Answers to a draft: it is good as it is, or it is good once changed.

Only an answer to a draft that the service sent is read here; who may approve
is judged elsewhere.  A word of approval beside something to change is a
change, and what is not approved in so many words is not approved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.domain.intents import Approval, Changes, Contact, Evidence, Intent, Operation
from service.interpretation.context import Context
from service.interpretation.draft_items import draft_items, item_above
from service.interpretation.draft_operations import Asked, FindPeople, Reader, read_operations
from service.interpretation.people import find_people
from service.interpretation.phrases import Phrases, phrases
from service.interpretation.surroundings import DraftItem
from service.interpretation.words import fold, sentences

_GREETING = re.compile(
    r"^\W*(?:hej(?:san|hej)?|hallå|god ?(?:morgon|dag|kväll)|tjena|morsning|hi|hello|dear|bästa|"
    r"hej igen)\b(?:,? (?!kan\b|vi\b|jag\b|stryk|ta\b|ok\b|kör|det\b|den\b|allt\b|inga\b|ser\b|"
    r"bra\b|skicka|lägg|flytta)[\wåäöé]+){0,3}[\W_]*$"
)
# "Svar mellan raderna", "mina kommentarer i blått", "två saker bara:"
_POINTER = re.compile(
    r"\b(?:mellan raderna|i texten|i utkastet|nedan|i (?:blått|rött|grönt|fetstil)|med (?:blå|röd|"
    r"grön|fet) text|inline|below|"
    r"(?:några|ett par|två|tre|fyra|en|bara ett|bara en|följande|lite|små|mindre|mina|fler)(?: "
    r"\w+)? (?:saker|ändringar|ändring|önskemål|synpunkter|kommentarer|justeringar|justering|sak|"
    r"grejer|korrigeringar)|synpunkter)\b"
)
_COURTESY = re.compile(
    r"\b(?:tack(?:ar)?|snyggt jobbat|bra jobbat|mvh|hälsningar|vänligen|trevlig helg|ha det(?: "
    r"gott| bra)?|på förhand|thanks|thank you|snabbt jobbat|fint jobbat|snyggt|bra jobb|glad påsk|"
    r"god jul)\b"
)


def read(context: Context) -> list[Intent]:
    """What an answer to a draft says; empty for every other letter, and for other business."""
    reference = context.reference
    if reference is None or reference.what not in {"agenda-draft", "minutes-draft"}:
        return []
    if context.words.forwarded and not context.words.remarks:
        return []
    text = context.words.text
    approving = phrases(context.rulebook, "approval")
    if reference.what == "minutes-draft":
        return _minutes_answer(text, approving, phrases(context.rulebook, "changes"), context)
    return _agenda_answer(context, text, approving)


# Thinking aloud: "stryk avtalet, eller nej, låt det stå".
_TAKES_BACK = re.compile(
    r"(?<!\w)(?:eller nej|nej,? förresten|nej,? vänta|eller vänta|ångrar mig|ångrade mig|"
    r"eller förresten|glöm det|"
    r"(?:det )?tycker (?:inte jag|jag inte)|håller inte med|vid närmare eftertanke|on second thought)(?!\w)"
)


def draft_of(context: Context) -> tuple[DraftItem, ...]:
    """The items of the draft that is answered: known, else read from the quote."""
    if context.surroundings.draft:
        return context.surroundings.draft
    for quoted in context.words.quoted:
        if items := draft_items(quoted.text):
            return items
    return ()


def _agenda_answer(context: Context, text: str, approving: Phrases) -> list[Intent]:
    items = draft_of(context)
    changing = phrases(context.rulebook, "changes")
    reader = Reader(changing, items, _people_of(context), _speaker(context))
    remarks = [(r.text, item_above(r.above, items)) for r in context.words.remarks]
    asked = read_operations(text, remarks, reader)
    struck = _struck(context, items, asked.operations)
    coloured = any(_only_coloured(context, r.text, r.above) for r in context.words.remarks)
    sure = not struck and not coloured
    if struck:
        # What is struck through may also be a mail program's way to show an old text.
        asked = Asked((*asked.operations, *struck), asked.evidence, asked.left, asked.doubt)
    if asked.operations:
        comment = " ".join(s for s in asked.left if not _idle(s, approving))
        doubt = asked.doubt or _unheard(asked.left, approving, changing)
        if not doubt and _TAKES_BACK.search(fold(text)):
            doubt = "något av det skrivna tycks tas tillbaka"
        if not sure and not doubt:
            doubt = "ändringarna syns bara som överstruken eller färgad text"
        return [
            Changes(
                certain=sure and doubt is None and _sure(context),
                evidence=tuple(
                    Evidence(f"changes/{op.op}", words)
                    for op, words in zip(asked.operations, asked.evidence, strict=False)
                ),
                doubt=doubt,
                operations=asked.operations,
                comment=comment,
            )
        ]
    return _without_operations(context, text, asked, approving, changing)


def _without_operations(
    context: Context, text: str, asked: Asked, approving: Phrases, changing: Phrases
) -> list[Intent]:
    verdict = judge(text, approving, changing)
    if verdict.no:
        return [
            Changes(
                certain=_sure(context) and asked.doubt is None and not verdict.conditional,
                doubt=asked.doubt or ("godkännandet tycks ha ett villkor" if verdict.conditional else None),
                evidence=(
                    Evidence("approval/no" if not verdict.conditional else "approval/if", verdict.words),
                ),
                comment=_comment(text),
                alternatives=(Approval(),) if verdict.yes else (),
            )
        ]
    if asked.doubt or (verdict.wishes and (verdict.yes or verdict.points)):
        return [
            Changes(
                certain=asked.doubt is None and not verdict.unclear and _sure(context),
                doubt=asked.doubt or ("det framgår inte vad som ska ändras" if verdict.unclear else None),
                evidence=(Evidence("changes/wish", verdict.words or text.strip()[:200]),),
                comment=_comment(text),
            )
        ]
    if verdict.yes and (words := _reservation(text, approving)):
        return [
            Changes(
                certain=False,
                doubt="svaret tycks ha en invändning",
                evidence=(Evidence("changes/reservation", words),),
                comment=_comment(text),
                alternatives=(Approval(),),
            )
        ]
    if verdict.yes:
        return [Approval(certain=_sure(context), evidence=(Evidence("approval/yes", verdict.words),))]
    told = " ".join(s for s in map(fold, (s.text for s in sentences(text))) if not _ONLY_ASKS.match(s))
    if _ITEM_WORD.search(told) or (_OF_THE_DRAFT.search(told) and _OPINION.search(told)):
        # It speaks of the draft without saying plainly what is to be done.
        return [
            Changes(
                certain=False,
                doubt="det framgår inte vad som ska ändras",
                evidence=(Evidence("changes/unclear", text.strip()[:200]),),
                comment=_comment(text),
            )
        ]
    return []


_ONLY_ASKS = re.compile(
    r"\W*(?:vem|vad|varför|när|hur|var|vilken|vilka|är|har|stämmer|vet|who|what|when|why)(?!\w).*\?\W*$",
    re.DOTALL,
)
_OF_THE_DRAFT = re.compile(r"(?<!\w)(?:punkt\w*|dagordning\w*|ordning\w*|utkast\w*|agenda\w*|items?)(?!\w)")
# What stands after "men", or before "annars", keeps something back from a yes.
_BUT = re.compile(
    r"(?:^|[\s,.–-])(?:men|fast|fastän|dock|däremot|förutom|bortsett från|utom|med undantag|möjligen|"
    r"but|except|though)\b(?P<rest>.*)$",
    re.DOTALL,
)
_OTHERWISE = re.compile(
    r"^(?P<rest>.*)\b(?:annars|i övrigt|för övrigt|resten|otherwise|the rest)\b", re.DOTALL
)
# Opinions about a draft: "känns lång", "saknar", "borde", "lite trångt".
_OPINION = re.compile(
    r"\b(?:känns|lång\w*|kort\w*|trång\w*|tajt\w*|tung\w*|mastig\w*|optimistisk\w*|knapp\w*|snål\w*|saknar|saknas|"
    r"borde|bör|hellre|helst|kunde|hade gärna|önskar|synd|tvek\w*|kanske|onödig\w*|konstig\w*|märklig\w*|"
    r"fundersam|ordning\w*|fel\w*|stav\w*|otydlig\w*|luddig\w*|undrar|för (?:lite|mycket|många|få)|see over|"
    r"too (?:long|short|much|many))\b"
)


def _reservation(text: str, approving: Phrases) -> str | None:
    """What an answer keeps back beside its yes: "bra, fast fyran känns lång"."""
    for sentence in sentences(text):
        folded = fold(sentence.text)
        if _GREETING.match(folded) or folded.rstrip().endswith("?"):
            continue
        but, otherwise = _BUT.search(folded), _OTHERWISE.search(folded)
        if otherwise and len(re.findall(r"\w+", otherwise["rest"])) > 1:
            return sentence.text
        yes = approving.spoken(sentence.text, "yes")
        if but and len(re.findall(r"\w+", but["rest"])) > 1:
            heard = any(s.start >= but.start("rest") for s in yes)
            if not heard and (_ITEM_WORD.search(but["rest"]) or _OPINION.search(but["rest"])):
                return sentence.text
        if yes or _COURTESY.search(folded) or _CORRECTION_DENIED.search(folded):
            continue
        if _OPINION.search(folded):
            return sentence.text
    return None


def _minutes_answer(text: str, approving: Phrases, changing: Phrases, context: Context) -> list[Intent]:
    verdict = judge(text, approving, changing)
    remarked = bool(context.words.remarks)
    corrects = remarked or verdict.wishes or verdict.no or _corrects(text)
    if corrects:
        return [
            Changes(
                certain=_sure(context) and not verdict.conditional,
                doubt="godkännandet tycks ha ett villkor" if verdict.conditional else None,
                evidence=(Evidence("changes/minutes-draft", verdict.words or text.strip()[:200]),),
                comment=_comment(text),
            )
        ]
    if verdict.yes:
        return [Approval(certain=_sure(context), evidence=(Evidence("approval/yes", verdict.words),))]
    return []


def _sure(context: Context) -> bool:
    return context.trusted and not context.by_assistant


class Verdict:
    """What an answer says of a draft as a whole."""

    __slots__ = ("conditional", "no", "points", "unclear", "wishes", "words", "yes")

    def __init__(self) -> None:
        self.yes = self.no = self.conditional = self.wishes = self.unclear = self.points = False
        self.words = ""


_ITEM_WORD = re.compile(
    r"(?<!\w)(?:punkt|punkten|punkterna|§|ärende|ärendet|item)\.? ?\d|(?<!\w)(?:ettan|tvåan|trean|"
    r"fyran|femman|sexan|sjuan|åttan|nian|tian|\d+:an)(?!\w)"
)


def judge(text: str, approving: Phrases, changing: Phrases) -> Verdict:
    """Weigh the sentences of an answer that asks for no change that could be told.

    The last thing said weighs most: "inte helt nöjd, men skicka den" is a
    yes, "ser bra ut men vänta" is a no.
    """
    verdict = Verdict()
    for sentence in sentences(text):
        folded = fold(sentence.text)
        if _GREETING.match(folded):
            continue
        heard = approving.spoken(sentence.text)
        no = [s for s in heard if s.name == "no"]
        # "Kan godkännas" inside "kan inte godkännas" is no yes.
        yes = [
            s for s in heard if s.name == "yes" and not any(s.start < n.end and n.start < s.end for n in no)
        ]
        conditional = [s for s in heard if s.name == "if"]
        if re.search(r"\?\W*$", sentence.text) and not re.search(r"\b(?:väl|eller)\?", folded) and not no:
            # A question approves nothing: "Ok?", "Kan den skickas?"
            if re.match(r"\W*(?:varför|why|vem (?:kan|skulle))\b", folded):
                continue
            if changing.speaks(sentence.text, "wish") and not yes:
                verdict.wishes = True
                verdict.words = verdict.words or sentence.text
            continue
        if conditional:
            verdict.conditional = verdict.no = True
            verdict.yes = verdict.yes or bool(yes)
            verdict.words = sentence.text
            continue
        if no and (not yes or no[-1].start > yes[-1].start):
            verdict.no = True
            verdict.words = sentence.text
        elif yes:
            verdict.yes = True
            if no:
                verdict.no = False
            verdict.words = verdict.words or sentence.text
        wishes = [
            s for s in changing.spoken(sentence.text, "wish")
            if not any(s.start < y.end and y.start < s.end for y in (*yes, *no))
            and not re.search((
                r"\b(?:inte|inga|inget|ingen|ingenting|utan att|varken|slipper|no|not|"
                r"nothing)\b[^.,;]{0,25}$"
            ), folded[: s.start])
        ]  # fmt: skip
        if wishes and not no and not changing.speaks(sentence.text, "mused", "keep"):
            verdict.wishes = True
            verdict.points = verdict.points or bool(_ITEM_WORD.search(folded))
            verdict.unclear = verdict.unclear or bool(_ITEM_WORD.search(folded))
            verdict.words = sentence.text
    return verdict


_CORRECTION = re.compile(
    r"§ ?\d|\b(?:ska(?:ll)? (?:det )?(?:stå|vara|heta|bort|in|läsas)|heter|hette|stryk|lägg|ändra|"
    r"rätta|fel|saknas|saknar|stavas|stavfel|felstavat|justera|komplettera|byt|ersätt|ta bort|tog|"
    r"var inte|deltog|i stället för|istället för|inte .{1,40} utan|should|correct|wrong|missing|"
    r"change|typo)\b"
)
_CORRECTION_DENIED = re.compile(r"\b(?:inga|inget|ingenting|inte|ingen|utan|varken|no|not|nothing)\b")


def _corrects(text: str) -> bool:
    for sentence in sentences(text):
        folded = fold(sentence.text)
        found = _CORRECTION.search(folded)
        if found and not _CORRECTION_DENIED.search(folded[: found.end()]):
            return True
    return False


def _only_coloured(context: Context, remark: str, above: str) -> bool:
    """Whether a remark is told from the draft's own line by its colour alone."""
    line = above.strip().split("\n")[-1].strip()
    plain = context.letter.plain or ""
    words = remark.strip().split("\n")[0]
    return bool(
        line and words and re.search(re.escape(line[-40:]) + r"[ \t]+" + re.escape(words[:40]), plain)
    )


def _struck(
    context: Context, items: Sequence[DraftItem], operations: Sequence[Operation]
) -> tuple[Operation, ...]:
    """Items of the draft that were struck through in the quote."""
    gone: list[Operation] = []
    for words in context.words.struck:
        for line in words.split("\n"):
            number = item_above(line, items)
            if number is not None and not any(op.item == number for op in (*operations, *gone)):
                gone.append(Operation("remove", item=number))
    return tuple(gone)


def _idle(sentence: str, approving: Phrases) -> bool:
    """Whether a sentence says nothing that the secretary must see again."""
    folded = fold(sentence)
    if _GREETING.match(folded) or _POINTER.search(folded) or _COURTESY.search(folded):
        return True
    if approving.speaks(sentence, "yes") and not approving.speaks(sentence, "no"):
        return True
    return len(re.findall(r"\w+", folded)) < 2


def _unheard(left: Sequence[str], approving: Phrases, changing: Phrases) -> str | None:
    """A change that was asked for but not understood, beside those that were."""
    for sentence in left:
        folded = fold(sentence)
        if _idle(sentence, approving) or changing.speaks(sentence, "mused", "keep"):
            continue
        timed = _ITEM_WORD.search(folded) and re.search(
            r"\d+ ?(?:min|minuter|m)\b|\b(?:först|sist|före|efter|kvart|halvtimme|timme)\b", folded
        )
        if timed and not sentence.rstrip().endswith("?"):
            return f"”{sentence[:120]}” gick inte att förstå"
        strong = changing.speaks(sentence, "remove", "postpone", "swap", "rename", "move")
        if strong and _ITEM_WORD.search(folded) and not re.search(r"\b(?:inte|ej|blir|låt|låter)\b", folded):
            return f"”{sentence[:120]}” gick inte att förstå"
    return None


def _comment(text: str) -> str:
    kept = [s.text for s in sentences(text) if not _GREETING.match(fold(s.text))]
    return " ".join(kept).strip()


def _people_of(context: Context) -> FindPeople:
    network = context.surroundings.network

    def find(text: str) -> list[tuple[int, int, Contact | None]]:
        found: list[tuple[int, int, Contact | None]] = []
        for mention in find_people(text, context.letter, context.surroundings):
            if mention.genitive:
                continue
            person: Contact | None = None
            if mention.person is not None and len(mention.candidates) < 2:
                known = network.person(mention.person)
                person = Contact(name=known.name, email=known.email or None)
            elif mention.contact is not None and len(mention.candidates) < 2:
                person = Contact(name=mention.contact.name, email=mention.contact.email)
            found.append((mention.start, mention.end, person))
        return found

    return find


def _speaker(context: Context) -> Contact | None:
    person = context.speaker
    return Contact(name=person.name, email=person.email or None) if person else None
