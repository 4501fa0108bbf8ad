"""Patterns of question frames, one module a language, with their accents; `app/question/frames.py` compiles them."""
