"""The daily pass over all accounts, plainly."""

from simulator.random_streams import Purpose
from tests.reference.naive_draws import draw_block, scale_draw
from tests.reference.naive_plan import DAY_MS
from tests.reference.naive_things import Account

NEVER_MS = 1 << 62


def recover(accounts: list[Account], recovery_q16: int) -> None:
    """Move attitudes towards their anchors and hostility towards nothing, by whole units, never too far."""
    for account in accounts:
        gap = account.anchor - account.attitude
        step = abs(gap) * recovery_q16 >> 16
        account.attitude += step if gap > 0 else -step
        account.hostility -= account.hostility * recovery_q16 >> 16


def summarise(accounts: list[Account], n_segments: int) -> list[list[int]]:
    """Return by segment: accounts, sums of attitude, of its square (Q8), of those against, polarised; hostility."""
    lines = []
    for segment in range(n_segments):
        members = [a for a in accounts if a.segment == segment and a.removed_at == NEVER_MS]
        views = [account.attitude for account in members]
        lines.append(
            [
                len(members),
                sum(views),
                sum((view >> 8) ** 2 for view in views),
                sum(view * 10 < -65_536 for view in views),
                sum(abs(view) > 32_768 for view in views),
                sum(account.hostility for account in members),
                0,
            ]
        )
    return lines


def review(
    seed: int, accounts: list[Account], day: int, base: int, volume: tuple[int, int], copies: tuple[int, int]
) -> list[tuple[int, int]]:
    """Return (time, row) of the removals of the next day, and start counting anew.

    `base` is the threshold of a removal without cause; `volume` and `copies` are a limit and the threshold from it on.
    """
    found = []
    for account in accounts:
        thresholds = [base]
        if account.posts_today >= volume[0]:
            thresholds.append(volume[1])
        if account.copies_today >= copies[0]:
            thresholds.append(copies[1])
        account.posts_today = account.copies_today = 0
        draws = draw_block(seed, Purpose.moderation, account.key, day)
        if account.removed_at == NEVER_MS and draws[0] < max(thresholds):
            found.append(((day + 1) * DAY_MS + scale_draw(draws[1], DAY_MS), account.row))
    return found
