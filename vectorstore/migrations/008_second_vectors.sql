-- Vectors of a second model, for texts in languages that the first does not know; see `SentenceEncoder`.
CREATE TABLE second_vectors (text_key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
