"""Briefings: position tables of parties, topics and sessions, what changed over time, and talking points."""
