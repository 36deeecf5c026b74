"""One dataset's fidelity as one document: pairs, contrast, and what it was measured on."""

from pathlib import Path
from typing import Any

from benchmarks.fidelity.contrast import describe_contrast, find_contrast
from benchmarks.fidelity.fidelity import compare_pairs, describe_pair
from benchmarks.fidelity.reference_table import compare_reference
from benchmarks.fidelity.slices import open_world
from simulator.dataset import Dataset

FORMAT, VERSION = "smearbench fidelity", 1
RESULT_FILE = "fidelity.json"


def measure_fidelity(dataset: Dataset, reference: Path | None = None) -> dict[str, Any]:
    """Return the document of a dataset against the shipped populations, or against a user's table instead."""
    with open_world(dataset) as world:
        zone = world.zone.key
        if reference is not None:
            return make_document(dataset, zone, [compare_reference(world, reference)], [])
        pairs = [describe_pair(result) for result in compare_pairs(world)]
        contrast = [describe_contrast(result) for result in find_contrast(world)] if world.dials_by_squad else []
    return make_document(dataset, zone, pairs, contrast)


def make_document(
    dataset: Dataset, zone: str, pairs: list[dict[str, Any]], contrast: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the document of pairs and contrast."""
    manifest = dataset.manifest
    return {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": True,
        "dataset": {
            "scenario": manifest.scenario.id,
            "seed": manifest.seed,
            "accounts": manifest.rows["accounts"],
            "zone": zone,
        },
        "pairs": pairs,
        "contrast": contrast,
    }
