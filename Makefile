PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup dev servers demo up test check lock revision clean

setup: .venv/.installed  ## install the product into .venv
dev: .venv/.installed-dev

.venv/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Ärende needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

lock:  ## pin every dependency with its hashes
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --extra embedded pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --extra embedded --extra dev pyproject.toml -o requirements-dev.lock
