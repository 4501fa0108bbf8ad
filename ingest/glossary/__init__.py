"""The terms of the field in six languages, topics translated by them, and the relations of concepts."""
