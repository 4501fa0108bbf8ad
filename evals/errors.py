"""Errors of the evals package, which give advice; nearly all functions raise them, so few docstrings name them."""

from pydantic import ValidationError

from app.errors import AppError


class EvalError(AppError):
    """Base of the errors of evals."""


class DatasetError(EvalError):
    """A file of cases cannot be read, or does not fit its corpus."""


class RunError(EvalError):
    """A run is missing, broken, or cannot be compared with another."""


def first_fault(exc: Exception) -> str:
    """Returns an error in one line; for a ValidationError its first fault, as `expect.status: Field required`."""
    if not isinstance(exc, ValidationError):
        return " ".join(str(exc).split())
    first = exc.errors()[0]
    place, message = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
    return " ".join((f"{place}: {message}" if place else message).split())
