"""Profiles of overlapping accounts cannot be told from organic ones by their looks."""

import numpy as np
import pytest

from simulator.vocabulary import Segment
from tests import populations
from tests.statistical.tails import critical_distance, distance_of

WORLD = populations.data(8000, operators={"agency": populations.bulk(3000, overlap=1.0)})
PLAIN = populations.data(8000, operators={"agency": populations.bulk(3000, overlap=0.0, name_pattern_share=1.0)})


def looks_of(texts):
    """Return what a glance takes in of each text: its length and its digits."""
    return np.array([len(text) for text in texts]), np.array([sum(map(str.isdigit, text)) for text in texts])


@pytest.mark.parametrize("name", ["handle", "display_name", "bio", "location"])
def test_overlapping_profiles_look_organic(name):
    accounts = populations.built(WORLD)[1].accounts
    texts = np.array(getattr(populations.presented(WORLD), name).to_pylist(), object)
    organic, overlapping = (
        accounts.segment == Segment.casual,
        (accounts.overlap == 1) & (accounts.mimic == Segment.casual),
    )
    limit = critical_distance(int(organic.sum()), int(overlapping.sum()))
    for first, second in zip(looks_of(texts[organic]), looks_of(texts[overlapping]), strict=True):
        assert distance_of(first, second) < limit


def test_patterned_handles_can_be_told():
    accounts = populations.built(PLAIN)[1].accounts
    texts = np.array(populations.presented(PLAIN).handle.to_pylist(), object)
    organic, patterned = accounts.segment == Segment.casual, accounts.pattern_key > 0
    digits = [looks_of(texts[rows])[1] for rows in (organic, patterned)]
    assert distance_of(*digits) > 0.2


def test_bare_profiles_are_emptier():
    accounts = populations.built(PLAIN)[1].accounts
    bios = np.array([not bio for bio in populations.presented(PLAIN).bio.to_pylist()])
    assert bios[accounts.squad >= 0].mean() > bios[accounts.segment == Segment.casual].mean() + 0.15
