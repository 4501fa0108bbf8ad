"""The type of arrays of numbers: vectors, a row each, and what is computed of them."""

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
