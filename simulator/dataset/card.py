"""The dataset card: what the folder holds, for a reader who has only the folder."""

from importlib.resources import files

from simulator.dataset.context import Context, to_iso
from simulator.dataset.manifest import CROISSANT_FILE, MANIFEST_FILE, SCENARIO_FILE, Manifest
from simulator.dataset.reference import render_columns
from simulator.schema import TABLES, Table

LICENSE_NAME = "apache-2.0"
_MEASURED_FILE = "measured_limits.md"  # written by `python -m benchmarks.validity card` from committed results
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
          (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"))  # fmt: skip

_VARIANTS = {
    "world": "A world with all its campaigns.",
    "twin": "A twin: the same accounts and first follows, but operators issued no command.",
    "placebo": "A placebo twin: operators issued no command, and one neutral post more than in the twin.",
}


def render_card(manifest: Manifest, context: Context) -> str:
    """Return the dataset card in Markdown, with the front matter that dataset hubs read."""
    written = [table for table in TABLES if table.name in manifest.rows]
    sections = [
        _front_matter(manifest, context, written),
        _introduction(manifest, context),
        _table_of_files(manifest, written),
        _how_to_read(),
        _limits(),
        "## Columns\n\nIds lie in [0, 2^53); times are UTC, in milliseconds.\n\n"
        + "\n".join(render_columns(table) for table in written),
    ]
    return "\n".join(sections)


def _front_matter(manifest: Manifest, context: Context, written: list[Table]) -> str:
    lines = [
        "---",
        f'pretty_name: "smearbench {manifest.scenario.id}, seed {manifest.seed}"',
        f"license: {LICENSE_NAME}",
        "language:",
        *(f"- {language}" for language in context.languages),
        "size_categories:",
        f"- {_choose_size(manifest.rows['posts'])}",
        "task_categories:",
        "- tabular-classification",
        "- text-classification",
        "tags:",
        "- synthetic",
        "- coordinated-behaviour",
        "configs:",
    ]
    for table in written:
        path = f"{table.path}/part-*.parquet" if table.parts else table.path
        lines += [f"- config_name: {table.name}", "  data_files:", "  - split: train", f'    path: "{path}"']
    return "\n".join([*lines, "---", ""])


def _choose_size(n_rows: int) -> str:
    return next((size for limit, size in _SIZES if n_rows < limit), "n>100M")


def _introduction(manifest: Manifest, context: Context) -> str:
    moments = manifest.moments
    return f"""# smearbench dataset: {manifest.scenario.id}, seed {manifest.seed}

> **Synthetic data.** Every account, post, brand and product in it is fictitious. No person wrote any of the texts.

{manifest.scenario.summary}

{_VARIANTS[manifest.variant]}

| | |
|---|---|
| brand and product | {context.brand}, {context.product} |
| run | {to_iso(moments.start_ms)} to {to_iso(moments.end_ms)} |
| launch | {to_iso(moments.launch_ms)} |
| scores are taken as of | {to_iso(moments.evaluate_until_ms)} |
| schema version | {manifest.schema_version} |
| scenario digest | `{manifest.scenario.digest}` |

`{SCENARIO_FILE}` is the scenario with every default filled in, `{MANIFEST_FILE}` lists every file with its rows and
SHA-256, `{CROISSANT_FILE}` describes the tables to programs. `observations/` is what a platform would show to the
brand's analyst; `truth/` holds the labels and must stay hidden from a detector.
"""


def _table_of_files(manifest: Manifest, written: list[Table]) -> str:
    lines = ["## Tables", "", "| table | files | rows | what |", "|---|---|---:|---|"]
    for table in written:
        path = f"{table.path}/part-*.parquet" if table.parts else table.path
        lines.append(f"| {table.name} | `{path}` | {manifest.rows[table.name]:,} | {table.text} |")
    return "\n".join([*lines, ""])


def _how_to_read() -> str:
    return """## How to read it

```python
import duckdb
duckdb.sql("select kind, count(*) from 'observations/posts/part-*.parquet' group by kind")
```

pandas (`pandas.read_parquet("observations/posts")`), polars (`polars.read_parquet("observations/posts/*.parquet")`)
and pyarrow read the same files.
"""


def _limits() -> str:
    measured = files("simulator.dataset").joinpath(_MEASURED_FILE).read_text(encoding="utf-8")
    return f"""## What it is for, and what it is not

For measuring how well detectors and alert rules find operated accounts, for rehearsing a launch's alerts, for teaching
how a campaign works, and for measuring what a campaign changes in the model. Only operated accounts are positives: fan
clubs are coordinated, news bots automated and angry customers hostile, and none of them is operated.

It must not be used to judge real accounts or real people, as the only training set of a detector that does, as
evidence of what a real platform, firm or country is like, or to plan a campaign. **Rankings of detectors on synthetic
worlds need not carry over to a platform**: check on real data before relying on one.

## What the world leaves out

Pictures, videos and live streams; private messages, groups and blocks; advertising and a learned feed; searching and
profile visits; events that people hear of elsewhere; languages other than English and Chinese; operators that learn
from what is removed. Texts are filled from templates: they give detectors
something to compare and are not there to persuade. Many constants of the model are assumed, and say so.

{measured}"""
