"""What is stored, and how it is found: the catalogue, the vector index, embeddings, search and reranking."""
