"""The five-minute series that every rule may name: what each one counts, in words and in SQL."""

from dataclasses import dataclass

from simulator.vocabulary import Language

STEP_MINUTES = 5
STEPS_PER_HOUR = 60 // STEP_MINUTES
NEW_DAYS = 30
COPY_HOURS = 24
# A mention that names the brand, with the marks of :mod:`benchmarks.alerting.mentions`; `step` counts from the start.
_COUNTS = {
    "mentions": ("posts, replies and quotes whose text names the brand", "count(*)"),
    "negative": ("mentions that the lexicon calls negative", "count(*) filter (polarity < 0)"),
    "neutral": ("mentions in which neither side prevails", "count(*) filter (polarity = 0)"),
    "positive": ("mentions that the lexicon calls positive", "count(*) filter (polarity > 0)"),
    "authors": ("distinct authors of the mentions", "count(distinct account_id)"),
    "new_account_mentions": (
        f"mentions by accounts registered less than {NEW_DAYS} days before",
        "count(*) filter (is_new)",
    ),
    "duplicates": (
        f"mentions nearly word for word like one by another account in the {COPY_HOURS} h before",
        "count(*) filter (is_copy)",
    ),
}
_BY_LANGUAGE = {
    name: column
    for language in Language
    for name, column in {
        f"mentions_{language.name}": (f"mentions in {language.name}", f"count(*) filter (lang = '{language.name}')"),
        f"negative_{language.name}": (
            f"negative mentions in {language.name}",
            f"count(*) filter (lang = '{language.name}' and polarity < 0)",
        ),
    }.items()
}
COUNTS_OF_MENTIONS = {name: sql for name, (_, sql) in (_COUNTS | _BY_LANGUAGE).items()}
COUNTS_OF_OTHERS = ("thread_replies", "reposts", "likes")
HOURLY = ("authors_1h", "top_hashtag_mentions_1h", "top_link_mentions_1h")
# A share of the last hour's mentions: its name, and what is summed above.
SHARES = {
    "negative_share": "negative",
    "new_account_share": "new_account_mentions",
    "duplicate_share": "duplicates",
}
TOP_SHARES = {"top_hashtag_share": "top_hashtag_mentions_1h", "top_link_share": "top_link_mentions_1h"}


@dataclass(frozen=True, slots=True)
class Series:
    """A column of the series: its name, over which time it looks back, and what it says."""

    name: str
    window: str
    meaning: str


_STEP, _HOUR = f"{STEP_MINUTES} min", "1 h"
SERIES: tuple[Series, ...] = (
    Series("time", "-", "end of the step, UTC; the step is what came in the five minutes before it"),
    *(Series(name, _STEP, meaning) for name, (meaning, _) in _COUNTS.items()),
    *(Series(name, _STEP, meaning) for name, (meaning, _) in _BY_LANGUAGE.items()),
    Series("thread_replies", _STEP, "replies in threads whose first post names the brand"),
    Series("reposts", _STEP, "reposts of posts that name the brand"),
    Series("likes", _STEP, "likes of posts that name the brand"),
    Series("authors_1h", _HOUR, "distinct authors of the mentions"),
    Series("top_hashtag_mentions_1h", _HOUR, "mentions with the commonest hashtag but the brand's own"),
    Series("top_link_mentions_1h", _HOUR, "mentions with the commonest link"),
    Series("negative_share", _HOUR, "share of the mentions that are negative; null without mentions"),
    Series("new_account_share", _HOUR, "share of the mentions by new accounts; null without mentions"),
    Series("duplicate_share", _HOUR, "share of the mentions that are duplicates; null without mentions"),
    Series("top_hashtag_share", _HOUR, "share of the mentions with the commonest hashtag; null without mentions"),
    Series("top_link_share", _HOUR, "share of the mentions with the commonest link; null without mentions"),
)
SERIES_NAMES = tuple(series.name for series in SERIES)
