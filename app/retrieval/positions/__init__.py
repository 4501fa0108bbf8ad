"""Positions of parties on a topic: the direction of sentences, the words that show it, and a party's latest position.

"We cannot accept this" is against, by the words "cannot accept"; a position of 2024 comes before one of 2020.
"""
