# smearbench: `make run` and `make test` do all of their own setting up.
VENV := .venv
STAMP := $(VENV)/.ready
BIN := $(VENV)/bin
WORKERS ?= 2
ACCOUNTS ?= 20000

.PHONY: run test setup check format bench clean

run: $(STAMP)  ## simulate ev_launch with 20,000 accounts, score it, print the table
	$(BIN)/smearbench run ev_launch --accounts $(ACCOUNTS)

test: $(STAMP)  ## pass all tests and print the ten slowest
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=10 $(PYTEST_ARGS)

setup: $(STAMP)  ## only make the environment

check: $(STAMP)  ## format, lint, types, layering
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/contract/test_layering.py

format: $(STAMP)  ## bring all files into the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)  ## measure speed and write results/speed/
	$(BIN)/python -m benchmarks.speed measure $(BENCH_ARGS)
	$(BIN)/python -m benchmarks.speed detectors $(BENCH_ARGS)
	-$(BIN)/python -m benchmarks.speed frames $(BENCH_ARGS)

clean:  ## remove the environment and all caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache dist

$(STAMP): pyproject.toml constraints.txt .ci/make-venv
	sh .ci/make-venv $(VENV)
	touch $(STAMP)
