-- What is known of a file that could not be read, as JSON (see `Metadata`), and the pages where it could in part.
ALTER TABLE unreadable ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
ALTER TABLE unreadable ADD COLUMN pages TEXT NOT NULL DEFAULT '[]';
