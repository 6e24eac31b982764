# booking-bot: `make` lists the targets. They need python3 (3.11 or newer) and nothing else:
# .venv is made by uv when it is there, by pip when not.

.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
ROOMS := bot handlers booking db sandbox
SOURCES := $(ROOMS) tests bench

.PHONY: help install test check format format-check lint types imports bench lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/.filled: pyproject.toml requirements.lock
	@if command -v uv >/dev/null 2>&1 && uv sync --quiet --frozen --all-extras; then :; else \
	  $(PYTHON) -m venv --clear .venv && \
	  $(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock && \
	  $(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .; \
	fi
	@touch $@

install: .venv/.filled  ## make .venv with everything in it

test: install  ## run the tests (PYTEST="-k webhook" chooses)
	$(BIN)/pytest $(PYTEST)

check: install format-check lint types imports test  ## what CI runs: format, lint, types, imports, tests

format: install  ## put the code into shape
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

format-check: install
	$(BIN)/ruff format --check $(SOURCES)

lint: install  ## ruff
	$(BIN)/ruff check $(SOURCES)

types: install  ## mypy --strict
	$(BIN)/mypy

imports: install  ## which room may import which
	$(BIN)/lint-imports

bench: install  ## measure, beside the floors of the same run; fails on a missed ratio
	$(BIN)/python -m bench

lock:  ## refresh uv.lock and requirements.lock (needs uv)
	uv lock
	uv export --quiet --frozen --all-extras --no-emit-project --no-header --format requirements-txt \
	  --output-file requirements.lock

clean:  ## remove what can be made again
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .bench
