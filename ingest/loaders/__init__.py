"""Loaders: one module per format extracts a file's text in reading order; `registry` chooses it by suffix.

A file inside an archive is named by a path: `bundle.zip/statements/a.pdf`.
"""
