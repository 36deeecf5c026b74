"""The scenario as immutable, validated configuration: what a YAML file may say, and every default."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from simulator.scenario.dials import LADDER_STOCK, Dials, resolve_dials
from simulator.scenario.parts import (
    ActionName,
    Claim,
    EventKindName,
    LevelName,
    Name,
    Names,
    Part,
    RoleName,
    SegmentName,
    Share,
    Site,
    SplitName,
    StockName,
    TacticName,
    Zone,
)
from simulator.scenario.rallies import Rally
from simulator.scenario.segments import DEFAULT_ZONES, SEGMENT_DEFAULTS, SegmentSettings
from simulator.scenario.times import LaunchClock, When, broken, find_zone, parse_wall
from simulator.vocabulary import EvasionLevel, Split, Stock

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


def _check_wall(text: str) -> str:
    try:
        moment: datetime | None = parse_wall(text)
    except ValueError:
        moment = None
    if moment is None or not 1990 <= moment.year <= 2100:
        raise broken("be a wall time 'YYYY-MM-DD HH:MM' in the years 1990 to 2100", "Its zone stands in launch.zone.")
    return text


def _in_code_order(shares: dict[Any, Any]) -> dict[Any, Any]:
    """Order a mapping by the codes of its enum keys, so that the order in a file does not matter."""
    return dict(sorted(shares.items(), key=lambda item: int(item[0])))


BrandName = Annotated[str, Field(pattern=r"^[^\s@#/:][^@#/:]{0,28}[^\s@#/:]$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
FloatRange = Annotated[tuple[float, float], Field(strict=False)]
IntRange = Annotated[tuple[int, int], Field(strict=False)]
StockShares = Annotated[dict[StockName, Share], AfterValidator(_in_code_order)]
ActionShares = Annotated[dict[ActionName, Share], AfterValidator(_in_code_order)]
PushHashtag = Literal["brand", "narrative"] | None
_HASHTAG = "Hashtag that every post carries: the brand's or the narrative's; left out, only some carry the narrative's."
RoleShares = Annotated[dict[RoleName, Share], AfterValidator(_in_code_order)]
SegmentShares = Annotated[dict[SegmentName, SegmentSettings], AfterValidator(_in_code_order)]


class Launch(Part):
    """The launch that everything is timed by."""

    time: Annotated[str, AfterValidator(_check_wall)] = Field(
        description="Wall time of the launch, 'YYYY-MM-DD HH:MM', in `zone`."
    )
    zone: Zone = Field(description="IANA time zone of the launch.")

    @property
    def clock(self) -> LaunchClock:
        """The launch as the origin of relative times."""
        zone = find_zone(self.zone)
        assert zone is not None
        return LaunchClock(parse_wall(self.time), zone)


class Target(Part):
    """The fictitious brand under attack."""

    fictional: Literal[True] = Field(description="Must be true: only fictitious brands are simulated.")
    name: BrandName | None = Field(None, description="Brand name; left out, one of the split's pool.")
    product: BrandName | None = Field(None, description="Product name; left out, one of the split's pool.")
    sector: Literal["car", "phone", "appliance", "food"] = Field("car", description="What the brand makes.")
    rival: BrandName | None = Field(None, description="Name of the fictitious competitor; left out, one of the pool.")
    site: Site | None = Field(None, description="Home page, under a reserved name (RFC 2606).")


class Organic(Part):
    """The organic population."""

    accounts: int = Field(ge=20, le=10_000_000, description="Number of organic accounts.")
    segments: SegmentShares = Field(
        default_factory=lambda: dict(SEGMENT_DEFAULTS),
        description="Segments by name; those that give no share divide the rest as their defaults do.",
    )
    joining_share: Share = Field(0.06, description="Share of accounts that are created during the run. Assumed.")
    leaving_share: Share = Field(
        0.05, description="Share of accounts that fall silent for good during the run. Assumed."
    )
    zones: Annotated[dict[Zone, Share], Field(min_length=1, max_length=60)] = Field(
        default_factory=lambda: dict(DEFAULT_ZONES),
        description="IANA time zones and the share of accounts living there; sum to 1.",
    )
    communities: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        None, description="Follow communities; left out, one per 250 accounts."
    )
    reciprocity: Share = Field(
        0.22, description="Share of linked pairs that follow each other (Kwak et al. 2010, recalled)."
    )


class BrandEvent(Part):
    """A public event that makes organics talk."""

    kind: EventKindName = Field(description="What happens.")
    time: When = Field(description="When it happens.")
    announced: bool = Field(True, description="Whether the brand's analyst knows it in advance.")
    talk_share: Share = Field(0.2, description="Share of interested accounts that post an original about it.")
    half_life_hours: float = Field(
        1.0, gt=0, le=240, description="Hours in which the talk halves (facts: about one hour)."
    )
    stance_shift: float = Field(0.0, ge=-1, le=1, description="How much more favourable the talk is than the attitude.")


class Narrative(Part):
    """One claim about the target, in many wordings."""

    tactic: TacticName = Field(description="What the claim tries to do.")
    claim: Claim = Field(description="Claim of the language pools that fills the manuscripts.")
    organic_share: Share = Field(0.15, description="Share of critical organic brand posts that make the same claim.")


class Office(Part):
    """When the people behind an operator work."""

    zone: Zone = Field("Asia/Shanghai", description="IANA time zone of the office.")
    start_hour: int = Field(9, ge=0, le=23, description="First working hour, local.")
    end_hour: int = Field(18, ge=1, le=24, description="End of work, local hour.")
    rest_days: Annotated[tuple[Weekday, ...], Field(strict=False, max_length=6)] = Field(
        ("sat", "sun"), description="Weekly rest days."
    )


class Batch(Part):
    """Accounts bought together."""

    time: When = Field(description="When the operator gets the accounts.")
    share: Share = Field(description="Share of the operator's accounts.")


class Squad(Dials):
    """Accounts of an operator that are run together."""

    share: Share = Field(1.0, description="Share of the operator's accounts; shares of all squads sum to 1.")
    evasion: LevelName = Field(EvasionLevel.L2, description="Rung of the evasion ladder.")
    roles: RoleShares = Field(description="Roles and their share of the squad; sum to 1.")
    actions: ActionShares | None = Field(
        None, description="Shares of post, repost, reply, quote, like and follow; left out, what each role does."
    )
    stock: StockShares | None = Field(None, description="Stock of this squad; left out, the operator's.")
    chinese_share: Share = Field(0.5, description="Share of accounts that write Chinese.")


class Push(Part):
    """One scheduled burst of a narrative by squads."""

    narrative: Name = Field(description="Name of a narrative of this scenario.")
    start: When = Field(description="First moment of the window.")
    end: When = Field(description="End of the window, exclusive.")
    posts: int = Field(ge=1, le=50_000_000, description="Pushed items asked for, every kind together.")
    squads: Names = Field((), description="Squads that take part; empty means all.")
    hashtag: PushHashtag = Field(None, description=_HASHTAG)


class Phase(Part):
    """A stretch of a generated push plan."""

    start: When = Field(description="First moment of the phase.")
    end: When = Field(description="End of the phase, exclusive.")
    pushes_per_week: float = Field(gt=0, le=100, description="Mean pushes a week, drawn in office days.")
    push_hours: float = Field(36.0, gt=0, le=720, description="Length of a push, hours.")
    posts_per_account: float = Field(gt=0, le=1000, description="Pushed items per account of the operator and push.")
    narratives: Names = Field((), description="Narratives to draw from; empty means all.")
    hashtag: PushHashtag = Field(None, description=_HASHTAG)


class BreakUp(Part):
    """How an operation ends."""

    time: When = Field(description="When commands stop.")
    by: Literal["authorities", "platform", "operator"] = Field("authorities", description="Who ended it.")
    removed_share: Share = Field(0.8, description="Share of the operated accounts that are removed.")
    removal_days: float = Field(3.0, gt=0, le=365, description="Days over which the removals take place.")


class Operator(Part):
    """Someone who plans and commands a campaign."""

    accounts: int = Field(ge=1, le=5_000_000, description="Number of operated accounts.")
    office: Office = Field(default_factory=Office, description="Working hours.")
    stock: StockShares = Field(description="Where the accounts come from; shares sum to 1.")
    batches: dict[Name, Batch] = Field(
        default_factory=dict, max_length=500, description="Purchases by name; empty means all before the start."
    )
    squads: dict[Name, Squad] = Field(description="Squads by name.", min_length=1, max_length=100)
    pushes: dict[Name, Push] = Field(default_factory=dict, max_length=2000, description="Explicit pushes by name.")
    plan: dict[Name, Phase] = Field(
        default_factory=dict, max_length=100, description="Generated pushes: phases by name."
    )
    break_up: BreakUp | None = Field(None, description="End of the operation; left out, none.")


class Feed(Part):
    """What a session shows. All assumed unless said otherwise."""

    items_per_session: float = Field(7.0, gt=0, le=100, description="Mean items shown in a session.")
    memory_hours: int = Field(72, ge=6, le=240, description="Age after which a post is not shown any more, hours.")
    trending_items: int = Field(20, ge=0, le=64, description="Length of the trending list.")
    trending_per_session: float = Field(0.6, ge=0, le=10, description="Mean trending items shown in a session.")
    brand_topic_per_session: float = Field(
        1.0, ge=0, le=10, description="Mean brand-topic items an interested account sees a session."
    )
    open_thread_share: Share = Field(0.08, description="Share of shown items whose replies are opened.")


class Reaction(Part):
    """What an account does with a shown item; shares at neutral match and one sharer."""

    repost_share: Share = Field(0.008, description="Mean share of exposures reposted; tuned to Goel et al. 2016.")
    like_share: Share = Field(0.02, description="Mean share of exposures liked. Assumed.")
    reply_share: Share = Field(0.004, description="Mean share of exposures replied to. Assumed.")
    quote_share: Share = Field(0.0015, description="Mean share of exposures quoted. Assumed.")
    copy_share: Share = Field(0.0004, description="Mean share of exposures to manuscripts copied by hand. Assumed.")
    follow_share: Share = Field(
        0.01, description="Share of liked reposts of unknown authors that lead to a follow. Assumed."
    )
    unfollow_share: Share = Field(0.0002, description="Share of disliked items that end a follow. Assumed.")


class Attitudes(Part):
    """How exposures move attitudes (Friedkin & Johnsen 1990, anchored; Eady et al. 2023: small effects)."""

    enabled: bool = Field(True, description="Whether attitudes move at all.")
    recovery_per_day: Share = Field(0.05, description="Share of the way back to the anchor a day. Assumed.")
    known_source_trust: Share = Field(1.0, description="Trust in followed accounts. Assumed.")
    unknown_source_trust: Share = Field(0.4, description="Trust in others. Assumed.")


class Moderation(Part):
    """The platform's removals; they hit innocents too. All assumed."""

    enabled: bool = Field(True, description="Whether the platform removes accounts.")
    base_per_million_account_days: float = Field(2.0, ge=0, le=10_000, description="Removals without cause.")
    volume_posts_per_day: int = Field(30, ge=1, le=10_000, description="Posts a day from which an account is reviewed.")
    volume_removal_share: Share = Field(0.01, description="Share of such account-days that end in removal.")
    duplicate_posts_per_day: int = Field(
        4, ge=1, le=10_000, description="Copied texts a day from which an account is reviewed."
    )
    duplicate_removal_share: Share = Field(0.02, description="Share of such account-days that end in removal.")


