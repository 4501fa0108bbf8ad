-- What a person decided on a cell of a position table; see app/briefing/reviews.py.
CREATE TABLE reviews (
    -- Hash of party, topic and the evidence that was judged: other evidence is another judgement.
    cell_key TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('accepted', 'changed', 'rejected')),
    kind TEXT,
    note TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    at TEXT NOT NULL
) WITHOUT ROWID;
