"""The first schema: every room's tables, their isolation, the logins' rights, the job queue."""

from importlib import resources
from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forward only."""
    raw = op.get_bind().connection.driver_connection
    assert raw is not None
    raw.execute("create extension if not exists vector with schema public")
    raw.execute("set local search_path to jobs, public")
    raw.execute(SchemaManager.get_schema().encode())
    raw.execute("set local search_path to outrider, public")
    raw.execute(Path(__file__).with_suffix(".sql").read_bytes())
    folder = resources.files("outrider.kernel") / "database"
    for name in ("agent_defer.sql", "audit_log.sql", "draft_states.sql"):
        raw.execute((folder / name).read_bytes())
