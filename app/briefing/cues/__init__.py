"""The words that show kinds of position, one module a language, which `app/briefing/kinds.py` compiles.

`CUES` maps the name of a rule to alternatives between white space; `_` stands for white space inside one, `<part>` for
the pattern of that name in `PARTS`. Capitals are told from small letters only where `(?-i:…)` says so.
"""
