# On a machine with only python3 and make:
#   make demo   shows the whole service on servers inside the process
#   make test   runs the tests; those that want Dovecot or PostgreSQL say so where it is not installed
# and for those who change it:
#   make check  style, types and layers
#   make bench  speed and memory, as a table
#   make faults kills, broken servers, ugly and forged mail, as a table (FAULTS=full for the long run)

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help demo test check format bench faults clean

help:
	@sed -n 's/^#   make/make/p' Makefile

demo: $(READY)
	@$(BIN)/kallelse demo $(DEMO)

test: $(READY)
	@$(BIN)/pytest $(TESTS)

check: $(READY)
	@failed=0; \
	$(BIN)/ruff check --output-format concise . || failed=1; \
	$(BIN)/ruff format --check . || failed=1; \
	$(BIN)/mypy || failed=1; \
	$(BIN)/lint-imports || failed=1; \
	exit $$failed

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY)
	@$(BIN)/python -m bench $(BENCH)

faults: $(READY)
	@$(BIN)/python -m tests.faults

clean:
	rm -rf .venv build dist demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Installed anew only when what it needs has changed.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Kallelse needs Python 3.11 or newer; name one: make PYTHON=python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python cannot make a virtual environment here. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv, once; it takes a minute or two."; $(PYTHON) -m venv .venv; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@
