"""Treaties and their articles: names, references in texts, which treaty a bare article belongs to, treaty texts."""
