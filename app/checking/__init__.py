"""Checks any document against the corpus: the words of each quotation in it, and the speaker and time it is given."""
