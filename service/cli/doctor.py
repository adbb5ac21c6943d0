"""The doctor: tries everything that `run` needs, and says for each what came back and how to mend it.

It changes nothing: the database is not made, no folder is made, no mail is
read or sent.  Passwords are never shown.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import make_url

from service.adapters import office_files
from service.adapters.database import StoreAway, StoreError
from service.adapters.documents import Press
from service.adapters.imap import ImapMailbox, LoginRefused, MailboxAway
from service.adapters.network_files import BadNetwork
from service.adapters.rule_files import BadRules, load_rulebook
from service.adapters.smtp import Away, CourierError, SmtpCourier
from service.adapters.templates import Letterhead
from service.adapters.terms_files import load_rules
from service.adapters.toml_files import BadFile
from service.config import Config, load_config
from service.domain.network import Network
from service.usecases.words import day_in_words
from service.wiring import (
    imap_settings,
    network_of,
    open_store_only,
    shipped,
    smtp_settings,
    wall_clock,
)

# A clock that is behind the program itself cannot be right.
_NEWEST_FILE = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
_LITTLE = 200_000_000
_ENOUGH = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: "ok", "obs" (works, but look at it), "fel" (run will not work)."""

    what: str
    verdict: Literal["ok", "obs", "fel"]
    says: str
    # The call or the configuration is what is wrong.
    miscalled: bool = False

    @property
    def line(self) -> str:
        return f"{self.verdict:3}  {self.what}: {' '.join(self.says.split())}"


def examine(
    config_path: Path,
    now: Callable[[], datetime] = wall_clock,
    out: Callable[[str], None] = print,
) -> int:
    """Print a line for each thing that was tried.

    Returns 0 when `run` will work, 1 when something around it fails, 2 when
    the configuration, the network file or the rules are wrong.
    """
    findings = []
    for finding in examination(config_path, now):
        findings.append(finding)
        out(finding.line)
    faults = [f for f in findings if f.verdict == "fel"]
    if any(f.miscalled for f in faults):
        return 2
    return 1 if faults else 0


def examination(config_path: Path, now: Callable[[], datetime]) -> Iterator[Finding]:
    """The findings, one by one, as soon as each is made."""
    try:
        config = load_config(config_path)
    except BadFile as fault:
        yield Finding("inställningar", "fel", str(fault), miscalled=True)
        return
    yield Finding("inställningar", "ok", f"{config.source} är läst")
    yield from _clock(now())
    yield from _disk(config)
    network: Network | None = None
    try:
        network = network_of(config)
        yield Finding("nätverksfil", "ok", f"{config.network} är läst: {network.name}")
    except BadNetwork as fault:
        yield Finding("nätverksfil", "fel", str(fault), miscalled=True)
    yield from _rules(config)
    yield from _templates(config, network.language if network else "sv")
    yield _office_files()
    known, finding = _database(config, now)
    yield finding
    # What letters have changed since outranks the file.
    if current := known or network:
        yield from _network(current, now())
    yield from _mailbox(config)
    yield from _courier(config, current.max_mailing_mb if current else 20)
    yield _authserv(config)


def _clock(now: datetime) -> Iterator[Finding]:
    if now < _NEWEST_FILE - timedelta(days=1):
        yield Finding(
            "klocka",
            "fel",
            f"datorns klocka är {now:%Y-%m-%d %H:%M} UTC, äldre än programmet självt; "
            "slå på tidssynkronisering (timedatectl set-ntp true)",
        )
        return
    if Path("/run/systemd/timesync").is_dir() and not Path("/run/systemd/timesync/synchronized").exists():
        yield Finding(
            "klocka",
            "obs",
            f"{now:%Y-%m-%d %H:%M} UTC, men den är inte synkroniserad; kör timedatectl set-ntp true",
        )
        return
    yield Finding("klocka", "ok", f"{now:%Y-%m-%d %H:%M} UTC")


def _disk(config: Config) -> Iterator[Finding]:
    folder = config.data
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    where = f"{config.data}"
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(
            "disk", "fel", f"mappen {folder} går inte att skriva i; ge tjänstens användare rätt till {where}"
        )
        return
    if config.data.exists() and (owner := config.data.stat().st_uid) != os.geteuid():
        yield Finding(
            "disk",
            "obs",
            f"{where} ägs av en annan användare (nummer {owner}) än den som kör nu; kör kommandona som "
            "tjänstens användare, annars kan den inte öppna filerna som skapas",
        )
    free = shutil.disk_usage(folder).free
    amount = f"{free / 1e9:.1f} GB ledigt vid {where}"
    if free < _LITTLE:
        yield Finding("disk", "fel", f"{amount}; frigör plats, annars kan inga mejl tas emot")
    elif free < _ENOUGH:
        yield Finding("disk", "obs", f"{amount}; frigör plats snart")
    else:
        yield Finding("disk", "ok", amount)


