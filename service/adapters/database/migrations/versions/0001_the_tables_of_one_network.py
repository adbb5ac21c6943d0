"""The tables of one network."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers rows only in a column that it knows as INTEGER.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", _NUMBER, nullable=False),
        sa.Column("created", _MOMENT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blob"),
    )
    op.create_table(
        "callin",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("meeting", sa.Date(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_callin"),
        sa.UniqueConstraint("meeting", "seat", name="uq_callin_meeting_seat"),
    )
    op.create_table(
        "charter",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_charter"),
        sa.UniqueConstraint("key", name="uq_charter_key"),
    )
    op.create_table(
        "draft",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("meeting", sa.Date(), nullable=False),
        sa.Column("version", _NUMBER, nullable=False),
        sa.Column("created", _MOMENT, nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("ordinal", name="pk_draft"),
        sa.UniqueConstraint("what", "meeting", "version", name="uq_draft_what_meeting_version"),
    )
    op.create_table(
        "invitee",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("meeting", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_invitee"),
        sa.UniqueConstraint("meeting", "folded", name="uq_invitee_meeting_folded"),
    )
    op.create_table(
        "item",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("meeting", sa.Date(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("forum", sa.Text(), nullable=True),
        sa.Column("minutes", _NUMBER, nullable=True),
        sa.Column("presenter", sa.Text(), nullable=True),
        sa.Column("proposer", sa.Text(), nullable=True),
        sa.Column("proposer_address", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received", _MOMENT, nullable=True),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("letter", _NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("ordinal", name="pk_item"),
        sa.UniqueConstraint("id", name="uq_item_id"),
    )
    op.create_table(
        "journal",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("letter", _NUMBER, nullable=True),
        sa.Column("meeting", sa.Date(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_journal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_letter", "journal", ["letter"], unique=False)
    op.create_index("ix_journal_meeting", "journal", ["meeting"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Date(), nullable=False),
        sa.Column("start", _MOMENT, nullable=False),
        sa.Column("end", _MOMENT, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("online", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("preparation", _MOMENT, nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("sequence", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_meeting"),
        sa.UniqueConstraint("key", name="uq_meeting_key"),
    )
    op.create_table(
        "person",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_person"),
        sa.UniqueConstraint("id", name="uq_person_id"),
    )
    op.create_table(
        "presence",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("meeting", sa.Date(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("told", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("ordinal", name="pk_presence"),
        sa.UniqueConstraint("meeting", "person", name="uq_presence_meeting_person"),
    )
    op.create_table(
        "question",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", _NUMBER, nullable=False),
        sa.Column("speaker", sa.Text(), nullable=True),
        sa.Column("asked_name", sa.Text(), nullable=False),
        sa.Column("asked_address", sa.Text(), nullable=False),
        sa.Column("asked_person", sa.Text(), nullable=True),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_question"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_question_about", "question", ["about"], unique=False)
    op.create_index(
        "ix_question_open",
        "question",
        ["number"],
        unique=False,
        sqlite_where=sa.text("closed IS 0"),
        postgresql_where=sa.text("closed IS false"),
    )

    op.create_table(
        "step_done",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("meeting", sa.Date(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_step_done"),
        sa.UniqueConstraint("meeting", "step", name="uq_step_done_meeting_step"),
    )
    op.create_table(
        "tenure",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_tenure"),
        sa.UniqueConstraint("place", "role", "since", "whose", name="uq_tenure_place_role_since_whose"),
    )
    op.create_table(
        "term",
        sa.Column("ordinal", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("year", _NUMBER, nullable=False),
        sa.Column("chair", sa.Text(), nullable=True),
        sa.Column("secretary", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("ordinal", name="pk_term"),
        sa.UniqueConstraint("year", name="uq_term_year"),
    )
    op.create_table(
        "turn",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("revision", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
    )
    op.create_table(
        "incoming",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("raw", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("arrived", _MOMENT, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", _NUMBER, nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("reading", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("handled_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["raw"], ["blob.sha256"], name="fk_incoming_raw_blob"),
        sa.PrimaryKeyConstraint("number", name="pk_incoming"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_incoming_fingerprint", "incoming", ["fingerprint"], unique=False)
    op.create_index("ix_incoming_raw", "incoming", ["raw"], unique=False)
    op.create_index("ix_incoming_sender_number", "incoming", ["sender", "number"], unique=False)
    op.create_index("ix_incoming_state_number", "incoming", ["state", "number"], unique=False)

    op.create_table(
        "person_address",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("place", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], name="fk_person_address_person_person", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person", "place", name="pk_person_address"),
    )
    op.create_table(
        "question_letter",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("question", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["question"], ["question.number"], name="fk_question_letter_question_question"
        ),
        sa.PrimaryKeyConstraint("message_id", name="pk_question_letter"),
    )
    op.create_index("ix_question_letter_question", "question_letter", ["question"], unique=False)

    op.create_table(
        "outgoing",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("mailing", sa.Text(), nullable=False),
        sa.Column("meeting", sa.Date(), nullable=True),
        sa.Column("version", _NUMBER, nullable=False),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("to_person", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("created", _MOMENT, nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("because_of", _NUMBER, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", _NUMBER, nullable=False),
        sa.Column("next_try", _MOMENT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("taken_by", _NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["because_of"], ["incoming.number"], name="fk_outgoing_because_of_incoming"),
        sa.PrimaryKeyConstraint("number", name="pk_outgoing"),
        sa.UniqueConstraint("message_id", name="uq_outgoing_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outgoing_because_of", "outgoing", ["because_of"], unique=False)
    op.create_index("ix_outgoing_meeting_mailing", "outgoing", ["meeting", "mailing"], unique=False)
    op.create_index("ix_outgoing_state_number", "outgoing", ["state", "number"], unique=False)

    op.create_table(
        "place",
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("uid", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("incoming", _NUMBER, nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["incoming"], ["incoming.number"], name="fk_place_incoming_incoming"),
        sa.PrimaryKeyConstraint("folder", "uidvalidity", "uid", name="pk_place"),
    )
    op.create_index(
        "ix_place_here",
        "place",
        ["folder", "uidvalidity", "uid"],
        unique=False,
        sqlite_where=sa.text("moved IS 0"),
        postgresql_where=sa.text("moved IS false"),
    )
    op.create_index("ix_place_incoming", "place", ["incoming"], unique=False)

    op.create_table(
        "undo",
        sa.Column("incoming", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["incoming"], ["incoming.number"], name="fk_undo_incoming_incoming"),
        sa.PrimaryKeyConstraint("incoming", name="pk_undo"),
    )
    op.execute("INSERT INTO turn (id, revision) VALUES (1, 0)")
    if op.get_bind().dialect.name == "postgresql":
        # Letters and PDFs are packed already or are read once; packing them again costs more than it saves.
        op.execute("ALTER TABLE blob ALTER COLUMN content SET STORAGE EXTERNAL")
