# Every chore is one command. `make` alone lists them.
PYTHON ?= python3
PORT ?= 8501
WORKERS ?= 2
PY := .venv/bin/python
CODE := app.py metalab/*.py protocol econ experiments ui tools tests benchmarks
TYPED := metalab tools app.py
COMPILE := .venv/bin/uv --no-config --quiet pip compile --universal --python-version 3.11 --generate-hashes \
	--annotation-style line --custom-compile-command "make lock" --upgrade

.DEFAULT_GOAL := help
# Bytecode is written at the first import, not while installing; without it every start takes some eight seconds longer.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test slow check fix bench docs lock warm clean setup setup-dev

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{printf "make %-10s %s\n", $$1, $$2}'

# The server answers at once; it compiles the rules in a process beside it and tells in lines how far it is.
run: setup ## set up and open the app (http://localhost:8501)
	@$(PY) -m metalab.ui --server.port=$(PORT)

test: setup-dev ## set up, check and run the tests (under ten minutes on two cores)
	@$(PY) -m experiments warm
	@$(MAKE) --no-print-directory check
	@$(PY) -m pytest -n $(WORKERS) -m "not slow"

slow: setup-dev ## the tests that need longer
	@$(PY) -m experiments warm
	@$(PY) -m pytest -n $(WORKERS) -m slow

check: setup-dev ## style, types and the direction of imports
	@.venv/bin/ruff check $(CODE)
	@.venv/bin/ruff format --check $(CODE)
	@.venv/bin/mypy $(TYPED)
	@.venv/bin/lint-imports

fix: setup-dev ## repair what the style check can repair by itself
	@.venv/bin/ruff check --fix $(CODE)
	@.venv/bin/ruff format $(CODE)

bench: setup-dev ## measure the speed
	@$(PY) -m benchmarks

docs: setup-dev ## write the generated documents again
	@$(PY) -m tools.docs

lock: setup-dev ## choose the newest allowed versions and write both lock files
	@$(COMPILE) requirements.txt -o requirements.lock
	@$(COMPILE) requirements-dev.txt -c requirements.lock -o requirements-dev.lock

warm: setup ## compile every rule ahead of time
	@$(PY) -m experiments warm

clean: ## remove caches (results in out/ and the environment stay)
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache mutants .coverage htmlcov
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

setup: ## build .venv from the lock, if it isn't up to date
	@$(PYTHON) tools/bootstrap.py

setup-dev: ## the same with the tools for working on the project
	@$(PYTHON) tools/bootstrap.py --dev
