"""Incremental indexing: what is written, renewed or left of the documents that a store holds of files."""
