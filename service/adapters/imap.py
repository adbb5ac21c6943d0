"""The mailbox: finds, fetches and puts away mail over IMAP, and notices when there is more.

Two things live here.  `ImapMailbox` is the clerk's own connection: synchronous,
made anew whenever it is needed.  `Watcher` is a second connection in a thread of
its own, which only rings a bell; what is new is always found out by asking for
the UIDs, never by trusting what the server happened to announce.

Nothing depends on flags.  People read the same mailbox in Outlook, so a message
that is read, flagged or unflagged is as new as any other; only what the database
knows of (folder, UIDVALIDITY, UID) counts.
"""

from __future__ import annotations

import contextlib
import imaplib
import logging
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes
from typing import Any, Literal

from imapclient import IMAPClient, SocketTimeout

from service.adapters import tls as encryption
from service.adapters.tls import Tls

log = logging.getLogger(__name__)

# Numbers in one command line; servers take 8 kB at least (RFC 7162, 4), and ten digits each fit well.
NUMBERS_A_COMMAND = 500
# One answer to SEARCH must stay under the line length that imaplib takes (1 MB, seven bytes a number).
NUMBERS_A_SEARCH = 100_000
# A connection that has rested this long, in seconds, is felt before it is trusted.
RESTED = 30.0


class MailboxAway(Exception):
    """The mailbox cannot be worked with now.  Try again later; nothing is lost."""


class LoginRefused(MailboxAway):
    """The server answers but does not let us in.  Tell the operator; go on trying, seldom."""


class Renumbered(MailboxAway):
    """The folder's UIDVALIDITY is not the one the UIDs belong to.  Ask for the UIDs anew.

    Known messages are then recognised by Message-ID and content (RFC 9051, 2.3.1.1).
    """


@dataclass(frozen=True)
class ImapSettings:
    """Where the mailbox is and how to get in.

    With `token` the login is XOAUTH2 and `password` is not used; it is called at
    each login and must give a token that is valid then.  `handled` is a folder
    name with "/" between levels, whatever the server's own separator; "" leaves
    handled mail where it is.  Timeouts are in seconds.  Raises ValueError, in one
    line, for settings that would send the password unencrypted over a network.
    """

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False)
    tls: Tls = "tls"
    folder: str = "INBOX"
    handled: str = "Hanterat"
    ca_file: str | None = None
    connect_timeout: float = 20.0
    read_timeout: float = 60.0

    def __post_init__(self) -> None:
        encryption.refuse_bare_text("imap", self.host, self.tls)


