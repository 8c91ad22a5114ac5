"""The first store: runs, batches, dead letters, audit, metrics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "dq_about",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_dq_about")),
    )
    op.create_table(
        "dq_check_def",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dq_check_def")),
    )
    op.create_table(
        "dq_contract",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_dq_contract")),
    )
    op.create_table(
        "dq_dataset",
        sa.Column("id", _id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dq_dataset")),
        sa.UniqueConstraint("name", name=op.f("uq_dq_dataset_name")),
    )
    op.create_table(
        "dq_run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("dataset", _id(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("now", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bad_rows", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=True),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contract"], ["dq_contract.sha256"], name=op.f("fk_dq_run_contract")),
        sa.ForeignKeyConstraint(["dataset"], ["dq_dataset.id"], name=op.f("fk_dq_run_dataset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dq_run")),
    )
    op.create_index("ix_dq_run_batch", "dq_run", ["batch"], unique=False)
    op.create_index("ix_dq_run_dataset_stage_at", "dq_run", ["dataset", "stage", sa.literal_column("at DESC")], unique=False)
    op.create_index(
        "ix_dq_run_to_alert",
        "dq_run",
        ["id"],
        unique=False,
        sqlite_where=sa.text("alerted_at IS NULL"),
        postgresql_where=sa.text("alerted_at IS NULL"),
    )
    op.create_table(
        "dq_series",
        sa.Column("id", _id(), nullable=False),
        sa.Column("dataset", _id(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["dq_dataset.id"], name=op.f("fk_dq_series_dataset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dq_series")),
        sa.UniqueConstraint("dataset", "stage", "metric", "column", name=op.f("uq_dq_series_dataset_stage_metric_column")),
    )
    op.create_table(
        "dq_slot",
        sa.Column("id", _id(), nullable=False),
        sa.Column("dataset", _id(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("current_batch", sa.Text(), nullable=True),
        sa.Column("current_token", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["dq_dataset.id"], name=op.f("fk_dq_slot_dataset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dq_slot")),
        sa.UniqueConstraint("dataset", "stage", "key", name=op.f("uq_dq_slot_dataset_stage_key")),
    )
    op.create_table(
        "dq_batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slot", _id(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("now", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows_in", sa.BigInteger(), nullable=True),
        sa.Column("rows_good", sa.BigInteger(), nullable=True),
        sa.Column("rows_bad", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("blocked_by", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=False),
        sa.Column("superseded_by", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_sha", sa.Text(), nullable=False),
        sa.CheckConstraint("state = 'writing' OR rows_in = rows_good + rows_bad", name=op.f("ck_dq_batch_balance")),
        sa.ForeignKeyConstraint(["slot"], ["dq_slot.id"], name=op.f("fk_dq_batch_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dq_batch")),
    )
    op.create_index(op.f("ix_dq_batch_slot"), "dq_batch", ["slot"], unique=False)
    op.create_index("ix_dq_batch_state", "dq_batch", ["state"], unique=False)
    op.create_table(
        "dq_column_seen",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["dq_run.id"], name=op.f("fk_dq_column_seen_run")),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_dq_column_seen")),
    )
    op.create_table(
        "dq_point",
        sa.Column("series", _id(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("run", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["dq_run.id"], name=op.f("fk_dq_point_run")),
        sa.ForeignKeyConstraint(["series"], ["dq_series.id"], name=op.f("fk_dq_point_series")),
        sa.PrimaryKeyConstraint("series", "at", "key", "recorded_at", name=op.f("pk_dq_point")),
    )
    op.create_index("ix_dq_point_key", "dq_point", ["key", "series"], unique=False)
    op.create_table(
        "dq_result",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bad", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["check"], ["dq_check_def.id"], name=op.f("fk_dq_result_check")),
        sa.ForeignKeyConstraint(["run"], ["dq_run.id"], name=op.f("fk_dq_result_run")),
        sa.PrimaryKeyConstraint("run", "ordinal", name=op.f("pk_dq_result")),
    )
    op.create_table(
        "dq_sample",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["dq_run.id"], name=op.f("fk_dq_sample_run")),
        sa.PrimaryKeyConstraint("run", "ordinal", "n", name=op.f("pk_dq_sample")),
    )
    op.create_table(
        "dq_audit",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("prev_sha", sa.Text(), nullable=False),
        sa.Column("sha", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["dq_batch.id"], name=op.f("fk_dq_audit_batch")),
        sa.PrimaryKeyConstraint("batch", "seq", name=op.f("pk_dq_audit")),
    )
    op.create_table(
        "dq_part",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["dq_batch.id"], name=op.f("fk_dq_part_batch")),
        sa.PrimaryKeyConstraint("batch", "ordinal", name=op.f("pk_dq_part")),
        sa.UniqueConstraint("batch", "path", name=op.f("uq_dq_part_batch_path")),
    )
    op.create_table(
        "dq_reason",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["dq_batch.id"], name=op.f("fk_dq_reason_batch")),
        sa.PrimaryKeyConstraint("batch", "ordinal", name=op.f("pk_dq_reason")),
    )
    op.create_table(
        "dq_replay",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("child_batch", sa.Text(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=True),
        sa.Column("dry_run", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["dq_batch.id"], name=op.f("fk_dq_replay_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dq_replay")),
    )
    op.create_index(op.f("ix_dq_replay_batch"), "dq_replay", ["batch"], unique=False)
    op.create_table(
        "dq_row_action",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("first_row", sa.BigInteger(), nullable=False),
        sa.Column("last_row", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("replay", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["dq_batch.id"], name=op.f("fk_dq_row_action_batch")),
        sa.PrimaryKeyConstraint("batch", "seq", name=op.f("pk_dq_row_action")),
    )
