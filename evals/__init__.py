"""Answer quality: cases, metrics and runs; imports the product, never the reverse."""