@dataclass(frozen=True, slots=True)
class Found:
    """A message's place in the mailbox; `size` in bytes as the server counts (some only estimate)."""

    folder: str
    uidvalidity: int
    uid: int
    size: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message as it lies in the mailbox, byte for byte.

    `arrived` is the server's INTERNALDATE in UTC.  With `headers_only` the message
    was over the limit and `raw` ends with the empty line after its headers.
    """

    found: Found
    raw: bytes = field(repr=False)
    arrived: datetime
    headers_only: bool = False


def _connect(settings: ImapSettings) -> IMAPClient:
    """A new connection, logged in.  Raises MailboxAway, LoginRefused when it is the login that fails."""
    where = f"{settings.host}:{settings.port}"
    client: IMAPClient | None = None
    try:
        context = None if settings.tls == "none" else encryption.context(settings.host, settings.ca_file)
        client = IMAPClient(
            settings.host,
            settings.port,
            ssl=settings.tls == "tls",
            ssl_context=context,
            timeout=SocketTimeout(settings.connect_timeout, settings.read_timeout),
        )
        # At its normal level 5 imaplib formats every message as text for a log that nobody
        # reads: five sixths of the time of a fetch, and the words of members' mail within reach.
        client._imap.debug = 0
        client.normalise_times = False
        _keep_alive(client.socket())
        if settings.tls == "starttls":
            client.starttls(context)
    except Exception as fault:
        _hang_up(client)
        raise MailboxAway(f"{where} går inte att nå: {_in_words(fault)}") from fault
    try:
        _log_in(client, settings)
        client.capabilities()
    except Exception as fault:
        _hang_up(client)
        kind = LoginRefused if _is_refusal(fault) and not _PASSING.search(str(fault)) else MailboxAway
        raise kind(f"{where} släpper inte in {settings.user}: {_in_words(fault)}") from fault
    return client


# Answers to a login that say nothing about the password (RFC 5530, and Exchange's own).
_PASSING = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)|throttl|try again", re.IGNORECASE)


def _log_in(client: IMAPClient, settings: ImapSettings) -> None:
    if settings.token is not None:
        client.oauth2_login(settings.user, settings.token())
    elif settings.user.isascii() and settings.password.isascii():
        client.login(settings.user, settings.password)
    else:
        # LOGIN is ASCII only; PLAIN is UTF-8 (RFC 4616), and Swedish passwords have å in them.
        client.plain_login(settings.user, settings.password)


def _keep_alive(connection: socket.socket) -> None:
    """Let the system feel a line that is quiet, so that a router's forgetfulness is noticed in minutes."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, seconds in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)
    # imapclient sends a search in two pieces; the second would wait 40 ms for word of the first.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _hang_up(client: IMAPClient | None) -> None:
    # A line that is broken already cannot be closed nicely, and nobody needs to know.
    if client is not None:
        with contextlib.suppress(Exception):
            client.shutdown()


def _is_refusal(fault: BaseException) -> bool:
    """Whether the server answered NO or BAD, as opposed to the line being dead."""
    return isinstance(fault, imaplib.IMAP4.error) and not isinstance(fault, imaplib.IMAP4.abort)


def _in_words(fault: BaseException) -> str:
    return " ".join(str(fault).split()) or type(fault).__name__


