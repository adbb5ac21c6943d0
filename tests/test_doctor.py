"""The doctor tries everything for real, and names the mend."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.adapters.embedded import EmbeddedServers
from service.cli.doctor import Finding, examination, examine
from service.config import load_config
from service.wiring import open_service
from tests.servers import THE_SERVICE, Account, Post, free_port
from tests.settings import write_settings

AUTUMN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def findings(path: Path, now: datetime = AUTUMN) -> dict[str, Finding]:
    """What the doctor found, by what was tried."""
    return {f.what: f for f in examination(path, lambda: now)}


@pytest.fixture
def healthy(embedded: EmbeddedServers, tmp_path: Path) -> Path:
    """A configuration that `run` would work with."""
    return write_settings(
        tmp_path,
        embedded.imap(THE_SERVICE),
        embedded.smtp(THE_SERVICE),
        more='[security]\nauthserv = ["mx.samverkan.example"]',
    )


def test_all_is_well(healthy: Path, capsys: pytest.CaptureFixture[str]):
    """Every line says what was tried and what came back, and the exit status is 0."""
    assert examine(healthy, now=lambda: AUTUMN) == 0

    said = capsys.readouterr().out.splitlines()
    assert not [line for line in said if line.startswith("fel")]
    assert any("inloggad, 0 mejl" in line for line in said)
    assert any("roller 2026" in line and "Ulla Strand" in line for line in said)
    assert any("möten: 6 kommande, nästa torsdag 10 december 2026" in line for line in said)


def test_it_changes_nothing(healthy: Path, embedded: EmbeddedServers):
    """No database, no folder and no letter comes of asking."""
    examine(healthy, now=lambda: AUTUMN, out=lambda line: None)

    assert not (healthy.parent / "data").exists()
    assert embedded.posted == []
    assert findings(healthy)["hanterat"].verdict == "obs"


def test_no_password_is_shown(embedded: EmbeddedServers, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Not the right one, not a wrong one, and not the database's."""
    imap = dataclasses.replace(embedded.imap(THE_SERVICE), password="fel-losen-1")
    smtp = dataclasses.replace(embedded.smtp(THE_SERVICE), password="fel-losen-2")
    path = write_settings(
        tmp_path, imap, smtp, database=f"postgresql+psycopg://kallelse:losen-3@127.0.0.1:{free_port()}/x"
    )

    assert examine(path, now=lambda: AUTUMN) == 1

    said = capsys.readouterr().out
    assert "losen-" not in said
    assert "imap.user eller lösenordet" in said
    assert "smtp.user eller lösenordet" in said


def test_servers_that_are_away(tmp_path: Path, embedded: EmbeddedServers):
    """Nobody listens: exit status 1, and the settings to look at are named."""
    imap = embedded.imap(THE_SERVICE, port=free_port())
    smtp = embedded.smtp(THE_SERVICE, port=free_port())
    path = write_settings(tmp_path, imap, smtp)

    found = findings(path)

    assert examine(path, now=lambda: AUTUMN, out=lambda line: None) == 1
    assert (found["brevlåda"].verdict, found["sändning"].verdict) == ("fel", "fel")
    assert "imap.host" in found["brevlåda"].says
    assert "smtp.host" in found["sändning"].says


def test_a_folder_that_is_not_there(embedded: EmbeddedServers, tmp_path: Path):
    """The watched folder must exist; the mend names its key."""
    imap = embedded.imap(THE_SERVICE, folder="Inkorgen")
    path = write_settings(tmp_path, imap, embedded.smtp(THE_SERVICE))

    found = findings(path)["brevlåda"]

    assert found.verdict == "fel"
    assert "imap.folder" in found.says


