# `make` alone lists the targets. Needs git, python3 >= 3.11 and make; everything else goes into .venv.

BIN := .venv/bin
SUPPORTED := import sys; sys.exit(sys.version_info < (3, 11))
# The first Python that is new enough; `make PYTHON=python3.12 ...` names another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(SUPPORTED)' >/dev/null 2>&1 && echo $$p && break; done)
UV := $(shell command -v uv 2>/dev/null)
# The environment's own pip; where the system's Python came without ensurepip, the system's pip, writing into .venv.
PIP = PIP_DISABLE_PIP_VERSION_CHECK=1 $$($(BIN)/python -c 'import pip' 2>/dev/null \
	&& echo "$(BIN)/python -m pip" || echo "$(PYTHON) -m pip --python $(BIN)/python")

.DEFAULT_GOAL := help
.PHONY: help demo test check peers bench docs schema clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1@\2/p' Makefile | awk -F@ '{ printf "%-14s %s\n", $$1, $$2 }'

demo: .venv/.stamp ## set everything up and run the national baseline to a report
	$(BIN)/suanwang run scenarios/baseline-2024.yaml

# Files in the order of their folders: what takes longest, browser and journeys, comes first and nobody waits for it last.
test: .venv/.stamp ## set everything up and run the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 25 --durations-min 5 tests

check: .venv/.stamp ## format, lint, floors, types, spelling, doctests, schema, reference
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/python -m pytest --doctest-modules -q sim
	$(BIN)/suanwang schema --check
	$(BIN)/python docs/generate.py --check

peers: .venv/.peers ## install PyPSA, linopy and SALib as well and compare with them (a quarter of an hour)
	$(BIN)/python -m pytest -m peers tests

bench: .venv/.stamp ## run the benchmarks and print their table
	$(BIN)/python -m benchmarks

docs: .venv/.stamp ## build the documentation as a site in build/site; a warning is an error
	$(BIN)/python docs/generate.py --check
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/site
	@echo build/site/index.html

schema: .venv/.stamp ## write schema/ and docs/reference/ anew from the code
	$(BIN)/suanwang schema --write schema/scenario.schema.json
	$(BIN)/python docs/generate.py

clean: ## remove caches and build products (.venv and results stay)
	rm -rf build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path "./.venv/*" -prune -exec rm -rf {} +

# The stamp says that .venv is whole. While packages are being written .venv/.half stands there: a run that was
# cut off leaves it behind, and the next one starts from nothing. An installer that fails by itself, say without a
# network, fetches everything before it writes anything, so what was there before stays good.
.venv/.stamp: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found: install the package python3." >&2; exit 1; }
	@if [ -e .venv/.half ] || ! $(BIN)/python -c '$(SUPPORTED)' 2>/dev/null; then rm -rf .venv; fi
	@mkdir -p .venv && touch .venv/.half
	@echo "Installing what requirements.lock names into .venv: a minute or two the first time."
ifneq ($(UV),)
	@test -x $(BIN)/python || $(UV) venv --quiet --allow-existing --python "$(PYTHON)" --no-python-downloads .venv
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock || { rm -f .venv/.half; exit 1; }
	@rm -f .venv/.half
	@$(UV) pip install --quiet --python $(BIN)/python --no-index --no-deps --no-build-isolation -e .
else
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv .venv >/dev/null 2>&1 \
		|| { $(PYTHON) -m venv --without-pip .venv && $(PYTHON) -m pip --version >/dev/null 2>&1; } \
		|| { echo "Neither venv nor pip is there. Debian, Ubuntu: apt install python3-venv; then make again." >&2; \
			rm -rf .venv; exit 1; }
	@$(PIP) install --quiet --require-hashes -r requirements.lock || { rm -f .venv/.half; exit 1; }
	@rm -f .venv/.half
	@$(PIP) install --quiet --no-index --no-deps --no-build-isolation -e .
endif
	@touch $@

# All that PyPSA, linopy and SALib need beside requirements.lock, which therefore comes first.
.venv/.peers: .venv/.stamp requirements-peers.lock
ifneq ($(UV),)
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-peers.lock
else
	@$(PIP) install --quiet --no-deps --require-hashes -r requirements-peers.lock
endif
	@touch $@
