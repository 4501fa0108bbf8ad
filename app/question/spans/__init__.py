"""The spans of a question: the names, dates and numbers that a lookup finds, with their offsets and values.

`find_spans` calls a module for each kind: `treaties`, `sessions` (with bodies), `dates`, `parties` (with capitals as
places, and `respelt_names`); `exclusion` marks what "other than" leaves out.
"""
