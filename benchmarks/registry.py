"""Finds detectors by name: those that installed packages offer, and any `module:Class` of the user."""

import re
import shutil
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from simulator.errors import InputError

GROUP = "smearbench.detectors"
# Offered without any installed metadata too, as in a checkout that was only copied.
SHIPPED = {
    "always_null": "benchmarks.detectors.controls:AlwaysNull",
    "best_single_feature": "benchmarks.detectors.learning_controls:BestSingleFeature",
    "catch_sync": "benchmarks.detectors.dense_blocks:CatchSync",
    "chance": "benchmarks.detectors.chance:Chance",
    "chance_posts": "benchmarks.detectors.controls:ChancePosts",
    "co_action_significance": "benchmarks.detectors.co_action_significance:CoActionSignificance",
    "co_activity": "benchmarks.detectors.co_activity:CoActivity",
    "cusum": "benchmarks.detectors.volume_change:Cusum",
    "depth_3_tree": "benchmarks.detectors.learning_controls:DepthThreeTree",
    "digital_dna": "benchmarks.detectors.digital_dna:DigitalDna",
    "ecod": "benchmarks.detectors.feature_outliers:Ecod",
    "fraudar": "benchmarks.detectors.dense_blocks:Fraudar",
    "fused_network": "benchmarks.detectors.fused_network:FusedNetwork",
    "half_space_trees": "benchmarks.detectors.half_space_trees:StreamingHalfSpaceTrees",
    "hashtag_sequence": "benchmarks.detectors.hashtag_sequence:HashtagSequence",
    "isolation_forest": "benchmarks.detectors.feature_outliers:IsolationForestDetector",
    "near_duplicate": "benchmarks.detectors.near_duplicate:NearDuplicate",
    "near_duplicate_posts": "benchmarks.detectors.near_duplicate:NearDuplicatePosts",
    "page_hinkley": "benchmarks.detectors.volume_change:PageHinkley",
    "post_count": "benchmarks.detectors.controls:PostCount",
    "rapid_co_share": "benchmarks.detectors.rapid_co_share:RapidCoShare",
    "supervised_trees": "benchmarks.detectors.supervised_trees:SupervisedTrees",
    "synchrony": "benchmarks.detectors.synchrony:Synchrony",
}
# Controls are no proposals: what does not beat them has found nothing.
CONTROLS = ("always_null", "best_single_feature", "chance", "chance_posts", "depth_3_tree", "oracle", "post_count")
_REFERENCE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A detector that is on offer and not yet imported; `package` names who offers it."""

    name: str
    reference: str
    package: str


def list_detectors() -> list[Entry]:
    """Return every detector on offer by name; shipped ones cannot be replaced by a package."""
    found = {name: Entry(name, reference, "smearbench") for name, reference in SHIPPED.items()}
    for point in entry_points(group=GROUP):
        package = point.dist.name if point.dist else "unknown"
        found.setdefault(point.name, Entry(point.name, point.value, package))
    return [found[name] for name in sorted(found)]


def find_reference(name: str) -> str:
    """Return the `module:Class` that a detector's name stands for; a `module:Class` stands for itself.

    Raises
    ------
    InputError
        When nothing is known by that name.
    """
    known = {entry.name: entry.reference for entry in list_detectors()}
    if name in known:
        return known[name]
    if _REFERENCE.fullmatch(name):
        return name
    near = get_close_matches(name, known, 1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise InputError(
        f"detector: must be one of {', '.join(known)} or a module:Class, got {name!r}. {hint}"
        "`smearbench detectors` lists what is installed."
    )


def find_module_sources(reference: str) -> Path | None:
    """Return the file or package folder in the working folder that a `module:Class` is imported from, if any."""
    top = reference.partition(":")[0].partition(".")[0]
    if top in ("benchmarks", "simulator"):
        return None
    for place in (Path.cwd() / top, Path.cwd() / f"{top}.py"):
        if place.exists():
            return None if _is_installed(top) else place
    return None


def _is_installed(top: str) -> bool:
    """Whether a module is found elsewhere than in the working folder, which then does not count."""
    spec = find_spec(top)
    origin = spec.origin if spec else None
    return origin is not None and not Path(origin).resolve().is_relative_to(Path.cwd())


def _leave_out(folder: str, names: list[str]) -> set[str]:
    """Return what of a folder is not copied: caches, hidden files, and datasets with their truth."""
    hidden = {name for name in names if name == "__pycache__" or name.startswith(".")}
    return hidden | {name for name in names if (Path(folder) / name / "manifest.json").is_file()}


def bring_module(reference: str, folder: Path) -> None:
    """Copy a module of the working folder, or the package it is in, into a folder to be imported from.

    A single file brings its neighbours that end in ``.py``, a package all that is in it. What is imported from
    the copy learns nothing of where its author works, which is often where the truth lies too.
    """
    source = find_module_sources(reference)
    if source is None:
        return
    folder.mkdir(exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, folder / source.name, ignore=_leave_out)
        return
    for path in source.parent.glob("*.py"):
        shutil.copy(path, folder / path.name)
