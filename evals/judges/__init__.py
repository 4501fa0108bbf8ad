"""Judges: models that advise on claims; they never gate, and persons' labels say how far to trust them."""
