"""Turns of a conversation: what a follow-up takes over from the state before it, adds to it or takes away.

After "What did Iran say about sanctions in 2020?", "and Iraq?" replaces the State and keeps topic and year.
"""
