"""The minutes of a meeting, handed in by the secretary or the chair to be sent out."""

from __future__ import annotations

import re
from datetime import date

from service.domain.intents import (
    Evidence,
    Intent,
    MinutesFiled,
)
from service.interpretation.context import SUBJECT
from service.interpretation.matter_reader import LetterReader
from service.interpretation.meetings import find_meetings

# How likely a sentence must be to hand in minutes: to count without a rule, and to bear one out.
_LIKELY, _HARDLY = 0.6, 0.15


class FiledMinutes(LetterReader):
    """A letter looked at for minutes."""

    def minutes_filed(self) -> Intent | None:
        """The minutes of a meeting, handed in to be sent out."""
        context = self.context
        body = self._body()
        speaking = [i for i in (SUBJECT, *body) if self._spoken(self.filing, i, "filed")]
        named = re.search(r"(?i)\b(?:protokoll|minnesanteckning|anteckningar|minutes)", " ".join(self.files))
        sending = [i for i in body if self._spoken(self.filing, i, "send")]
        subject_says = (
            bool(
                re.search(
                    (
                        r"(?i)^\W*(?:justerat )?(?:protokoll\w*|minnesanteckning\w*|mötesanteckning\w*|"
                        r"minutes)\b"
                    ),
                    context.subject,
                )
            )
            and self.fresh
        )
        in_text = len(re.findall(r"(?m)^\s*§ ?\d", context.words.text)) >= 2
        heard = context.likeliest("minutes") if context.senses else 1.0
        if not (speaking or named or subject_says or heard >= _LIKELY):
            return None
        if heard < _HARDLY and not (named and subject_says):
            # "Protokollsutdrag från nämnden bifogas": papers for a matter.
            return None
        handed_in = bool(self.files and (named or speaking or heard >= _LIKELY)) or in_text
        if not handed_in and not (sending and speaking):
            return None
        if self._spoken_any(self.adding, body, "thread", "title-after") and not named and not subject_says:
            return None
        keeper = self._keeps_minutes()
        asks = [i for i in body if self._spoken(self.asking, i, "title-after", "title-before", "asks")]
        if not keeper and (asks or not (named or subject_says)):
            return None
        if keeper and not named and not subject_says and not sending and not in_text and asks:
            return None
        meeting, doubt = self._minutes_meeting()
        evidence = tuple(Evidence("minutes/filed", self.text(i)) for i in (speaking or sending)[:2])
        if not keeper:
            doubt = doubt or "protokollet kommer inte från sekreteraren eller ordföranden"
        self.taken.update(body)
        return MinutesFiled(
            certain=doubt is None and keeper and context.trusted,
            doubt=doubt,
            evidence=evidence,
            meeting=meeting,
            attachments=tuple(self.files),
        )

    def _keeps_minutes(self) -> bool:
        year = self.context.surroundings.now.year
        officers = self.context.surroundings.network.officers(year - 1, year)
        return self.context.sender is not None and self.context.sender.id in officers

    def _minutes_meeting(self) -> tuple[date | None, str | None]:
        """The meeting that the minutes are of: named, else the one held last."""
        context = self.context
        now = context.surroundings.now
        held = [m for m in context.surroundings.network.meetings if m.end <= now and not m.cancelled]
        keys = {m.key for m in held}
        mentions = [*context.meetings, *context.subject_meetings]
        for name in self.files:
            mentions += find_meetings(
                re.sub(r"[_-]+", " ", name.rsplit(".", 1)[0]), context.letter, context.surroundings
            )
        conflict = next((m.conflict for m in mentions if m.conflict and m.named), None)
        for mention in mentions:
            for key in mention.keys:
                if key in keys and mention.kind != "next":
                    return key, conflict
        days = {m.day: m.key for m in held}
        for mention in mentions:
            if mention.first in days:
                return days[mention.first], conflict
        thread = context.reference.meeting if context.reference else None
        if thread in keys:
            return thread, conflict
        if held:
            return max(held, key=lambda m: m.start).key, conflict
        return None, "det framgår inte vilket möte protokollet gäller"
