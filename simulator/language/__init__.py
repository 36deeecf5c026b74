"""Words last: grammars and manuscripts as data, and the filler that turns numbers into texts."""

from simulator.language.fill import fill_texts
from simulator.language.idiolect import draw_idiolects
from simulator.language.names import BrandNames, choose_brand_names
from simulator.language.phrasebook import Phrasebook, load_phrasebook

__all__ = [
    "BrandNames",
    "Phrasebook",
    "choose_brand_names",
    "draw_idiolects",
    "fill_texts",
    "load_phrasebook",
]
