"""Public benchmarks, run through the program's own retrieval and relevance; their data stays outside."""
