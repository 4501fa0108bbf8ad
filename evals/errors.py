"""Errors of the evals package.

EvalError
└── DatasetError    a file of cases cannot be read, or does not fit its corpus
"""


class EvalError(Exception):
    """Base of what the command line shows as one line."""


class DatasetError(EvalError):
    """A file of cases cannot be read, or does not fit its corpus."""
