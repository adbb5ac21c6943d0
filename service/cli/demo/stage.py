"""The stage: real servers, a clock that is set by hand, and the daemon's own round.

Nothing here stands in for the service.  Members' mail goes in over SMTP and
is fetched over IMAP; what the service writes is delivered over SMTP into the
members' mailboxes, where they find it and answer it.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from service.adapters.embedded import EmbeddedServers
from service.adapters.imap import ImapMailbox
from service.adapters.smtp import SmtpCourier
from service.cli.demo import letters
from service.cli.demo.letters import File, Program
from service.cli.failing import Failed
from service.daemon import one_round
from service.domain.intents import Reading
from service.domain.letters import Letter
from service.domain.network import Network, Person
from service.domain.timeline import next_moment
from service.interpretation.surroundings import Surroundings
from service.usecases.office import Outbound
from service.wiring import Service

# A member's mail is answered so long after it was sent.
ANSWER_TIME = timedelta(seconds=20)


class Clock:
    """Says what it is told to say, until it is let go: then it runs at the speed of real time."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._began: float | None = None

    def __call__(self) -> datetime:
        if self._began is None:
            return self.now
        return self.now + timedelta(seconds=time.monotonic() - self._began)

    def let_go(self) -> None:
        self._began = time.monotonic()


class Teller(Protocol):
    """Tells what happens, as it happens."""

    def written(self, at: datetime, writer: Person, text: str, files: Sequence[str]) -> None: ...

    def understood(self, reading: Reading, network: Network, answers_question: bool) -> None: ...

    def sent(self, at: datetime, posted: Sequence[Outbound], answering: bool) -> None: ...


