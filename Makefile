# homerun. `make setup` once, then whatever you need; every command sets up by itself first.

PYTHON ?=
BACKEND ?= local
BIN := .venv/bin

.PHONY: help setup tutorial test check fix run bench docs suite lock

help:
	@echo "make setup     .venv with homerun, the azureml names and the dev tools"
	@echo "make tutorial  the tutorial, all parts: a model trains, the Studio shows it"
	@echo "make test      the checks, then all tests"
	@echo "make check     format, lint, types, contracts, dead code, spelling"
	@echo "make fix       what of that can be mended by itself"
	@echo "make run       server and Studio on a scratch folder with demo data"
	@echo "make bench     the figures, on this machine"
	@echo "make docs      hold the reference pages against the code"
	@echo "make suite     one backend's conformance suite: make suite BACKEND=local"
	@echo "make lock      requirements/dev.txt anew from dev.in and pyproject.toml"

setup:
	@found=$$(for p in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11; do \
	    if [ -n "$$p" ] && command -v "$$p" >/dev/null; then echo "$$p"; break; fi; done); \
	if [ -z "$$found" ]; then \
	    echo "make setup: there is no Python here. Debian, Ubuntu: apt-get install python3 python3-venv." >&2; \
	    exit 1; \
	fi; \
	PYTHON="$(PYTHON)" "$$found" scripts/setup.py

tutorial: setup
	@$(BIN)/python examples/tutorial/run_all.py

test: check
	$(BIN)/python -m pytest
	$(BIN)/python scripts/studio.py check test

check: setup
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/lint-imports --no-cache | tail -n 3
	$(BIN)/mypy
	$(BIN)/vulture
	$(BIN)/vermin --target=3.6- --eval-annotations --violations --no-tips --quiet \
	    src/homerun/__init__.py src/homerun/schema/[!a]*.py src/homerun/journal \
	    src/homerun/client src/homerun/sdk shim/src
	$(BIN)/codespell
	$(BIN)/deptry src shim/src

fix: setup
	$(BIN)/ruff check --fix --quiet; $(BIN)/ruff format --quiet

run: setup
	@$(BIN)/python scripts/demo

bench: setup
	@$(BIN)/python -m bench

docs: setup
	@$(BIN)/python -m pytest -q tests/test_house_style.py tests/server/test_docs.py

suite: setup
	@$(BIN)/python -m pytest tests/compute -k "$(BACKEND)"

lock: setup
	@env -u UV_INDEX -u UV_FIND_LINKS $(BIN)/uv pip compile --quiet --upgrade --no-config \
	    --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --extra testing pyproject.toml requirements/dev.in -o requirements/dev.txt
