"""Documents of a briefing: Word, Excel, Markdown and PDF, their manifest, and the pictures in them."""
