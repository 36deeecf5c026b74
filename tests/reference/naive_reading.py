"""Reading, plainly: what a session shows, what each exposure does, and which reactions it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.random_streams import Purpose
from simulator.vocabulary import Kind, Source
from tests.reference.naive_draws import count_below, draw_block, mix_keys, occasion_of
from tests.reference.naive_things import Account, Post
from tests.reference.naive_writing import HOUR_MS, Act, Answer, claim_reaction, tidy_trends

if TYPE_CHECKING:
    from tests.reference.naive_world import NaiveWorld

_ONE_Q16 = 65_536
_ALL = 1 << 32
_NO_SEGMENT = 255


def _log2(value: int) -> int:
    return value.bit_length() - 1


def open_session(world: NaiveWorld, account: Account, session: int, now: int) -> None:
    """Show an account the best of its feed, then of the trends, then of the brand's topic."""
    tidy_trends(world, now)
    shape = draw_block(world.rules.seed, Purpose.session_shape, account.key, occasion_of(world.day, session))
    visit = shape[0] + (shape[1] << 32)
    n_items = min(1 + count_below(world.rules.items_table, shape[2]), 48)
    for post in _best_of_feed(world, account, now)[:n_items]:
        show(world, account, post, Source.feed, now)
    _show_trends(world, account, mix_keys(visit, Purpose.show_trending), now)
    if account.interested:
        _show_brand_topic(world, account, mix_keys(visit, Purpose.show_brand), now)
    account.read_up_to = len(world.posts) - 1


def _best_of_feed(world: NaiveWorld, account: Account, now: int) -> list[Post]:
    """Return what followees' six newest items offer that is new, best first."""
    new = [
        post
        for followee in world.followees[account.row]
        for post in world.accounts[followee].posts[-6:]
        if post.sequence > account.read_up_to and not post.is_removed and post.kind is not Kind.reply
    ]
    return sorted(new, key=lambda post: (_rank(account, post, now), post.sequence), reverse=True)


def _rank(reader: Account, post: Post, now: int) -> int:
    """Return a feed rank: units of about 16 s of age, popularity and the closeness of reader and author."""
    closeness = ((post.author.key ^ reader.key) % 65_536 * 40_503 >> 8) % 256
    return 96 * _log2(1 + 4 * post.n_reposts + post.n_likes) + closeness - (now - post.time) // 16_384


def _show_trends(world: NaiveWorld, account: Account, visit: int, now: int) -> None:
    for post in world.trending:
        if post.language == account.language and mix_keys(visit, post.key) >> 32 < world.rules.trending_share:
            show(world, account, post, Source.trending, now)


def _show_brand_topic(world: NaiveWorld, account: Account, visit: int, now: int) -> None:
    for post in world.brand_topic[-48:]:
        share = world.rules.brand_share * (1 + _log2(1 + post.n_reposts + post.n_likes))
        is_new = post.sequence > account.read_up_to
        if is_new and post.language == account.language and mix_keys(visit, post.key) >> 32 < share:
            show(world, account, post, Source.brand_topic, now)


def show(world: NaiveWorld, account: Account, post: Post, source: Source, now: int) -> None:
    """Show a post to an account, unless it is gone, too old or its own."""
    origin = post.origin
    if post.is_removed or origin.is_removed or account in (post.author, origin.author):
        return
    if now - origin.time >= world.rules.memory_ms:
        return
    times_met, match_q8 = _expose(world, account, post, source, now)
    draws = draw_block(world.rules.seed, Purpose.exposure, account.key, origin.key)
    _decide_answers(world, account, post, draws, times_met, match_q8, now)
    liked = draws[1] < _likes_below(world, account, post, times_met, match_q8, now)
    liked = liked and like(world, account, origin, now, 1_500 + (draws[3] >> 16))
    _reconsider_follows(world, account, post, liked, match_q8, now)
    if draws[3] < world.rules.open_thread_share:
        _read_thread(world, account, origin, now)


def _expose(world: NaiveWorld, account: Account, post: Post, source: Source, now: int) -> tuple[int, int]:
    """Count one exposure and let it work; return how often it was met before, and how well it suits (Q8)."""
    origin = post.origin
    origin.n_impressions += 1
    world.diary.touched.add(origin.sequence)
    _count_exposure(world, account, post, now)
    if world.rules.log_exposures:
        world.diary.exposure_log.append((now, account.row, post.sequence, source))
    times_met = _recall(account, origin)
    if post.stance == 0:
        return times_met, 256
    match_q8 = min(max(256 + (post.stance * account.attitude >> 8), 16), 512)
    if world.rules.attitudes_move:
        _persuade(world, account, post, times_met, source is Source.feed)
    return times_met, match_q8


