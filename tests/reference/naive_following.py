"""Follows that begin and end, plainly: a list of followees for each account."""

Change = tuple[int, int, int, int]  # time, follower, followee, 1 begins or 0 ends


def change_follows(followees: list[list[int]], changes: list[Change]) -> list[bool]:
    """Enter changes in order; return which took effect."""
    return [_change(followees[follower], follower, followee, bool(begins)) for _, follower, followee, begins in changes]


def _change(followed: list[int], follower: int, followee: int, begins: bool) -> bool:
    if begins == (followee in followed) or (begins and follower == followee):
        return False
    if begins:
        followed.append(followee)
    else:
        followed.remove(followee)
    return True
