"""Views of the running world: how kernels reach each array of its State and Rules; see ``addresses``."""

import numpy as np
from numba import njit

from simulator.kernels import layout
from simulator.kernels.addresses import prefetch_address, view

_HOT_BYTES = layout.HOT.itemsize
_ACCOUNT_BYTES = layout.ACCOUNT.itemsize
_MEMORY_BYTES = layout.MEMORY_SLOTS * 8

# State
clock_of = view("clock", np.int64)
accounts_of = view("accounts", layout.ACCOUNT)
newest_of = view("newest", np.int32)
row_start_of = view("row_start", np.int64)
row_length_of = view("row_length", np.int32)
row_room_of = view("row_room", np.int32)
followees_of = view("followees", np.int32)
hot_of = view("hot", layout.HOT)
cold_of = view("cold", layout.COLD)
pending_of = view("pending", layout.PENDING)
members_of = view("members", np.uint64, 2)
memory_of = view("memory", np.int32, 3)
trending_of = view("trending", np.int32)
brand_topic_of = view("brand_topic", np.int32)
official_of = view("official", np.int32)
push_items_of = view("push_items", np.int32, 2)
push_counts_of = view("push_counts", np.int64)
push_seen_of = view("push_seen", np.uint8, 2)
exposures_of = view("exposures", np.int32, 4)
likes_of = view("likes", np.int64, 2)
follows_of = view("follows", np.int64, 2)
removed_of = view("removed", np.int64, 2)
touched_of = view("touched", np.int32)
logged_of = view("logged", np.int64, 2)
shelf_of = view("shelf", np.int64, 2)

# Rules
repost_of = view("repost", np.int64)
like_of = view("like", np.int64)
reply_of = view("reply", np.int64)
quote_of = view("quote", np.int64)
sharers_q8_of = view("sharers_q8", np.int64)
age_q8_of = view("age_q8", np.int64)
satiation_q8_of = view("satiation_q8", np.int64)
items_table_of = view("items_table", np.uint32)
talk_q8_of = view("talk_q8", np.int64, 2)
count_table_of = view("count_table", np.uint32, 2)
delay_table_of = view("delay_table", np.int64)
virality_table_of = view("virality_table", np.int64)
topic_table_of = view("topic_table", np.int16, 2)
segment_contents_of = view("segment_contents", np.int16, 2)
aspect_contents_of = view("aspect_contents", np.int16, 2)
claim_contents_of = view("claim_contents", np.int16)
comment_contents_of = view("comment_contents", np.int16)
narrative_cuts_of = view("narrative_cuts", np.int64)
division_of = view("division", np.uint8)
event_contents_of = view("event_contents", np.int16, 2)
event_shift_of = view("event_shift", np.int32)
reply_contents_of = view("reply_contents", np.int16)
push_operator_of = view("push_operator", np.int16)
segment_brand_of = view("segment_brand", np.uint8)


@njit(cache=True, forceinline=True)
def prefetch_hot(state, sequence):
    """Ask for the cache line of an item that will be read soon; changes nothing but speed."""
    slot = np.int64(sequence) & (state.hot_0 - 1)
    prefetch_address(state.hot_at + slot * _HOT_BYTES)


@njit(cache=True, forceinline=True)
def prefetch_account(state, row):
    """Ask for what a session of an account reads first; changes nothing but speed."""
    prefetch_address(state.accounts_at + row * _ACCOUNT_BYTES)
    prefetch_address(state.memory_at + row * _MEMORY_BYTES)
    prefetch_address(state.row_start_at + row * 8)
    prefetch_address(state.row_length_at + row * 4)


@njit(cache=True, forceinline=True)
def prefetch_followees(state, row):
    """Ask for the first lines of an account's followees; changes nothing but speed."""
    first = state.followees_at + row_start_of(state)[row] * 4
    prefetch_address(first)
    prefetch_address(first + 64)
    prefetch_address(first + 128)
