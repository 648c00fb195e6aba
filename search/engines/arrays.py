"""The kinds of arrays that columns are made of, and what stands in them for yes, no, and not known."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]

# A day of no check, in days since 1970.
NEVER = -(1 << 31)
YES, NO, UNKNOWN = 1, 0, -1
