-- The States that hold a joint statement together, as a JSON list of codes; NULL for others. See `Metadata.held_by`.
ALTER TABLE statements ADD COLUMN held_by TEXT;
-- What is known of a file that could not be read, as JSON (see `Metadata`), and the pages where it could in part.
ALTER TABLE unreadable ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
ALTER TABLE unreadable ADD COLUMN pages TEXT NOT NULL DEFAULT '[]';
-- A document holds one statement, or the interventions of a record: file and text are the document's, place and party
-- the statement's. Foreign keys do not act while this runs.
DROP INDEX statements_by_state;
DROP INDEX statements_by_file;
DROP INDEX statements_by_record;
DROP INDEX statements_by_symbol;
ALTER TABLE statements RENAME TO old_statements;

CREATE TABLE documents (
    document_id TEXT PRIMARY KEY,
    file TEXT NOT NULL,
    folder TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    source_text TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT, on_behalf_of TEXT, speaker TEXT, body TEXT, session TEXT, date TEXT,
    agenda_item TEXT, title TEXT, symbol TEXT, url TEXT, language TEXT, held_by TEXT,
    inferred TEXT NOT NULL, page_starts TEXT NOT NULL, blocks TEXT NOT NULL, edits TEXT NOT NULL, scanned TEXT NOT NULL,
    digest TEXT NOT NULL,
    input_key TEXT NOT NULL,
    added TEXT NOT NULL
);
CREATE INDEX documents_by_file ON documents (folder, file);
CREATE INDEX documents_by_lower_symbol ON documents (lower(symbol));
INSERT INTO documents SELECT
    statement_id, file, folder, sha256, source_text, kind,
    state, on_behalf_of, speaker, body, session, date, agenda_item, title, symbol, url, language, held_by,
    inferred, page_starts, blocks, edits, scanned, digest, input_key, added
FROM old_statements WHERE part_of IS NULL;

-- Whose words a span of a document is; see `Span`.
CREATE TABLE statements (
    statement_id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    role TEXT NOT NULL,
    named TEXT,
    summarised INTEGER NOT NULL,
    delegate TEXT,
    interruptions TEXT NOT NULL,
    state TEXT, on_behalf_of TEXT, speaker TEXT, body TEXT, session TEXT, date TEXT,
    agenda_item TEXT, title TEXT, symbol TEXT, url TEXT, language TEXT, held_by TEXT,
    first_year INTEGER, last_year INTEGER,
    inferred TEXT NOT NULL
);
CREATE UNIQUE INDEX statements_in_order ON statements (document_id, ordinal);
CREATE INDEX statements_by_state ON statements (state, first_year);
CREATE INDEX statements_by_holders ON statements (held_by);
CREATE INDEX statements_by_group ON statements (on_behalf_of);
INSERT INTO statements SELECT
    statement_id, coalesce(part_of, statement_id), coalesce(json_extract(part, '$.ordinal'), 1),
    coalesce(json_extract(part, '$.start'), 0), coalesce(json_extract(part, '$.end'), characters(source_text)),
    coalesce(json_extract(part, '$.role'), iif(state IS NULL, 'unknown', 'party')), json_extract(part, '$.named'),
    coalesce(json_extract(part, '$.summarised'), 0), iif(part IS NULL, state, json_extract(part, '$.state')),
    coalesce(json_extract(part, '$.interruptions'), '[]'),
    state, on_behalf_of, speaker, body, session, date, agenda_item, title, symbol, url, language, held_by,
    first_year, last_year, inferred
FROM old_statements o WHERE NOT EXISTS (SELECT 1 FROM old_statements i WHERE i.part_of = o.statement_id);

DROP INDEX sentences_in_order;
ALTER TABLE sentences RENAME TO old_sentences;
CREATE TABLE sentences (
    statement_id TEXT NOT NULL REFERENCES statements ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    text TEXT NOT NULL,
    paragraph INTEGER, page INTEGER, language TEXT,
    PRIMARY KEY (statement_id, ordinal)
);
INSERT INTO sentences SELECT statement_id, ordinal, start, "end", text, paragraph, page, language FROM old_sentences;

