"""The manifest of a dataset: what it was made from and every file that belongs to it."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator.origin import Variant

FORMAT: Final = "smearbench dataset"
MANIFEST_FILE = "manifest.json"
SCENARIO_FILE = "scenario.yaml"
CARD_FILE = "README.md"
CROISSANT_FILE = "croissant.json"
CONTEXT_FILE = "observations/context.json"

Count = Annotated[int, Field(ge=0)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Millis = Annotated[int, Field(ge=-(1 << 53), le=1 << 53)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class FileEntry(_Entry):
    """One file of the dataset; `rows` is None for what is no table."""

    path: Annotated[str, Field(min_length=1, max_length=200)]
    bytes: Count
    sha256: Digest
    rows: Count | None = None


class ScenarioEntry(_Entry):
    """The scenario that the dataset was made from."""

    id: Annotated[str, Field(max_length=200)]
    summary: str
    digest: Digest


class Moments(_Entry):
    """Moments of the run, ms since the epoch, UTC."""

    start_ms: Millis
    end_ms: Millis
    launch_ms: Millis
    evaluate_until_ms: Millis


class Manifest(_Entry):
    """The content of ``manifest.json``; nothing in it depends on when or where it was written."""

    format: Literal["smearbench dataset"]
    schema_version: int
    synthetic: Literal[True]
    variant: Variant
    twin: bool
    seed: int
    scenario: ScenarioEntry
    moments: Moments
    software: dict[str, str]
    rows: dict[str, Count]
    files: tuple[FileEntry, ...]

    def to_json(self) -> str:
        """Return the manifest as indented JSON."""
        return self.model_dump_json(indent=2) + "\n"