class Stage:
    """Plays mail at simulated times through the code that the daemon runs."""

    def __init__(
        self,
        servers: EmbeddedServers,
        service: Service,
        clock: Clock,
        teller: Teller,
        *,
        strangers: Sequence[Person],
    ) -> None:
        self._servers = servers
        self._clock = clock
        self._teller = teller
        self._strangers = {p.id: p for p in strangers}
        self._read: dict[str, Reading] = {}
        # The readings are overheard on their way, to be told.
        office = dataclasses.replace(service.office, read=self._overheard(service.office.read))
        self._service = dataclasses.replace(service, office=office)
        self._mailbox: ImapMailbox | None = service.mailbox()
        self._courier: SmtpCourier | None = service.courier()
        self._told = 0
        # Steps of the story that could not be played, because what they answer never came.
        self.skipped: list[str] = []

    def _overheard(self, read: Callable[[Letter, Surroundings], Reading]) -> Callable[..., Reading]:
        def reading(letter: Letter, surroundings: Surroundings) -> Reading:
            found = read(letter, surroundings)
            self._read[letter.message_id or ""] = found
            return found

        return reading

    def close(self) -> None:
        if self._mailbox:
            self._mailbox.close()
        if self._courier:
            self._courier.close()

    # The clock.

    def moment(self, text: str) -> datetime:
        """A local time, written as 2027-01-11 09:12."""
        return datetime.fromisoformat(text).replace(tzinfo=self._service.store.world().zone)

    def until(self, at: datetime) -> None:
        """Let time pass; whatever comes due on the way is done at its own moment."""
        while True:
            world = self._service.store.world()
            timeline = self._service.office.rules.timeline
            step = next_moment(tuple(world.meetings.values()), timeline, self._clock.now)
            morning = _next_morning(self._clock.now.astimezone(world.zone))
            soonest = min(morning, step) if step else morning
            if soonest > at:
                break
            self._clock.now = soonest
            self._work()
            self._tell_sent(answering=False)
        self._clock.now = at

    def _work(self) -> None:
        did = one_round(self._service, self._mailbox, self._courier)
        if did.away:
            raise Failed(f"demonstrationens egna servrar svarar inte: {'; '.join(did.away)}; kör igen")

    def _tell_sent(self, *, answering: bool) -> None:
        new = list(self._service.store.letters_out(after=self._told))
        if new:
            self._told = max(letter.number or 0 for letter in new)
            self._teller.sent(self._clock.now, new, answering)

    # Mail from people.

    def person(self, who: str) -> Person:
        known = self._service.store.world().people
        return self._strangers.get(who) or known[who]

    def write(
        self,
        who: str,
        at: str,
        text: str,
        *,
        subject: str = "",
        answering: str = "",
        about: str = "",
        program: Program = "outlook",
        files: Sequence[File] = (),
    ) -> None:
        """Somebody writes; `answering` names what kind of mail in her inbox she answers, newest first.

        `about` narrows that to a meeting, given by its date.
        """
        moment = self.moment(at)
        self.until(moment)
        writer = self.person(who)
        charter = self._service.store.world().charter
        original = self.newest(writer.email, answering, about) if answering else None
        if answering and original is None:
            # Nobody answers a mail that has not come.
            self.skipped.append(f"{moment:%Y-%m-%d} {writer.name}: {answering}")
            return
        raw = letters.compose(
            writer,
            (charter.short_name, charter.address),
            text,
            moment,
            subject=subject,
            answering=original,
            program=program,
            files=files,
        )
        self._teller.written(moment, writer, text, [f.name for f in files])
        self._post(writer.email, raw, answers_question=answering == "ask")

    def answer_invitation(self, who: str, at: str, text: str, *, comes: bool, about: str) -> None:
        """Somebody presses accept or decline in her calendar."""
        moment = self.moment(at)
        self.until(moment)
        writer = self.person(who)
        invitation = self.newest(writer.email, "agenda", about)
        if invitation is None:
            self.skipped.append(f"{moment:%Y-%m-%d} {writer.name}: agenda")
            return
        raw = letters.calendar_answer(writer, invitation, moment, comes=comes)
        self._teller.written(moment, writer, text, [])
        self._post(writer.email, raw)

    def bounce(self, address: str, at: str, what: str, about: str, text: str) -> None:
        """A mail server returns one of our letters."""
        moment = self.moment(at)
        self.until(moment)
        returned = self.newest(address, what, about)
        if returned is None:
            self.skipped.append(f"{moment:%Y-%m-%d} {address}: {what}")
            return
        raw = letters.bounce(returned, address, moment)
        self._teller.written(moment, Person("", f"E-postservern {address.partition('@')[2]}", ""), text, [])
        # A report has no sender to return it to, so it comes from the mail server itself.
        self._servers.deliver(raw, self._service.store.world().charter.address)
        self._answer(raw)

    def _post(self, sender: str, raw: bytes, *, answers_question: bool = False) -> None:
        """Hand a member's mail in at the mail server, as her mail program does; the service answers."""
        courier = SmtpCourier(self._servers.smtp(sender))
        try:
            courier.send(sender, self._service.store.world().charter.address, raw)
        finally:
            courier.close()
        self._answer(raw, answers_question)

    def _answer(self, raw: bytes, answers_question: bool = False) -> None:
        self._clock.now += ANSWER_TIME
        self._work()
        reading = self._read.get(letters.message_id(raw))
        if reading:
            network = self._service.store.world().network_on(self._clock.now.date())
            self._teller.understood(reading, network, answers_question)
        self._tell_sent(answering=True)

    def newest(self, address: str, what: str, about: str = "") -> bytes | None:
        """The newest message of a kind in somebody's inbox."""
        day = date.fromisoformat(about).isoformat() if about else ""
        for raw in reversed(self._servers.letters(address)):
            if letters.message_id(raw).startswith(f"<{what}.{day}"):
                return raw
        return None


def _next_morning(now: datetime) -> datetime:
    """The service looks a few times an hour; a look each morning is enough for a year in a minute."""
    morning = now.replace(hour=8, minute=0, second=0, microsecond=0)
    return morning if morning > now else morning + timedelta(days=1)
