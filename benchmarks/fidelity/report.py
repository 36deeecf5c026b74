"""Fidelity of one dataset, or of several worlds of a scenario, as one document: pairs, contrast, and of what."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.fidelity.contrast import describe_contrast, find_contrast
from benchmarks.fidelity.fidelity import compare_pairs, describe_pair
from benchmarks.fidelity.pooling import pool_documents
from benchmarks.fidelity.reference_table import compare_reference
from benchmarks.fidelity.slices import open_world
from simulator.dataset import Dataset
from simulator.errors import InputError

Found = dict[str, Any]

FORMAT, VERSION = "smearbench fidelity", 2
RESULT_FILE = "fidelity.json"


def measure_fidelity(dataset: Dataset, reference: Path | None = None) -> Found:
    """Return the document of a dataset against the shipped populations, or against a user's table instead."""
    with open_world(dataset) as world:
        zone = world.zone.key
        if reference is not None:
            return make_document(dataset, zone, [compare_reference(world, reference)], [])
        pairs = [describe_pair(result) for result in compare_pairs(world)]
        contrast = [describe_contrast(result) for result in find_contrast(world)] if world.dials_by_squad else []
    return make_document(dataset, zone, pairs, contrast)


def measure_worlds(datasets: Sequence[Dataset], tell: Callable[[str], None], reference: Path | None = None) -> Found:
    """Return the document of datasets: of one as it is, of several worlds of a scenario their medians.

    Raises
    ------
    InputError
        When the datasets are not worlds of one scenario with seeds of their own, as medians would say nothing.
    """
    _demand_one_scenario(datasets)
    documents = []
    for number, dataset in enumerate(datasets, 1):
        if len(datasets) > 1:
            tell(f"world {number} of {len(datasets)}: {dataset.path}")
        documents.append(measure_fidelity(dataset, reference))
    return pool_documents(documents) if len(documents) > 1 else documents[0]


def _demand_one_scenario(datasets: Sequence[Dataset]) -> None:
    first = datasets[0].manifest
    seeds: dict[int, Path] = {}
    for dataset in datasets:
        manifest = dataset.manifest
        if manifest.scenario.digest != first.scenario.digest:
            raise InputError(
                f"{dataset.path}: must be a world of the scenario of {datasets[0].path}, {first.scenario.id}, got "
                f"{manifest.scenario.id} with other settings. Give worlds that differ in their seed alone."
            )
        if dataset.is_twin != datasets[0].is_twin:
            kinds = {True: "a twin", False: "a world with its campaign"}
            raise InputError(
                f"{dataset.path}: must be {kinds[datasets[0].is_twin]}, as {datasets[0].path} is, got "
                f"{kinds[dataset.is_twin]}. Give worlds that differ in their seed alone."
            )
        if manifest.seed in seeds:
            raise InputError(
                f"{dataset.path}: must have a seed of its own, got {manifest.seed}, that of {seeds[manifest.seed]}. "
                "Give each world once."
            )
        seeds[manifest.seed] = dataset.path


def make_document(dataset: Dataset, zone: str, pairs: list[dict[str, Any]], contrast: list[dict[str, Any]]) -> Found:
    """Return the document of pairs and contrast."""
    manifest = dataset.manifest
    return {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": True,
        "dataset": {
            "scenario": manifest.scenario.id,
            "seeds": [manifest.seed],
            "accounts": manifest.rows["accounts"],
            "zone": zone,
        },
        "pairs": pairs,
        "contrast": contrast,
    }
