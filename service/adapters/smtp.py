"""The courier: hands prepared messages to the SMTP server, one recipient at a time.

What a caller needs to know of a failed delivery is what to do next, so that is what
the errors are named for.  The line they draw most carefully is the one between
"not taken" and "nobody knows": SMTP leaves a doubt only between the final dot and
the server's answer to it (RFC 5321, 4.5.3.2.6), and everything before that is a
plain failure that can be tried again without anyone getting the letter twice.

Async lives in this file and nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPSenderRefused,
)
from aiosmtplib.response import SMTPResponse

from service.adapters import tls as encryption
from service.adapters.tls import Tls

T = TypeVar("T")

# A line that has rested this long, in seconds, is felt with NOOP before it is trusted.
RESTED = 20.0
# Bytes handed to the connection at a time.
PIECE = 256 * 1024


class CourierError(Exception):
    """A message was not delivered; the text carries the server's own answer.

    `code` is its reply code (RFC 5321, 4.2), None when it did not answer.
    """

    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


class Temporary(CourierError):
    """The other side cannot take this letter now.  Try again later."""


class Permanent(CourierError):
    """The other side will never take this letter.  Tell the secretary."""


class Uncertain(CourierError):
    """The line broke after the whole letter was handed over.  Nobody knows; do not blindly send it again."""


class Away(CourierError):
    """The server cannot be reached, lets us not in, or takes no mail from us at all.

    It says nothing about the letter in hand: stop the round and come back later.
    """


@dataclass(frozen=True)
class SmtpSettings:
    """Where the server is and how to get in.

    With `token` the login is XOAUTH2 and `password` is not used; it is called at each
    login.  Without `user` there is no login.  `timeout` is how many seconds the server
    may take for an answer, `patience` how many for the answer to a whole message: RFC 5321
    (4.5.3.2.6) wants ten minutes there, because giving up early makes for doubt.
    Raises ValueError, in one line, for settings that would send unencrypted over a network.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False)
    tls: Tls = "starttls"
    ca_file: str | None = None
    timeout: float = 60.0
    patience: float = 300.0

    def __post_init__(self) -> None:
        encryption.refuse_bare_text("smtp", self.host, self.tls)

    @property
    def greeting_name(self) -> str:
        """What we call ourselves in EHLO: the domain we write from, never this machine's name."""
        domain = self.user.rpartition("@")[2] if "@" in self.user else ""
        # An address literal is right for a client without a name of its own (RFC 5321, 4.1.3).
        return domain if re.fullmatch(r"[A-Za-z0-9.-]+", domain) else "[127.0.0.1]"


