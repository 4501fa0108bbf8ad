"""Loaders: from a file to its text in reading order, one module per format, chosen by suffix in `registry`.

`bundle.zip/statements/a.pdf` is a PDF inside an archive.
"""
