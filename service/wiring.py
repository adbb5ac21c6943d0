"""The world of one network, built from its configuration; nothing is global."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from service.adapters import smtp
from service.adapters.calendar_files import calendar_file
from service.adapters.database import SqlStore, StoreAway, open_store
from service.adapters.file_safety import flags_of
from service.adapters.imap import ImapMailbox, ImapSettings, Watcher
from service.adapters.mime import parse
from service.adapters.network_files import load_network
from service.adapters.outgoing_mime import compose
from service.adapters.rule_files import load_rulebook
from service.adapters.sender_proof import prove
from service.adapters.smtp import SmtpCourier, SmtpSettings
from service.adapters.templates import Letterhead
from service.adapters.terms_files import load_rules
from service.adapters.tokens import OAuthSettings, Tokens
from service.adapters.workshop import Workshop
from service.config import Config, OAuth
from service.domain.network import Network
from service.domain.world import World
from service.interpretation.reading import read
from service.interpretation.rulebook import Rulebook
from service.usecases.deliver import Faults, Taken
from service.usecases.load import align
from service.usecases.office import Office, Outbound, Rendered
from service.usecases.writing import REPLIES

FAULTS = Faults(smtp.Away, smtp.Temporary, smtp.Permanent, smtp.Uncertain, StoreAway)

# Letters and digits that are not mistaken for one another when read aloud.
_TOKEN = "abcdefghjkmnpqrstuvwxyz23456789"


def shipped(name: str) -> Path:
    """Where the program's own templates or rules lie: in the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    for place in (package / "_shipped" / name, package / name):
        if place.is_dir():
            return place
    return package.parent / name


def token() -> str:
    """Sixty random bits, for a Message-ID that nobody can guess."""
    return "".join(secrets.choice(_TOKEN) for _ in range(12))


def wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Service:
    """One network's office with its mailbox and its courier."""

    config: Config
    office: Office
    store: SqlStore
    # What the mail server has taken while the database was away.
    unsaved: list[Taken] = field(default_factory=list)

    def mailbox(self) -> ImapMailbox | None:
        """A new connection to the mailbox; None when none is configured."""
        settings = imap_settings(self.config)
        return ImapMailbox(settings) if settings else None

    def courier(self) -> SmtpCourier | None:
        settings = smtp_settings(self.config)
        return SmtpCourier(settings) if settings else None

    def watcher(self, ring: Callable[[], None]) -> Watcher | None:
        settings = imap_settings(self.config)
        return Watcher(settings, ring) if settings else None


def _tokens(oauth: OAuth | None, ca_file: str | None) -> Tokens | None:
    """Whoever gives the tokens; mailbox, watcher and courier that log in alike share one."""
    if oauth is None:
        return None
    return _shared_tokens(
        OAuthSettings(
            provider=oauth.provider,
            client_id=oauth.client_id,
            client_secret=oauth.client_secret.get_secret_value(),
            tenant=oauth.tenant,
            refresh_token=oauth.refresh_token.get_secret_value(),
            scope=oauth.scope,
            authority=oauth.authority,
            token_url=oauth.token_url,
            ca_file=ca_file,
        )
    )


# Each way to log in has its own tokens, whatever network it belongs to.
_shared_tokens = cache(Tokens)


def imap_settings(config: Config) -> ImapSettings | None:
    section = config.imap
    if section is None:
        return None
    return ImapSettings(
        host=section.host,
        port=section.port,
        user=section.user,
        password=section.password.get_secret_value(),
        tls=section.tls,
        folder=section.folder,
        handled=section.handled,
        ca_file=section.ca_file,
        token=_tokens(section.oauth, section.ca_file),
    )


def smtp_settings(config: Config) -> SmtpSettings | None:
    section = config.smtp
    if section is None:
        return None
    return SmtpSettings(
        host=section.host,
        port=section.port,
        user=section.user,
        password=section.password.get_secret_value(),
        tls=section.tls,
        ca_file=section.ca_file,
        token=_tokens(section.oauth, section.ca_file),
    )


@contextlib.contextmanager
def open_service(config: Config, now: Callable[[], datetime] = wall_clock) -> Iterator[Service]:
    """Open the database and build the office; an empty database gets the network file.

    Raises BadFile, BadNetwork, BadRules, StoreError and StoreAway, each with
    one line that says what to mend.
    """
    with open_store_only(config, now) as store:
        if not store.is_loaded():
            network = load_network(config.network)
            with store.work() as book:
                book.put(align(None, network, now().date()).put)
        yield Service(config, office_for(config, store, now), store)


@contextlib.contextmanager
def open_store_only(config: Config, now: Callable[[], datetime] = wall_clock) -> Iterator[SqlStore]:
    """The database alone, which may still be empty."""
    config.data.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(open_store(config.database_url, data_folder=config.data, now=now)) as store:
        yield store


@cache
def shipped_rulebook() -> Rulebook:
    """The rules of reading that come with the program; a value, made once."""
    return load_rulebook(shipped("rules") / "reading")


def office_for(config: Config, store: SqlStore, now: Callable[[], datetime]) -> Office:
    """The office of one network; `now` is the clock, or the time that a rehearsal says it is."""
    own_rules = config.own_rules if config.own_rules.is_dir() else None
    own_templates = config.own_templates if config.own_templates.is_dir() else None
    rules = shipped("rules")
    language = store.world().charter.language
    letterhead = Letterhead(shipped("templates"), own_templates, language)
    workshop = Workshop(shipped("templates"), own_templates, language)
    own_reading = config.own_rules / "reading"
    rulebook = load_rulebook(rules / "reading", own_reading) if own_reading.is_dir() else shipped_rulebook()
    zone = store.world().zone
    return Office(
        store=store,
        rules=load_rules(rules, own_rules),
        now=lambda: now().astimezone(zone),
        token=token,
        parse=parse,
        read=lambda letter, surroundings: read(letter, rulebook, surroundings),
        render=letterhead.render,
        make_document=workshop.make,
        bind=workshop.bind,
        compose=message_bytes,
        examine=partial(flags_of, clamd=config.security.clamd),
        read_form=workshop.read_form,
        answers_per_hour=config.security.answers_per_hour,
        trust=partial(
            prove,
            authserv=config.security.authserv,
            headers=config.security.authserv_headers,
            dkim=config.security.dkim,
        ),
    )


def message_bytes(letter: Outbound, world: World, file: Callable[[str], bytes]) -> bytes:
    """A letter from the outbox as the bytes that go out."""
    charter = world.charter
    calendar = None
    if letter.calendar:
        made = calendar_file(letter.calendar, letter.to, letter.created)
        calendar = (made, letter.calendar.method)
    return compose(
        message_id=letter.message_id,
        sender=(charter.short_name, charter.address),
        to=(letter.to.name, letter.to.address),
        rendered=Rendered(letter.subject, letter.text, letter.html),
        date=letter.created,
        thread=letter.thread,
        auto="auto-replied" if letter.what in REPLIES and letter.thread else "auto-generated",
        files=[(ref, file(ref.sha256)) for ref in letter.files],
        calendar=calendar,
        language=charter.language,
    )


def network_of(config: Config) -> Network:
    """The network as its file describes it, without a database."""
    return load_network(config.network)
