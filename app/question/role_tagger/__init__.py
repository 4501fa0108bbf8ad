"""The tagger of roles: who is asked about, excluded or only mentioned, and the topic, by a trained network.

A question goes from `words` (a span of a lookup is one word) to `features` (each word as a vector and named features)
to `network` (the likeliest role of each word). Names never matter, since the same party replaces every party.
"""