class SmtpCourier:
    """One connection to the server, reused from letter to letter.  For one thread, without a running loop."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._runner: asyncio.Runner | None = None
        self._smtp: SMTP | None = None
        self._used = 0.0

    def send(self, sender: str, recipient: str, message: bytes, envelope_id: str = "") -> str:
        """Hand over one message for one recipient; the server's answer, which often has its queue number.

        `sender` and `recipient` are bare addr-specs; `message` is the finished message,
        and nothing in it is changed save bare line ends.  Where the server knows RFC 3461,
        a bounce will bring back `envelope_id` (the Message-ID, say) as Original-Envelope-ID
        and only the letter's headers.  Raises Temporary, Permanent, Uncertain or Away.
        """
        return self._run(self._send(_addr_spec(sender), _addr_spec(recipient), message, envelope_id))

    def check(self) -> str:
        """Connect and log in; what the server says that it can do, for `doctor`.  Raises Away."""
        return self._run(self._check())

    @property
    def size_limit(self) -> int | None:
        """The largest message in bytes that the server takes (RFC 1870), when connected and it says so."""
        if self._smtp is None:
            return None
        stated = self._smtp.esmtp_extensions.get("size", "")
        return int(stated) if stated.isdigit() and int(stated) > 0 else None

    def close(self) -> None:
        """Say goodbye.  The next `send` connects again."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        with contextlib.suppress(Exception):
            runner.run(self._quit())
        self._smtp = None
        runner.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner.run(work)

    # The connection

    async def _connected(self) -> tuple[SMTP, bool]:
        """The line, and whether it is a new one."""
        if self._smtp is not None and time.monotonic() - self._used > RESTED:
            # Servers hang up on the quiet, and a router may have forgotten the line.
            with contextlib.suppress(SMTPException, OSError):
                await self._smtp.noop(timeout=min(self._settings.timeout, 15.0))
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp, False
        self._forget()
        self._smtp = await self._connect()
        return self._smtp, True

    async def _connect(self) -> SMTP:
        settings = self._settings
        where = f"{settings.host}:{settings.port}"

        async def token() -> str:
            assert settings.token is not None
            return settings.token()

        try:
            smtp = SMTP(
                hostname=settings.host,
                port=settings.port,
                timeout=settings.timeout,
                local_hostname=settings.greeting_name,
                use_tls=settings.tls == "tls",
                # Never None: that would go on unencrypted when someone in between hides STARTTLS.
                start_tls=settings.tls == "starttls",
                tls_context=None
                if settings.tls == "none"
                else encryption.context(settings.host, settings.ca_file),
                username=settings.user or None,
                password=settings.password if settings.user and settings.token is None else None,
                oauth_token_generator=token if settings.token is not None else None,
            )
            await smtp.connect()
            if smtp.is_ehlo_or_helo_needed:
                await smtp.ehlo()
        except SMTPAuthenticationError as fault:
            raise Away(f"{where} släpper inte in {settings.user}: {_answer(fault)}", fault.code) from fault
        # Name service, TLS, a token that cannot be had: all of it means that we cannot send now.
        except Exception as fault:
            raise Away(f"{where} går inte att nå: {_answer(fault)}", _code(fault)) from fault
        return smtp

    def _forget(self) -> None:
        if self._smtp is not None:
            # Closing politely would first send what is left of a letter that was given up.
            if isinstance(self._smtp.transport, asyncio.WriteTransport):
                self._smtp.transport.abort()
            self._smtp.close()
            self._smtp = None

    async def _quit(self) -> None:
        if self._smtp is not None and self._smtp.is_connected:
            await self._smtp.quit(timeout=2.0)
        self._forget()

    async def _check(self) -> str:
        smtp, _new = await self._connected()
        try:
            await smtp.noop()
        except (SMTPException, OSError) as fault:
            self._forget()
            raise Away(f"{self._settings.host} svarar inte: {_answer(fault)}", _code(fault)) from fault
        self._used = time.monotonic()
        return ", ".join(f"{name} {value}".strip() for name, value in sorted(smtp.esmtp_extensions.items()))

    # A delivery

    async def _send(self, sender: str, recipient: str, message: bytes, envelope_id: str) -> str:
        body = _dotted(message)
        smtp, new = await self._connected()
        try:
            try:
                await self._address(smtp, sender, recipient, message, envelope_id)
            except _LineLost:
                if new:
                    raise
                # The old line had died unnoticed; nothing of the letter was said on it.
                self._forget()
                smtp, _ = await self._connected()
                await self._address(smtp, sender, recipient, message, envelope_id)
            answer = await self._hand_over(smtp, body)
        except _LineLost as lost:
            self._forget()
            # A server that hangs up before it has heard of the recipient does so to every letter.
            kind = Away if lost.early else Temporary
            raise kind(f"förbindelsen bröts innan mejlet var överlämnat: {lost}", lost.code) from lost
        except (Temporary, Permanent) as refused:
            # So that the next letter begins on a clean line.
            await self._reset(smtp, refused.code)
            raise
        # Away, Uncertain, and whatever this file did not foresee: the line's state is unknown.
        except BaseException:
            self._forget()
            raise
        self._used = time.monotonic()
        return answer

    async def _address(
        self, smtp: SMTP, sender: str, recipient: str, message: bytes, envelope_id: str
    ) -> None:
        """MAIL and RCPT.  Raises Temporary, Permanent or Away for answers, _LineLost for none."""
        size, limit = len(message), self.size_limit
        if limit is not None and size > limit:
            raise Permanent(
                f"mejlet är på {_megabytes(size)} och {self._settings.host} tar emot {_megabytes(limit)}"
            )
        options = [f"SIZE={size}"] if smtp.supports_extension("size") else []
        if not message.isascii() and smtp.supports_extension("8bitmime"):
            options.append("BODY=8BITMIME")
        # Asked of a server that does not know it, it costs the whole letter (555).
        if envelope_id and smtp.supports_extension("dsn"):
            options += ["RET=HDRS", f"ENVID={_xtext(envelope_id)}"]
        encoding = "ascii"
        if not (sender + recipient).isascii():
            if not smtp.supports_extension("smtputf8"):
                raise Permanent(f"{self._settings.host} klarar inte adresser med å, ä, ö och liknande tecken")
            options.append("SMTPUTF8")
            encoding = "utf-8"
        early = True
        try:
            await smtp.mail(sender, options=options, encoding=encoding)
            early = False
            await smtp.rcpt(recipient, encoding=encoding)
        except SMTPResponseException as fault:
            raise self._judged(fault, early) from fault
        except (SMTPException, OSError) as fault:
            raise _LineLost(_answer(fault), early=early) from fault

    def _judged(self, fault: SMTPResponseException, early: bool = False) -> Exception:
        """What a refusal of MAIL, RCPT or DATA means for the letter."""
        text, code = _answer(fault), fault.code
        if code == 421 or code < 0:
            # The server is leaving (RFC 5321, 3.8) or talks nonsense; a new line may find it well.
            return _LineLost(text, _code(fault), early)
        if code == 530:
            return Away(f"{self._settings.host} kräver inloggning: {text}", code)
        if isinstance(fault, SMTPSenderRefused) and not _is_about_size(text, code):
            # All our letters have the same sender, so every one of them would meet the same answer:
            # SendAsDenied, "server busy", "too many connections".
            return Away(f"{self._settings.host} tar inte emot mejl från {fault.sender} nu: {text}", code)
        kind = Permanent if 500 <= code < 600 else Temporary
        return kind(text, code)

    async def _hand_over(self, smtp: SMTP, body: bytes) -> str:
        """DATA.  Raises Temporary or Permanent for an answer, _LineLost and Uncertain for none.

        aiosmtplib's own `data` writes everything at once and lets one timeout cover upload
        and answer, so a big letter on a slow line looks like a lost answer, and a line
        that breaks in the middle like a letter that may have arrived.  Here the
        final dot is held back until all before it has left.
        """
        try:
            invited = await smtp.execute_command(b"DATA")
        except (SMTPException, OSError) as fault:
            raise _LineLost(_answer(fault)) from fault
        if invited.code != 354:
            raise self._judged(SMTPResponseException(invited.code, invited.message))
        protocol, transport = smtp.protocol, smtp.transport
        if protocol is None or not isinstance(transport, asyncio.WriteTransport):
            raise _LineLost("the server hung up after asking for the letter")
        ended = False
        # Listening from the start: a server that has had enough says so before the end.
        reply = asyncio.ensure_future(protocol.read_response(timeout=None))
        # Lets the listening begin before the first byte goes.
        await asyncio.sleep(0)
        try:
            for start in range(0, len(body), PIECE):
                if reply.done() or transport.is_closing():
                    break
                transport.write(body[start : start + PIECE])
                await self._drained(transport, reply)
            ended = not (reply.done() or transport.is_closing())
            if ended:
                transport.write(b".\r\n")
            answer = await asyncio.wait_for(reply, self._settings.patience)
        except (SMTPException, OSError) as fault:
            # asyncio's and the sockets' own timeouts are OSErrors too.
            if reply.done() and not ended:
                raise _LineLost(_answer(fault)) from fault
            raise Uncertain(f"inget svar på hela mejlet: {_answer(fault)}", _code(fault)) from fault
        finally:
            reply.cancel()
        return self._accepted(answer, ended)

    async def _drained(self, transport: asyncio.WriteTransport, reply: asyncio.Future[SMTPResponse]) -> None:
        """Wait until the connection has taken what it was given, as long as it goes on taking."""
        # At least one look at the line, so that a hang-up is seen before more is said.
        await asyncio.sleep(0)
        pause, left, since = 0.001, transport.get_write_buffer_size(), time.monotonic()
        while left and not reply.done():
            await asyncio.wait([reply], timeout=pause)
            pause = min(pause * 2, 0.05)
            now = transport.get_write_buffer_size()
            if now < left:
                left, since = now, time.monotonic()
            elif time.monotonic() - since > self._settings.timeout:
                raise _LineLost(f"the server took nothing for {self._settings.timeout:.0f} s")

    def _accepted(self, answer: SMTPResponse, ended: bool) -> str:
        text = f"{answer.code} {' '.join(answer.message.split())}".strip()
        if not ended:
            # It spoke before the end, so the line is out of step; whatever it said, it has no whole letter.
            self._forget()
            kind = Permanent if 500 <= answer.code < 600 else Temporary
            raise kind(text, answer.code)
        if 200 <= answer.code < 300:
            return text
        raise (Permanent if 500 <= answer.code < 600 else Temporary)(text, answer.code)

    async def _reset(self, smtp: SMTP, code: int | None) -> None:
        if code == 421 or not smtp.is_connected:
            self._forget()
            return
        try:
            await smtp.rset()
        except (SMTPException, OSError):
            self._forget()
        self._used = time.monotonic()


