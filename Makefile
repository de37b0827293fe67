# Everything a checkout can do. The first target that needs it makes .venv from the lock, with every hash checked.
.POSIX:

PYTHON ?= python3
BIN = .venv/bin
READY = .venv/.ready
NOTEBOOKS = notebooks/*.ipynb notebooks/*/*.ipynb

# make lab ONLY=en
ONLY =
OPENED = notebooks$(ONLY:%=-%)

# make test TESTS=tests/test_wheel.py       make test WORKERS=0 (one process, for a debugger)
TESTS =
WORKERS = auto

help: ## list these commands
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

briefings: $(READY) ## run every notebook in both languages; read editions/latest/index.html
	$(BIN)/jiaokou publish

test: check ## check, then run the tests (the browser ones need Chromium)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

bench: $(READY) ## measure a publication against the stock commands (half an hour)
	$(BIN)/python benchmarks/publication.py

lab: $(READY) $(OPENED) ## open JupyterLab on this folder, at the notebooks (ONLY=en, ONLY=zh: at copies in one language)
	JUPYTER_CONFIG_PATH="$$PWD/deploy/jupyter$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" \
		$(BIN)/jupyter lab $$(test "$$(id -u)" != 0 || echo --allow-root) --FileContentsManager.preferred_dir=$(OPENED)

notebooks-zh notebooks-en: # made once: what is changed in a copy stays
	@$(BIN)/python scripts/one_language.py $(ONLY) $@

.PHONY: docs # a folder has that name
docs: $(READY) ## make the documentation; read build/docs/index.html
	$(BIN)/python -m sphinx --quiet --fail-on-warning -b html -d build/doctrees -c docs . build/docs

check: $(READY) ## style, types, one-way imports, notebooks without outputs, codebook
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/nbstripout --keep-id --verify $(NOTEBOOKS)
	$(BIN)/python scripts/codebook.py --check

tidy: $(READY) ## mend what `make check` finds and a tool can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout --keep-id $(NOTEBOOKS)

codebook: $(READY) ## write the tables of data/README.md, and of the README of a new package
	$(BIN)/python scripts/codebook.py

lock: .venv/.locked ## make requirements.lock again from pyproject.toml (newer releases too: UPGRADE=--upgrade)
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--custom-compile-command 'make lock' --output-file requirements.lock $(UPGRADE)

clean: ## remove the environment, caches and builds (never editions/)
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -prune -exec rm -rf {} +

# Two stamps: a new lock makes the environment anew, so nothing left over can be imported; a new pyproject.toml only
# renews the entry points.
$(READY): .venv/.locked pyproject.toml
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.locked: requirements.lock
	@command -v $(PYTHON) >/dev/null 2>&1 || \
		{ echo 'error: there is no $(PYTHON): install Python 3.11 or newer, or say where: make PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "error: Python 3.11 or newer is needed, and $(PYTHON) is older: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'error: $(PYTHON) has no venv module: install it (Debian: apt-get install python3-venv)' >&2; exit 1; }
	@echo 'Setting up .venv from requirements.lock: a few minutes, this once.'
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --no-compile --require-hashes --requirement requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true # on all processors, where pip would take one
	@touch $@
