# 'make run' and 'make test' are the two commands a newcomer needs; 'make help' lists the rest.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# The lock is complete: resolving it again would look at releases that came later.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
CHECK := PYTHONPATH=src $(PYTHON) -m personalization.doctor
SOURCES := src tests
SIZE ?= tiny

.DEFAULT_GOAL := help
.PHONY: help setup python prerequisites run test lint notebooks bench cluster faults calibrate doctor lock

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' \
		| awk -F'|' '{printf "  make %-9s %s\n", $$1, $$2}'

run: setup ## set up what is missing, then run all pipelines on the generated shop
	@$(BIN)/kedro run

test: setup ## set up what is missing, then run the tests but the slow ones
	@$(BIN)/pytest -n 2 --dist loadgroup --cov --cov-report=term --cov-fail-under=95

lint: setup ## format, rules, types and import contracts
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

notebooks: setup ## execute the notebooks in place; KEDRO_ENV=<shop> takes another shop
	@$(BIN)/jupyter nbconvert --log-level=WARN --to=notebook --execute --inplace \
		--ExecutePreprocessor.kernel_name=python3 --ExecutePreprocessor.record_timing=False \
		--ExecutePreprocessor.timeout=1200 notebooks/*.ipynb

bench: setup ## Spark's costs, speed of generation and of the mart, backends of ALS; JSON lines
	@$(BIN)/python -m tests.benchmarks

cluster: setup ## all pipelines on a cluster of two workers and on this machine: the same? SIZE=tiny
	@$(BIN)/python -m tests.cluster --size $(SIZE)

faults: setup ## hundreds of injected faults, one line per fault; goes on where it ended (slow)
	@$(BIN)/python -m tests.faults $(FAULTS)
	@[ -n "$(FAULTS)" ] || $(BIN)/pytest -m slow tests

calibrate: setup ## five generated shops: realistic, and neither trivial nor hopeless? (slow)
	@$(BIN)/python -m tests.calibration

doctor: python ## Java, Python, memory, disk, versions, JARs: what is missing, what mends it
	@if [ -x $(BIN)/python ]; then PYTHONPATH=src $(BIN)/python -m personalization.doctor all; \
		else $(CHECK) all; fi

setup: prerequisites $(INSTALLED) ## virtual environment and JARs; nothing where nothing is missing
	@[ -f conf/local/credentials.yml ] || $(BIN)/python -m personalization.config.local
	@$(BIN)/python -m personalization.spark.jars

python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is missing: install it (Debian, Ubuntu:\
	 'apt-get install python3.11 python3.11-venv'), or name one with 'make PYTHON=/path/to/python3.11'."; exit 1; }

prerequisites: python
	@$(CHECK) prerequisites

$(INSTALLED): requirements.txt pyproject.toml
	@echo "Setting up $(VENV) from requirements.txt; this takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --no-deps --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip check --disable-pip-version-check >$(VENV)/check.log \
		|| { cat $(VENV)/check.log; exit 1; }
	@touch $@

lock: ## compile requirements.txt from pyproject.toml (needs uv)
	@uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --all-extras \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		pyproject.toml -o requirements.txt
