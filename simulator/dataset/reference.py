"""The reference of all columns, rendered from the schema."""

import pyarrow as pa

from simulator.schema import SCHEMA_VERSION, TABLES, Table


def name_type(kind: pa.DataType) -> str:
    """Return the name of a column type as readers see it.

    Examples
    --------
    >>> name_type(pa.dictionary(pa.int16(), pa.string())), name_type(pa.list_(pa.string()))
    ('word', 'list of text')
    """
    if pa.types.is_dictionary(kind):
        return "word"
    if pa.types.is_list(kind):
        return f"list of {name_type(kind.value_type)}"
    if pa.types.is_timestamp(kind):
        return "time"
    return {"string": "text", "double": "float64", "bool": "boolean"}.get(str(kind), str(kind))


def render_columns(table: Table) -> str:
    """Return one table's columns as a Markdown section."""
    lines = [f"### {table.name}", "", table.text, "", "| column | type | null | what |", "|---|---|---|---|"]
    for column in table.columns:
        null = "yes" if column.nullable else ""
        lines.append(f"| {column.name} | {name_type(column.type)} | {null} | {column.text} |")
    return "\n".join([*lines, ""])


def render_schema() -> str:
    """Return the reference of every table of a dataset in Markdown."""
    sections = [
        f"# Dataset schema, version {SCHEMA_VERSION}\n",
        "Ids are int64 in [0, 2^53). A time is a timestamp in milliseconds, UTC. A word is text of few values, "
        "stored as a dictionary.\n",
    ]
    for table in TABLES:
        path = f"{table.path}/part-*.parquet" if table.parts else table.path
        order = f", sorted by {', '.join(table.order)}" if table.order else ""
        optional = "; optional" if table.optional else ""
        lead, rest = render_columns(table).split("\n\n", 1)
        sections.append(f"{lead.replace('###', '##')}\n\n`{path}`{order}{optional}\n\n{rest}")
    return "\n".join(sections)
