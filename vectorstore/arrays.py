"""The type of number arrays, such as matrices with a vector in each row, and how their rows are split."""

from collections.abc import Collection, Sized

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


def rows_of_each(rows: Matrix, groups: Collection[Sized]) -> list[Matrix]:
    """Splits rows, in which the rows of all groups follow one another, into one matrix for each group."""
    return np.split(rows, np.cumsum([len(group) for group in groups])[:-1]) if groups else []
