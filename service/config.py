"""Configuration: kallelse.toml, one file for one network's service.

Paths are taken from the file's own folder.  A password may stand in the
file, in a file of its own, or in the environment, where it is looked for
first.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator

from service.adapters.toml_files import BadFile, Strict, checked, read_toml

Tls = Literal["tls", "starttls", "none"]


class Imap(Strict):
    host: str = Field(min_length=1)
    port: int = Field(default=993, ge=1, le=65535)
    user: str = Field(min_length=1)
    password: SecretStr = SecretStr("")
    password_file: str = ""
    tls: Tls = "tls"
    folder: str = Field(default="INBOX", min_length=1)
    handled: str = "Hanterat"
    ca_file: str | None = None


class Smtp(Strict):
    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: str = ""
    tls: Tls = "starttls"
    ca_file: str | None = None


class Database(Strict):
    url: SecretStr = SecretStr("")

    @field_validator("url")
    @classmethod
    def known(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("ska börja med sqlite:/// eller postgresql+psycopg://")
        return value


class Security(Strict):
    """Who is believed, and how much anybody may cause."""

    # Whose Authentication-Results are believed; "microsoft365" stands for Microsoft's, which bear no name.
    authserv: tuple[str, ...] = ()
    # So many such headers the receiving server itself writes in each message.
    authserv_headers: int = Field(default=1, ge=1, le=10)
    # Verify DKIM signatures here where the receiving server says nothing.
    dkim: bool = False
    # So many letters from one sender are answered in an hour.
    answers_per_hour: int = Field(default=20, ge=1)
    # Where clamd is asked about attachments: a socket's path or host:port; "" asks nobody.
    clamd: str = ""


class _File(Strict):
    network: str = "network.toml"
    data: str = "data"
    imap: Imap | None = None
    smtp: Smtp | None = None
    database: Database = Database()
    security: Security = Security()


@dataclass(frozen=True)
class Config:
    """The configuration, paths resolved and secrets gathered."""

    source: Path
    network: Path
    data: Path
    imap: Imap | None
    smtp: Smtp | None
    database_url: str
    security: Security

    @property
    def own_rules(self) -> Path:
        """Where the network's own rules lie, when it has any."""
        return self.data / "rules"

    @property
    def own_templates(self) -> Path:
        return self.data / "templates"


def load_config(path: Path, environment: dict[str, str] | None = None) -> Config:
    """Read kallelse.toml; raises BadFile with one line that names file, key and mend."""
    environment = dict(os.environ) if environment is None else environment
    if not path.is_file():
        raise BadFile(f"{path}: filen finns inte; skapa den med: kallelse init {path.parent}")
    file = checked(_File, read_toml(path), str(path))
    folder = path.resolve().parent
    data = folder / file.data
    url = environment.get("KALLELSE_DATABASE_URL") or file.database.url.get_secret_value()
    return Config(
        source=path,
        network=folder / file.network,
        data=data,
        imap=_with_password(file.imap, "IMAP", folder, environment, path),
        smtp=_with_password(file.smtp, "SMTP", folder, environment, path),
        database_url=_resolved(url, folder) if url else f"sqlite:///{data / 'kallelse.db'}",
        security=file.security,
    )


def _resolved(url: str, folder: Path) -> str:
    """A relative SQLite path is taken from the configuration's folder."""
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url.startswith("sqlite:////"):
        return url
    return f"{prefix}{folder / url.removeprefix(prefix)}"


def _with_password(section: Any, name: str, folder: Path, environment: dict[str, str], source: Path) -> Any:
    if section is None:
        return None
    given = environment.get(f"KALLELSE_{name}_PASSWORD")
    if given is None and section.password_file:
        secret = folder / section.password_file
        try:
            given = secret.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise BadFile(
                f"{source}: {name.lower()}.password_file: {secret} kan inte läsas ({error.strerror}); "
                "rätta sökvägen eller rättigheterna"
            ) from error
    return section if given is None else section.model_copy(update={"password": SecretStr(given)})
