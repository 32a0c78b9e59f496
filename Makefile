# Two commands do everything: `make run` and `make test`. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-stamp
DEV := $(VENV)/.dev-stamp
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export OPENBLAS_NUM_THREADS ?= 1
# Without bytecode kept, every process that a test starts compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check suite chromium collected semantic bench soak mutate format lock clean messages

help: ## list the targets
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: $(RUN) ## install what is needed and serve the web chat on http://127.0.0.1:8000
	@$(BIN)/python -m bot run

# What one processor does alone is done two at once: installing, and the checks beside the collecting
# of the tests, which leaves them compiled.
test: ## install what is needed and run every check: format, lint, types, imports, content, tests
	@$(MAKE) --no-print-directory -j2 $(DEV) chromium
	@$(MAKE) --no-print-directory -j2 check collected
	@$(MAKE) --no-print-directory suite

check: $(DEV) ## the checks that run nothing: format, lint, types, imports, content, Dockerfile
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot content check
	$(BIN)/hadolint Dockerfile

suite: $(DEV) ## the tests, on SQLite, PostgreSQL and Chromium
	$(BIN)/python -m pytest -p tests.covered -n 4 --dist worksteal

chromium: $(VENV)/bin/python
	@$(PYTHON) -m tests.browser.chromium

collected: $(DEV)
	@$(BIN)/python -m pytest --collect-only -qq > $(VENV)/collected 2>&1 || cat $(VENV)/collected

semantic: $(RUN) ## install the extra that also finds by meaning (91 MB; encodes the book once)
	$(BIN)/pip install -q --no-compile --no-deps --require-hashes -r requirements-semantic.lock

bench: $(DEV) ## measure speed, beside its peers in the same run
	$(BIN)/python -m tests.bench

soak: $(DEV) ## the long runs: kills and faults, many times
	$(BIN)/python -m tests.soak

mutate: $(DEV) ## change the core in small ways: at least 85% must be noticed by its tests (an hour)
	nice -n 15 $(BIN)/python -m tests.mutation

format: $(DEV) ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(DEV) ## bring the English catalogue up to date with the sentences in the code
	$(BIN)/pybabel -q extract -F babel.cfg -k _ --no-wrap --sort-by-file --omit-header -o bot/locale/messages.pot .
	$(BIN)/pybabel -q update -i bot/locale/messages.pot -d bot/locale --no-wrap --no-fuzzy-matching --omit-header
	rm bot/locale/messages.pot

lock: $(DEV) ## pin every dependency again, with hashes (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -c requirements.lock --group dev pyproject.toml -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -c requirements.lock --extra semantic pyproject.toml -o requirements-semantic.lock

clean: ## remove what was installed and built
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The locks are whole, so pip resolves nothing: `--no-deps` (an older pip asks for the newest of an extra otherwise).
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or later is needed; `$(PYTHON) --version` is older.' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv; } \
		|| { echo 'Python cannot make virtual environments here; type: sudo apt-get install python3-venv' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(RUN): $(VENV)/bin/python requirements.lock
	@$(BIN)/pip install -q --no-compile --no-deps --require-hashes -r requirements.lock
	@touch $@

$(DEV): $(VENV)/bin/python requirements-dev.lock requirements-oracles.lock
	@$(BIN)/pip install -q --no-compile --no-deps --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install -q --no-compile --no-deps --require-hashes -r requirements-oracles.lock
	@touch $@ $(RUN)
