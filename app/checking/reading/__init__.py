"""Reads a document of any format as blocks of text, each with its place in the document."""
