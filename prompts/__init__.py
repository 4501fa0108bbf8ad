"""Texts that the product composes with: Markdown files with declared variables, checked when loaded."""
