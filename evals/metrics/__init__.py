"""Metrics: pure functions over a case, its answer and the documents; one that does not apply yields no score."""