def _rules(config: Config) -> Iterator[Finding]:
    own = config.own_rules if config.own_rules.is_dir() else None
    extra = f", med egna regler i {own}" if own else ""
    try:
        terms = load_rules(shipped("rules"), own)
        rulebook = load_rulebook(shipped("rules") / "reading", own)
    except (BadFile, BadRules) as fault:
        yield Finding("regler", "fel", str(fault), miscalled=True)
        return
    yield Finding(
        "regler", "ok", f"{len(rulebook.rules)} läsregler och {len(terms.timeline)} steg i tidsplanen{extra}"
    )


def _templates(config: Config, language: str) -> Iterator[Finding]:
    own = config.own_templates if config.own_templates.is_dir() else None
    try:
        missing = [
            *Letterhead(shipped("templates"), own, language).missing(),
            *Press(shipped("templates"), own, language).missing(),
        ]
    except FileNotFoundError as fault:
        missing = [str(fault)]
    if missing:
        more = f" (och {len(missing) - 1} till)" if len(missing) > 1 else ""
        where = own or shipped("templates")
        yield Finding("mallar", "fel", f"{missing[0]}{more}; rätta mallen under {where}", miscalled=True)
    else:
        yield Finding(
            "mallar", "ok", f"alla utskick har mallar på {language}" + (f", egna i {own}" if own else "")
        )


def _office_files() -> Finding:
    """Whether Word, Excel and PowerPoint annexes can be bound into the packet."""
    found = office_files.program()
    if found:
        return Finding("libreoffice", "ok", f"{found}: Office-filer binds in i möteshandlingarna som PDF")
    return Finding(
        "libreoffice",
        "obs",
        "finns inte på datorn; Office-filer bifogas som de är men kommer inte med i möteshandlingarna; "
        "installera libreoffice-core, -writer, -calc och -impress om de ska göra det",
    )


def _database(config: Config, now: Callable[[], datetime]) -> tuple[Network | None, Finding]:
    """What lies in the database, when anything does, and what was found."""
    try:
        url = make_url(config.database_url)
    except Exception:
        # The address itself may hold a password.
        fault = f"{config.source}: database.url: går inte att tolka; skriv som sqlite:///data/kallelse.db"
        return None, Finding("databas", "fel", fault, miscalled=True)
    where = url.set(query={}).render_as_string(hide_password=True)
    path = Path(url.database or "")
    if url.get_backend_name() == "sqlite" and not path.exists():
        return None, Finding(
            "databas", "obs", f"{path} finns inte än; den skapas av kallelse load eller kallelse run"
        )
    try:
        with open_store_only(config, now) as store:
            if not store.is_loaded():
                return None, Finding("databas", "obs", f"{where} svarar men är tom; kör kallelse load")
            counts = store.counts()
            says = (
                f"{where} svarar: {counts['incoming']['received']} mejl intagna, "
                f"{counts['outgoing']['waiting']} väntar på att skickas"
            )
            return store.world().network_on(now().astimezone(store.world().zone).date()), Finding(
                "databas", "ok", says
            )
    except StoreAway as fault:
        return None, Finding("databas", "fel", str(fault))
    except StoreError as fault:
        return None, Finding("databas", "fel", str(fault))


def _network(network: Network, now: datetime) -> Iterator[Finding]:
    """Whether there is somebody to ask and something to prepare."""
    today = now.astimezone(network.timezone).date()
    for year in (today.year, today.year + 1):
        secretary, chair = network.secretary(year), network.chair(year)
        lacking = [word for word, who in (("sekreterare", secretary), ("ordförande", chair)) if who is None]
        mute = [p.name for p in (secretary, chair) if p is not None and not p.email]
        # The next year's need not be settled before the autumn.
        quiet = year > today.year and today.month < 10
        if lacking and not quiet:
            yield Finding(
                f"roller {year}",
                "fel" if year == today.year and secretary is None else "obs",
                f"ingen {' och ingen '.join(lacking)}; skriv in det under [[terms]] och kör kallelse load",
            )
        elif mute:
            yield Finding(
                f"roller {year}", "obs", f"{mute[0]} saknar e-postadress; skriv in den under [[people]]"
            )
        elif secretary and chair:
            yield Finding(f"roller {year}", "ok", f"sekreterare {secretary.name}, ordförande {chair.name}")
    ahead = [m for m in network.meetings if m.start > now and not m.cancelled]
    if ahead:
        yield Finding("möten", "ok", f"{len(ahead)} kommande, nästa {day_in_words(ahead[0].day)}")
    else:
        yield Finding(
            "möten", "obs", "inga kommande möten; skriv in dem under [[meetings]] och kör kallelse load"
        )
    empty = [s.title for s in network.seats if s.holder is None]
    if empty:
        yield Finding("platser", "obs", f"ingen sitter på: {', '.join(empty)}")


