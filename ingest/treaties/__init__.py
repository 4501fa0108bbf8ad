"""Treaties and their articles: names, references in texts, which treaty a bare article belongs to, treaty texts.

"article 4 of the Protocol" is not article 4 of the Convention, and neither is agenda item 4.
"""
