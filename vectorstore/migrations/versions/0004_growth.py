"""What keeps questions fast in a large store: how many passages there are, and an index of what groups said."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Counts the passages once, and makes the index."""
    op.execute("INSERT INTO meta SELECT 'passages', CAST(count(*) AS TEXT) FROM passages")
    op.execute("CREATE INDEX statements_by_group ON statements (on_behalf_of)")