def _ranges(numbers: Iterable[int]) -> list[str]:
    """UIDs as IMAP writes them, runs drawn together: 1, 2, 3, 7 is "1:3", "7".

    A run has only our own numbers in it, so no one else's message can fall inside.
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [str(first) if first == last else f"{first}:{last}" for first, last in runs]


def _portions(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


@dataclass(frozen=True, slots=True)
class _Measured:
    uid: int
    size: int
    arrived: datetime


def _loads(measured: Iterable[_Measured], max_bytes: int) -> Iterator[list[_Measured]]:
    """Portions of at most `max_bytes` together; a message that is bigger alone goes alone."""
    load: list[_Measured] = []
    weight = 0
    for one in measured:
        if load and weight + one.size > max_bytes:
            yield load
            load, weight = [], 0
        load.append(one)
        weight += one.size
    if load:
        yield load


class ImapMailbox:
    """The clerk's connection to one mailbox.  For one thread.

    Connects when first needed and again whenever the line has died.  Every method
    raises MailboxAway, or one of its two kinds, and nothing else; after any of
    them the object can be used again.
    """

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._client: IMAPClient | None = None
        # The folder that is open, whether only for reading, and its UIDVALIDITY.
        self._open: tuple[str, bool, int] | None = None
        # Asked anew on each connection, because the next may reach another server.
        self._namespace = ("", "/")
        self._used = 0.0
        # The UIDVALIDITY that the UIDs handed out last belong to.
        self._validity: int | None = None
        self._handled_is_there = False
        # What the last calls of fetch could not get although the server was there: UID -> why.
        # Such a message is not handed out and stays in the folder, so it is tried again each round.
        self.unreadable: dict[int, str] = {}
        # For the caller: the UIDVALIDITY at which it has gone through the whole folder.
        self.looked_through: int | None = None

    def check(self) -> tuple[str, ...]:
        """Log in and open the folder; what the server says that it can do, for `doctor`."""
        with self._faults("brevlådan kunde inte öppnas"):
            self._select(None)
            return tuple(sorted(word.decode("ascii", "replace") for word in self._line().capabilities()))

    def uidvalidity(self) -> int:
        """The folder's UIDVALIDITY at this moment."""
        with self._faults("mappen kunde inte öppnas"):
            self._validity = self._select(None)[0]
            return self._validity

    def uids(self, after: int = 0, folder: str | None = None) -> tuple[int, tuple[int, ...]]:
        """The folder's UIDVALIDITY, and the UIDs of all messages in it above `after`, rising.

        Takes every message whatever its flags.  A folder of 50,000 costs one answer
        of some 350 kB; with `after` next to nothing.  Another `folder` than the
        settings' is opened for reading only, and its UIDs are no business of
        `fetch` without the same `folder`.
        """
        with self._faults("mappen kunde inte läsas"):
            validity, exists = self._select(folder)
            if folder is None:
                self._validity = validity
            return validity, tuple(sorted(uid for uid in self._search_all(after, exists) if uid > after))

    def junk_folder(self) -> str:
        """Where this server lays what it takes for junk, as `uids` wants it; "" when none is seen."""
        with self._faults("mapparna kunde inte listas"):
            client = self._line()
            marked: str | None = client.find_special_folder(rb"\Junk")
            if marked:
                return marked
            # Exchange names it in the language of the mailbox and does not mark it (RFC 6154).
            for name in ("Skräppost", "Skräp-e-post", "Junk Email", "Junk E-mail", "Spam"):
                if client.folder_exists(_real_name(name, self._namespace)):
                    return name
            return ""

    def message_ids(self, folder: str | None = None, since: date | None = None) -> dict[int, str]:
        """UID -> Message-ID ("" where there is none) of what arrived on or after `since`, for reconciliation.

        Reads only.  `folder` as in `uids`; the settings' `handled` may be given by its name there, and
        one that has not been made yet is empty.
        """
        with self._faults("mappen kunde inte läsas"):
            if folder and not self._line().folder_exists(_real_name(folder, self._namespace)):
                return {}
            self._select(folder)
            client = self._line()
            found = client.search(["SINCE", since] if since else "ALL")
            item = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
            known: dict[int, str] = {}
            for portion in _portions(sorted(found), NUMBERS_A_COMMAND):
                for uid, answer in client.fetch(portion, [item]).items():
                    header = next((v for k, v in answer.items() if k.startswith(b"BODY[")), b"") or b""
                    known[uid] = " ".join(str(message_from_bytes(header).get("Message-ID", "")).split())
            return known

    def fetch(
        self,
        uids: Sequence[int],
        max_bytes: int = 4_000_000,
        limit: int = 40_000_000,
        uidvalidity: int | None = None,
        folder: str | None = None,
    ) -> Iterator[Fetched]:
        """The messages themselves, in rising order of UID, without marking them as read.

        Asks for at most `max_bytes` at a time, so memory holds one load however long
        the backlog is.  What is bigger than `limit` comes as headers only.  What is
        no longer there is left out; what the server cannot deliver is left out too
        and noted in `unreadable`.  The caller may put away each message before
        taking the next.  Raises Renumbered when the folder's UIDVALIDITY is another
        than `uidvalidity` (by default the one that came with the UIDs).
        """
        wanted = sorted(set(uids))
        for uid in wanted:
            self.unreadable.pop(uid, None)
        expected = uidvalidity if uidvalidity is not None or folder is not None else self._validity
        for portion in _portions(wanted, NUMBERS_A_COMMAND):
            with self._faults("mejl kunde inte hämtas"):
                validity = self._reopen(expected, folder)
                measured = self._measure(portion)
            for load in _loads((one for one in measured if one.size <= limit), max_bytes):
                yield from self._fetch_load(load, "BODY.PEEK[]", validity, folder)
            heavy = [one for one in measured if one.size > limit]
            for one in heavy:
                yield from self._fetch_load([one], "BODY.PEEK[HEADER]", validity, folder)

    def move_to_handled(self, uids: Sequence[int], uidvalidity: int | None = None) -> None:
        """Put messages away in the handled folder, which is made if it is not there.

        A message that a human has moved or deleted already is fine.  Uses MOVE, and
        where the server has none copies, marks and expunges exactly these messages.
        No other message is ever expunged: on a server without UIDPLUS ours stay in
        the folder, marked as deleted, as long as somebody else's is marked too.
        Raises Renumbered as `fetch` does, and ValueError when nobody has said which
        UIDVALIDITY the UIDs belong to: they may be from before a migration.
        """
        if not self._settings.handled or not uids:
            return
        expected = uidvalidity if uidvalidity is not None else self._validity
        if expected is None:
            raise ValueError("move_to_handled needs the UIDVALIDITY that the UIDs came with")
        with self._faults("hanterade mejl kunde inte flyttas"):
            for portion in _portions(sorted(set(uids)), NUMBERS_A_COMMAND):
                self._reopen(expected, None)
                self._put_away(portion, self._handled_folder())

    def close(self) -> None:
        """Log out.  The next call of any method connects again."""
        client, self._client, self._open = self._client, None, None
        if client is not None:
            # With a dead line the farewell itself fails.
            with contextlib.suppress(Exception):
                client.socket().settimeout(2.0)
                client.logout()
            _hang_up(client)

    # The connection

    @contextlib.contextmanager
    def _faults(self, what: str) -> Iterator[None]:
        """Turn whatever goes wrong inside into MailboxAway, and forget the connection."""
        try:
            yield
            self._used = time.monotonic()
        except MailboxAway:
            self._drop()
            raise
        # imapclient raises from three families, and a garbled answer makes its parser raise anything.
        except Exception as fault:
            self._drop()
            raise MailboxAway(f"{self._settings.host}: {what}: {_in_words(fault)}") from fault

    def _drop(self) -> None:
        _hang_up(self._client)
        self._client = self._open = None

    def _line(self) -> IMAPClient:
        if self._client is None:
            client = _connect(self._settings)
            self._open, self._handled_is_there = None, False
            try:
                self._namespace = _ask_namespace(client)
            except Exception:
                _hang_up(client)
                raise
            self._client = client
        return self._client

    def _select(self, folder: str | None) -> tuple[int, int]:
        """Open a folder, on a new connection if the old one proves dead; its UIDVALIDITY and message count.

        None is the settings' own folder; any other is opened for reading only.
        """
        reused = self._client is not None
        try:
            return self._select_here(folder)
        except Exception as fault:
            # Servers log out those who have been quiet for half an hour; that is no fault of today.
            if not reused or isinstance(fault, MailboxAway):
                raise
            self._drop()
            return self._select_here(folder)

    def _select_here(self, folder: str | None) -> tuple[int, int]:
        client = self._line()
        name = folder or self._settings.folder
        self._open = None
        try:
            answer = client.select_folder(_real_name(name, self._namespace), readonly=folder is not None)
        except imaplib.IMAP4.error as fault:
            if not _is_refusal(fault):
                raise
            # The server's own words leave out the å of the name.
            raise MailboxAway(
                f'{self._settings.host}: mappen "{name}" går inte att öppna: {_in_words(fault)}'
            ) from fault
        if not answer.get(b"UIDVALIDITY"):
            # Without it nobody can tell an old message from a new one with the same number.
            raise MailboxAway(f"{self._settings.host}: servern anger ingen UIDVALIDITY för {name}")
        validity = int(answer[b"UIDVALIDITY"])
        self._open = (name, folder is not None, validity)
        return validity, int(answer.get(b"EXISTS", 0))

    def _reopen(self, expected: int | None, folder: str | None) -> int:
        """Make sure of the connection and the folder; Renumbered when its UIDVALIDITY is not `expected`."""
        name = folder or self._settings.folder
        here = self._open if self._client is not None and time.monotonic() - self._used < RESTED else None
        validity = here[2] if here and here[:2] == (name, folder is not None) else self._select(folder)[0]
        if expected is not None and validity != expected:
            raise Renumbered(
                f"{self._settings.host}: {name} is renumbered: UIDVALIDITY was {expected}, is {validity}"
            )
        return validity

    # Finding and fetching

    def _search_all(self, after: int, exists: int) -> Iterator[int]:
        client = self._line()
        if after:
            # "n:*" always includes the last message, even when its number is below n (RFC 3501, 6.4.8).
            yield from client.search(["UID", f"{after + 1}:*"])
        elif exists <= NUMBERS_A_SEARCH:
            yield from client.search("ALL")
        else:
            for first in range(1, exists + 1, NUMBERS_A_SEARCH):
                # Message numbers may shift meanwhile; what then falls between is found the next time.
                yield from client.search(f"{first}:{min(first + NUMBERS_A_SEARCH - 1, exists)}")

    def _measure(self, uids: Sequence[int]) -> list[_Measured]:
        answers = self._line().fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        return [
            _Measured(uid, int(answer[b"RFC822.SIZE"]), _in_utc(answer.get(b"INTERNALDATE")))
            for uid, answer in sorted(answers.items())
            if b"RFC822.SIZE" in answer
        ]

    def _fetch_load(
        self, load: list[_Measured], item: str, validity: int, folder: str | None
    ) -> Iterator[Fetched]:
        """One load in one command; when that fails, its messages one by one.

        So a single message that the server chokes on does not hide the others.
        """
        try:
            got = self._bodies([one.uid for one in load], item)
            self._used = time.monotonic()
        except Exception as fault:
            log.warning("imap: a load of %d messages failed, taking them one by one: %s", len(load), fault)
            for one in load:
                yield from self._fetch_alone(one, item, validity, folder)
            return
        for one in load:
            if one.uid in got:
                # Popped, so that what the caller is done with can leave the memory.
                yield self._fetched(one, got.pop(one.uid), item, validity, folder)

    def _fetch_alone(self, one: _Measured, item: str, validity: int, folder: str | None) -> Iterator[Fetched]:
        why = ""
        for _ in range(2):
            with self._faults("mejl kunde inte hämtas"):
                # The line may be dead, or out of step with the answers.
                self._drop()
                self._reopen(validity, folder)
            try:
                got = self._bodies([one.uid], item)
            except Exception as fault:
                why = _in_words(fault)
                continue
            if one.uid in got:
                yield self._fetched(one, got[one.uid], item, validity, folder)
            return
        with self._faults("mejl kunde inte hämtas"):
            self._drop()
            self._reopen(validity, folder)
            # Some servers answer NO when a human has just moved it away.
            if self._line().search(["UID", str(one.uid)]):
                self.unreadable[one.uid] = why

    def _bodies(self, uids: Sequence[int], item: str) -> dict[int, bytes]:
        key = item.replace(".PEEK", "").encode("ascii")
        answers = self._line().fetch(uids, [item])
        missing = [uid for uid, answer in answers.items() if not isinstance(answer.get(key), bytes)]
        if missing:
            raise imaplib.IMAP4.error(f"the server gave no contents for UID {missing[0]}")
        return {uid: answer[key] for uid, answer in answers.items()}

    def _fetched(self, one: _Measured, raw: bytes, item: str, validity: int, folder: str | None) -> Fetched:
        place = Found(folder or self._settings.folder, validity, one.uid, one.size)
        return Fetched(place, raw, one.arrived, headers_only=item != "BODY.PEEK[]")

    # Putting away

    def _handled_folder(self) -> str:
        name = _real_name(self._settings.handled, self._namespace)
        if not self._handled_is_there:
            client = self._line()
            if not client.folder_exists(name):
                client.create_folder(name)
                # Without a subscription many mail programs do not show it.
                with contextlib.suppress(imaplib.IMAP4.error):
                    client.subscribe_folder(name)
            self._handled_is_there = True
        return name

    def _put_away(self, uids: Sequence[int], target: str) -> None:
        client = self._line()
        if client.has_capability("MOVE"):
            try:
                client.move(_ranges(uids), target)
            except imaplib.IMAP4.error as fault:
                if not _is_refusal(fault):
                    raise
                # It promised MOVE and refuses it, or the messages are gone; the longer way tells which.
                log.info("imap: MOVE refused, copying instead: %s", _in_words(fault))
            else:
                return
        present = self._among(uids)
        # Marked ones were copied before we were interrupted, or a human has thrown them away.
        fresh = sorted(present - self._among(uids, "DELETED"))
        if fresh:
            client.copy(_ranges(fresh), target)
            client.add_flags(_ranges(fresh), [rb"\Deleted"], silent=True)
        if not present:
            return
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(_ranges(present))
        elif set(client.search("DELETED")) <= present:
            client.expunge()

    def _among(self, uids: Sequence[int], *criteria: str) -> set[int]:
        """Those of `uids` that are in the folder and fit."""
        found = self._line().search(["UID", ",".join(_ranges(uids)), *criteria])
        return set(found) & set(uids)


