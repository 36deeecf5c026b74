"""Every Arrow schema of a dataset: columns, types, units, documentation and the schema version."""

from dataclasses import dataclass, field

import pyarrow as pa

SCHEMA_VERSION = 1
SYNTHETIC = {b"smearbench.synthetic": b"true", b"smearbench.schema_version": str(SCHEMA_VERSION).encode()}

_ID = pa.int64()
_TIME = pa.timestamp("ms", tz="UTC")
_WORD = pa.dictionary(pa.int16(), pa.string())
_WORDS = pa.list_(pa.field("element", pa.string()))


@dataclass(frozen=True, slots=True)
class Column:
    """One documented column; `nullable` False means that no row is null."""

    name: str
    type: pa.DataType
    text: str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One documented table of a dataset.

    `path` is the file inside the dataset folder, or, with `parts`, the folder of its numbered part
    files. `order` names the columns that its rows are sorted by. `arrow` is its Arrow schema, with the
    documentation and the synthetic mark as metadata.
    """

    name: str
    path: str
    text: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    parts: bool = False
    optional: bool = False
    arrow: pa.Schema = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the Arrow schema once: every day of a world asks for it."""
        fields = [
            pa.field(column.name, column.type, column.nullable, metadata={b"description": column.text.encode()})
            for column in self.columns
        ]
        object.__setattr__(self, "arrow", pa.schema(fields, metadata=SYNTHETIC))


ACCOUNTS = Table(
    "accounts",
    "observations/accounts.parquet",
    "Accounts as their public profiles show them.",
    (
        Column("account_id", _ID, "Account id, in [0, 2^53)."),
        Column("handle", pa.string(), "Unique handle, without @."),
        Column("display_name", pa.string(), "Display name."),
        Column("bio", pa.string(), "Profile text; empty when the account has none."),
        Column("location", pa.string(), "Place as typed by its owner; empty when the account has none."),
        Column("lang", _WORD, "Language of the profile, ISO 639-1."),
        Column("created_at", _TIME, "Registration time."),
        Column("client", _WORD, "Program that the account mostly posts from."),
        Column("verified", pa.bool_(), "Whether the platform marks it as verified."),
        Column("followers_at_start", pa.int32(), "Followers at the start of the run; 0 for accounts created later."),
        Column("following_at_start", pa.int32(), "Accounts followed at the start; 0 for accounts created later."),
    ),
    ("created_at", "account_id"),
)

POSTS = Table(
    "posts",
    "observations/posts",
    "Every authored item of the run.",
    (
        Column("post_id", _ID, "Post id, in [0, 2^53); ascends with time."),
        Column("created_at", _TIME, "When it was posted."),
        Column("account_id", _ID, "Author."),
        Column("kind", _WORD, "post, repost, reply or quote."),
        Column("parent_id", _ID, "The item reacted to; null for a post.", True),
        Column("root_id", _ID, "First item of the cascade; its own id for a post."),
        Column("text", pa.string(), "Text as shown; null for a repost, which adds none.", True),
        Column("lang", _WORD, "Language of the text, ISO 639-1."),
        Column("hashtags", _WORDS, "Hashtags in the text, without #, in order."),
        Column("urls", _WORDS, "Links in the text, in order."),
        Column("mentions", _WORDS, "Handles mentioned in the text, without @, in order."),
        Column("client", _WORD, "Program that it was posted from."),
    ),
    ("created_at", "post_id"),
    parts=True,
)

LIKES = Table(
    "likes",
    "observations/likes",
    "Likes of posts that mention the brand.",
    (
        Column("created_at", _TIME, "When it was liked."),
        Column("account_id", _ID, "Who liked."),
        Column("post_id", _ID, "What was liked."),
    ),
    ("created_at", "account_id", "post_id"),
    parts=True,
)

FOLLOWS = Table(
    "follows",
    "observations/follows.parquet",
    "Follows that held at any time of the run.",
    (
        Column("follower_id", _ID, "Who follows."),
        Column("followee_id", _ID, "Who is followed."),
        Column("since", _TIME, "When the follow began."),
        Column("until", _TIME, "When it ended; null while it lasts.", True),
    ),
    ("since", "follower_id", "followee_id"),
)

METRICS = Table(
    "metrics",
    "observations/metrics",
    "Cumulative counters of posts at the ends of days; a row only when one changed on that day.",
    (
        Column("post_id", _ID, "The post."),
        Column("as_of", _TIME, "End of the day; the row is visible from then."),
        Column("likes", pa.int32(), "Likes so far."),
        Column("reposts", pa.int32(), "Reposts so far."),
        Column("replies", pa.int32(), "Replies so far."),
        Column("quotes", pa.int32(), "Quotes so far."),
        Column("impressions", pa.int32(), "Times shown so far."),
    ),
    ("as_of", "post_id"),
    parts=True,
)

REMOVALS = Table(
    "removals",
    "observations/removals.parquet",
    "Accounts and posts that were removed.",
    (
        Column("time", _TIME, "When it was removed."),
        Column("account_id", _ID, "Whose account or post."),
        Column("post_id", _ID, "The post; null when the whole account was removed.", True),
        Column("by", _WORD, "author or platform."),
    ),
    ("time", "account_id", "post_id"),
)

