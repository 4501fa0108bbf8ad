"""From files to statements, sentences and passages in the store."""
