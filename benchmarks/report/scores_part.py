"""Scores of detectors over the page: how suspicious each drawn account was, and, sealed, whom that hit."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.scoring.run_folder import METRICS_FILE
from benchmarks.scoring.scores_file import SCORES_FILE
from benchmarks.signals.networks import Ints
from simulator.dataset import Dataset
from simulator.dataset.queries import Queries, ask
from simulator.errors import InputError

Payload = dict[str, Any]
_COLUMNS = ("world", "level", "detector", "entity_id", "score", "accused")


def describe_scores(dataset: Dataset, folder: Path, ids: Ints) -> tuple[list[Payload], list[Payload]]:
    """Return the visible and the sealed parts of each detector that scored accounts in a run's folder.

    Visible: ``name``; ``rank``, percent of all accounts with a lower score, by drawn account, -1 without a score;
    ``accused``, 1 where the threshold says so; ``n_accused`` in the whole world. Sealed: ``caught``, ``missed`` by
    squad, ``wronged`` by segment, ``average_precision``; all of the whole world.

    Raises
    ------
    InputError
        When the folder holds no scores, or none of this dataset.
    """
    world, described = _find_world(dataset, folder)
    scores = _read_scores(folder / SCORES_FILE)
    scores = scores.filter(pc.and_(pc.equal(scores["world"], world), pc.equal(scores["level"], "account")))
    figures = {found["name"]: found for found in described.get("detectors", ())}
    names = [name for name in dict.fromkeys(scores["detector"].to_pylist()) if name in figures]
    parts = [
        _describe(dataset, scores.filter(pc.equal(scores["detector"], name)), figures[name], ids) for name in names
    ]
    if not parts:
        raise InputError(f"{folder}: must hold scores of accounts, got none. Score a detector of accounts.")
    return [visible for visible, _ in parts], [sealed for _, sealed in parts]


def _read_scores(file: Path) -> pa.Table:
    try:
        return pq.read_table(file, columns=list(_COLUMNS))
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"{file}: must be the scores of a run, got something else. Score this dataset again."
        ) from error


def _find_world(dataset: Dataset, folder: Path) -> tuple[int, Payload]:
    """Return the place of the dataset among those scored, and what metrics.json says of it."""
    for name in (METRICS_FILE, SCORES_FILE):
        if not (folder / name).is_file():
            raise InputError(f"{folder}: must hold {name}, got none. Give a folder that smearbench score or run wrote.")
    try:
        worlds = json.loads((folder / METRICS_FILE).read_bytes())["worlds"]
        for place, world in enumerate(worlds):
            if is_of(dataset, world["dataset"]):
                return place, world
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder / METRICS_FILE}: must be the metrics of a run, got something else.") from error
    raise InputError(f"{folder}: must hold scores of {dataset.path}, got those of others. Score this dataset.")


def is_of(dataset: Dataset, described: Payload) -> bool:
    """Return whether a description in a result is that of a dataset."""
    manifest = dataset.manifest
    wanted = (manifest.scenario.digest, manifest.seed, manifest.variant)
    return (described["digest"], described["seed"], described["variant"]) == wanted


def _describe(dataset: Dataset, scores: pa.Table, figures: Payload, ids: Ints) -> tuple[Payload, Payload]:
    scores = scores.sort_by("entity_id")
    entities = scores["entity_id"].to_numpy()
    values = np.nan_to_num(scores["score"].to_numpy(), nan=-np.inf)
    accused = np.asarray(scores["accused"].fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
    ordered = np.sort(values)
    rank = np.floor(100 * np.searchsorted(ordered, values, side="left") / max(1, len(values))).astype(np.int64)
    place = np.minimum(np.searchsorted(entities, ids), max(0, len(entities) - 1))
    is_there = entities[place] == ids if len(entities) else np.zeros(len(ids), dtype=bool)
    visible = {
        "name": figures["name"],
        "rank": np.where(is_there, rank[place], -1).tolist(),
        "accused": np.where(is_there, accused[place], False).astype(int).tolist(),
        "n_accused": int(accused.sum()),
    }
    with ask(tables=dataset) as queries:
        queries.keep("judged", pa.table({"account_id": entities, "accused": accused}))
        sealed = _count_hits(queries)
    tracks = figures.get("tracks", {}).get("account", {})
    return visible, {**sealed, "average_precision": tracks.get("average_precision")}


def _count_hits(queries: Queries) -> Payload:
    """Count whom a verdict hit: operated accounts by squad, others by segment."""
    squads = queries.rows("""
        SELECT squad_id::VARCHAR, count(*) FILTER (accused), count(*) FILTER (NOT accused)
        FROM judged JOIN truth_accounts USING (account_id) WHERE operated GROUP BY 1 ORDER BY 1
    """)
    segments = queries.rows("""
        SELECT segment::VARCHAR, count(*) FILTER (accused), count(*)
        FROM judged JOIN truth_accounts USING (account_id) WHERE NOT operated GROUP BY 1 ORDER BY 1
    """)
    return {"squads": [list(row) for row in squads], "segments": [list(row) for row in segments]}
