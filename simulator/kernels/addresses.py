"""Typed views by address, so that one record stands for many arrays in calls between kernels.

Passing fifty arrays by value made every call slow and the compiler slower (44 s); a record is passed as one
pointer, and each kernel opens only the arrays that it touches. The arrays' owner, a NamedTuple, must outlive
every call that is given its record.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import carray, njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray


def record_of(owner: NamedTuple) -> NDArray[np.void]:
    """Return a record of one row that stands for a NamedTuple of contiguous arrays and integers.

    An array ``x`` becomes its address ``x_at`` and its lengths ``x_0``, ``x_1``, ...; an integer stays itself.
    """
    values: dict[str, Any] = {}
    for name, value in owner._asdict().items():
        if isinstance(value, np.ndarray):
            if not value.flags.c_contiguous:
                raise ValueError(f"{name} must be contiguous, got strides {value.strides}")
            values[f"{name}_at"] = value.ctypes.data
            values |= {f"{name}_{axis}": length for axis, length in enumerate(value.shape)}
        else:
            values[name] = value
    unsigned = frozenset(name for name, value in values.items() if isinstance(value, np.uint64))
    return np.array([tuple(values.values())], _record_type(tuple(values), unsigned))


@cache  # to make a type takes as long as all the rest
def _record_type(names: tuple[str, ...], unsigned: frozenset[str]) -> np.dtype[np.void]:
    return np.dtype([(name, np.uint64 if name in unsigned else np.int64) for name in names])


@intrinsic
def _as_pointer(typing_context, address):
    def generate(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), generate


@intrinsic
def prefetch_address(typing_context, address):
    def generate(context, builder, signature, arguments):
        pointer = builder.inttoptr(arguments[0], cgutils.voidptr_t)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, ir.IntType(32), ir.IntType(32), ir.IntType(32)])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [pointer, *(ir.Constant(ir.IntType(32), value) for value in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(types.int64), generate


def view(name: str, dtype: Any, n_axes: int = 1) -> Any:
    """Return a compiled function from a record to its array of that name."""
    at, first, second, third, fourth = f"{name}_at", f"{name}_0", f"{name}_1", f"{name}_2", f"{name}_3"
    by_axes: dict[int, Callable[[Any], Any]] = {
        1: lambda owner: carray(_as_pointer(owner[at]), (owner[first],), dtype),
        2: lambda owner: carray(_as_pointer(owner[at]), (owner[first], owner[second]), dtype),
        3: lambda owner: carray(_as_pointer(owner[at]), (owner[first], owner[second], owner[third]), dtype),
        4: lambda owner: carray(
            _as_pointer(owner[at]), (owner[first], owner[second], owner[third], owner[fourth]), dtype
        ),
    }
    return njit(inline="always")(by_axes[n_axes])
