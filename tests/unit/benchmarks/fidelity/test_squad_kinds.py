"""Which real population a squad stands against follows from its dials."""

import pytest

from benchmarks.fidelity.slices import name_kind
from simulator.scenario import Dials
from simulator.vocabulary import TextMode


@pytest.mark.parametrize(
    ("dials", "kind"),
    [
        (Dials(burst_minutes=60.0, text=TextMode.paraphrase), "fast"),
        (Dials(burst_minutes=61.0), "repeating"),
        (Dials(burst_minutes=61.0, text=TextMode.slots), "repeating"),
        (Dials(burst_minutes=61.0, text=TextMode.synonyms), "rewording"),
        (Dials(burst_minutes=10.0, overlap=0.5), "hidden"),
    ],
)
def test_squads_are_hidden_or_fast_or_slow_by_their_texts(dials: Dials, kind: str) -> None:
    assert name_kind(dials) == kind
