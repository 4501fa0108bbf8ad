"""Errors of the evals package.

EvalError
├── DatasetError    a file of cases cannot be read, or does not fit its corpus
├── RunError        a run is missing, broken, or cannot be compared with another
└── AnswerError     what was evaluated gave no answer, or none that can be read
    └── TimeLimitError    it gave none in time
"""


class EvalError(Exception):
    """Base of what the command line shows as one line."""


class DatasetError(EvalError):
    """A file of cases cannot be read, or does not fit its corpus."""


class RunError(EvalError):
    """A run is missing, broken, or cannot be compared with another."""


class AnswerError(EvalError):
    """What was evaluated gave no answer, or none that can be read."""


class TimeLimitError(AnswerError):
    """What was evaluated gave no answer in time."""
