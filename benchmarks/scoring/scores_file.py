"""The file of all scores of a run: one row a detector and entity, with group and verdict."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.blind.answers import NO_GROUP, Answer
from benchmarks.scoring.measure import Threshold, scores_for
from benchmarks.scoring.score import Scored
from simulator.errors import OutputError

SCORES_FILE = "scores.parquet"
SCHEMA = pa.schema(
    [
        pa.field("world", pa.int32(), False, metadata={"description": "Place of the dataset among those scored."}),
        pa.field("detector", pa.string(), False),
        pa.field("level", pa.string(), False, metadata={"description": "account, post, group or alert."}),
        pa.field("entity_id", pa.int64(), metadata={"description": "Account or post; null for an alert."}),
        pa.field("time", pa.timestamp("ms", "UTC"), metadata={"description": "Of an alert; null for all else."}),
        pa.field("score", pa.float64(), metadata={"description": "Null where the detector gave none."}),
        pa.field("group_id", pa.int64(), metadata={"description": "Null where the detector found none."}),
        pa.field("accused", pa.bool_(), metadata={"description": "The threshold's verdict; null without one."}),
    ],
    metadata={"smearbench.synthetic": "true"},
)


def write_scores(folder: Path, scored: Sequence[Scored]) -> Path:
    """Write ``scores.parquet`` into a run's folder, whole or not at all, and return its path.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    path, partial = folder / SCORES_FILE, folder / f".{SCORES_FILE}.partial-{os.getpid()}"
    try:
        with pq.ParquetWriter(partial, SCHEMA, compression="zstd") as writer:
            for place, world in enumerate(scored):
                for answer, threshold in world.answers:
                    if answer.is_good:
                        writer.write_table(_make_table(place, answer, threshold))
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(f"{path}: must be writable: {error.strerror or error}.") from error
    return path


def _make_table(world: int, answer: Answer, threshold: Threshold | None) -> pa.Table:
    n, is_alert = len(answer.ids), answer.level == "alert"
    ids, nothing = pa.array(answer.ids), pa.nulls(n)
    groups = answer.groups if len(answer.groups) else np.full(n, NO_GROUP)
    accused = nothing if threshold is None else pa.array(scores_for(answer, threshold) >= threshold.value)
    columns = [
        pa.array(np.full(n, world)),
        pa.array([answer.name] * n, pa.string()),
        pa.array([answer.level] * n, pa.string()),
        nothing if is_alert else ids,
        ids.cast(pa.timestamp("ms", "UTC")) if is_alert else nothing,
        pa.array(answer.scores, mask=np.isneginf(answer.scores)),
        pa.array(groups, mask=groups == NO_GROUP),
        accused,
    ]
    return pa.table([column.cast(field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)
