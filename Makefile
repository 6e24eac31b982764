# booking-bot: `make` lists the targets. They need python3 (3.11 or newer) and nothing else:
# .venv is made by uv when it is there, by pip when not.

.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
ROOMS := bot handlers booking db sandbox
SOURCES := $(ROOMS) tests bench

.PHONY: help demo install test check format format-check lint types imports bench simulate replicas restarts disk fuzz machine signatures hostile larger mutants operations outside chaos soak audit sbom pictures lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# What .venv is filled with: by uv when it is there, else by pip; $(1) is the list of pip, $(2) is for uv.
define fill
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "booking-bot needs Python 3.11 or newer; PYTHON=python3.12 make $(MAKECMDGOALS) chooses one" >&2; exit 1; }
	@if command -v uv >/dev/null 2>&1 && uv sync --quiet --frozen $(2); then :; else \
	  $(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	    { echo "python3-venv is missing: apt install python3-venv" >&2; exit 1; }; \
	  echo "Filling .venv, once: a minute or so …"; \
	  $(PYTHON) -m venv --clear .venv && \
	  $(BIN)/pip install --quiet --disable-pip-version-check -r $(1) && \
	  $(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .; \
	fi
endef

.venv/.run: pyproject.toml requirements-run.lock
	$(call fill,requirements-run.lock,--no-dev --extra postgres)
	@touch $@

.venv/.filled: pyproject.toml requirements.lock
	$(call fill,requirements.lock,--all-extras)
	@touch .venv/.run $@

demo: .venv/.run  ## try it all in the browser (ARGS="--port 8081 --no-open")
	@$(BIN)/booking-bot demo $(ARGS)

install: .venv/.filled  ## make .venv with everything in it
	@$(BIN)/python -m compileall -q $(ROOMS)

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

simulate: install  ## random people, faults and time against the laws (STEPS=1000 SEED=7 SEEDS=300 DB=postgres BUG=any_amount)
	@$(BIN)/python -m tests.simulation $(if $(STEPS),--steps $(STEPS)) $(if $(SEED),--seed $(SEED)) $(if $(SEEDS),--seeds $(SEEDS)) \
	  $(if $(DB),--db $(DB)) $(if $(BUG),--bug $(BUG)) $(if $(SCRIPT),--script $(SCRIPT)) $(if $(SHRINK),--shrink $(SHRINK))

chaos: install  ## kill -9 again and again under load, at random and at named points (KILLS=300 DB=postgres SEED=7 RATE=5)
	@$(BIN)/python -m tests.chaos $(if $(KILLS),--kills $(KILLS)) $(if $(DB),--db $(DB)) $(if $(SEED),--seed $(SEED)) $(if $(RATE),--rate $(RATE))

soak: install  ## the same load with faults all around it and no kills (MINUTES=10 DB=postgres SEED=7 RATE=5)
	@$(BIN)/python -m tests.chaos --minutes $(or $(MINUTES),10) $(if $(DB),--db $(DB)) $(if $(SEED),--seed $(SEED)) $(if $(RATE),--rate $(RATE))

replicas: install  ## three replicas behind nginx under load, one killed every few seconds (ARGS="--seconds 60 --rate 2")
	@$(BIN)/python -m tests.replicas $(ARGS)

restarts: install  ## PostgreSQL stopped or killed again and again under load (MINUTES=10 ARGS="--seed 7")
	@$(BIN)/python -m tests.restarts $(if $(MINUTES),--minutes $(MINUTES)) $(ARGS)

disk: install  ## bookings on a disk that fails at their n-th write, for every n (ARGS="--every 8")
	@$(BIN)/python -m tests.disk $(ARGS)

fuzz: install  ## updates of any shape against the bot (UPDATES=100000 DB=postgres)
	@$(BIN)/python -m tests.families.larger fuzz --number $(or $(UPDATES),100000) $(if $(DB),--db $(DB))

machine: install  ## Hypothesis draws who does what and shrinks what breaks a law (EXAMPLES=200 DB=postgres)
	@$(BIN)/python -m tests.families.larger machine --number $(or $(EXAMPLES),200) $(if $(DB),--db $(DB))

signatures: install  ## forged events against the webhook (FORGERIES=100000 DB=postgres)
	@$(BIN)/python -m tests.families.larger signatures --number $(or $(FORGERIES),100000) $(if $(DB),--db $(DB))

hostile: install  ## thousands of half-open visitors, or one chat's flood, beside real traffic (WHAT=slowloris|flood)
	@$(BIN)/python -m tests.hostile $(or $(WHAT),slowloris) $(ARGS)

larger: install  ## the tests of one family in full (WHAT=restore|forget|upgrade|race|around-the-end DB=postgres)
	@$(BIN)/python -m tests.families.larger $(WHAT) $(if $(DB),--db $(DB))

mutants: install  ## take each guard out of a copy of the code; a test must miss it (ARGS="--only seat-twice")
	@$(BIN)/python -m tests.mutants $(ARGS)

operations: install  ## docs/operations.md anew, from what the tests and the larger runs did
	@$(BIN)/python -m tests.families

outside: install  ## every fault of Stripe and Telegram at every call, and what races (PART=matrix DB=postgres EVERY=10)
	@$(BIN)/python -m tests.outside $(if $(PART),--part $(PART)) $(if $(DB),--db $(DB)) $(if $(EVERY),--every $(EVERY))

audit: install  ## known vulnerabilities of what the product runs on; fails when nobody answers, too
	@$(BIN)/python -m tests.audit

sbom: install  ## dist/sbom.json: what the product is made of, in CycloneDX
	@$(BIN)/python -m tests.audit.sbom

pictures: install  ## take the pictures of README and docs anew (needs Chromium)
	BOOKING_BOT_PICTURES=docs/pictures $(BIN)/pytest tests/browser $(PYTEST)

lock:  ## refresh the lock files (needs uv)
	uv lock
	uv export --quiet --frozen --no-dev --extra postgres --no-emit-project --no-header \
	  --format requirements-txt --output-file requirements-run.lock
	uv export --quiet --frozen --all-extras --no-emit-project --no-header --format requirements-txt \
	  --output-file requirements.lock
	echo hatchling | uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header \
	  - --output-file deploy/build.lock
	printf 'pip-audit\ncyclonedx-bom\n' | uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	  --no-header - --output-file tests/audit/tools.lock

clean:  ## remove what can be made again
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .bench .audit dist