-- What a sentence refers to; see `Mention`.
DROP INDEX mentions_by_article;
DROP INDEX mentions_by_statement;
ALTER TABLE mentions RENAME TO old_mentions;
CREATE TABLE mentions (
    mention INTEGER PRIMARY KEY,
    statement_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    treaty TEXT,
    value TEXT NOT NULL,
    paragraph TEXT,
    FOREIGN KEY (statement_id, ordinal) REFERENCES sentences ON DELETE CASCADE
);
CREATE INDEX mentions_by_value ON mentions (kind, treaty, value, statement_id);
CREATE INDEX mentions_by_statement ON mentions (statement_id, ordinal);
INSERT INTO mentions SELECT NULL, m.statement_id, s.ordinal,
    CASE
        WHEN m.treaty = 'AGENDA' THEN 'agenda_item' WHEN m.treaty = 'ALIGNED' THEN 'alignment'
        WHEN m.treaty LIKE 'TEXT:%' THEN 'provision' WHEN m.article = '' THEN 'treaty'
        WHEN m.article = 'thereto' THEN 'thereto' ELSE 'article'
    END,
    iif(m.treaty IN ('AGENDA', 'ALIGNED', 'UNNAMED'), NULL, replace(m.treaty, 'TEXT:', '')),
    replace(m.article, 'thereto', ''), m.paragraph
FROM old_mentions m JOIN old_sentences s USING (sentence_id) ORDER BY m.rowid;
DROP TABLE old_mentions;
DROP TABLE old_sentences;

DROP INDEX passages_in_order;
DROP INDEX passages_by_text;
DROP INDEX passages_by_language;
ALTER TABLE passages RENAME TO old_passages;
CREATE TABLE passages (
    passage INTEGER PRIMARY KEY,
    passage_id TEXT NOT NULL UNIQUE,
    statement_id TEXT NOT NULL REFERENCES statements ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    first_sentence INTEGER NOT NULL, last_sentence INTEGER NOT NULL,
    text TEXT NOT NULL,
    text_key TEXT NOT NULL,
    language TEXT
);
CREATE INDEX passages_in_order ON passages (statement_id, ordinal);
CREATE INDEX passages_by_text ON passages (text_key);
-- How many passages a statement has, and in which languages, is read for every statement in scope.
CREATE INDEX passages_by_language ON passages (statement_id, language);
INSERT INTO passages SELECT
    passage, passage_id, statement_id, ordinal, start, "end", first_sentence, last_sentence, text, text_key, language
FROM old_passages;
DROP TABLE old_passages;

-- Families are of documents.
DROP INDEX bands_by_statement;
DROP INDEX links_by_other;
ALTER TABLE traits RENAME TO old_traits;
ALTER TABLE bands RENAME TO old_bands;
ALTER TABLE links RENAME TO old_links;
CREATE TABLE traits (
    document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    scheme TEXT NOT NULL,
    paragraphs INTEGER NOT NULL,
    numbers TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE bands (
    band INTEGER NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    PRIMARY KEY (band, document_id)
) WITHOUT ROWID;
CREATE INDEX bands_by_document ON bands (document_id);
CREATE TABLE links (
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    other_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    relation TEXT NOT NULL,
    likeness REAL,
    PRIMARY KEY (document_id, other_id, relation)
) WITHOUT ROWID;
CREATE INDEX links_by_other ON links (other_id);
INSERT INTO traits SELECT * FROM old_traits;
INSERT INTO bands SELECT * FROM old_bands;
INSERT INTO links SELECT * FROM old_links;
DROP TABLE old_traits;
DROP TABLE old_bands;
DROP TABLE old_links;
DROP TABLE old_statements;
-- Vectors of a second model, for texts in languages that the first does not know; see `SentenceEncoder`.
CREATE TABLE second_vectors (text_key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
-- What is counted as it grows is not counted anew; the revision says now which migrations a store had.
INSERT INTO meta VALUES ('writes', '0'), ('store_id', lower(hex(randomblob(6))));
INSERT INTO meta SELECT 'passages', CAST(count(*) AS TEXT) FROM passages;
DELETE FROM meta WHERE key = 'schema_version' OR key LIKE 'migration:%';
