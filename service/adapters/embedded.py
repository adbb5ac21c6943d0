"""Mail servers inside the process, on loopback: for `kallelse demo` and the everyday tests.

Real protocols over real sockets, with nothing to install and nothing to set up:
pymap speaks IMAP from memory, aiosmtpd takes mail over SMTP.  Both run in one thread
with an event loop of its own, so the program that uses them can stay synchronous.

What the SMTP server takes it keeps, and lays in the mailbox of each recipient
that has one here.  So an ordinary mail program can be logged in as a member, read what
the service wrote and answer it.
"""

from __future__ import annotations

import asyncio
import threading
from argparse import Namespace
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend, Identity
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from service.adapters.imap import ImapSettings
from service.adapters.smtp import SmtpSettings

T = TypeVar("T")

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that was handed to the SMTP server: envelope and bytes."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)


class EmbeddedServers:
    """An IMAP and an SMTP server for the mailboxes given, as address -> password.

    Addresses are compared without regard to case.  `on_posted` is called, from the
    servers' thread, with each message that is taken over SMTP.  `now` (aware) is when mail
    arrives.  Ports are chosen by the system unless given.  Use as a context manager, or `start` and `stop`.
    Mail lives in memory, byte for byte as it came, and is gone after `stop`; only a message
    that has no empty line after its headers gets one (pymap).
    """

    def __init__(
        self,
        mailboxes: Mapping[str, str],
        *,
        imap_port: int = 0,
        smtp_port: int = 0,
        on_posted: Callable[[Posted], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._passwords = {address.lower(): password for address, password in mailboxes.items()}
        self._on_posted = on_posted
        self._now = now
        self.imap_port = imap_port
        self.smtp_port = smtp_port
        # Everything that was handed to the SMTP server, in order.
        self.posted: list[Posted] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event | None = None
        self._ready = threading.Event()
        self._fault: BaseException | None = None
        self._backend: DictBackend | None = None

    def start(self) -> EmbeddedServers:
        """Start both servers and wait until they listen.  Raises OSError when a given port is taken."""
        self._ready.clear()
        self._thread = threading.Thread(target=self._serve, name="kallelse-servers", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._fault is not None:
            fault, self._fault = self._fault, None
            self._thread.join()
            self._thread = None
            raise fault
        return self

    def stop(self) -> None:
        """Close both servers and every connection to them."""
        if self._thread is not None and self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._thread = self._loop = self._stopping = self._backend = None

    def __enter__(self) -> EmbeddedServers:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def imap(self, address: str, **changes: Any) -> ImapSettings:
        """How to reach a mailbox; `changes` are fields of ImapSettings."""
        fields: dict[str, Any] = {
            "host": LOOPBACK,
            "port": self.imap_port,
            "user": address.lower(),
            "password": self._passwords[address.lower()],
            "tls": "none",
        }
        return ImapSettings(**{**fields, **changes})

    def smtp(self, address: str = "", **changes: Any) -> SmtpSettings:
        """How to send, logged in as `address` when one is given; `changes` are fields of SmtpSettings."""
        fields: dict[str, Any] = {
            "host": LOOPBACK,
            "port": self.smtp_port,
            "user": address.lower(),
            "password": self._passwords[address.lower()] if address else "",
            "tls": "none",
        }
        return SmtpSettings(**{**fields, **changes})

    def deliver(
        self, raw: bytes, address: str, folder: str = "INBOX", arrived: datetime | None = None
    ) -> None:
        """Lay a message in a mailbox as though it had just come in, or at `arrived` (aware)."""
        self._call(self._lay_in(raw, address, folder, arrived))

    def letters(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """The raw messages in a folder, in the order they came; none when there is no such folder."""
        return self._call(self._contents(address, folder))

    # In the servers' thread

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            work.close()
            raise RuntimeError("the embedded servers are not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def _serve(self) -> None:
        try:
            asyncio.run(self._listen())
        except BaseException as fault:
            self._fault = fault
        finally:
            self._ready.set()

    async def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        async with AsyncExitStack() as stack:
            imap = await self._imap_server(stack)
            smtp = await self._loop.create_server(self._smtp_protocol, LOOPBACK, self.smtp_port)
            stack.callback(smtp.close)
            self.imap_port = imap.sockets[0].getsockname()[1]
            self.smtp_port = smtp.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stopping.wait()
            imap.close()
            # Those who wait in IDLE, or in the middle of a letter, are hung up on.
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.wait(others, timeout=2) if others else None

    async def _imap_server(self, stack: AsyncExitStack) -> asyncio.Server:
        # What pymap's own command line would give it; it has no other way in.
        arguments = Namespace(
            host=LOOPBACK,
            port=self.imap_port,
            debug=False,
            cert=None,
            key=None,
            tls=False,
            proxy_protocol=None,
            inherited_sockets=None,
            passlib_cfg=None,
            no_service=[],
            demo_data=False,
            demo_user="nobody",
            demo_password="",
        )
        # Passwords that live for one demonstration need no slow hash at each login.
        backend, config = await DictBackend.init(arguments, hash_context=Cleartext())
        config.apply_context()
        await backend.start(stack)
        # The user that pymap makes for its own demonstration has an empty password.
        backend.login.users_dict.clear()
        for address, password in self._passwords.items():
            backend.login.users_dict[address] = UserMetadata(config, address, password=password)
        self._backend = backend
        serve = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        server = await asyncio.start_server(serve, LOOPBACK, self.imap_port)
        stack.callback(server.close)
        return server

    async def _folder(self, stack: AsyncExitStack, address: str, folder: str, make: bool) -> Any:
        """pymap's own folder object, or None when there is none and none is to be made."""
        assert self._backend is not None
        identity = Identity(address.lower(), self._backend.login, None, frozenset())
        session = await stack.enter_async_context(identity.new_session())
        try:
            return await session.mailbox_set.get_mailbox(folder)
        except KeyError:
            if not make:
                return None
            await session.mailbox_set.add_mailbox(folder)
            return await session.mailbox_set.get_mailbox(folder)

    async def _lay_in(self, raw: bytes, address: str, folder: str, arrived: datetime | None) -> None:
        async with AsyncExitStack() as stack:
            mailbox = await self._folder(stack, address, folder, make=True)
            # Always with its zone: pymap takes the machine's local time for its own otherwise.
            await mailbox.append(AppendMessage(raw, arrived or self._now()), recent=True)

    async def _contents(self, address: str, folder: str) -> list[bytes]:
        async with AsyncExitStack() as stack:
            mailbox = await self._folder(stack, address, folder, make=False)
            if mailbox is None:
                return []
            return [bytes(message._content) async for message in mailbox.messages()]

    def _smtp_protocol(self) -> SMTP:
        return SMTP(
            self,
            hostname="localhost",
            ident="Kallelse",
            data_size_limit=60_000_000,
            enable_SMTPUTF8=True,
            decode_data=False,
            loop=self._loop,
            authenticator=self._authenticate,
            # On loopback in one process there is nobody to listen in.
            auth_require_tls=False,
        )

    def _authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any
    ) -> AuthResult:
        right = isinstance(given, LoginPassword) and self._passwords.get(
            given.login.decode("utf-8", "replace").lower()
        ) == given.password.decode("utf-8", "replace")
        return AuthResult(success=right, handled=False)

    # aiosmtpd calls this by its name.
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        posted = Posted(envelope.mail_from or "", tuple(envelope.rcpt_tos), bytes(envelope.original_content))
        self.posted.append(posted)
        for recipient in _once(posted.recipients):
            if recipient.lower() in self._passwords:
                await self._lay_in(posted.raw, recipient, "INBOX", None)
        if self._on_posted is not None:
            self._on_posted(posted)
        return f"250 2.0.0 taken as {len(self.posted)}"


def _once(addresses: Sequence[str]) -> list[str]:
    return list({address.lower(): address for address in addresses}.values())
