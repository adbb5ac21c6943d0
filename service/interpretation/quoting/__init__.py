"""New words only: what this sender wrote in this letter.

A thread can be a year long, and everything in it has been said before by
somebody.  What is read as this sender's wish must be hers and new: not the
quoted mail, not her signature, not the notice of her municipality's lawyers.
But remarks that she writes between the quoted lines are hers, and so are the
words below the quote.

The rules here know the mail programs that Swedish, Norwegian, Danish, Finnish
and English offices use.  mail-parser-reply and quotequail are asked where they
find nothing, for the languages that only those libraries know.

Nothing is lost by this: the letter keeps its text, and this is a view of it.
"""

from __future__ import annotations

from service.interpretation.quoting.new_words import NewWords, Quoted, Remark, new_words

__all__ = ["NewWords", "Quoted", "Remark", "new_words"]
