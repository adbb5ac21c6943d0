"""Configuration: kallelse.toml, one file for one network's service.

Paths are taken from the file's own folder.  A password may stand in the
file, in a file of its own, or in the environment, where it is looked for
first.
"""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator

from service.adapters.toml_files import BadFile, Strict, checked, read_toml

Tls = Literal["tls", "starttls", "none"]


class OAuth(Strict):
    """Login by OAuth 2 instead of a password: [imap.oauth] and [smtp.oauth].

    Microsoft 365 wants `tenant`, `client_id` and `client_secret`; Google
    `client_id`, `client_secret` and `refresh_token`.
    """

    provider: Literal["microsoft", "google"]
    client_id: str = Field(min_length=1)
    client_secret: SecretStr = SecretStr("")
    client_secret_file: str = ""
    tenant: str = ""
    refresh_token: SecretStr = SecretStr("")
    refresh_token_file: str = ""
    scope: str = ""
    # Another cloud than the provider's ordinary one; both are https.
    authority: str = Field(default="", pattern=r"^(https://\S+)?$")
    token_url: str = Field(default="", pattern=r"^(https://\S+)?$")


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
    oauth: OAuth | None = None


class Smtp(Strict):
    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: str = ""
    tls: Tls = "starttls"
    ca_file: str | None = None
    oauth: OAuth | None = None


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
    answers_per_hour: int = Field(default=100, ge=1)
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
    if file.security.dkim and importlib.util.find_spec("dkim") is None:
        raise BadFile(f"{path}: security.dkim: paketet dkimpy saknas; installera med: pip install dkimpy")
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
    where = name.lower()
    password = _secret(section, "password", f"KALLELSE_{name}_PASSWORD", where, folder, environment, source)
    changes: dict[str, Any] = {"password": password}
    if section.oauth is not None:
        changes["oauth"] = _with_secrets(section.oauth, name, folder, environment, source)
    return section.model_copy(update=changes)


def _with_secrets(oauth: OAuth, name: str, folder: Path, environment: dict[str, str], source: Path) -> OAuth:
    where = f"{name.lower()}.oauth"
    found = {
        key: _secret(oauth, key, f"KALLELSE_{name}_{key.upper()}", where, folder, environment, source)
        for key in ("client_secret", "refresh_token")
    }
    wanted = {"client_secret": found["client_secret"].get_secret_value()}
    if oauth.provider == "microsoft":
        wanted["tenant"] = oauth.tenant
    else:
        wanted["refresh_token"] = found["refresh_token"].get_secret_value()
    for key, value in wanted.items():
        if not value:
            raise BadFile(f"{source}: {where}.{key} saknas; {oauth.provider} kräver det")
    return oauth.model_copy(update=found)


def _secret(
    section: Any,
    key: str,
    variable: str,
    where: str,
    folder: Path,
    environment: dict[str, str],
    source: Path,
) -> SecretStr:
    """A secret from the environment, else from a file of its own, else from the configuration."""
    given = environment.get(variable)
    file = getattr(section, f"{key}_file")
    if given is None and file:
        secret = folder / file
        try:
            given = secret.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise BadFile(
                f"{source}: {where}.{key}_file: {secret} kan inte läsas ({error.strerror}); "
                "rätta sökvägen eller rättigheterna"
            ) from error
    kept: SecretStr = getattr(section, key)
    return kept if given is None else SecretStr(given)
