"""The organic segments: what may be set about one, and the default of every setting and zone."""

from pydantic import Field

from simulator.scenario.parts import Part, Share
from simulator.vocabulary import Segment


class SegmentSettings(Part):
    """One organic segment; a setting that is left out takes the segment's default."""

    share: Share = Field(description="Share of the organic accounts.")
    originals_per_day: float = Field(ge=0, le=200, description="Mean originals an active account authors a day.")
    sessions_per_day: float = Field(gt=0, le=24, description="Mean feed sessions of an active account a day.")
    activity_tail: float = Field(
        ge=1.2, le=6, description="Tail exponent of activity over accounts (lower: more unequal)."
    )
    brand_interest_share: Share = Field(description="Share of its accounts that follow the brand's topic.")
    brand_talk_share: Share = Field(
        description="Share of an interested account's originals about the brand. People say most of it in episodes,"
        " which keep the sum over all people and even out who says how much."
    )
    attitude_mean: float = Field(ge=-1, le=1, description="Mean initial attitude to the target, -1 to 1.")
    attitude_spread: float = Field(ge=0, le=1, description="Standard deviation of the initial attitude.")
    susceptibility: Share = Field(description="How far one fully trusted exposure moves the attitude.")
    chinese_share: Share = Field(description="Share of accounts that write Chinese.")
    age_years_median: float = Field(gt=0, le=15, description="Median account age at the start, years.")
    follows_mean: float = Field(ge=0, le=2000, description="Mean number of accounts followed at the start.")
    attractiveness: float = Field(gt=0, le=1000, description="Mean weight when others choose whom to follow.")
    scheduled_share: Share = Field(description="Share of originals sent by a scheduler at fixed minutes.")


_ORDER = (
    "share",
    "originals_per_day",
    "sessions_per_day",
    "activity_tail",
    "brand_interest_share",
    "brand_talk_share",
    "attitude_mean",
    "attitude_spread",
    "susceptibility",
    "chinese_share",
    "age_years_median",
    "follows_mean",
    "attractiveness",
    "scheduled_share",
)

# All assumed, but for these:
# share          bots together are 0.10 (9 to 15 % of active accounts, Varol et al. 2017).
# activity_tail  2.2 for people: posts per account of organic users, 2.17 (real_facts posts_tail_alpha, DE election);
#                bots are alike: Gini 0.42 of the evenly scheduled news squad (real_facts posts_gini), hence 3.5 and up.
# susceptibility small: no measurable change of attitude after exposure (Eady et al. 2023).
# follows_mean   30 for casual accounts keeps worlds small; people on platforms follow some times more.
# originals      most accounts post less than daily (real_facts median_interpost_s, DE election: 58,000 s among those
#                with 20 or more posts, so the mean of all is well below one a day).
_TABLE: dict[Segment, tuple[float, ...]] = {
    #                   share  orig  sess  tail  inter talk   mean  spread suscep chin  age  follow attr  sched
    Segment.casual:     (.690,  .45,  2.6, 2.2,  .35,  .07,   .05,  .22,  .0012, .60, 4.5,   30,    1.0, .02),
    Segment.fan:        (.060,  .80,  4.0, 2.2,  .95,  .35,   .55,  .20,  .0006, .70, 3.5,   45,    1.5, .02),
    Segment.rival_fan:  (.050,  .80,  4.0, 2.2,  .60,  .20,  -.30,  .22,  .0012, .70, 3.5,   45,    1.5, .02),
    Segment.critic:     (.030,  .80,  3.5, 2.2,  .70,  .25,  -.50,  .20,  .0010, .55, 5.0,   40,    2.0, .02),
    Segment.journalist: (.006, 2.50,  6.0, 2.2,  .50,  .15,  -.02,  .12,  .0006, .50, 7.0,  120,   12.0, .20),
    Segment.brand:      (.001, 3.00,  4.0, 3.5, 1.00,  .60,   .90,  .05,   .000, .50, 6.0,   60,   40.0, .60),
    Segment.marketing:  (.008, 3.00,  3.0, 3.0,  .80,  .30,   .45,  .15,  .0006, .55, 3.0,   80,    4.0, .50),
    Segment.news_bot:   (.025, 3.00,  1.0, 3.5,  .30,  .08,   .00,  .02,   .000, .50, 4.0,   20,    5.0, .90),
    Segment.deal_bot:   (.025, 2.00,  1.0, 3.5,  .20,  .06,   .05,  .05,   .000, .55, 2.5,   20,    1.5, .80),
    Segment.spam_bot:   (.050, 1.20,  1.0, 3.0,  .10,  .10,   .00,  .05,   .000, .55,  .8,   40,     .3, .40),
    Segment.customer:   (.055,  .50,  3.0, 2.2,  .90,  .20,   .20,  .35,  .0010, .65, 4.0,   32,    1.0, .02),
}  # fmt: skip

SEGMENT_DEFAULTS: dict[Segment, SegmentSettings] = {
    segment: SegmentSettings.model_validate(dict(zip(_ORDER, row, strict=True))) for segment, row in _TABLE.items()
}

# The reported case is in China, discussed abroad too. Assumed.
DEFAULT_ZONES: dict[str, float] = {
    "Asia/Shanghai": 0.66,
    "Asia/Singapore": 0.06,
    "Europe/London": 0.08,
    "Europe/Berlin": 0.08,
    "America/New_York": 0.07,
    "America/Los_Angeles": 0.05,
}
