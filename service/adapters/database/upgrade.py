"""Running the migrations, inside the transaction that the caller has begun."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

from service.adapters.database.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration without a file: the migrations that lie in this package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def write_next(message: str) -> None:
    """For the developer: write the next migration, by comparing the models with the former ones' tables.

    Look it through, and set `HEAD` in `engine` to its number.
    """
    with create_engine("sqlite://").begin() as connection:
        config = configuration(connection)
        former = len(list(ScriptDirectory.from_config(config).walk_revisions()))
        if former:
            command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True, rev_id=f"{former + 1:04}")


def upgrade(connection: Connection, found: str | None, where: str) -> None:
    """Take the tables from the version found to the newest."""
    config = configuration(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"databasen {where} är skriven av en nyare kallelse (tabeller {found}); "
            "installera den versionen, eller lägg tillbaka en säkerhetskopia (kallelse restore)"
        )
    command.upgrade(config, "head")
