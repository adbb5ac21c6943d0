"""Matters for the agenda: proposed, taken back, added to, and the minutes afterwards.

The rules say which sentences ask for something; here it is settled what
they ask for, how many matters there are, and what belongs to which.
"""

from __future__ import annotations

from dataclasses import replace

from service.domain.intents import (
    Intent,
    Proposal,
    Supplement,
)
from service.interpretation.context import Context
from service.interpretation.earlier_matters import EarlierMatters
from service.interpretation.filed_minutes import FiledMinutes
from service.interpretation.matter_fields import (
    files_for,
)
from service.interpretation.matter_reader import Matter
from service.interpretation.proposals import Proposals

# How likely a sentence must be to tell more of a matter.
_LIKELY = 0.5


def read(context: Context) -> list[Intent]:
    """What a letter asks for about matters, in the order in which it asks."""
    reader = _Reader(context)
    what = context.reference.what if context.reference else ""
    if what == "minutes-draft":
        return []
    if filed := reader.minutes_filed():
        return [filed]
    if what == "agenda-draft":
        # Whoever answers a draft speaks of the draft.
        return []
    found: list[tuple[int, Intent]] = []
    found += reader.withdrawals()
    supplements = reader.supplements()
    proposals = reader.proposals([i for i, _ in supplements]) or reader.put_instead()
    found += proposals
    found += [(at, s) for at, s in supplements]
    return [intent for _, intent in sorted(reader.with_files(found), key=lambda pair: pair[0])]


class _Reader(Proposals, EarlierMatters, FiledMinutes):
    """A letter looked at for everything about matters."""

    def put_instead(self) -> list[tuple[int, Intent]]:
        """What is asked for in the very sentence that takes another matter back; we ask first."""
        context = self.context
        details = [i for i, _ in context.numbered() if context.sense(i).of("detail") >= _LIKELY]
        matters = [
            Matter(title, [at, *details], at, "proposal/by-example", sure=False)
            for at, title in self.swapped_in()
        ]
        return [(m.asked_in, self._proposal(m, matters)) for m in matters]

    def with_files(self, found: list[tuple[int, Intent]]) -> list[tuple[int, Intent]]:
        """Give each file to the matter that it belongs to."""
        takers = [(at, i) for at, i in found if isinstance(i, (Proposal, Supplement))]
        if not self.files or not takers:
            return found
        supplements = [pair for pair in takers if isinstance(pair[1], Supplement)]
        said = [self._speaks_of_files(at, intent) for at, intent in takers]
        if (
            len(supplements) == 1
            and len(takers) > 1
            and not any(s for s, (_, i) in zip(said, takers, strict=True) if isinstance(i, Proposal))
        ):
            said = [isinstance(i, Supplement) for _, i in takers]
        shares = files_for([i.title or "" for _, i in takers], self.files, said)
        given = {id(i): tuple(names) for (_, i), names in zip(takers, shares, strict=True)}
        placed = {n for names in shares for n in names}
        lost = [n for n in self.files if n not in placed]
        result: list[tuple[int, Intent]] = []
        for at, intent in found:
            if isinstance(intent, (Proposal, Supplement)):
                intent = replace(intent, attachments=given.get(id(intent), ()))
                if lost:
                    intent = replace(
                        intent,
                        certain=False,
                        doubt=intent.doubt or "det framgår inte vilket ärende bilagan hör till",
                    )
            result.append((at, intent))
        return result

    def _speaks_of_files(self, at: int, intent: Intent) -> bool:
        words = (
            intent.description
            if isinstance(intent, Proposal)
            else (self.text(at) if 0 <= at < len(self.context.sentences) else "")
        )
        return isinstance(intent, Supplement) or self.adding.speaks(words, "material")
