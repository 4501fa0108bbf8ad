"""How questions ask, one module a language: patterns with their accents, which `app/question/frames.py` compiles."""
