"""Files to text: one module per format, chosen by suffix in `registry`."""
