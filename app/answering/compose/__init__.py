"""Composers: from evidence to claims with citations."""
