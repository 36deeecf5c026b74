"""Rallies, the organic counterpart of pushes: people, clubs or newsrooms that honestly say one thing together."""

from typing import Annotated, Literal

from pydantic import Field

from simulator.scenario.parts import Part, SegmentName, Share, TextModeName, Theme
from simulator.scenario.times import When
from simulator.vocabulary import Segment, TextMode

# Segments that form organic groups (population.groups): fan clubs, newsrooms, marketing teams, news networks.
GROUPED_SEGMENTS = (Segment.fan, Segment.rival_fan, Segment.journalist, Segment.marketing, Segment.news_bot)


class Rally(Part):
    """Organic accounts that post the same in one window; none of them is operated, and no post belongs to a push."""

    segment: SegmentName = Field(description="Segment whose accounts take part.")
    theme: Theme = Field(description="What it is about; the language pools hold its words.")
    start: When = Field(description="First moment of the window.")
    end: When = Field(description="End of the window, exclusive.")
    share: Share = Field(description="Share of those accounts that take part in a round.")
    grouped: bool = Field(
        False, description="Whether only members of the segment's organic groups take part, each group on its own."
    )
    every_hours: Annotated[float, Field(gt=0, le=2_000)] | None = Field(
        None, description="Hours from one round to the next; left out, the window is one round."
    )
    stagger_hours: float = Field(0.0, ge=0, le=240, description="Hours within which the groups start a round.")
    spacing: Literal["minute", "scheduled", "spread"] = Field(
        "spread", description="All within a minute, at round quarters of an hour, or as people come by."
    )
    posts_per_account: int = Field(1, ge=1, le=20, description="Items of one account in a round.")
    kind: Literal["post", "repost", "reply"] = Field("post", description="What they author.")
    aimed_at: Literal["brand", "critics", "anyone"] = Field(
        "brand", description="Whose posts are reposted or replied to; where none is found, a post is written."
    )
    text: TextModeName = Field(TextMode.verbatim, description="How alike the texts of one round are.")
    hashtag: Literal["brand", "own"] | None = Field(
        None, description="Hashtag that every post carries: the brand's, one of the rally's own, or none."
    )
    link: bool = Field(False, description="Whether every post carries a link, the same for all of a round and group.")
