"""An empty state of the smallest size that kernels of single buffers can be tried on."""

import numpy as np

from simulator.kernels import layout
from simulator.kernels.layout import State

_RECORDS = {"accounts": layout.ACCOUNT, "hot": layout.HOT, "cold": layout.COLD, "pending": layout.PENDING}


def tiny_state(n_pending: int = 1, n_members: int = 2) -> State:
    """Return a state with room for so many pending reactions and members."""
    state = State(**{name: np.zeros(1, _RECORDS.get(name, np.int64)) for name in State._fields})
    return state._replace(
        clock=np.zeros(layout.CLOCK_SIZE, np.int64),
        pending=np.zeros(n_pending, layout.PENDING),
        members=np.zeros((2, n_members), np.uint64),
    )