def _mailbox(config: Config) -> Iterator[Finding]:
    try:
        settings = imap_settings(config)
    except ValueError as fault:
        yield Finding("brevlåda", "fel", f"{config.source}: {fault}", miscalled=True)
        return
    if settings is None:
        fault_ = f"{config.source}: [imap]: saknas; skriv till den (se kallelse init)"
        yield Finding("brevlåda", "fel", fault_, miscalled=True)
        return
    where = f"{settings.user} på {settings.host}:{settings.port}, mappen {settings.folder}"
    mailbox = ImapMailbox(settings)
    try:
        able = mailbox.check()
        _, uids = mailbox.uids()
    except LoginRefused as fault:
        yield Finding(
            "brevlåda", "fel", f"{fault}; rätta imap.user eller lösenordet (Microsoft 365: se runbook.md)"
        )
        return
    except (MailboxAway, OSError) as fault:
        yield Finding("brevlåda", "fel", f"{fault}; rätta imap.host, imap.port, imap.tls eller imap.folder")
        return
    try:
        yield Finding("brevlåda", "ok", f"{where}: inloggad, {len(uids)} mejl ligger där")
        if "IDLE" in able:
            yield Finding("bevakning", "ok", "servern säger till när mejl kommer (IDLE)")
        else:
            yield Finding(
                "bevakning", "obs", "servern kan inte IDLE; tjänsten tittar efter en gång i minuten"
            )
        yield _handled(mailbox, settings.handled)
    finally:
        mailbox.close()


def _handled(mailbox: ImapMailbox, folder: str) -> Finding:
    if not folder:
        return Finding("hanterat", "ok", "hanterade mejl ligger kvar där de är (imap.handled är tom)")
    try:
        _, uids = mailbox.uids(folder=folder)
    except MailboxAway:
        return Finding(
            "hanterat", "obs", f"mappen {folder} finns inte än; den skapas när det första mejlet är klart"
        )
    return Finding("hanterat", "ok", f"mappen {folder} finns, med {len(uids)} mejl")


def _courier(config: Config, largest_mb: int) -> Iterator[Finding]:
    try:
        settings = smtp_settings(config)
    except ValueError as fault:
        yield Finding("sändning", "fel", f"{config.source}: {fault}", miscalled=True)
        return
    if settings is None:
        fault_ = f"{config.source}: [smtp]: saknas; skriv till den (se kallelse init)"
        yield Finding("sändning", "fel", fault_, miscalled=True)
        return
    courier = SmtpCourier(settings)
    try:
        courier.check()
        limit = courier.size_limit
        where = f"{settings.host}:{settings.port}" + (
            f" som {settings.user}" if settings.user else " utan inloggning"
        )
        # What is attached grows by a third when it is written as mail (base64).
        if limit is not None and limit < largest_mb * 1_400_000:
            yield Finding(
                "sändning",
                "obs",
                f"{where}: servern tar högst {limit / 1e6:.0f} MB, för lite för utskick på {largest_mb} MB; "
                f"sätt max_mailing_mb till {max(1, int(limit / 1_400_000))} i nätverksfilen",
            )
        else:
            yield Finding("sändning", "ok", f"{where}: servern svarar och tar emot")
    except Away as fault:
        mend = "rätta smtp.user eller lösenordet" if fault.code in (530, 534, 535) else (
            "rätta smtp.host, smtp.port eller smtp.tls"
        )  # fmt: skip
        yield Finding("sändning", "fel", f"{fault}; {mend}")
    except (CourierError, OSError) as fault:
        yield Finding("sändning", "fel", f"{fault}; kontrollera smtp-inställningarna")
    finally:
        courier.close()


def _authserv(config: Config) -> Finding:
    if config.security.authserv:
        return Finding("avsändare", "ok", f"intygas av {', '.join(config.security.authserv)}")
    return Finding(
        "avsändare",
        "obs",
        "security.authserv är tom: ingen server intygar vem som skriver; "
        "skriv in den mottagande serverns namn",
    )
