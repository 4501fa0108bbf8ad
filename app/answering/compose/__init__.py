"""Composition: from evidence to claims with citations, by quotation alone or worded by a chat model.

Extractive: "Arvandia: “We support the proposal.” [1]". With a model, its claim comes first, its quotations below.
"""
