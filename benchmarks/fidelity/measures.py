"""Which function measures which fact, by family; the one list of what fidelity can measure."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchmarks.fidelity import (
    activity,
    brand_volume,
    burst_measures,
    calendar_measures,
    cascades,
    graphs,
    word_measures,
)
from benchmarks.fidelity.duplication import (
    Copies,
    draw_samples,
    measure_copies,
    measure_cotweets,
    measure_sync,
    take_over_samples,
)
from benchmarks.fidelity.facts import Fact
from benchmarks.fidelity.measured import Measured
from benchmarks.fidelity.pairs import Pair
from benchmarks.fidelity.posts import Ints, Posts, thin
from benchmarks.fidelity.push_shape import MEASURED as PUSH_FACTS
from benchmarks.fidelity.push_shape import measure_pushes
from benchmarks.fidelity.sharing import find_links, find_texts
from benchmarks.fidelity.slices import Subject

FAMILIES = (
    *("activity", "calendar", "bursts", "text", "duplication", "push shape"),
    *("cascades", "graph", "brand volume"),
)
_WITHIN_S = {"60s": 60, "10min": 600, "1h": 3600}


@dataclass
class Holdings:
    """One pair's slice, sampled, with what several of its facts share worked out once."""

    pair: Pair
    subject: Subject
    whole: Posts | None = None
    home: str | None = None

    @cached_property
    def posts(self) -> Posts:
        """The slice as posts."""
        assert isinstance(self.subject, Posts)
        return self.subject

    @cached_property
    def local(self) -> Posts:
        """The posts by the clock of the brand's zone: in its language, where the source is one country's."""
        if self.home is None or not self.pair.home_language:
            return self.pooled
        return self.pooled.take(_equals(self.pooled, self.home))

    @cached_property
    def pooled(self) -> Posts:
        """As many posts as the source has, whoever wrote them, for measures of volume."""
        whole = self.whole or self.posts
        return whole if self.pair.posts is None else thin(whole, self.pair.posts)

    @cached_property
    def shared(self) -> Posts:
        """The posts that may share something: of sources of links, every post with a link and no other."""
        if self.pair.key == "text":
            return self.posts
        posts = self.whole or self.posts
        return posts.take(posts.has_url)

    @cached_property
    def worded(self) -> Posts:
        """The posts in the language of the source, for measures of words."""
        language = self.pair.text_language
        if language is None:
            return self.posts
        return self.posts.take(_equals(self.posts, language))

    @cached_property
    def keys(self) -> Ints:
        """What the posts may share with others: words, or a link."""
        return find_links(self.shared) if self.pair.key == "link" else find_texts(self.shared)

    @cached_property
    def pushes(self) -> dict[str, Measured]:
        """Facts of pushes by name."""
        return measure_pushes(self.shared, self.keys, self.pair.push_accounts)

    @cached_property
    def sync(self) -> dict[str, Measured]:
        """Facts of pairs of equal posts by name."""
        return measure_sync(self.shared, self.keys)

    def find_copies(self, size: int) -> list[Copies]:
        """Return the copying in samples of at most so many posts."""
        if size not in self._copies:
            samples = draw_samples(self.worded, self.pair.sample_days, size)
            self._copies[size] = [measure_copies(sample) for sample in samples]
        return self._copies[size]

    @cached_property
    def _copies(self) -> dict[int, list[Copies]]:
        return {}


def _equals(posts: Posts, language: str) -> Any:
    import pyarrow.compute as pc

    return pc.equal(posts.lang, language).fill_null(False).to_numpy(zero_copy_only=False)


Measure = Callable[[Holdings, Fact], Measured]


def _cotweet(part: str, within_s: int) -> Measure:
    place = 0 if part == "posts" else 1
    return lambda held, fact: measure_cotweets(held.shared, held.keys, within_s)[place]


def _copied(name: str) -> Measure:
    return lambda held, fact: take_over_samples(held.find_copies(fact.n), name)


def _push(name: str) -> Measure:
    return lambda held, fact: held.pushes[name]


def _sync(name: str) -> Measure:
    return lambda held, fact: held.sync[name]


def _plain(function: Callable[[Any], Measured], part: str = "subject") -> Measure:
    return lambda held, fact: function(getattr(held, part))


def _of(module: Any, names: str, part: str = "subject") -> dict[str, Measure]:
    return {name: _plain(getattr(module, name), part) for name in names.split()}


MEASURES: dict[str, dict[str, Measure]] = {
    "activity": _of(
        activity,
        "posts_gini posts_top1_share posts_top10_share posts_tail_alpha burstiness_B burstiness_A_corrected memory_M "
        "median_interpost_s account_hour_entropy active_day_ratio account_lifespan_days first_post_top_week_share",
    ),
    "calendar": _of(
        calendar_measures,
        "hour_entropy hour_peak_trough weekend_share office_hours_share night_share "
        "daily_volume_ac1 daily_volume_ac7 daily_volume_cv",
        "local",
    ),
    "bursts": _of(burst_measures, "minute_dispersion burst_rise_h burst_decay_h", "pooled"),
    "text": _of(word_measures, "repost_share url_share hashtag_share mention_share")
    | _of(word_measures, "length_tokens heaps_beta zipf_s ttr_10k", "worded"),
    "duplication": {f"dup_{name}": _copied(name) for name in ("exact_cross", "near_cross", "exact_same", "near_same")}
    | {f"cotweet_{part}_{t}": _cotweet(part, s) for t, s in _WITHIN_S.items() for part in ("posts", "accounts")}
    | {name: _sync(name) for name in ("sync_le60s", "sync_le10min", "sync_le1h", "sync_le1d", "sync_group_min60")},
    "push shape": {name: _push(name) for name in PUSH_FACTS},
    "cascades": _of(
        cascades,
        "cascade_size cascade_max_depth cascade_mean_depth cascade_direct_share structural_virality "
        "cascade_median_delay_s cascade_first_hour_share cascade_first_day_share cascade_lifetime_h "
        "cascade_parent_delay_s cascade_unique_account_ratio",
    ),
    "graph": _of(
        graphs,
        "indegree_alpha indegree_gini outdegree_alpha outdegree_gini clustering_avg_local transitivity "
        "assortativity_degree giant_share",
    )
    | {
        "indegree_mean": _plain(graphs.mean_degree),
        "outdegree_mean": _plain(graphs.mean_degree),
        "reciprocity": _plain(graphs.reciprocal_edge_share),
        "twitter_reciprocity": _plain(graphs.reciprocal_pair_share),
        "twitter_following_exponent": _plain(graphs.outdegree_alpha),
    },
    "brand volume": _of(
        brand_volume,
        "brand_daily_ac1 brand_daily_ac7 brand_daily_cv brand_hour_entropy brand_hour_peak_trough brand_hourly_ac1 "
        "brand_hourly_ac24 brand_weekend_weekday_ratio brand_peak_to_median_5min brand_burst_rise_h "
        "brand_burst_decay_h brand_burst_height",
    ),
}
MEASURE_BY_FACT = {name: measure for measures in MEASURES.values() for name, measure in measures.items()}
FAMILY_BY_FACT = {name: family for family, measures in MEASURES.items() for name in measures}
