"""What the product knows of languages, each piece once: months, numbers, which language a text is in, word lists."""