def _count_exposure(world: NaiveWorld, account: Account, post: Post, now: int) -> None:
    if account.segment == _NO_SEGMENT:
        return
    rules, push, narrative = world.rules, post.root_push, post.narrative
    group = push if push >= 0 else rules.n_pushes + 1 + narrative
    place = ((now - world.midnight) // HOUR_MS, group, account.segment)
    world.diary.exposures[*place, 0] += 1
    if push >= 0:
        account.campaign_exposures += 1
        world.diary.exposures[*place, 1] += _is_first(world, "push", push, account)
        world.diary.exposures[*place, 2] += _is_first(world, "operator", rules.push_operator[push], account)
    elif narrative >= 0:
        world.diary.exposures[*place, 1] += _is_first(world, "narrative", narrative, account)


def _is_first(world: NaiveWorld, what: str, index: int, account: Account) -> bool:
    meeting = (what, index, account.row)
    is_first = meeting not in world.reached
    world.reached.add(meeting)
    return is_first


def _recall(account: Account, origin: Post) -> int:
    """Return how often the account met a post; of the posts that share one of its eight slots it knows the last."""
    slot = origin.key % 8
    key, times = account.remembered.get(slot, (origin.key, 0))
    times = times if key == origin.key else 0
    account.remembered[slot] = (origin.key, min(times + 1, 1_000))
    return times


def _persuade(world: NaiveWorld, account: Account, post: Post, times_met: int, is_known: bool) -> None:
    """Move the attitude towards the stance and, for what divides fans, the hostility towards one."""
    rules = world.rules
    trust_q8 = rules.known_trust_q8 if is_known else rules.unknown_trust_q8
    pull_q16 = account.susceptibility_q16 * trust_q8 >> 8 + min(times_met, 8)
    gap = post.stance * _ONE_Q16 - account.attitude
    step = abs(gap) * pull_q16 >> 16
    account.attitude += step if gap > 0 else -step
    if post.narrative >= 0 and rules.division[post.narrative]:
        account.hostility += (_ONE_Q16 - account.hostility) * pull_q16 >> 16


def _keenness_q8(world: NaiveWorld, account: Account, post: Post, times_met: int, now: int) -> int:
    """Return what all reactions share: virality, age, repetition, satiation and language."""
    rules, hours = world.rules, (now - post.origin.time) // HOUR_MS
    factor = post.virality_q8 * rules.age_q8[min(hours, len(rules.age_q8) - 1)] >> 8
    factor = factor * rules.sharers_q8[min(times_met, len(rules.sharers_q8) - 1)] >> 8
    factor = factor * rules.satiation_q8[min(account.posts_today, len(rules.satiation_q8) - 1)] >> 8
    return factor if post.language == account.language else factor * 24 >> 8


def _likes_below(world: NaiveWorld, account: Account, post: Post, times_met: int, match_q8: int, now: int) -> int:
    suited = _keenness_q8(world, account, post, times_met, now) * match_q8 >> 8
    return world.rules.like[account.law] * suited >> 8


def _decide_answers(
    world: NaiveWorld, account: Account, post: Post, draws: tuple[int, ...], times_met: int, match_q8: int, now: int
) -> None:
    """Decide on a repost, a reply, a quote and a copy; what suits or angers most is answered most."""
    rules, law, origin = world.rules, account.law, post.origin
    keenness = _keenness_q8(world, account, post, times_met, now)
    suited = keenness * match_q8 >> 8
    stirred = keenness * max(match_q8, 512 - match_q8) >> 8 if post.stance else suited
    decided = []
    if draws[0] < rules.repost[law] * (suited * (256 - account.restraint_q8) >> 8) >> 8:
        decided.append((Act.repost, post, 0))
    if draws[2] < rules.reply[law] * stirred >> 8:
        decided.append((Act.reply, origin, 1))
    if _ALL - draws[2] < rules.quote[law] * stirred >> 8:
        decided.append((Act.quote, origin, 2))
    if post.is_manuscript and match_q8 > 256 and _ALL - draws[3] < rules.copy_share * suited >> 8:
        decided.append((Act.copy, origin, 3))
    for act, target, word in decided:
        key = claim_reaction(world, account, origin, act)
        if key is not None:
            draw = draw_block(rules.seed, Purpose.reaction_delay, account.key, origin.key)[word]
            delay = rules.delay_table[draw >> 24]
            delay += (delay // 8) * (draw % 65_536) // 65_536
            world.schedule_answer(now + delay, key, Answer(act, account, target, key))


def latest_moment(world: NaiveWorld, account: Account, now: int, wish: int) -> int:
    """Return the wished moment, folded back where the day or the account ends before it."""
    left = min(world.last_moment, account.removed_at - 1) - now
    return now + (wish - now) % (left + 1)


def like(world: NaiveWorld, account: Account, origin: Post, now: int, delay: int, push: int = -1) -> bool:
    """Like a post once; returns whether this was the first time."""
    if claim_reaction(world, account, origin, Act.like) is None:
        return False
    origin.n_likes += 1
    world.diary.touched.add(origin.sequence)
    if origin.is_brand:
        time = latest_moment(world, account, now, now + delay)
        world.diary.likes.append((time, account.row, origin.sequence, push))
    return True


def _reconsider_follows(world: NaiveWorld, account: Account, post: Post, liked: bool, match_q8: int, now: int) -> None:
    """Follow the author of a liked repost, who may follow back, or leave the author of what is disliked."""
    rules, origin = world.rules, post.origin
    likes_repost = liked and post.kind is Kind.repost
    if not likes_repost and match_q8 > 96:
        return
    draws = draw_block(rules.seed, Purpose.exposure_rare, account.key, origin.key)
    time = latest_moment(world, account, now, now + 2_000 + (draws[3] >> 14))
    if not likes_repost:
        if draws[2] < rules.unfollow_share:
            world.diary.follows.append((time, account.row, post.author.row, 0))
        return
    if draws[0] >= rules.follow_share or origin.author.is_removed(time):
        return
    world.diary.follows.append((time, account.row, origin.author.row, 1))
    returned = latest_moment(world, origin.author, time, time + 60_000)
    if draws[1] < rules.follow_back_share:
        world.diary.follows.append((returned, origin.author.row, account.row, 1))


def _read_thread(world: NaiveWorld, account: Account, origin: Post, now: int) -> None:
    """Show the three newest replies, newest first; they work and can be liked."""
    for reply in origin.replies[:-4:-1]:
        if reply.is_removed or reply.author is account:
            continue
        _, match_q8 = _expose(world, account, reply, Source.thread, now)
        draws = draw_block(world.rules.seed, Purpose.exposure, account.key, reply.key)
        if draws[1] < world.rules.like[account.law] * match_q8 >> 8:
            like(world, account, reply, now, 1_500 + (draws[3] >> 16))
