"""In how many passages each word stands, on PostgreSQL; FTS5 counts it from its own index."""

from alembic import op

from vectorstore.fts_postgres import WORDS_HELD

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Counts once."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(WORDS_HELD)
        op.execute("INSERT INTO words_held SELECT word, ndoc FROM ts_stat('SELECT words FROM passages_words')")
