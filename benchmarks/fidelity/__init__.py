"""How near a world is to real ones: the same measures on both, pair by pair, fact by fact."""
