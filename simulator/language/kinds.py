"""The kinds of contents: how each is written, and which lists of templates a content shares with others."""

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.kernels.text_book import FORMAL, MANUSCRIPT, PEOPLE
from simulator.vocabulary import CLAIMS


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of content is written.

    Attributes
    ----------
    chatty : int
        PEOPLE, talk with all habits of its writer; FORMAL; or MANUSCRIPT, see ``kernels.text_book``.
    tails : str
        Which closing phrases may follow; empty for none.
    tag_rate, link_rate : int
        How often it carries hashtags and a link, of 256, at an average habit.
    tags, links : str
        Lists of these; 'table' is the table that both sides share.
    news : str
        List of the articles of the day that a link may lead to; empty for none.
    bare : bool
        Whether it ends without a full stop.
    more : str
        What may follow in a sentence of its own; empty for what its family or its closing phrases are about.
    second_least, long_rate : int
        How often, of 256, one sentence more follows at least, and several more follow.
    own_share : int
        How often, of 256, a content's own templates are taken where it shares others; 0: each of them twice as often.
    """

    chatty: int
    tails: str = ""
    tag_rate: int = 0
    tags: str = ""
    link_rate: int = 0
    links: str = ""
    news: str = ""
    bare: bool = False
    more: str = ""
    second_least: int = 0
    long_rate: int = 0
    own_share: int = 0


# Long posts are 5 % of people's, and an answer says something of its own: 0.5 to 0.6 % of real ones are equal to
# another one of 9,400 (10-day windows of the election and airline tweets, real_facts.json: dup_exact_cross).
_LONG = 13
_ANSWERED = 250
# Three in ten posts about an aspect, and a quarter of the answers against the brand, take up a claim. Assumed.
_OWN_ASPECT = 180
_OWN_ANSWER = 192

# Rates are assumed, but for mentions, hashtags and links being the exception in organic text.
KINDS: dict[str, Kind] = {
    "talk": Kind(PEOPLE, "chat", 34, "family", 20, "talk", "press", long_rate=_LONG),
    "brand": Kind(PEOPLE, "brand", 56, "table", 33, "brand", second_least=110, long_rate=_LONG, own_share=_OWN_ASPECT),
    "event": Kind(PEOPLE, "brand", 80, "table", 33, "brand", second_least=110, long_rate=_LONG),
    "reply": Kind(PEOPLE, "", 4, "table", more="remark", second_least=_ANSWERED, own_share=_OWN_ANSWER),
    "quote": Kind(PEOPLE, "", 14, "table", more="remark", second_least=_ANSWERED, own_share=_OWN_ANSWER),
    "organic": Kind(PEOPLE, "brand", 60, "table", 22, "table", second_least=110, long_rate=_LONG),
    "comment": Kind(PEOPLE, "", 14, "table", more="remark", second_least=_ANSWERED),
    "manuscript": Kind(MANUSCRIPT),
    "official": Kind(FORMAL, "", 210, "table", 150, "official"),
    "marketing": Kind(FORMAL, "", 190, "table", 120, "official"),
    "press": Kind(FORMAL, "", 60, "table", 190, "press", bare=True),
    "news": Kind(FORMAL, "", 60, "family", 215, "press", bare=True),
    "deal": Kind(FORMAL, "", 120, "deal", 235, "deal", bare=True),
    "giveaway": Kind(PEOPLE, "", 30, "table"),
    "petition": Kind(PEOPLE, "", 30, "table"),
    "cheer": Kind(PEOPLE, "", 60, "table"),
    "advert": Kind(FORMAL, "", 120, "table"),
    "spam": Kind(FORMAL, "", 130, "spam", 215, "spam", bare=True),
}
ROOTS = (*(root for root in KINDS if root not in ("organic", "comment", "manuscript")), "claim")


# What the option of a family adds to its templates.
_SHARED_TEMPLATES: dict[str, tuple[str, ...]] = {
    "": (),
    "liked": ("family.liked",),
    "bought": ("family.liked", "family.bought"),
}


def kind_of(content: str) -> str:
    """Return the kind of a content.

    Examples
    --------
    >>> kind_of("claim.data_leak.manuscript.2")
    'manuscript'
    """
    parts = content.split(".")
    return parts[2] if parts[0] == "claim" else parts[0]


# What is said of an aspect beside its own templates: these claims, in people's words of all three stances, so that no
# claim is heard from operated accounts alone. Each claim has an aspect or more. Assumed.
CLAIMS_OF_ASPECT: dict[str, tuple[str, ...]] = {
    "design": ("copied_design", "rebadged_parts"),
    "range": ("range_overstated", "battery_fire"),
    "price": ("early_buyers_betrayed", "fans_are_paid"),
    "service": ("service_waits", "hidden_recall"),
    "software": ("data_leak", "slower_than_rival"),
    "comfort": ("arrogant_owners", "crash_test_figures"),
    "delivery": ("early_buyers_betrayed", "unpaid_suppliers"),
    "charging": ("battery_fire", "slower_than_rival"),
    "safety": ("crash_test_figures", "brake_failure"),
    "resale": ("resale_collapse", "hidden_recall"),
    "test_drive": ("slower_than_rival", "crash_test_figures"),
    "interior": ("rebadged_parts", "copied_design"),
    "sound": ("hidden_recall", "fans_are_paid"),
    "efficiency": ("range_overstated", "battery_fire"),
    "handling": ("brake_failure", "early_buyers_betrayed"),
}
_ANSWERS = ("reply.against", "quote.against")


def name_shared_lists(name: str, contents: Iterable[str], family: str, option: str) -> tuple[str, ...]:
    """Return the names of the lists of templates that a content shares with others.

    Parameters
    ----------
    name : str
        Name of the content.
    contents : iterable of str
        All contents.
    family, option : str
        Of a topic, and of its family.
    """
    root = name.split(".")[0]
    if kind_of(name) == "organic":
        return _name_manuscripts(name.removesuffix(".organic"), contents)
    if root == "brand":
        return _name_claims_talk(name)
    if name in _ANSWERS:
        return tuple(f"claim.{claim}.comment" for claim in CLAIMS)
    if not family:
        return ()
    return (f"family.{family}", "family.any", *_SHARED_TEMPLATES[option])


def _name_manuscripts(claim: str, contents: Iterable[str]) -> tuple[str, ...]:
    return tuple(other for other in contents if other.startswith(f"{claim}.manuscript."))


def _name_claims_talk(name: str) -> tuple[str, ...]:
    """Return what is said of an aspect's claims: against it the claims themselves, else questions or praise."""
    _, aspect, stance = name.split(".")
    claims = CLAIMS_OF_ASPECT.get(aspect, ())
    if stance == "favourable":
        return tuple(f"rebuttal.{claim}" for claim in claims)
    asked = tuple(f"rumour.{claim}" for claim in claims)
    if stance == "neutral":
        return asked
    return (*(f"claim.{claim}.organic" for claim in claims), *asked)


def is_freely_worded(name: str) -> bool:
    """Return whether those who share the wording of a content still choose a sentence of their own, as synonyms are.

    People who say the same of a brand have the subject in common, not the sentence; manuscripts are templates.
    """
    parts = name.split(".")
    return parts[0] in _FREELY_WORDED or (parts[0] == "claim" and parts[2] in ("organic", "comment"))


_FREELY_WORDED = ("brand", "reply", "quote", "rumour", "rebuttal")
