"""The evasion dials of a squad and the ladder that sets them together."""

from typing import Annotated

from pydantic import Field

from simulator.scenario.parts import Part, Share, TextModeName
from simulator.vocabulary import EvasionLevel, Stock, TextMode


class Dials(Part):
    """The evasion dials of a squad; one left out takes the value of the squad's level."""

    text: TextModeName | None = Field(None, description="How alike the texts of one manuscript are.")
    burst_minutes: Annotated[float, Field(gt=0, le=10_080)] | None = Field(
        None, description="Minutes over which one manuscript is posted."
    )
    posts_per_burst: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description="Posts that use one manuscript in a row."
    )
    office_hours: bool | None = Field(None, description="Whether posting keeps to the office's hours.")
    jitter_share: Share | None = Field(
        None, description="Share of the gap between posts that is random; 0 is clockwork."
    )
    camouflage_share: Share | None = Field(None, description="Share of accounts that also live an organic-like life.")
    feed_per_day: Annotated[float, Field(ge=0, le=100)] | None = Field(
        None, description="Headlines and small talk a day that an account without a life of its own passes on."
    )
    overlap: Share | None = Field(
        None, description="Share of accounts whose profile, follows and own activity match organic ones."
    )
    age_overlap: Share | None = Field(
        None, description="Share of the overlapping accounts whose age matches organic ones, too."
    )
    campaign_share: Annotated[float, Field(gt=0, le=0.5)] | None = Field(
        None, description="Mean share of an overlapping account's items that are pushed."
    )
    organic_follows: Annotated[float, Field(ge=0, le=2000)] | None = Field(
        None, description="Organic accounts each account follows."
    )
    squad_follows: Annotated[float, Field(ge=0, le=2000)] | None = Field(
        None, description="Squad members each account follows."
    )
    bought_followers: Annotated[float, Field(ge=0, le=2000)] | None = Field(
        None, description="Followers bought for each account."
    )
    creation_burst_share: Share | None = Field(None, description="Share of bulk-created accounts registered in bursts.")
    name_pattern_share: Share | None = Field(
        None, description="Share of bulk-created accounts with a shared name pattern."
    )
    daily_cap: Annotated[float, Field(gt=0, le=500)] | None = Field(
        None, description="Most pushed posts of one account a day."
    )
    mixed_roles: bool | None = Field(None, description="Whether each account takes every role in turn.")
    delete_after_minutes: Annotated[float, Field(gt=0, le=100_000)] | None = Field(
        None, description="Minutes after which pushed posts are deleted; left out, never."
    )

    @property
    def text_mode(self) -> TextMode:
        """How alike the texts of one manuscript are; word for word where neither squad nor level says."""
        return TextMode.verbatim if self.text is None else self.text

    @property
    def is_repeating(self) -> bool:
        """Whether one manuscript's texts are alike but for slots at the most."""
        return self.text_mode <= TextMode.slots


DIAL_NAMES: tuple[str, ...] = tuple(Dials.model_fields)

# What each rung changes; the rungs below it hold on. All assumed but for what a line cites.
_RUNGS: dict[EvasionLevel, dict[str, object]] = {
    # Verbatim copies: a fast squad's push lasts 10 min [6, 24] with 50 s gaps (real_facts push_duration_min,
    # push_gap_s, IRA English originals), hence 12 posts of one manuscript.
    EvasionLevel.L0: {
        "text": TextMode.verbatim,
        "burst_minutes": 10.0,
        "posts_per_burst": 12,
        "office_hours": False,
        "jitter_share": 0.1,
        "camouflage_share": 0.0,
        # With pushes, a third to a half of what a squad writes is said by another, too (real_facts dup_exact_cross:
        # 0.32 and 0.45, IRA left- and right-wing originals); assumed.
        "feed_per_day": 0.5,
        "overlap": 0.0,
        "age_overlap": 0.0,
        "campaign_share": 0.25,
        "organic_follows": 8.0,
        "squad_follows": 12.0,
        "bought_followers": 5.0,
        "creation_burst_share": 0.9,
        "name_pattern_share": 0.7,
        "daily_cap": 20.0,
        "mixed_roles": False,
    },
    EvasionLevel.L1: {"text": TextMode.slots},
    EvasionLevel.L2: {
        "text": TextMode.synonyms,
        "burst_minutes": 20.0,
        "daily_cap": 12.0,
        "creation_burst_share": 0.6,
        "name_pattern_share": 0.4,
    },
    # A slow push lasts 209 to 529 min, which overlaps organic copying (322-385 min; same facts). People behind
    # campaigns post mostly in office hours on workdays (Keller et al. 2019, poster).
    EvasionLevel.L3: {
        "burst_minutes": 360.0,
        "jitter_share": 1.0,
        "office_hours": True,
        "daily_cap": 8.0,
        "camouflage_share": 1.0,
        "overlap": 1.0,
        "bought_followers": 0.0,
        "organic_follows": 30.0,
        "squad_follows": 3.0,
    },
    EvasionLevel.L4: {
        "age_overlap": 1.0,
        "creation_burst_share": 0.1,
        "name_pattern_share": 0.1,
        "daily_cap": 3.0,
    },
    EvasionLevel.L5: {
        "burst_minutes": 300.0,
        "posts_per_burst": 10,
        "daily_cap": 0.5,
        "mixed_roles": True,
        "squad_follows": 1.0,
    },
}

# Stock that a level brings with it; a squad's own stock beats it. Assumed.
LADDER_STOCK: dict[EvasionLevel, dict[Stock, float]] = {
    EvasionLevel.L5: {Stock.purchased_aged: 0.3, Stock.compromised: 0.5, Stock.cyborg: 0.2}
}


def _build_ladder() -> dict[EvasionLevel, Dials]:
    """Stack the rungs."""
    ladder: dict[EvasionLevel, Dials] = {}
    settings: dict[str, object] = {}
    for level, changes in _RUNGS.items():
        settings |= changes
        ladder[level] = Dials.model_validate(settings)
    return ladder


LADDER: dict[EvasionLevel, Dials] = _build_ladder()


def resolve_dials(level: EvasionLevel, own: Dials) -> Dials:
    """Return the dials of a level with the single dials of a squad on top.

    Examples
    --------
    >>> resolve_dials(EvasionLevel.L4, Dials(daily_cap=7.0)).daily_cap
    7.0
    """
    set_by_squad = {name: value for name in DIAL_NAMES if (value := getattr(own, name)) is not None}
    return LADDER[level].model_copy(update=set_by_squad)
