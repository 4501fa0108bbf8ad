"""Review: what persons decide on drafts and on citations that gold does not know, on the evals page."""
