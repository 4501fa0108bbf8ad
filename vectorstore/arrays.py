"""The type of arrays of numbers: vectors, a row each, and what is computed of them."""

from collections.abc import Collection, Sized

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


def rows_of_each(rows: Matrix, groups: Collection[Sized]) -> list[Matrix]:
    """Returns the rows of each group apart, where those of all groups stand one after another."""
    return np.split(rows, np.cumsum([len(group) for group in groups])[:-1]) if groups else []
