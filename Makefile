PYTHON ?= python3
BIN := .venv/bin
DATA ?= .data

.PHONY: setup dev servers demo up test chaos bench check snapshots lock revision

setup: .venv/.installed  ## install the product into .venv
dev: .venv/.installed-dev  ## and what its tests and checks need

.venv/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Ärende needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

.venv/.installed-bench: .venv/.installed-dev requirements-bench.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bench.lock
	touch $@

servers:  ## install the servers that the tests start (RabbitMQ, kubectl)
	sh tests/servers/install.sh

demo: setup  ## walk the whole journey and print it
	$(BIN)/arende demo --data $(DATA) $(if $(BROKER),--broker $(BROKER)) $(if $(DATABASE),--database $(DATABASE))

up: setup  ## run the system until Ctrl-C
	$(BIN)/arende up --data $(DATA) $(if $(BROKER),--broker $(BROKER)) $(if $(DATABASE),--database $(DATABASE))

test: dev servers check  ## everything, on real servers
	$(BIN)/python -m pytest

EVENTS ?= 100000
FAULTS ?= 200
SEED ?= 7
REPORT ?= report.json
chaos: dev servers  ## many events under many faults, for as long as that takes; writes REPORT
	$(BIN)/python -m tests.faults.chaos --events $(EVENTS) --faults $(FAULTS) --seed $(SEED) --report $(REPORT)

bench: .venv/.installed-bench servers  ## figures against well-known peers; QUICK=1 for a short run of each
	$(BIN)/python -m bench $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

check: dev  ## lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

snapshots: dev  ## write the contracts of events and routes anew, to be read and committed
	$(BIN)/python -m tests.contracts.snapshots

revision: dev  ## make revision s=cases m="what changes"
	$(BIN)/python -m tests.servers.revision $(s) "$(m)"

lock:  ## pin every dependency with its hashes (needs uv)
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --extra embedded pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --extra embedded --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --extra embedded --extra bench pyproject.toml -o requirements-bench.lock
