"""Evidence for a question: statements in scope, searched party by party, sentences ranked, confidence calibrated.

A question about Iran and Cuba gives one `PartyEvidence` for each, so that neither drops out of a common top-k.
"""