class Expected(Part):
    """What a run of this scenario must show; tests check it."""

    prevalence: FloatRange | None = Field(None, description="Least and most share of operated accounts.")
    pushes: IntRange | None = Field(None, description="Least and most number of pushes.")
    pushed_share: FloatRange | None = Field(None, description="Least and most share of the posts that are pushed.")
    rally_share: FloatRange | None = Field(None, description="Least and most share of the posts that are of rallies.")
    posts_per_account_per_day: FloatRange | None = Field(None, description="Least and most mean posts.")


class Scenario(Part):
    """One world, but for its seed. Times are resolved by :meth:`at`."""

    id: Name = Field(description="Name of the scenario; the same as the file's.")
    summary: str = Field(min_length=10, max_length=400, description="What it shows, in one or two sentences.")
    sources: Annotated[tuple[str, ...], Field(strict=False)] = Field((), description="Public sources of the case.")
    hardest_for: Names = Field((), description="Detectors for which this world is hardest; a comment says why.")
    split: SplitName = Field(Split.train, description="Pool of manuscripts, brands, links and hashtags.")
    launch: Launch = Field(description="Wall time and zone of the launch that everything is timed by.")
    start: When = Field(description="Start of the run.")
    end: When = Field(description="End of the run, exclusive.")
    evaluate_until: When | None = Field(
        None, description="As of when scores are taken; left out, an hour before the first break-up, else the end."
    )
    target: Target = Field(description="The fictitious brand; at least 'target: {fictional: true}'.")
    organic: Organic = Field(description="The organic population; at least its number of accounts.")
    events: dict[Name, BrandEvent] = Field(default_factory=dict, max_length=200, description="Brand events by name.")
    rallies: dict[Name, Rally] = Field(default_factory=dict, max_length=200, description="Rallies by name.")
    narratives: dict[Name, Narrative] = Field(default_factory=dict, max_length=200, description="Narratives by name.")
    operators: dict[Name, Operator] = Field(default_factory=dict, max_length=50, description="Operators by name.")
    feed: Feed = Field(default_factory=Feed, description="What a session shows.")
    reaction: Reaction = Field(default_factory=Reaction, description="What accounts do with what they see.")
    attitudes: Attitudes = Field(default_factory=Attitudes, description="How exposures move attitudes.")
    moderation: Moderation = Field(default_factory=Moderation, description="The platform's removals.")
    exposure_log: bool = Field(False, description="Whether every single exposure is written (small worlds only).")
    expected: Expected = Field(default_factory=Expected, description="What a run must show.")

    def at(self, when: When) -> int:
        """Return a time of this scenario in ms since the epoch, UTC."""
        return when.resolve(self.launch.clock)

    @property
    def start_ms(self) -> int:
        """Start of the run."""
        return self.at(self.start)

    @property
    def end_ms(self) -> int:
        """End of the run, exclusive."""
        return self.at(self.end)

    @property
    def launch_ms(self) -> int:
        """The launch."""
        return self.launch.clock.ms

    @property
    def first_break_up_ms(self) -> int | None:
        """When the first operation is broken up; None when none is."""
        ends = [self.at(operator.break_up.time) for operator in self.operators.values() if operator.break_up]
        return min(ends, default=None)

    @property
    def evaluate_until_ms(self) -> int:
        """As of when scores are taken: a break-up would be the label, so that an hour before it is the default."""
        if self.evaluate_until is not None:
            return self.at(self.evaluate_until)
        first = self.first_break_up_ms
        return self.end_ms if first is None else max(first - HOUR_MS, self.start_ms)

    @property
    def n_days(self) -> int:
        """Days of the run, a begun one counted whole."""
        return -((self.start_ms - self.end_ms) // DAY_MS)

    @property
    def n_operated(self) -> int:
        """Operated accounts of all operators."""
        return sum(operator.accounts for operator in self.operators.values())

    @property
    def n_accounts(self) -> int:
        """Accounts of the world, organic and operated."""
        return self.organic.accounts + self.n_operated

    @property
    def prevalence(self) -> float:
        """Share of the accounts that are operated."""
        return self.n_operated / self.n_accounts

    def dials(self, operator: str, squad: str) -> Dials:
        """Return every dial of a squad: its own single dials over those of its level."""
        settings = self.operators[operator].squads[squad]
        return resolve_dials(settings.evasion, settings)

    def stock(self, operator: str, squad: str) -> dict[Stock, float]:
        """Return the stock of a squad: its own, else its level's, else its operator's."""
        settings = self.operators[operator].squads[squad]
        return settings.stock or LADDER_STOCK.get(settings.evasion) or self.operators[operator].stock
