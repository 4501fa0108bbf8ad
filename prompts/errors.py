"""Errors of the prompts package."""


class PromptError(Exception):
    """A prompt file is absent, or its variables are not the declared ones."""
