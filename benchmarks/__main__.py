"""``python -m benchmarks``: the whole program."""

from benchmarks.cli import main

if __name__ == "__main__":
    main()
