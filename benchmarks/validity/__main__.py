"""``python -m benchmarks.validity``: the verb validity by itself."""

import typer

from benchmarks.validity_commands import validity
from simulator.console import Program, start

app = typer.Typer(cls=Program, pretty_exceptions_enable=False, add_completion=False)
app.command()(validity)

if __name__ == "__main__":
    start(app)
