"""What was read in a letter and what its sender or the secretary says was meant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("letter", _NUMBER, nullable=False),
        sa.Column("said_in", _NUMBER, nullable=False),
        sa.Column("read", sa.Text(), nullable=False),
        sa.Column("meant", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["incoming.number"], name="fk_correction_letter_incoming"),
        sa.ForeignKeyConstraint(["said_in"], ["incoming.number"], name="fk_correction_said_in_incoming"),
        sa.PrimaryKeyConstraint("number", name="pk_correction"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_correction_letter", "correction", ["letter"])
    op.create_index("ix_correction_said_in", "correction", ["said_in"])
