"""Files that could do harm: kept out of every mailing until the secretary has said yes to each.

A program, and what cannot be looked through because it unpacks to something
absurd, are hers to let through; what the virus scanner warns of is passed on
to nobody, whatever anybody says.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from service.domain.agenda import FileRef, Item
from service.domain.intents import Intent, MinutesFiled, Proposal, Question, Supplement
from service.domain.personal_data import masked
from service.domain.world import World
from service.usecases.filing.case import Note, Outcome, ToDecide
from service.usecases.office import OpenQuestion, Option
from service.usecases.opening import Opened
from service.usecases.outgoing import Post, Recipient, their_words

_REASONS = (
    ("virus", "innehåller virus enligt virusskyddet"),
    ("executable", "är ett program eller innehåller ett"),
    ("bomb", "packas upp till något orimligt stort och är inte genomsökt"),
)


def harmless(files: Mapping[str, FileRef], *, released: bool = False) -> dict[str, FileRef]:
    """The files that may be passed on; `released` means that the secretary has said yes to the others."""
    return {n: f for n, f in files.items() if not f.harmful or (released and "virus" not in f.flags)}


def let_in_before(world: World, files: Mapping[str, FileRef], letter: int) -> dict[str, FileRef]:
    """The files that may be passed on, with those that the secretary has let into the letter's matters."""
    let_in = {f.sha256 for i in world.items.values() if i.letter == letter for f in i.files}
    return {n: f for n, f in files.items() if not f.harmful or f.sha256 in let_in}


def told_of(files: Iterable[FileRef]) -> str:
    """A sentence for each file that could do harm: its name and why."""
    return " ".join(f"Bilagan {masked(f.filename)} {_why(f)}." for f in files if f.harmful)


def _why(file: FileRef) -> str:
    return next(words for flag, words in _REASONS if flag in file.flags)


def waits_for_its_files(intent: Intent, files: Mapping[str, FileRef]) -> bool:
    """Whether nothing is left of a wish when its harmful files are kept back."""
    if not isinstance(intent, Supplement | MinutesFiled):
        return False
    named = [files[n] for n in intent.attachments if n in files]
    return bool(named) and all(f.harmful for f in named)


def wish_for_the_rest(intent: Intent, filed: Outcome | None, files: Mapping[str, FileRef]) -> Intent | None:
    """What would be carried out if the secretary let the files through; None when there is nothing to ask.

    `filed` is what the wish has led to without them; None when it waits for them.
    """
    named = tuple(
        n
        for n in getattr(intent, "attachments", ())
        if n in files and files[n].harmful and "virus" not in files[n].flags
    )
    if not named:
        return None
    if filed is None:
        return dataclasses.replace(intent, certain=True)
    made = [e for e in filed.put if isinstance(e, Item)]
    if isinstance(intent, Proposal | Supplement) and made:
        return Supplement(certain=True, title=made[0].title, attachments=named)
    return None


def kept_back(
    opened: Opened,
    to: Recipient | None,
    wishes: Iterable[Intent],
    files: Mapping[str, FileRef],
) -> Outcome:
    """The sender is told what has not been passed on and why, and the secretary is asked, or told."""
    bad = [f for f in files.values() if f.harmful]
    asked = tuple(wishes)
    note = Note(
        "file-held",
        {"reasons": told_of(bad), "asked": bool(asked), "virus": any("virus" in f.flags for f in bad)},
    )
    if to is None:
        return Outcome(notes=(note,))
    options = tuple(Option(_let_through(w), (w,)) for w in asked)
    if options:
        options = (*options, Option("Låt det vara utan."))
    reason = told_of(bad) + (
        " Det följer inte med i något utskick om du inte säger ja."
        if options
        else " Det skickas inte vidare till någon, och den som skrev har fått veta det."
    )
    post = Post(
        what="ask",
        mailing="ask-secretary",
        to=to,
        meeting=opened.reference.meeting if opened.reference else None,
        facts={
            "wish": "",
            "claimed": False,
            "reason": reason,
            **their_words(opened.letter, opened.reading.text, masked),
            "options": tuple(o.sentence for o in options),
        },
        because_of=opened.number,
    )
    if not options:
        return Outcome(notes=(note,), posts=(post,))
    speaker = opened.speaker.id if opened.speaker else None
    question = OpenQuestion("file", opened.number, speaker, to, options)
    return Outcome(notes=(note,), decide=(ToDecide(question, post),))


def _let_through(wish: Intent) -> str:
    names = " och ".join(masked(n) for n in getattr(wish, "attachments", ()))
    if isinstance(wish, MinutesFiled):
        return f"Ta emot {names} som protokoll."
    title = getattr(wish, "title", None)
    return f"Ta med {names}" + (f" till ”{masked(title)}”." if title else ".")


def concerns(intent: Intent, files: Mapping[str, FileRef]) -> bool:
    """Whether a wish would have passed on a file that is kept back."""
    if isinstance(intent, Question):
        return any(f.harmful for f in files.values())
    return any(n in files and files[n].harmful for n in getattr(intent, "attachments", ()))
