"""Errors of the prompts package.

PromptError    a prompt file is absent, or its variables are not the declared ones
"""


class PromptError(Exception):
    """A prompt file is absent, or its variables are not the declared ones."""
