"""Many readers, one reading: what the letter asks for, in its order.

Courtesy stands alone, a question beside a wish is handed on, and nothing is
certain from someone whom the network does not know.
"""

from __future__ import annotations

from dataclasses import replace

from service.domain.intents import Courtesy, Intent, Question
from service.interpretation.context import Context


def combined(context: Context, found: list[Intent]) -> list[Intent]:
    """The intents of a letter, ordered and honest."""
    wishes = [i for i in found if not isinstance(i, Courtesy)]
    kept = wishes or found[:1] or [Question(certain=True)]
    if not context.trusted:
        kept = [
            replace(i, certain=False, doubt=i.doubt or "avsändaren finns inte i nätverket")
            for i in kept
        ]
    return kept
