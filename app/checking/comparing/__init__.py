"""Compares quotations with the stored texts: exact words, what is marked as changed, what is cut off, closest words."""
