"""The files that a letter brings: its own, and those of a message that it only passes on."""

from __future__ import annotations

from service.domain.letters import Attachment, Letter

# So much may a bare forward say for itself; more, and the letter speaks of its own.
_FEW_CHARACTERS = 900


def files_of(letter: Letter) -> tuple[Attachment, ...]:
    """The attachments of a letter, in order.

    An enclosed message is itself no file; when the letter says little beside
    it ("se bifogat, kan vi ta upp detta?") the files in it are the letter's.
    """
    own = list(letter.attachments)
    if letter.enclosed and len(letter.plain or letter.html or "") <= _FEW_CHARACTERS:
        seen = {a.sha256 for a in own}
        for inner in letter.enclosed:
            own += [a for a in files_of(inner) if a.sha256 not in seen]
    return tuple(own)
