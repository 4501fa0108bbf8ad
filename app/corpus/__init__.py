"""The contents of the store, for people: list, show, edit, remove, keep uploads, save draft cases, check (doctor).

`Corpus.edit("685815eed2f2fa70", {"session": "10"})` corrects a statement's metadata and re-annotates it.
"""
