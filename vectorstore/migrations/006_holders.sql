-- The States that hold a joint statement together, as a JSON list of codes; NULL for others. See `Metadata.held_by`.
ALTER TABLE statements ADD COLUMN held_by TEXT;
