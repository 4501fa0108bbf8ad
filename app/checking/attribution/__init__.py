"""Reads whom a document names as the speaker of a quotation, and when it was spoken, from the words around it."""
