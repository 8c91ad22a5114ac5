"""The tables. Every name starts with `dq_`, so that they can live beside others."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(sa.types.TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond, on every database; a time without a zone is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """To UTC; SQLite keeps no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Back to an aware time."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(sa.types.TypeDecorator[str]):
    """Text that every database takes: NUL and lone surrogates are written as escapes."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Escape what PostgreSQL or UTF-8 cannot hold."""
        del dialect
        if value is None:
            return None
        return value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")


class Document(sa.types.TypeDecorator[Any]):
    """A value kept as JSON text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        """Canonical: sorted, ASCII; what JSON cannot say is written as text."""
        del dialect
        return None if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        """Parse it."""
        del dialect
        return None if value is None else json.loads(value)


_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"dq_{column}")


about = sa.Table("dq_about", metadata, sa.Column("name", Words, primary_key=True), sa.Column("value", Words, nullable=False))

dataset = sa.Table(
    "dq_dataset",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("name", Words, nullable=False, unique=True),
    sa.Column("owner", Words, nullable=False),
)

contract = sa.Table(
    "dq_contract",
    metadata,
    sa.Column("sha256", Words, primary_key=True),
    sa.Column("name", Words, nullable=False),
    sa.Column("version", Words, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Column("first_seen", Instant, nullable=False),
)

check_def = sa.Table(
    "dq_check_def",
    metadata,
    sa.Column("id", Words, primary_key=True),  # fingerprint of the definition
    sa.Column("check", Words, nullable=False),  # its id in its plan
    sa.Column("says", Words, nullable=False),
    sa.Column("dimension", Words, nullable=False),
    sa.Column("column", Words, nullable=False),
    sa.Column("mode", Words, nullable=False),
    sa.Column("clause", Words, nullable=False),
)

slot = sa.Table(
    "dq_slot",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("dataset", _Id, _to("dataset.id"), nullable=False),
    sa.Column("stage", Words, nullable=False),
    sa.Column("key", Words, nullable=False),
    sa.Column("token", sa.BigInteger, nullable=False),  # the last one given out; never used twice
    sa.Column("current_batch", Words),  # the active one; looked after by `check`, as the tables point at each other
    sa.Column("current_token", sa.BigInteger, nullable=False),  # its edition, or that of the last one withdrawn
    sa.UniqueConstraint("dataset", "stage", "key"),
)

run = sa.Table(
    "dq_run",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("dataset", _Id, _to("dataset.id"), nullable=False),
    sa.Column("stage", Words, nullable=False),
    sa.Column("key", Words, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("now", Instant, nullable=False),
    sa.Column("started", Instant, nullable=False),
    sa.Column("finished", Instant, nullable=False),
    sa.Column("status", Words, nullable=False),
    sa.Column("outcome", Words),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("bad_rows", sa.BigInteger, nullable=False),
    sa.Column("plan", Words, nullable=False),
    sa.Column("contract", Words, _to("contract.sha256")),
    sa.Column("engine", Words, nullable=False),
    sa.Column("batch", Words),
    sa.Column("origin", Document, nullable=False),
    sa.Column("error", Document),
    sa.Column("alerted_at", Instant),
)
sa.Index("ix_dq_run_dataset_stage_at", run.c.dataset, run.c.stage, run.c.at.desc())
sa.Index("ix_dq_run_batch", run.c.batch)
sa.Index("ix_dq_run_to_alert", run.c.id, sqlite_where=run.c.alerted_at.is_(None), postgresql_where=run.c.alerted_at.is_(None))

result = sa.Table(
    "dq_result",
    metadata,
    sa.Column("run", Words, _to("run.id"), primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),  # its place in the plan
    sa.Column("check", Words, _to("check_def.id"), nullable=False),
    sa.Column("status", Words, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("bad", sa.BigInteger, nullable=False),
    sa.Column("value", Words),
    sa.Column("message", Words, nullable=False),
)

sample = sa.Table(
    "dq_sample",
    metadata,
    sa.Column("run", Words, _to("run.id"), primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("row", Document, nullable=False),  # masked
    sa.Column("subjects", Words),  # keyed hashes of the people that it is about, with blanks between
)

column_seen = sa.Table(
    "dq_column_seen",
    metadata,
    sa.Column("run", Words, _to("run.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("column", Words, nullable=False),
    sa.Column("type", Words, nullable=False),
)

batch = sa.Table(
    "dq_batch",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("slot", _Id, _to("slot.id"), nullable=False, index=True),
    sa.Column("state", Words, nullable=False),
    sa.Column("token", sa.BigInteger, nullable=False),  # the latest claim
    sa.Column("settled", sa.BigInteger, nullable=False),  # the claim that was committed or blocked last; 0: none
    sa.Column("edition", sa.BigInteger, nullable=False),  # the claim that was committed last; 0: none
    sa.Column("plan", Words, nullable=False),
    sa.Column("policy", Words, nullable=False),
    sa.Column("fingerprint", Words, nullable=False),
    sa.Column("now", Instant, nullable=False),
    sa.Column("rows_in", sa.BigInteger),
    sa.Column("rows_good", sa.BigInteger),
    sa.Column("rows_bad", sa.BigInteger),
    sa.Column("outcome", Words),
    sa.Column("blocked_by", Document, nullable=False),
    sa.Column("digest", Words, nullable=False),
    sa.Column("schema", Words, nullable=False),
    sa.Column("output", Words, nullable=False),
    sa.Column("run", Words, nullable=False),
    sa.Column("supersedes", Words, nullable=False),
    sa.Column("superseded_by", Words, nullable=False),
    sa.Column("parent", Words, nullable=False),
    sa.Column("depth", sa.Integer, nullable=False),
    sa.Column("claimed_at", Instant, nullable=False),
    sa.Column("settled_at", Instant),
    sa.Column("published_at", Instant),
    sa.Column("expires_at", Instant),
    sa.Column("legal_hold", sa.Boolean, nullable=False),
    sa.Column("place", Words),  # of bad rows that stay in their database: the table that they are moved to, as JSON
    sa.Column("cleared_at", Instant),  # those were purged
    sa.Column("audit_seq", sa.Integer, nullable=False),  # length and end of the chain: a cut chain shows
    sa.Column("audit_sha", Words, nullable=False),
    sa.CheckConstraint("state = 'writing' OR rows_in = rows_good + rows_bad", name="balance"),
)
sa.Index("ix_dq_batch_state", batch.c.state)

part = sa.Table(
    "dq_part",
    metadata,
    sa.Column("batch", Words, _to("batch.id"), primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("path", Words, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", Words, nullable=False),
    sa.Column("key_id", Words),
    sa.Column("purged_at", Instant),
    sa.UniqueConstraint("batch", "path"),
)

subject = sa.Table(
    "dq_subject",
    metadata,
    sa.Column("batch", Words, _to("batch.id"), primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("key_id", Words, nullable=False),  # of the key that hashes; "": the store's own
    sa.Column("hashes", sa.LargeBinary, nullable=False),  # the first eight bytes of each, sorted: whom the rows are about
)

rewrite = sa.Table(
    "dq_rewrite",  # objects that are being written in the place of others: garbage collection leaves them alone
    metadata,
    sa.Column("batch", Words, _to("batch.id"), primary_key=True),
    sa.Column("token", sa.BigInteger, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

doomed = sa.Table(
    "dq_doomed",  # objects that no batch has any more, and that are to go; also rows of a table, as JSON
    metadata,
    sa.Column("path", Words, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

reason = sa.Table(
    "dq_reason",
    metadata,
    sa.Column("batch", Words, _to("batch.id"), primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("check", Words, nullable=False),
    sa.Column("code", Words, nullable=False),
    sa.Column("column", Words, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
)

row_action = sa.Table(
    "dq_row_action",
    metadata,
    sa.Column("batch", Words, _to("batch.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),  # of two about one row, the later holds
    sa.Column("first_row", sa.BigInteger, nullable=False),
    sa.Column("last_row", sa.BigInteger, nullable=False),
    sa.Column("state", Words, nullable=False),
    sa.Column("actor", Words, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("note", Words, nullable=False),
    sa.Column("replay", Words),
)

replay = sa.Table(
    "dq_replay",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("batch", Words, _to("batch.id"), nullable=False, index=True),
    sa.Column("child_batch", Words),
    sa.Column("plan", Words, nullable=False),
    sa.Column("fix", Document),
    sa.Column("dry_run", Document),
    sa.Column("actor", Words, nullable=False),
    sa.Column("state", Words, nullable=False),
    sa.Column("contract", Words),  # `name@version`
)

landing = sa.Table(
    "dq_landing",  # payload objects with the good rows of a replay: they land in the target
    metadata,
    sa.Column("batch", Words, _to("batch.id"), primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("path", Words, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", Words, nullable=False),
    sa.Column("key_id", Words),
    sa.Column("purged_at", Instant),
)

audit = sa.Table(
    "dq_audit",
    metadata,
    sa.Column("batch", Words, _to("batch.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("event", Words, nullable=False),
    sa.Column("actor", Words, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("detail", Document, nullable=False),
    sa.Column("prev_sha", Words, nullable=False),
    sa.Column("sha", Words, nullable=False),
)

series = sa.Table(
    "dq_series",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("dataset", _Id, _to("dataset.id"), nullable=False),
    sa.Column("stage", Words, nullable=False),
    sa.Column("metric", Words, nullable=False),
    sa.Column("column", Words, nullable=False),
    sa.UniqueConstraint("dataset", "stage", "metric", "column"),
)

point = sa.Table(
    "dq_point",
    metadata,
    sa.Column("series", _Id, _to("series.id"), primary_key=True),
    sa.Column("at", Instant, primary_key=True),
    sa.Column("key", Words, primary_key=True),  # two keys of one day are two points
    sa.Column("recorded_at", Instant, primary_key=True),  # of several, the newest holds
    sa.Column("value", sa.Double),  # null: the key is now recorded under another time
    sa.Column("run", Words, _to("run.id"), nullable=False),
)
sa.Index("ix_dq_point_key", point.c.key, point.c.series)
