"""What an answer says of a draft as a whole: yes, no, yes on a condition, or a wish in words.

The rules know the words of approval and of holding back; the second reader
knows how sentences that approve, and sentences that ask for a change, look.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.interpretation.context import Context
from service.interpretation.draft_operations import Hear
from service.interpretation.draft_operations.values import CHANGING
from service.interpretation.hearing import Sense
from service.interpretation.phrases import Phrases, Spoken
from service.interpretation.words import fold, sentences

GREETING = re.compile(
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
ITEM_WORD = re.compile(
    r"(?<!\w)(?:punkt|punkten|punkterna|§|ärende|ärendet|item)\.? ?\d|(?<!\w)(?:ettan|tvåan|trean|"
    r"fyran|femman|sexan|sjuan|åttan|nian|tian|\d+:an)(?!\w)"
)
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
_CORRECTION = re.compile(
    r"§ ?\d|\b(?:ska(?:ll)? (?:det )?(?:stå|vara|heta|bort|in|läsas)|heter|hette|stryk|lägg|ändra|"
    r"rätta|fel|saknas|saknar|stavas|stavfel|felstavat|justera|komplettera|byt|ersätt|ta bort|tog|"
    r"var inte|deltog|i stället för|istället för|inte .{1,40} utan|should|correct|wrong|missing|"
    r"change|typo)\b"
)
_CORRECTION_DENIED = re.compile(r"\b(?:inga|inget|ingenting|inte|ingen|utan|varken|no|not|nothing)\b")
# A question that expects a yes: "det går väl bra?"
_RHETORICAL = re.compile(r"\b(?:väl|eller)\?")
_WHY = re.compile(r"\W*(?:varför|why|vem (?:kan|skulle))\b")
_DENIED = re.compile(
    r"\b(?:inte|inga|inget|ingen|ingenting|utan att|varken|slipper|no|not|nothing)\b[^.,;]{0,25}$"
)

# How likely a sentence must be heard to approve: to bear out the rules, and to be enough alone.
_BORNE_OUT, _ALONE = 0.35, 0.4
# So much is the likeliest meaning of an answer that says nothing else.
_PERHAPS = 0.3
# From here on a sentence is heard to ask for a change; under the second it is heard to ask for none.
_CHANGES, _NO_CHANGE = 0.5, 0.12
# So likely, a change that is heard keeps an approval back.
_AGAINST = 0.25


@dataclass(slots=True)
class Verdict:
    """What an answer says of a draft as a whole."""

    yes: bool = False
    no: bool = False
    conditional: bool = False
    wishes: bool = False
    # Whether a wish points at an item, so that it is unclear what is to be done with it.
    points: bool = False
    # The words that decided.
    words: str = ""
    # Whether the second reader hears an approval; whether both readers hear it in the same sentence.
    heard_yes: bool = False
    agreed: bool = False
    # The sentence that may be heard to approve, where nothing plainer is said.
    perhaps: str = ""
    # Whether the second reader hears a change in some sentence: asked for, or perhaps.
    heard_change: bool = False
    against: bool = False

    @property
    def unclear(self) -> bool:
        """Whether it is unclear what is to be changed."""
        return self.points

    @property
    def corrects(self) -> bool:
        """Whether something is to be different."""
        return self.wishes or self.no or self.heard_change


def _deaf(words: str) -> tuple[Sense, int]:
    return Sense(), 0


def judge(text: str, approving: Phrases, changing: Phrases, hear: Hear = _deaf) -> Verdict:
    """Weigh the sentences of an answer that asks for no change that could be told.

    The last thing said weighs most: "inte helt nöjd, men skicka den" is a
    yes, "ser bra ut men vänta" is a no.
    """
    verdict = Verdict()
    for sentence in sentences(text):
        if not GREETING.match(fold(sentence.text)):
            _weigh(sentence.text, verdict, approving, changing, hear(sentence.text)[0])
    return verdict


def _weigh(text: str, verdict: Verdict, approving: Phrases, changing: Phrases, sense: Sense) -> None:
    heard = approving.spoken(text)
    no = [s for s in heard if s.name == "no"]
    # "Kan godkännas" inside "kan inte godkännas" is no yes.
    yes = [s for s in heard if s.name == "yes" and not any(s.start < n.end and n.start < s.end for n in no)]
    # Where a change is likelier, no approval is heard.
    approves = sense.of("approval") if sense.of("approval") > sense.of(*CHANGING) else 0.0
    _listen(text, verdict, changing, sense)
    if _only_asks(text, no, approves):
        if changing.speaks(text, "wish") and not yes and not _WHY.match(fold(text)):
            verdict.wishes = True
            verdict.words = verdict.words or text
        return
    if any(s.name == "if" for s in heard):
        verdict.conditional = verdict.no = True
        verdict.yes = verdict.yes or bool(yes)
        verdict.words = text
        return
    if no and (not yes or no[-1].start > yes[-1].start):
        verdict.no = True
        verdict.words = text
    elif yes or approves >= _ALONE:
        verdict.yes = True
        verdict.no = verdict.no and not no
        verdict.words = verdict.words or text
        verdict.agreed = verdict.agreed or (bool(yes) and (not sense.acts or approves >= _BORNE_OUT))
    wished = not no and approves < _ALONE and _wishes(text, changing, (*yes, *no))
    if wished and sense.acts and sense.of(*CHANGING) < _AGAINST:
        # The rules see a wish that the second reader hardly hears.
        verdict.against = verdict.against or sense.of(*CHANGING) >= _NO_CHANGE
        wished = False
    heard_wish = sense.of("changes") >= _CHANGES and not changing.speaks(text, "mused", "keep")
    if wished or (not no and approves < _ALONE and heard_wish):
        verdict.wishes = True
        verdict.points = verdict.points or bool(ITEM_WORD.search(fold(text)))
        verdict.words = text


def _listen(text: str, verdict: Verdict, changing: Phrases, sense: Sense) -> None:
    """What the second reader hears in a sentence, whatever the rules see there."""
    changes = sense.of(*CHANGING)
    verdict.heard_yes = verdict.heard_yes or sense.of("approval") >= _ALONE
    verdict.perhaps = verdict.perhaps or (text if sense.of("approval") >= _PERHAPS else "")
    verdict.heard_change = verdict.heard_change or sense.of("changes") >= _CHANGES
    if changes >= _AGAINST and changes > sense.of("approval") / 2:
        # "Låt resten stå kvar" is in the words of a change, and asks for none.
        verdict.against = verdict.against or not changing.speaks(text, "keep", "mused")


def _only_asks(text: str, no: Sequence[Spoken], approves: float) -> bool:
    """A question approves nothing: "Ok?", "Kan den skickas?"."""
    return (
        bool(re.search(r"\?\W*$", text))
        and not _RHETORICAL.search(fold(text))
        and not no
        and (approves < _ALONE or not _WHY.match(fold(text)))
    )


def _wishes(text: str, changing: Phrases, weighed: Sequence[Spoken]) -> bool:
    """Whether a sentence wants something to be different."""
    if changing.speaks(text, "mused", "keep"):
        return False
    folded = fold(text)
    return any(
        not any(s.start < w.end and w.start < s.end for w in weighed)
        and not _DENIED.search(folded[: s.start])
        for s in changing.spoken(text, "wish")
    )


@dataclass(frozen=True, slots=True)
class Reservation:
    """Words that keep something back, and whether the second reader may hear a change in them."""

    words: str
    heard: bool


def reservation(context: Context, approving: Phrases) -> Reservation | None:
    """What an answer keeps back beside its yes: "bra, fast fyran känns lång"."""
    quiet: Reservation | None = None
    for number, sentence in context.numbered():
        sense = context.sense(number)
        settled = bool(sense.acts) and sense.of("approval", "courtesy") >= _ALONE
        if not settled and _holds_back(sentence.text, approving):
            if context.hits_in(number, "changes") and _only_mused(context, number):
                continue
            mused = any(h.rule == "changes/mused" for h in context.hits_in(number))
            if not mused and (not sense.acts or sense.of(*CHANGING) >= _AGAINST):
                return Reservation(sentence.text, True)
            quiet = quiet or Reservation(sentence.text, False)
    return quiet


def _only_mused(context: Context, number: int) -> bool:
    """A thought that the writer had, and that the second reader hears no change in."""
    mused = any(h.rule in {"changes/mused", "changes/keep"} for h in context.hits_in(number))
    sense = context.sense(number)
    return mused and (sense.of(*CHANGING) < _NO_CHANGE or sense.of("approval") >= _BORNE_OUT)


def _holds_back(text: str, approving: Phrases) -> bool:
    folded = fold(text)
    if GREETING.match(folded) or folded.rstrip().endswith("?"):
        return False
    but, otherwise = _BUT.search(folded), _OTHERWISE.search(folded)
    if otherwise and len(re.findall(r"\w+", otherwise["rest"])) > 1:
        return True
    yes = approving.spoken(text, "yes")
    if but and len(re.findall(r"\w+", but["rest"])) > 1:
        heard = any(s.start >= but.start("rest") for s in yes)
        if not heard and (ITEM_WORD.search(but["rest"]) or _OPINION.search(but["rest"])):
            return True
    if yes or _COURTESY.search(folded) or _CORRECTION_DENIED.search(folded):
        return False
    return bool(_OPINION.search(folded))


def unclear_about_the_draft(context: Context) -> bool:
    """Whether an answer speaks of the draft without saying plainly what is to be done."""
    told = [
        fold(s.text)
        for n, s in context.numbered()
        if not _ONLY_ASKS.match(fold(s.text)) and not _of_other_things(context.sense(n))
    ]
    text = " ".join(told)
    return bool(ITEM_WORD.search(text) or (_OF_THE_DRAFT.search(text) and _OPINION.search(text)))


def _of_other_things(sense: Sense) -> bool:
    """Whether a sentence is heard to ask for something that is no change."""
    return bool(sense.acts) and sense.of(*CHANGING, "approval", "background", "courtesy") < 1 - _ALONE


def corrects(text: str) -> bool:
    """Whether words of correction stand in an answer to draft minutes."""
    for sentence in sentences(text):
        folded = fold(sentence.text)
        found = _CORRECTION.search(folded)
        if found and not _CORRECTION_DENIED.search(folded[: found.end()]):
            return True
    return False


def is_idle(sentence: str, approving: Phrases) -> bool:
    """Whether a sentence says nothing that the secretary must see again."""
    folded = fold(sentence)
    if GREETING.match(folded) or _POINTER.search(folded) or _COURTESY.search(folded):
        return True
    if approving.speaks(sentence, "yes") and not approving.speaks(sentence, "no"):
        return True
    return len(re.findall(r"\w+", folded)) < 2
