"""A desk to sit at: one network's office on a real database, with a clock that the test sets.

The mailbox is what the test writes, and the courier keeps what it is given;
everything between them is the service itself.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from zoneinfo import ZoneInfo

from service.adapters.imap import ImapMailbox
from service.adapters.smtp import Permanent, SmtpCourier, Temporary
from service.config import Config, Imap, Security
from service.daemon import one_round
from service.domain.world import World
from service.usecases.deliver import Courier
from service.usecases.office import Arrival
from service.usecases.status import status
from service.wiring import open_service
from tests.servers import Account, Post

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HERE = Path(__file__).resolve().parent
NETWORK = HERE / "network.toml"


def local(text: str) -> datetime:
    """A local time, as in "2027-02-04 08:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


@dataclass(frozen=True)
class Got:
    """A message as its receiver has it."""

    to: str
    message: EmailMessage
    at: datetime

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def what(self) -> str:
        return self.id[1:].partition(".")[0]

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def words(self) -> str:
        """The text on one line, for looking phrases up."""
        return " ".join(self.text.split())

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    @property
    def files(self) -> list[str]:
        return [str(p.get_filename()) for p in self.message.iter_attachments()]

    def number_of(self, title: str) -> int:
        """The number that a matter has in the agenda of this message."""
        for line in self.text.splitlines():
            if found := re.match(rf"(\d+)\. {re.escape(title)}", line.strip()):
                return int(found[1])
        raise AssertionError(f"{title!r} is not in:\n{self.text}")

    def file(self, name: str) -> bytes:
        part = next(p for p in self.message.iter_attachments() if p.get_filename() == name)
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        return content


class Desk:
    """Write to the service as a member, set the clock, and read what everybody gets.

    Without `account` and `post` the mailbox is the test itself and the
    courier keeps what it is given; with them, letters go through a real IMAP
    server in and a real SMTP server out.
    """

    def __init__(
        self,
        folder: Path,
        at: str,
        network: Path = NETWORK,
        database_url: str = "",
        account: Account | None = None,
        post: Post | None = None,
        authserv: tuple[str, ...] = (),
        answers_per_hour: int = 100,
        clamd: str = "",
    ) -> None:
        self.clock = local(at)
        self.got: list[Got] = []
        self.refuses: dict[str, Exception] = {}
        self._account, self._post = account, post
        self._seen = 0
        config = Config(
            source=folder / "kallelse.toml",
            network=network,
            data=folder / "data",
            imap=_imap(account) if account else None,
            smtp=None,
            database_url=database_url or f"sqlite:///{folder / 'data' / 'kallelse.db'}",
            security=Security(authserv=authserv, answers_per_hour=answers_per_hour, clamd=clamd),
        )
        self._open = open_service(config, lambda: self.clock)
        self.service = self._open.__enter__()
        self._mailbox = ImapMailbox(account.settings()) if account else None
        self._courier: Courier = SmtpCourier(post.settings()) if post else self

    def close(self) -> None:
        if self._mailbox:
            self._mailbox.close()
        if isinstance(self._courier, SmtpCourier):
            self._courier.close()
        self._open.__exit__(None, None, None)

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The courier's part.

    def send(self, sender: str, recipient: str, message: bytes) -> str:
        if fault := self.refuses.get(recipient):
            raise fault
        parsed = email.message_from_bytes(message, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.got.append(Got(recipient, parsed, self.clock))
        return "250 2.0.0 Ok"

    # The test's part.

    @property
    def world(self) -> World:
        return self.service.store.world()

    @property
    def status(self) -> dict[str, object]:
        return status(self.service.store, self.service.office.rules, self.clock)

    def meeting(self, day: str) -> dict[str, object]:
        """A meeting as `status --json` tells it."""
        meetings = self.status["meetings"]
        assert isinstance(meetings, list)
        found: dict[str, object] = next(m for m in meetings if m["date"] == day)
        return found

    def at(self, moment: str) -> list[Got]:
        """Let it be this time and work; returns what was sent."""
        self.clock = local(moment)
        return self.work()

    def work(self) -> list[Got]:
        """One round; returns what was sent in it."""
        before = len(self.got)
        did = one_round(self.service, self._mailbox, self._courier)
        assert not did.away, did.away
        if self._post:
            for posted in self._post.messages[self._seen :]:
                self.send(posted.sender, posted.recipients[0], posted.raw)
            self._seen = len(self._post.messages)
        return self.got[before:]

    def mail(
        self,
        sender: str,
        subject: str,
        text: str,
        *,
        answers: Got | None = None,
        files: Sequence[tuple[str, bytes]] = (),
        headers: Sequence[tuple[str, str]] = (),
        quote: bool = True,
    ) -> list[Got]:
        """A member writes; the service works; returns what was sent in answer.

        `sender` is a person's id in the network, or an address.  An answer
        quotes what it answers, as mail programs do.
        """
        self.clock += timedelta(minutes=1)
        message = EmailMessage(policy=email.policy.SMTP)
        person = self.world.people.get(sender)
        message["From"] = f"{person.name} <{person.email}>" if person else sender
        message["To"] = self.world.charter.address
        message["Date"] = format_datetime(self.clock)
        message["Message-ID"] = make_msgid(domain="member.example")
        if answers:
            subject = f"Sv: {answers.subject}"
            message["In-Reply-To"] = answers.id
            message["References"] = answers.id
            if quote:
                quoted = "\n".join(f"> {line}" for line in answers.text.splitlines())
                text = (
                    f"{text}\n\nDen {answers.at:%Y-%m-%d} kl. {answers.at:%H:%M} skrev SamReKo:\n{quoted}\n"
                )
        message["Subject"] = subject
        for name, value in headers:
            message[name] = value
        message.set_content(text)
        for name, content in files:
            message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        return self.bytes(message.as_bytes())

    def bytes(self, raw: bytes) -> list[Got]:
        """A message arrives as these bytes; the service works; returns what was sent."""
        if self._account:
            self._account.append(raw)
        else:
            self.service.store.keep([Arrival(raw, self.clock)])
        return self.work()


def _imap(account: Account) -> Imap:
    settings = account.settings()
    return Imap(host=settings.host, port=settings.port, user=settings.user, tls="none")


def to(got: list[Got], address: str) -> list[Got]:
    """What one receiver got."""
    return [g for g in got if g.to == address]


def only(got: list[Got]) -> Got:
    """The one message that there is."""
    assert len(got) == 1, [(g.to, g.subject) for g in got]
    return got[0]


__all__ = ["Desk", "Got", "Permanent", "Temporary", "local", "only", "to"]
