"""The spans of a question, found by lookup in one pass: names, dates and numbers, with their offsets and values.

`find_spans` calls a module for each kind: `treaties`, `sessions` (with bodies), `dates`, `parties` (with capitals as
places, and `typing_errors`); `exclusion` marks what "other than" leaves out.
"""