def test_a_configuration_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A wrong configuration is exit status 2, told in one line with file, key and mend."""
    path = write_settings(tmp_path, more="[imapp]")

    assert examine(path) == 2

    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1
    assert "imapp" in said[0]
    assert "menade du imap?" in said[0]


def test_sections_that_are_missing(tmp_path: Path):
    """Without a mailbox or a mail server there is nothing to run; the sections are named."""
    found = findings(write_settings(tmp_path))

    assert "[imap]" in found["brevlåda"].says
    assert "[smtp]" in found["sändning"].says


def test_a_password_in_clear_text_over_the_net_is_refused(embedded: EmbeddedServers, tmp_path: Path):
    """tls = "none" is for loopback only; the doctor does not even try."""
    path = write_settings(tmp_path, embedded.imap(THE_SERVICE), embedded.smtp(THE_SERVICE))
    path.write_text(path.read_text().replace('host = "127.0.0.1"', 'host = "imap.example"'))

    found = findings(path)

    assert found["brevlåda"].verdict == "fel"
    assert found["brevlåda"].miscalled
    assert "loopback" in found["brevlåda"].says


def test_a_year_without_a_secretary(healthy: Path):
    """Said plainly, and with what to write where."""
    found = findings(healthy, AUTUMN.replace(year=2029))

    assert found["roller 2029"].verdict == "fel"
    assert "ingen sekreterare" in found["roller 2029"].says
    assert "[[terms]]" in found["roller 2029"].says


def test_no_meetings_ahead(healthy: Path):
    """A network without meetings is told to write them in."""
    found = findings(healthy, AUTUMN.replace(year=2028))

    assert found["möten"].verdict == "obs"
    assert "[[meetings]]" in found["möten"].says


def test_next_years_roles_are_not_asked_for_in_spring(healthy: Path):
    """Who chairs next year is settled in autumn."""
    assert "roller 2028" not in findings(healthy, datetime(2027, 3, 1, tzinfo=UTC))
    assert findings(healthy, datetime(2027, 11, 1, tzinfo=UTC))["roller 2028"].verdict == "obs"


def test_a_template_of_the_networks_own_with_a_fault(healthy: Path):
    """A template that cannot be read is named, with where it lies."""
    own = healthy.parent / "data" / "templates" / "sv" / "call"
    own.mkdir(parents=True)
    (own / "text.txt.j2").write_text("{% if %}", encoding="utf-8")

    found = findings(healthy)["mallar"]

    assert found.verdict == "fel"
    assert "call/text.txt.j2" in found.says


def test_a_rule_of_the_networks_own_with_a_fault(healthy: Path):
    """A rule that cannot be read is exit status 2."""
    own = healthy.parent / "data" / "rules"
    own.mkdir(parents=True)
    (own / "absence.toml").write_text("[[rule]]\nname = 7\n", encoding="utf-8")

    assert findings(healthy)["regler"].verdict == "fel"
    assert examine(healthy, now=lambda: AUTUMN, out=lambda line: None) == 2


def test_a_machine_without_libreoffice(healthy: Path, monkeypatch: pytest.MonkeyPatch):
    """Nothing stops, but the operator learns what the packet will lack, and what to install."""
    monkeypatch.setenv("PATH", str(healthy.parent))

    found = findings(healthy)["libreoffice"]

    assert found.verdict == "obs"
    assert "installera libreoffice" in found.says


def test_a_clock_that_is_far_behind(healthy: Path):
    """A machine without a battery wakes in 1970, and would send nothing until 2026."""
    found = findings(healthy, datetime(1970, 1, 2, tzinfo=UTC))

    assert found["klocka"].verdict == "fel"


def test_a_database_in_use(healthy: Path):
    """What lies in it is told; what the letters have changed outranks the network file."""
    with open_service(load_config(healthy), lambda: AUTUMN) as service:
        secretary = service.store.world().terms[2026]
        with service.store.work() as book:
            book.put((dataclasses.replace(secretary, secretary="ingrid.palm"),))

    found = findings(healthy, AUTUMN + timedelta(days=1))

    assert "0 mejl intagna" in found["databas"].says
    assert "Ingrid Palm" in found["roller 2026"].says


def test_a_database_that_is_none(healthy: Path):
    """A file of something else in its place is told, without a traceback."""
    data = healthy.parent / "data"
    data.mkdir()
    (data / "kallelse.db").write_bytes(b"dagordning" * 500)

    found = findings(healthy)["databas"]

    assert found.verdict == "fel"
    assert "kallelse.db" in found.says


def test_a_mail_server_that_takes_too_little(dovecot: Account, tmp_path: Path):
    """Mailings of 20 MB do not pass a server that takes 10; the figure to set is told."""
    post = Post(max_size=10_000_000)
    try:
        found = findings(write_settings(tmp_path, dovecot.settings(), post.settings()))
    finally:
        post.stop()

    assert found["brevlåda"].verdict == "ok"
    assert found["bevakning"].verdict == "ok"
    assert found["sändning"].verdict == "obs"
    assert "max_mailing_mb till 7" in found["sändning"].says
