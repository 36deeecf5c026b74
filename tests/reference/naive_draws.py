"""Draws in plain Python integers: the Philox block of the paper, and what is made of its words."""

from simulator.random_streams import Purpose

_LOW32 = (1 << 32) - 1
_LOW64 = (1 << 64) - 1

Block = tuple[int, int, int, int]


def philox4x32(counter: Block, key: tuple[int, int]) -> Block:
    """Return the ten-round Philox4x32 bijection of a counter (Salmon et al. 2011, doi 10.1145/2063384.2063405)."""
    for turn in range(10):
        key_0 = (key[0] + turn * 0x9E3779B9) & _LOW32
        key_1 = (key[1] + turn * 0xBB67AE85) & _LOW32
        left, right = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = (
            (right >> 32) ^ counter[1] ^ key_0,
            right & _LOW32,
            (left >> 32) ^ counter[3] ^ key_1,
            left & _LOW32,
        )
    return counter


def draw_block(seed: int, purpose: Purpose, subject: int, occasion: int) -> Block:
    """Return four 32-bit draws named by seed, purpose, subject and occasion."""
    counter = (subject & _LOW32, subject >> 32, occasion & _LOW32, occasion >> 32)
    return philox4x32(counter, (seed & _LOW32, (seed >> 32) ^ (purpose * 0x9E3779B9 & _LOW32)))


def mix_keys(first: int, second: int) -> int:
    """Return a 64-bit key of an ordered pair of 64-bit keys, never 0."""
    mixed = (first ^ second * 0x9E3779B97F4A7C15 & _LOW64) * 0xBF58476D1CE4E5B9 & _LOW64
    mixed = ((mixed ^ mixed >> 29) * 0x94D049BB133111EB + second) & _LOW64
    return mixed ^ mixed >> 32 or 1


def scale_draw(draw: int, n: int) -> int:
    """Map a 32-bit draw to 0..n-1."""
    return draw * n // (1 << 32)


def count_below(thresholds: list[int], draw: int) -> int:
    """Return how many of the rising thresholds lie below a draw."""
    return sum(threshold < draw for threshold in thresholds)


def occasion_of(day: int, session: int, original: int = 0) -> int:
    """Return the permanent name of a session, or of its original number `original` (from 1)."""
    return day * 65_536 + session * 256 + original
