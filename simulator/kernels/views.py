"""Typed views of the running world for kernels: two records of addresses stand for all its arrays.

Passing fifty arrays by value made every call between kernels slow and the compiler slower (44 s); a record
is passed as one pointer, and each kernel opens only the arrays that it touches. The arrays' owner is the
NamedTuple of ``layout`` that the record was made from; it must outlive every call.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import carray, njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from simulator.kernels import layout


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
    kinds = [(name, np.uint64 if isinstance(value, np.uint64) else np.int64) for name, value in values.items()]
    record = np.zeros(1, np.dtype(kinds))
    for name, value in values.items():
        record[name] = value
    return record


_HOT_BYTES = layout.HOT.itemsize
_ACCOUNT_BYTES = layout.ACCOUNT.itemsize
_MEMORY_BYTES = layout.MEMORY_SLOTS * 8


@intrinsic
def _as_pointer(typing_context, address):
    def generate(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), generate


@intrinsic
def _prefetch_address(typing_context, address):
    def generate(context, builder, signature, arguments):
        pointer = builder.inttoptr(arguments[0], cgutils.voidptr_t)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, ir.IntType(32), ir.IntType(32), ir.IntType(32)])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [pointer, *(ir.Constant(ir.IntType(32), value) for value in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(types.int64), generate


@njit(cache=True, forceinline=True)
def prefetch_hot(state, sequence):
    """Ask for the cache line of an item that will be read soon; changes nothing but speed."""
    slot = np.int64(sequence) & (state.hot_0 - 1)
    _prefetch_address(state.hot_at + slot * _HOT_BYTES)


@njit(cache=True, forceinline=True)
def prefetch_account(state, row):
    """Ask for what a session of an account reads first; changes nothing but speed."""
    _prefetch_address(state.accounts_at + row * _ACCOUNT_BYTES)
    _prefetch_address(state.memory_at + row * _MEMORY_BYTES)
    _prefetch_address(state.row_start_at + row * 8)
    _prefetch_address(state.row_length_at + row * 4)


def _view(name: str, dtype: Any, n_axes: int = 1) -> Any:
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


# State
clock_of = _view("clock", np.int64)
accounts_of = _view("accounts", layout.ACCOUNT)
newest_of = _view("newest", np.int32)
row_start_of = _view("row_start", np.int64)
row_length_of = _view("row_length", np.int32)
row_room_of = _view("row_room", np.int32)
followees_of = _view("followees", np.int32)
hot_of = _view("hot", layout.HOT)
cold_of = _view("cold", layout.COLD)
pending_of = _view("pending", layout.PENDING)
members_of = _view("members", np.uint64, 2)
memory_of = _view("memory", np.int32, 3)
trending_of = _view("trending", np.int32)
brand_topic_of = _view("brand_topic", np.int32)
official_of = _view("official", np.int32)
push_items_of = _view("push_items", np.int32, 2)
push_counts_of = _view("push_counts", np.int64)
push_seen_of = _view("push_seen", np.uint8, 2)
exposures_of = _view("exposures", np.int32, 4)
likes_of = _view("likes", np.int64, 2)
follows_of = _view("follows", np.int64, 2)
removed_of = _view("removed", np.int64, 2)
touched_of = _view("touched", np.int32)
logged_of = _view("logged", np.int64, 2)
shelf_of = _view("shelf", np.int64, 2)

# Rules
repost_of = _view("repost", np.int64)
like_of = _view("like", np.int64)
reply_of = _view("reply", np.int64)
quote_of = _view("quote", np.int64)
sharers_q8_of = _view("sharers_q8", np.int64)
age_q8_of = _view("age_q8", np.int64)
satiation_q8_of = _view("satiation_q8", np.int64)
items_table_of = _view("items_table", np.uint32)
count_table_of = _view("count_table", np.uint32, 2)
delay_table_of = _view("delay_table", np.int64)
virality_table_of = _view("virality_table", np.int64)
topic_table_of = _view("topic_table", np.int16, 2)
segment_contents_of = _view("segment_contents", np.int16, 2)
aspect_contents_of = _view("aspect_contents", np.int16, 2)
claim_contents_of = _view("claim_contents", np.int16)
comment_contents_of = _view("comment_contents", np.int16)
narrative_cuts_of = _view("narrative_cuts", np.int64)
division_of = _view("division", np.uint8)
event_contents_of = _view("event_contents", np.int16, 2)
event_shift_of = _view("event_shift", np.int32)
reply_contents_of = _view("reply_contents", np.int16)
push_operator_of = _view("push_operator", np.int16)
segment_brand_of = _view("segment_brand", np.uint8)