def _ask_namespace(client: IMAPClient) -> tuple[str, str]:
    """The prefix and separator of our own folders: ("", "/"), ("INBOX.", ".") and so on."""
    if client.has_capability("NAMESPACE"):
        with contextlib.suppress(imaplib.IMAP4.error, IndexError, TypeError):
            prefix, separator = client.namespace().personal[0]
            return str(prefix), str(separator or "")
    # An empty name asks for the separator only (RFC 3501, 6.3.8).
    for _flags, separator, _name in client.list_folders("", ""):
        return "", (separator or b"").decode("ascii", "replace")
    return "", "/"


def _real_name(folder: str, namespace: tuple[str, str]) -> str:
    """A folder's name as this server writes it, with its prefix and separator (RFC 2342)."""
    prefix, separator = namespace
    if folder.upper() == "INBOX":
        return "INBOX"
    if prefix and folder.startswith(prefix):
        return folder
    return prefix + (folder.replace("/", separator) if separator else folder)


def _in_utc(moment: datetime | None) -> datetime:
    # A server that cannot say when a message came is answered with the time we saw it.
    return datetime.now(UTC) if moment is None or moment.tzinfo is None else moment.astimezone(UTC)


State = Literal["away", "idle", "polling"]

# Announcements that do not mean new mail: "still here", our own putting away, someone's reading.
_NO_NEWS = frozenset({b"OK", b"NO", b"EXPUNGE", b"VANISHED", b"FETCH", b"FLAGS", b"RECENT", b"CAPABILITY"})


