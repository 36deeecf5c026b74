"""Rules of the documents beside the tables: card, Croissant metadata, schema reference, versions."""

import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.dataset import open_dataset
from simulator.dataset.context import to_iso
from simulator.dataset.reference import render_schema
from simulator.origin import PACKAGES, find_software_versions
from simulator.schema import TABLES
from tests.tiny_dataset import write_tiny


@pytest.fixture
def croissant(tiny: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((tiny / "croissant.json").read_text())
    return content


def test_croissant_has_what_the_format_requires(croissant: dict[str, Any]) -> None:
    assert croissant["@type"] == "sc:Dataset"
    assert croissant["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    required = {"name", "description", "license", "url", "creator", "datePublished", "version", "citeAs", "keywords"}
    assert required <= set(croissant)


def test_croissant_names_every_file_with_its_digest(croissant: dict[str, Any], tiny: Path) -> None:
    found = {item["contentUrl"]: item["sha256"] for item in croissant["distribution"] if "sha256" in item}
    entries = {e.path: e.sha256 for e in open_dataset(tiny).manifest.files if e.path.endswith(".parquet")}
    assert found == entries


def test_croissant_describes_every_column_once(croissant: dict[str, Any]) -> None:
    found = [field["@id"] for records in croissant["recordSet"] for field in records["field"]]
    assert found == [f"{table.name}/{column.name}" for table in TABLES for column in table.columns]


def test_croissant_fields_come_from_listed_files(croissant: dict[str, Any]) -> None:
    listed = {item["@id"]: item["@type"] for item in croissant["distribution"]}
    for records in croissant["recordSet"]:
        for field in records["field"]:
            (kind, reference), _ = field["source"].items()
            assert listed[reference["@id"]] == {"fileSet": "cr:FileSet", "fileObject": "cr:FileObject"}[kind]


def test_croissant_ids_are_unique(croissant: dict[str, Any]) -> None:
    ids = re.findall(r'"@id": "([^"]+)",\n\s+"name"', json.dumps(croissant, indent=1))
    assert len(ids) == len(set(ids))


def test_the_card_says_synthetic_and_how_many_rows(tiny: Path) -> None:
    card = (tiny / "README.md").read_text()
    assert "**Synthetic data.**" in card
    assert "| posts | `observations/posts/part-*.parquet` | 8 |" in card


def test_the_front_matter_of_the_card_leads_to_every_table(tiny: Path) -> None:
    front = yaml.safe_load((tiny / "README.md").read_text().split("---\n")[1])
    assert front["size_categories"] == ["n<1K"]
    assert [config["config_name"] for config in front["configs"]] == [table.name for table in TABLES]
    for config in front["configs"]:
        assert list(tiny.glob(config["data_files"][0]["path"])), config


@pytest.mark.parametrize(("variant", "sentence"), [("twin", "A twin: the same"), ("placebo", "A placebo twin:")])
def test_the_card_says_when_it_is_a_twin(variant: Any, sentence: str, tmp_path: Path) -> None:
    assert sentence in (write_tiny(tmp_path / "tiny", variant=variant) / "README.md").read_text()


def test_the_reference_documents_every_column() -> None:
    text = render_schema()
    for table in TABLES:
        assert f"## {table.name}\n" in text
        for column in table.columns:
            assert column.text in text


def test_software_versions_are_those_installed() -> None:
    versions = find_software_versions()
    assert set(versions) == {"python", *PACKAGES}
    assert versions["Faker"] == version("Faker")


def test_a_package_that_is_not_installed_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.origin.PACKAGES", ("no-such-package-anywhere",))
    assert find_software_versions()["no-such-package-anywhere"] == "not installed"


def test_times_are_written_in_utc() -> None:
    assert (to_iso(0), to_iso(1_500), to_iso(-1)) == (
        "1970-01-01T00:00:00Z",
        "1970-01-01T00:00:01.500Z",
        "1969-12-31T23:59:59.999Z",
    )
