"""Ranking of the sentences of a party's statements for a topic, each with the chance that it answers."""
