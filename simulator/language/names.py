"""The names of a world: brand, product, rival, site and hashtags, fictitious and disjoint between splits."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.language.grammar import load_sections
from simulator.random_streams import Purpose, draw_u64, name_key
from simulator.vocabulary import Language, Split

if TYPE_CHECKING:
    from simulator.scenario import Scenario


@dataclass(frozen=True, slots=True)
class BrandNames:
    """What the target and its rival are called in one world.

    Attributes
    ----------
    hashtags : tuple of str
        Hashtags of the brand, without #; the first is the brand's name.
    sector : str
        car, phone, appliance or food.
    """

    brand: str
    product: str
    rival: str
    rival_product: str
    site: str
    hashtags: tuple[str, ...]
    sector: str = "car"


def as_tag(name: str) -> str:
    """Return a name as a hashtag, without #.

    Examples
    --------
    >>> as_tag("Orla Vane-2")
    'OrlaVane2'
    """
    return re.sub(r"[\W_]+", "", name) or "brand"


def _pool(kind: str, split: Split, sector: str) -> list[str]:
    """Return the names of one kind; a sector's own where it has some."""
    wanted = f"names.{kind}.{split.name}"
    sections = {s.sector: s for s in load_sections() if s.name == wanted and s.language is Language.en}
    return [line.text for line in sections.get(sector, sections[""]).lines]


def _two_of(pool: list[str], seed: int, kind: str) -> tuple[str, str]:
    """Return two different names of a pool."""
    draws = draw_u64(seed, Purpose.name_pool, name_key(kind), [0, 1])  # type: ignore[arg-type]
    first = int(draws[0]) % len(pool)
    second = (first + 1 + int(draws[1]) % (len(pool) - 1)) % len(pool)
    return pool[first], pool[second]


def choose_brand_names(seed: int, scenario: "Scenario") -> BrandNames:
    """Return the names of a world: the scenario's own, and for the rest names of its split's pools."""
    target = scenario.target
    drawn_brand, drawn_rival = _two_of(_pool("brand", scenario.split, target.sector), seed, "brand")
    drawn_product, rival_product = _two_of(_pool("product", scenario.split, target.sector), seed, "product")
    brand, product = target.name or drawn_brand, target.product or drawn_product
    rival = target.rival or drawn_rival
    if rival == brand:
        rival = drawn_brand
    site = target.site or f"{as_tag(brand).lower() if as_tag(brand).isascii() else 'brand'}.example"
    tags = (as_tag(brand), as_tag(brand + product), as_tag(product), f"{as_tag(brand)}Launch", f"{as_tag(brand)}Owners")
    return BrandNames(brand, product, rival, rival_product, site, tuple(dict.fromkeys(tags)), target.sector)
