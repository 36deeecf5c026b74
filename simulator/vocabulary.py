"""The closed vocabularies of smearbench; codes are permanent: append, never renumber or reuse."""

from enum import Enum, IntEnum


class Segment(IntEnum):
    """Kinds of organic population."""

    casual = 0
    fan = 1
    rival_fan = 2
    critic = 3
    journalist = 4
    brand = 5
    marketing = 6
    news_bot = 7
    deal_bot = 8
    spam_bot = 9
    customer = 10


class Role(IntEnum):
    """What an operated account does in a push."""

    seeder = 0
    amplifier = 1
    commenter = 2
    hijacker = 3
    sleeper = 4
    handler = 5


class Stock(IntEnum):
    """Where an operated account came from."""

    bulk_created = 0
    purchased_aged = 1
    compromised = 2
    cyborg = 3


class Tactic(IntEnum):
    """What a narrative tries to do to the target."""

    misinformation = 0
    unfavourable_comparison = 1
    community_division = 2


class Kind(IntEnum):
    """What an authored item is."""

    post = 0
    repost = 1
    reply = 2
    quote = 3


class Action(IntEnum):
    """What an account can be told to do; the first four are the codes of Kind, all those of kernels.layout."""

    post = 0
    repost = 1
    reply = 2
    quote = 3
    like = 4
    follow = 8


class Stance(IntEnum):
    """What a post says of the target; stored as code - 1, so that against is -1."""

    against = 0
    neutral = 1
    favourable = 2


class Language(IntEnum):
    """Languages that the grammars speak."""

    en = 0
    zh = 1


class Client(IntEnum):
    """Programs that accounts post from."""

    iphone = 0
    android = 1
    web = 2
    tablet = 3
    scheduler = 4
    api = 5


class Remover(IntEnum):
    """Who removed an account or a post."""

    author = 0
    platform = 1


class EventKind(IntEnum):
    """Kinds of brand events."""

    teaser = 0
    announcement = 1
    launch = 2
    press_embargo_lift = 3
    recall = 4
    competitor_news = 5


class Source(IntEnum):
    """Where in a session an item was shown."""

    feed = 0
    trending = 1
    brand_topic = 2
    thread = 3


class TextMode(IntEnum):
    """How a manuscript becomes the text of one post, from most to least alike."""

    verbatim = 0
    slots = 1
    synonyms = 2
    paraphrase = 3


class EvasionLevel(str, Enum):
    """Rungs of the evasion ladder, cumulative."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"
    L5 = "L5"


class Split(str, Enum):
    """Pools of manuscripts, brands, links and hashtags, disjoint between splits."""

    train = "train"
    validation = "validation"
    test = "test"


# What narratives may claim; the language pools hold manuscripts for each of them.
CLAIMS: tuple[str, ...] = (
    "battery_fire",
    "hidden_recall",
    "range_overstated",
    "brake_failure",
    "unpaid_suppliers",
    "data_leak",
    "crash_test_figures",
    "slower_than_rival",
    "rebadged_parts",
    "resale_collapse",
    "service_waits",
    "early_buyers_betrayed",
    "fans_are_paid",
    "arrogant_owners",
    "copied_design",
)

# What organics may rally for; the language pools hold the words of each.
THEMES: tuple[str, ...] = ("giveaway", "petition", "cheer", "advert", "embargo", "headline")

# DISARM framework, commit 49df5f6 (CC BY-SA 4.0): identifiers only.
TECHNIQUE_BY_TACTIC: dict[Tactic, str] = {
    Tactic.misinformation: "T0023",
    Tactic.unfavourable_comparison: "T0023.001",
    Tactic.community_division: "T0079",
}
TECHNIQUE_BY_ROLE: dict[Role, str | None] = {
    Role.seeder: None,
    Role.amplifier: "T0049.003",
    Role.commenter: "T0116.001",
    Role.hijacker: "T0049.002",
    Role.sleeper: None,
    Role.handler: "T0084.001",
}