class Watcher(threading.Thread):
    """Rings when there may be new mail.  A connection of its own, in a thread of its own.

    Rings at each sign of change, each time it begins to listen (so what came while
    it was not listening is found), and at each poll round.  The bell says only
    "look"; it must return quickly and is rung from this thread.

    `renew` is how many seconds an IDLE may last before it is renewed: under the
    half hour of RFC 2177 and the few minutes after which routers forget a quiet
    line.  `poll` is the round of a server without IDLE.  Pauses between attempts
    to connect grow from `first_pause` to `longest_pause`, a quarter up or down.
    """

    def __init__(
        self,
        settings: ImapSettings,
        ring: Callable[[], None],
        *,
        renew: float = 240.0,
        poll: float = 60.0,
        first_pause: float = 1.0,
        longest_pause: float = 300.0,
    ) -> None:
        super().__init__(name="kallelse-watcher", daemon=True)
        self._settings = settings
        self._bell = ring
        self._renew = renew
        self._poll = poll
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._client: IMAPClient | None = None
        self._account: tuple[State, datetime, str] = ("away", datetime.now(UTC), "not started")

    @property
    def state(self) -> State:
        """Whether the mailbox is being watched, and how."""
        return self._account[0]

    @property
    def since(self) -> datetime:
        """When it came into this state, in UTC."""
        return self._account[1]

    @property
    def why(self) -> str:
        """What was wrong the last time the mailbox went away; "" while it is watched."""
        return self._account[2]

    def stop(self) -> None:
        """Make the thread end, now.  Returns at once; `join` to wait for it."""
        self._stopping.set()
        with self._lock:
            if self._client is not None:
                # Wakes a thread that waits in poll or in a read.
                with contextlib.suppress(OSError, ValueError):
                    self._client.socket().shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        pause = self._first_pause
        while not self._stopping.is_set():
            begun = time.monotonic()
            try:
                self._watch()
            # Whatever an IMAP library can raise must not end the watch.
            except Exception as fault:
                if self._stopping.is_set():
                    break
                self._enter("away", _in_words(fault))
                if isinstance(fault, LoginRefused):
                    # Many servers lock an account that is tried too often with a wrong password.
                    pause = max(pause, min(60.0, self._longest_pause))
                log.warning("imap: the watch was broken: %s", _in_words(fault))
            finally:
                with self._lock:
                    client, self._client = self._client, None
                _hang_up(client)
            # Only a connection that has held is a sign that the server is well again.
            if time.monotonic() - begun > 60.0:
                pause = self._first_pause
            self._stopping.wait(pause * random.uniform(0.75, 1.25))
            pause = min(pause * 2, self._longest_pause)
        self._enter("away", "stopped")

    def _enter(self, state: State, why: str = "") -> None:
        if self._account[0] != state:
            self._account = (state, datetime.now(UTC), why)
        else:
            self._account = (state, self._account[1], why)

    def _ring(self) -> None:
        try:
            self._bell()
        except Exception:
            log.exception("imap: the bell failed")

    def _watch(self) -> None:
        """Connect and watch until the line breaks, which raises, or until stopped."""
        client = _connect(self._settings)
        with self._lock:
            self._client = client
        # Stopped while connecting: nobody could shut that socket down.
        if self._stopping.is_set():
            return
        name = _real_name(self._settings.folder, _ask_namespace(client))
        client.select_folder(name, readonly=True)
        if client.has_capability("IDLE"):
            while not self._stopping.is_set():
                self._idle_once(client)
        else:
            while not self._stopping.is_set():
                client.noop()
                self._enter("polling")
                self._ring()
                self._stopping.wait(self._poll)

    def _idle_once(self, client: IMAPClient) -> None:
        """One IDLE from beginning to renewal.  Raises when the line is dead."""
        client.idle()
        self._enter("idle")
        # Now, not before: a message that came between the last look and this IDLE, or whose
        # notice was hidden behind the server's "idling", is found by the look this causes.
        self._ring()
        end = time.monotonic() + self._renew
        while not self._stopping.is_set() and (left := end - time.monotonic()) > 0:
            begun = time.monotonic()
            news = client.idle_check(timeout=left)
            if any(_is_news(one) for one in news):
                self._ring()
            if any(one and one[0] == b"BYE" for one in news):
                raise imaplib.IMAP4.abort("the server said goodbye")
            if not news and time.monotonic() - begun < left * 0.9:
                # A closed connection looks like no news, at once, for ever (imapclient#565).  Renewing
                # the IDLE tells: it raises on a dead line.  The pause is for lines that are merely odd.
                self._stopping.wait(0.2)
                break
        if not self._stopping.is_set():
            _text, late = client.idle_done()
            if any(_is_news(one) for one in late):
                self._ring()


def _is_news(announcement: tuple[Any, ...]) -> bool:
    words = {word for word in announcement[:2] if isinstance(word, bytes)}
    return not words & (_NO_NEWS | {b"BYE"})
