"""What both engines have alike: numbered mentions, symbols in lower case, joint statements and a count of writes."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes `mentions` anew, whose order was that of SQLite's row numbers."""
    op.execute("DROP INDEX documents_by_symbol")
    op.execute("CREATE INDEX documents_by_lower_symbol ON documents (lower(symbol))")
    op.execute("CREATE INDEX statements_by_holders ON statements (held_by)")
    op.execute("DROP INDEX mentions_by_value")
    op.execute("DROP INDEX mentions_by_statement")
    op.execute("ALTER TABLE mentions RENAME TO old_mentions")
    op.execute(
        "CREATE TABLE mentions (mention INTEGER PRIMARY KEY, statement_id TEXT NOT NULL, ordinal INTEGER NOT NULL,"
        " kind TEXT NOT NULL, treaty TEXT, value TEXT NOT NULL, paragraph TEXT,"
        " FOREIGN KEY (statement_id, ordinal) REFERENCES sentences ON DELETE CASCADE)"
    )
    op.execute(
        "INSERT INTO mentions SELECT rowid, statement_id, ordinal, kind, treaty, value, paragraph FROM old_mentions"
    )
    op.execute("DROP TABLE old_mentions")
    op.execute("CREATE INDEX mentions_by_value ON mentions (kind, treaty, value, statement_id)")
    op.execute("CREATE INDEX mentions_by_statement ON mentions (statement_id, ordinal)")
    op.execute("INSERT INTO meta VALUES ('writes', '0'), ('store_id', lower(hex(randomblob(6))))")
    op.execute("DELETE FROM meta WHERE key = 'schema_version' OR key LIKE 'migration:%'")
