"""Whether a claim says no more, and nothing else, than the sentences that it rests on; six languages."""
