"""Reports of a run: one HTML file for people, Markdown for continuous integration."""
