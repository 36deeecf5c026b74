"""Sealed worlds: observations handed out, a commitment to their labels, and its proof."""
