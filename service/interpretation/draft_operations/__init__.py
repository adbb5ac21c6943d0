"""Changes to a draft, in whatever way they are written, as operations.

`answer` reads the sentences; `tokens` finds what stands in them, `clauses`
cuts them, `pointing` finds which items are meant, and `moving`, `details` and
`naming` know one family of operations each.
"""

from service.interpretation.draft_operations.answer import read_operations
from service.interpretation.draft_operations.values import Asked, FindPeople, Hear, Reader

__all__ = ["Asked", "FindPeople", "Hear", "Reader", "read_operations"]
