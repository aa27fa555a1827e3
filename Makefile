PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check
DATA ?= .data

.PHONY: help setup dev servers demo up test quick check fuzz chaos bench snapshots revision lock

help:  ## print this list
	@awk -F ':.*##' '/^[a-z]+:.*##/ { printf "make %-10s%s\n", $$1, $$2 }' Makefile

setup: .venv/.installed  ## install the product into .venv
dev: .venv/.installed-dev  ## and what its tests and checks need

.venv/.installed: requirements/local.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Ärende needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes -r requirements/local.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@

.venv/.installed-dev: .venv/.installed requirements/dev.lock
	$(INSTALL) --require-hashes -r requirements/dev.lock
	touch $@

.venv/.installed-bench: .venv/.installed-dev requirements/bench.lock
	$(INSTALL) --require-hashes -r requirements/bench.lock
	touch $@

NPM := tests/contracts/npm
servers: $(NPM)/node_modules/.installed  ## install what tests need beside Python (RabbitMQ, npm)
	sh tests/servers/install.sh

$(NPM)/node_modules/.installed: $(NPM)/package-lock.json
	sh tests/servers/install.sh
	cd $(NPM) && npm ci --silent
	touch $@

demo: setup  ## walk the whole journey and print it
	$(BIN)/arende demo --data $(DATA) $(if $(BROKER),--broker $(BROKER)) $(if $(DATABASE),--database $(DATABASE))

up: setup  ## run the system until Ctrl-C
	$(BIN)/arende up --data $(DATA) $(if $(BROKER),--broker $(BROKER)) $(if $(DATABASE),--database $(DATABASE))

test: dev servers $(if $(T),,check)  ## everything, on real servers; T=tests/cases for a part
	@$(BIN)/python -m tests.servers.versions
ifdef T
	$(BIN)/python -m pytest $(T)
else
	$(BIN)/python -m pytest tests/security/surface  # counting its lines would take minutes
	$(BIN)/coverage run -m pytest --ignore=tests/security/surface
	@printf "Percent of lines that the tests reach: " && $(BIN)/coverage report --format=total
endif

quick: dev  ## the tests that need no broker; T=tests/cases for a part
	$(BIN)/python -m pytest -m "not servers" $(T)

check: dev  ## lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

EXAMPLES ?= 1000
fuzz: dev  ## generated requests to each operation; S=cases for one service
	@seed=$${FUZZ_SEED:-$$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}; echo "FUZZ_SEED=$$seed"; \
	$(BIN)/python -m pytest tests/security/surface/test_fuzz.py $(if $(S),-k $(S)) \
	    --examples $(EXAMPLES) --fuzz-seed $$seed

EVENTS ?= 100000
FAULTS ?= 200
SEED ?= 7
REPORT ?= report.json
chaos: dev servers  ## many events under many faults; writes REPORT
	$(BIN)/python -m tests.faults.chaos --events $(EVENTS) --faults $(FAULTS) --seed $(SEED) --report $(REPORT)

bench: .venv/.installed-bench servers  ## figures against well-known peers; QUICK=1 for a short run
	$(BIN)/python -m bench $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

snapshots: dev  ## write the contracts of events and routes; read and commit them
	$(BIN)/python -m tests.contracts.snapshots

revision: dev  ## write a migration: make revision s=cases m="what changes"
	$(BIN)/python -m tests.servers.revision $(s) "$(m)"

COMPILE := uv pip compile -q --universal --generate-hashes --no-header --no-annotate
COMPILE += $(if $(UPGRADE),--upgrade)
lock:  ## pin every dependency, with uv; UPGRADE=1 for newer ones
	$(COMPILE) pyproject.toml -o requirements/prod.lock
	$(COMPILE) -c requirements/prod.lock --extra embedded pyproject.toml -o requirements/local.lock
	$(COMPILE) -c requirements/local.lock --extra embedded --extra dev pyproject.toml -o requirements/dev.lock
	$(COMPILE) -c requirements/dev.lock --extra embedded --extra bench pyproject.toml -o requirements/bench.lock
	cd $(NPM) && npm run --silent lock
