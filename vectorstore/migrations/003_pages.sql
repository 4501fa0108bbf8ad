-- Words that were read from images: [start, end, confidence, left, top, right, bottom] each; see ScannedWord.
ALTER TABLE statements ADD COLUMN scanned TEXT NOT NULL DEFAULT '[]';
