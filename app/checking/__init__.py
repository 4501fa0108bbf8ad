"""Checks anybody's document against the corpus: every quotation in it, its words and the mouth it is put in."""
