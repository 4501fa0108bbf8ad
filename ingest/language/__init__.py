"""Linguistic knowledge, each piece once: months, numbers, dates, sentences, language detection, lexicons as data."""
