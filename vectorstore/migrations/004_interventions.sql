-- An intervention is a statement of its own that is part of a record: it has its State and its words' place, and
-- shares the record's text, so that its offsets count in the whole file.
ALTER TABLE statements ADD COLUMN part_of TEXT REFERENCES statements ON DELETE CASCADE;
-- The place, speaker and role of an intervention in its record, as JSON; see `Part`.
ALTER TABLE statements ADD COLUMN part TEXT;
CREATE INDEX statements_by_record ON statements (part_of);

-- A document may mix languages: each paragraph has its own.
ALTER TABLE sentences ADD COLUMN language TEXT;
ALTER TABLE passages ADD COLUMN language TEXT;
UPDATE sentences SET language = (SELECT s.language FROM statements s WHERE s.statement_id = sentences.statement_id);
UPDATE passages SET language = (SELECT s.language FROM statements s WHERE s.statement_id = passages.statement_id);
-- How many passages a statement has, and in which languages, is read for every statement in scope.
CREATE INDEX passages_by_language ON passages (statement_id, language);