class _LineLost(Exception):
    """The line broke, or the server hung up, while the letter was certainly not taken."""

    def __init__(self, text: str, code: int | None = None, early: bool = False) -> None:
        super().__init__(text)
        self.code = code
        # Before the server had heard who the letter is for.
        self.early = early


_ODD_ADDRESS = re.compile(r"[\x00-\x20\x7f<>()\[\],;:\\\"]|\s")


def _addr_spec(address: str) -> str:
    """A bare addr-spec fit for an envelope, its domain in ASCII (RFC 5890).  Raises Permanent for others.

    Display names, comments, quoted local parts and above all line ends are refused: the
    library would read them leniently and write to someone else.
    """
    local, at, domain = address.rpartition("@")
    if not (at and local and domain) or "@" in local or _ODD_ADDRESS.search(address):
        raise Permanent(f"inte en adress som det går att skicka till: {address!r}")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError as fault:
            raise Permanent(f"inte en adress som det går att skicka till: {address!r}") from fault
    return f"{local}@{domain}"


def _xtext(words: str) -> str:
    """Words as a parameter of MAIL (RFC 3461, 4): "+", "=" and all that is not plain ASCII as +HH."""
    return "".join(
        chr(byte) if 33 <= byte <= 126 and byte not in b"+=" else f"+{byte:02X}" for byte in words.encode()
    )


_BARE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")


def _dotted(message: bytes) -> bytes:
    """The message as DATA wants it: CRLF throughout, a leading dot doubled (RFC 5321, 4.5.2)."""
    # Exchange Online refuses bare line ends, and others take them for the end of the message.
    # Counting tells ten times sooner than searching whether there are any, of 27 MB to each of forty.
    pairs = message.count(b"\r\n")
    if message.count(b"\r") != pairs or message.count(b"\n") != pairs:
        message = _BARE_END.sub(b"\r\n", message)
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    if message.startswith(b"."):
        message = b"." + message
    return message.replace(b"\r\n.", b"\r\n..")


def _is_about_size(text: str, code: int) -> bool:
    return code == 552 or "5.3.4" in text or "5.2.3" in text


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")


def _code(fault: BaseException) -> int | None:
    return fault.code if isinstance(fault, SMTPResponseException) and fault.code > 0 else None


def _answer(fault: BaseException) -> str:
    """A fault in one line: the server's own words where it said any."""
    if isinstance(fault, SMTPResponseException):
        return f"{fault.code} {' '.join(str(fault.message).split())}".strip()
    return " ".join(str(fault).split()) or type(fault).__name__
