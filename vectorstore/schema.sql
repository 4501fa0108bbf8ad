-- The catalogue: the record of statements and of everything derived from them.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE statements (
    statement_id TEXT PRIMARY KEY,
    file TEXT NOT NULL,
    folder TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    source_text TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT, on_behalf_of TEXT, speaker TEXT, body TEXT, session TEXT, date TEXT,
    agenda_item TEXT, title TEXT, symbol TEXT, url TEXT, language TEXT,
    first_year INTEGER, last_year INTEGER,
    inferred TEXT NOT NULL, page_starts TEXT NOT NULL, blocks TEXT NOT NULL, edits TEXT NOT NULL,
    -- Hash of text and metadata; equal digests are duplicates.
    digest TEXT NOT NULL,
    -- Hash of everything that went in; an equal one means that the file is unchanged.
    input_key TEXT NOT NULL,
    added TEXT NOT NULL
);
CREATE INDEX statements_by_state ON statements (state, first_year);
CREATE INDEX statements_by_file ON statements (folder, file);

CREATE TABLE sentences (
    sentence_id TEXT PRIMARY KEY,
    statement_id TEXT NOT NULL REFERENCES statements ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    text TEXT NOT NULL,
    paragraph INTEGER, page INTEGER
);
CREATE UNIQUE INDEX sentences_in_order ON sentences (statement_id, ordinal);

CREATE TABLE passages (
    passage INTEGER PRIMARY KEY,
    passage_id TEXT NOT NULL UNIQUE,
    statement_id TEXT NOT NULL REFERENCES statements ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    first_sentence INTEGER NOT NULL, last_sentence INTEGER NOT NULL,
    text TEXT NOT NULL,
    text_key TEXT NOT NULL
);
CREATE INDEX passages_in_order ON passages (statement_id, ordinal);
CREATE INDEX passages_by_text ON passages (text_key);

-- One vector per distinct text: text seen before is never embedded again.
CREATE TABLE vectors (text_key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE mentions (
    sentence_id TEXT NOT NULL REFERENCES sentences ON DELETE CASCADE,
    statement_id TEXT NOT NULL REFERENCES statements ON DELETE CASCADE,
    treaty TEXT NOT NULL, article TEXT NOT NULL, paragraph TEXT
);
CREATE INDEX mentions_by_article ON mentions (treaty, article, statement_id);
CREATE INDEX mentions_by_statement ON mentions (statement_id);

CREATE VIRTUAL TABLE passages_fts USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2');

-- Files that an ingest could not read: coverage names them under every answer.
CREATE TABLE unreadable (folder TEXT NOT NULL, file TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (folder, file));

CREATE TABLE traces (trace_id TEXT PRIMARY KEY, at TEXT NOT NULL, record TEXT NOT NULL);
