"""Croissant metadata (JSON-LD of MLCommons) of a dataset, written by hand.

References
----------
Croissant format specification 1.1, http://mlcommons.org/croissant/1.1.
"""

import json
from typing import Any

import pyarrow as pa

from simulator.dataset.checks import is_file_of
from simulator.dataset.manifest import FileEntry, Manifest
from simulator.schema import TABLES, Column, Table

LICENSE_URL = "https://spdx.org/licenses/Apache-2.0.html"

# When schema version 1 was published; the day of a run would make equal datasets differ.
DATE_PUBLISHED = "2026-11-23"

_TERMS = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract"),
    *("field", "fileObject", "fileProperty", "fileSet", "format", "includes"),
    *("isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField"),
    *("path", "recordSet", "references", "regex", "repeated", "replace"),
    *("samplingRate", "separator", "source", "subField", "transform"),
)
_JSON_LD_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "description": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _TERMS},
}


def render_croissant(manifest: Manifest) -> str:
    """Return ``croissant.json``: every file of the tables, and a record set for each table."""
    tables = [table for table in TABLES if table.name in manifest.rows]
    content = {
        "@context": _JSON_LD_CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": f"smearbench-{manifest.scenario.id}-seed{manifest.seed}",
        "description": f"Synthetic data about a fictitious brand. {manifest.scenario.summary}",
        "license": LICENSE_URL,
        "url": "https://smearbench.example/",
        "datePublished": DATE_PUBLISHED,
        "creator": {"@type": "sc:Organization", "name": "smearbench"},
        "version": f"{manifest.schema_version}.0.0",
        "citeAs": f"smearbench {manifest.software.get('smearbench', '')}, scenario {manifest.scenario.id}",
        "keywords": ["synthetic", "coordinated behaviour", "social media", "benchmark"],
        "distribution": [item for table in tables for item in _list_files(table, manifest)],
        "recordSet": [_describe_table(table) for table in tables],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _list_files(table: Table, manifest: Manifest) -> list[dict[str, Any]]:
    files = [_describe_file(entry) for entry in manifest.files if is_file_of(table, entry.path)]
    if not table.parts:
        return files
    whole = {
        "@type": "cr:FileSet",
        "@id": f"{table.path}/",
        "name": table.name,
        "encodingFormat": "application/x-parquet",
        "includes": f"{table.path}/part-*.parquet",
    }
    return [*files, whole]


def _describe_file(entry: FileEntry) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": entry.path,
        "name": entry.path,
        "contentUrl": entry.path,
        "contentSize": f"{entry.bytes} B",
        "encodingFormat": "application/x-parquet",
        "sha256": entry.sha256,
    }


def _describe_table(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.text,
        "field": [_describe_column(table, column) for column in table.columns],
    }


def _describe_column(table: Table, column: Column) -> dict[str, Any]:
    origin = {"fileSet": {"@id": f"{table.path}/"}} if table.parts else {"fileObject": {"@id": table.path}}
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": column.text,
        "dataType": _name_data_type(column.type),
        "source": {**origin, "extract": {"column": column.name}},
    }
    if pa.types.is_list(column.type):
        field |= {"isArray": True, "arrayShape": "-1"}
    return field


def _name_data_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return _name_data_type(kind.value_type)
    if pa.types.is_timestamp(kind):
        return "sc:DateTime"
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(kind) else "sc:Text"