TRUTH_ACCOUNTS = Table(
    "truth_accounts",
    "truth/accounts.parquet",
    "What every account really is.",
    (
        Column("account_id", _ID, "Account id."),
        Column("segment", _WORD, "Organic population; null for accounts that only ever were operated.", True),
        Column("operated", pa.bool_(), "Whether an operator commands it at any time of the run."),
        Column("operated_from", _TIME, "From when; null if never.", True),
        Column("operated_until", _TIME, "Until when; null if never, or to the end.", True),
        Column("coordinated", pa.bool_(), "Whether it acts in a group on purpose."),
        Column("automated", pa.bool_(), "Whether a program posts for it."),
        Column("hostile", pa.bool_(), "Whether it means to harm the target."),
        Column("group_id", pa.int32(), "Group that it acts with, squad or organic; null for none.", True),
        Column("operator_id", _WORD, "Operator's name; null for organic accounts.", True),
        Column("squad_id", _WORD, "Squad as operator.squad; null for organic accounts.", True),
        Column("role", _WORD, "Role in the squad; null for organic accounts.", True),
        Column("stock", _WORD, "Where the account came from; null for organic accounts.", True),
        Column("campaign_exposures", pa.int32(), "Items of campaign cascades that it was shown; 0 for operated only."),
    ),
    ("account_id",),
)

TRUTH_POSTS = Table(
    "truth_posts",
    "truth/posts",
    "What every post really is; one row a post, in the order of the posts table.",
    (
        Column("post_id", _ID, "Post id."),
        Column("push_id", pa.int32(), "Push that commanded it; null for organic and camouflage posts.", True),
        Column("root_push_id", pa.int32(), "Push of the cascade's first item; null when that is organic.", True),
        Column("narrative_id", _WORD, "Narrative that it carries; null for none.", True),
        Column("tactic", _WORD, "Tactic of the push; null without a push.", True),
        Column("technique", _WORD, "DISARM id of the technique; null without a push.", True),
        Column("manuscript_id", pa.int32(), "Manuscript that the text was filled from; null for none.", True),
        Column("stance", pa.int8(), "Stance to the target: -1 against, 0 neutral or not about it, 1 favourable."),
        Column("rally_id", _WORD, "Rally (organics who honestly say one thing together); null for none.", True),
    ),
    ("post_id",),
    parts=True,
)

TRUTH_LIKES = Table(
    "truth_likes",
    "truth/likes",
    "Likes that a push commanded.",
    (
        Column("account_id", _ID, "Who liked."),
        Column("post_id", _ID, "What was liked."),
        Column("push_id", pa.int32(), "Push that commanded it."),
    ),
    (),
    parts=True,
)

TRUTH_PUSHES = Table(
    "truth_pushes",
    "truth/pushes.parquet",
    "Every push, as planned and as it was carried out.",
    (
        Column("push_id", pa.int32(), "Push id, in the order of the starts."),
        Column("name", pa.string(), "Operator and push as named in the scenario."),
        Column("wave_id", pa.int32(), "Wave: pushes less than 24 h apart."),
        Column("operator_id", _WORD, "Operator."),
        Column("narrative_id", _WORD, "Narrative."),
        Column("tactic", _WORD, "Tactic of the narrative."),
        Column("start", _TIME, "First moment of the window."),
        Column("end", _TIME, "End of the window, exclusive."),
        Column("squads", _WORDS, "Squads that take part."),
        Column("n_posts", pa.int64(), "Items that it posted, every kind together."),
        Column("n_accounts", pa.int64(), "Accounts that posted at least one of them."),
    ),
    ("push_id",),
)

TRUTH_EXPOSURES = Table(
    "truth_exposures",
    "truth/exposures.parquet",
    "Items shown to organic accounts, by hour, push, narrative and segment.",
    (
        Column("hour", _TIME, "Start of the hour."),
        Column("push_id", pa.int32(), "Push of the cascade's root; null when organic.", True),
        Column("narrative_id", _WORD, "Narrative of the push; of the item shown when organic, null for none.", True),
        Column("tactic", _WORD, "Tactic of the push; null when organic.", True),
        Column("segment", _WORD, "Segment of those who saw it."),
        Column("exposures", pa.int64(), "Items shown."),
        Column(
            "first_exposures",
            pa.int64(),
            "Accounts new to this push (organic rows: to this narrative); summed up, its reach.",
        ),
        Column(
            "first_campaign_exposures",
            pa.int64(),
            "Accounts new to this operator; summed up over its pushes, the campaign's reach.",
        ),
    ),
    ("hour", "push_id", "narrative_id", "segment"),
)

TRUTH_ATTITUDES = Table(
    "truth_attitudes",
    "truth/attitudes.parquet",
    "Attitudes to the target by day and segment.",
    (
        Column("day", _TIME, "End of the day."),
        Column("segment", _WORD, "Segment."),
        Column("mean", pa.float64(), "Mean attitude, -1 to 1."),
        Column("variance", pa.float64(), "Variance of the attitude."),
        Column("share_negative", pa.float64(), "Share of accounts below -0.1."),
        Column("polarisation", pa.float64(), "Share beyond 0.5 on either side."),
        Column("hostility", pa.float64(), "Mean hostility to the other fan group, 0 to 1; 0 for other segments."),
    ),
    ("day", "segment"),
)

TRUTH_EXPOSURE_LOG = Table(
    "truth_exposure_log",
    "truth/exposure_log",
    "Every single exposure; only written when the scenario asks for it.",
    (
        Column("account_id", _ID, "Who was shown it."),
        Column("post_id", _ID, "The item shown."),
        Column("shown_at", _TIME, "When."),
        Column("source", _WORD, "feed, trending, brand_topic or thread."),
    ),
    ("shown_at",),
    parts=True,
    optional=True,
)

TABLES: tuple[Table, ...] = (
    ACCOUNTS,
    POSTS,
    LIKES,
    FOLLOWS,
    METRICS,
    REMOVALS,
    TRUTH_ACCOUNTS,
    TRUTH_POSTS,
    TRUTH_LIKES,
    TRUTH_PUSHES,
    TRUTH_EXPOSURES,
    TRUTH_ATTITUDES,
    TRUTH_EXPOSURE_LOG,
)
TABLE_BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
