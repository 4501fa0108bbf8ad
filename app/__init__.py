"""Composition root: settings, wiring, the chain, composers, verification, the command line and the chat."""
