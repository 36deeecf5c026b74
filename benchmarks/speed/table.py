"""The figures as one table, each beside its aim."""

from collections.abc import Callable, Sequence
from typing import Any

Show = Callable[[float], str]


def _plain(digits: int) -> Show:
    return lambda value: f"{value:,.{digits}f}"


def _megabytes(value: float) -> str:
    return f"{value / 1e6:,.0f}"


# Label, figure, how it is shown, and the aims at 10,000, 100,000 and 1,000,000 accounts.
LINES: tuple[tuple[str, str, Show, str], ...] = (
    ("posts", "posts", _plain(0), ""),
    ("rows of all tables", "rows", _plain(0), ""),
    ("exposures", "exposures", _plain(0), ""),
    ("simulate, CPU s", "simulate_cpu_seconds", _plain(1), ""),
    ("simulate, wall s", "simulate_wall_seconds", _plain(1), ""),
    ("only writing, CPU s", "write_cpu_seconds", _plain(1), ""),
    ("only writing, wall s", "write_wall_seconds", _plain(1), ""),
    ("CPU ratio", "cpu_ratio", _plain(2), "≤ 4.0 / 4.5 / 5.5"),
    ("wall ratio", "wall_ratio", _plain(2), ""),
    ("CPU µs a post", "cpu_us_per_post", _plain(2), ""),
    ("posts a CPU second", "posts_per_cpu_second", _plain(0), "≥ 300 / 250 / 150 k"),
    ("rows a second, wall", "rows_per_second", _plain(0), ""),
    ("kernel, ns an exposure", "kernel_ns_per_exposure", _plain(1), "≤ 15 / 25 / 45"),
    ("kernel, ns a post", "kernel_ns_per_post", _plain(0), ""),
    ("graph, ns an edge", "graph_ns_per_edge", _plain(0), "≤ 100"),
    ("profile, ns each", "profile_ns_each", _plain(0), "≤ 1,500"),
    ("text, ns a row", "text_ns_per_row", _plain(0), ""),
    ("text, share of writing", "text_share_of_writing", _plain(3), "≤ 0.15"),
    ("peak memory, MB", "peak_memory_bytes", _megabytes, "< 1,000 at 100 k"),
    ("dataset, MB", "bytes", _megabytes, ""),
    ("bytes a row", "bytes_per_row", _plain(1), ""),
    ("size / pyarrow's defaults", "size_ratio_to_defaults", _plain(2), "≤ 0.55"),
)


def lay_out(found: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return the headings and the cells of the table."""
    sizes = found["sizes"]
    headings = ["", *(f"{size['accounts']:,} x {size['days']} d" for size in sizes), "aim"]
    rows = [[label, *(show(size[name]) for size in sizes), aim] for label, name, show, aim in LINES]
    return headings, rows


def describe_mesa(found: dict[str, Any]) -> str:
    """Return the comparison with the plain Mesa model as one paragraph."""
    mesa = found["plain_mesa"]
    return (
        f"Plain Mesa model (one agent an account; posting, feed and reposts only; {mesa['accounts']:,} accounts, "
        f"{mesa['days']} days): {mesa['us_per_post']:.1f} µs a post, {mesa['us_per_exposure']:.2f} µs an exposure. "
        f"The kernels with all mechanisms at {mesa['kernel_accounts']:,} accounts: {mesa['kernel_us_per_post']:.2f} µs "
        f"and {mesa['kernel_us_per_exposure']:.3f} µs, that is {mesa['rows_per_second_ratio']:.0f} times the rows a "
        f"second (aim: ≥ 100) and {mesa['exposures_per_second_ratio']:.0f} times the exposures a second."
    )


def render_markdown(found: dict[str, Any]) -> str:
    """Return the figures as a Markdown page."""
    headings, rows = lay_out(found)
    machine = found["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in found["software"].items())
    return "\n".join(
        [
            "# Speed",
            "",
            "Written by `make bench`; not to be edited. CPU is user and system time of the whole process, compiled "
            "code cached. *Only writing* is reading the dataset and writing it again through the same writer with the "
            "same options, less reading it. The figures of kernel, graph, profiles and text are times of one thread.",
            "",
            f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_bytes'] / 1e9:.0f} GB, {machine['system']}; "
            f"{versions}.",
            "",
            _join(headings),
            _join(["---", *("---:" for _ in headings[1:-1]), "---"]),
            *(_join(row) for row in rows),
            "",
            describe_mesa(found),
            "",
        ]
    )


def _join(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
