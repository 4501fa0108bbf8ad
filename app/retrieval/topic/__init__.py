"""The topic of a question: its words in other languages and by synonyms, and whether a text is on it."""
