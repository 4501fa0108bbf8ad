-- Statements that belong together; see ingest/families.py. All of it goes with the statement.
CREATE TABLE traits (
    statement_id TEXT PRIMARY KEY REFERENCES statements ON DELETE CASCADE,
    -- How the traits were taken; others than those in use are taken anew.
    scheme TEXT NOT NULL,
    paragraphs INTEGER NOT NULL,
    numbers TEXT NOT NULL
) WITHOUT ROWID;

-- Hashes of parts of a MinHash signature: texts that share one may be near-duplicates.
CREATE TABLE bands (
    band INTEGER NOT NULL,
    statement_id TEXT NOT NULL REFERENCES statements ON DELETE CASCADE,
    PRIMARY KEY (band, statement_id)
) WITHOUT ROWID;
CREATE INDEX bands_by_statement ON bands (statement_id);

-- `statement_id` is the revision, correction or addendum of `other_id`; else the two are in order of their ids.
CREATE TABLE links (
    statement_id TEXT NOT NULL REFERENCES statements ON DELETE CASCADE,
    other_id TEXT NOT NULL REFERENCES statements ON DELETE CASCADE,
    relation TEXT NOT NULL,
    likeness REAL,
    PRIMARY KEY (statement_id, other_id, relation)
) WITHOUT ROWID;
CREATE INDEX links_by_other ON links (other_id);

CREATE INDEX statements_by_symbol ON statements (symbol COLLATE NOCASE);
