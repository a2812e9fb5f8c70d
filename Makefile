# `make help` prints every target that has a line of help behind it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest
UNIT_TESTS := tests/unit
WAREHOUSE_TESTS := tests/integration/warehouse
LAST_TESTS := $(wildcard $(addprefix $(WAREHOUSE_TESTS)/,test_browser_*.py test_box_*.py))
LENT_TESTS := $(wildcard $(addprefix $(WAREHOUSE_TESTS)/,test_resilience.py test_histories.py))
STORES_TESTS := tests/integration/loaders tests/integration/nosql
# Accounts in platform/svp/servers/sql are left out: the linter cannot read ALTER USER … IDENTIFIED BY.
SQLFLUFF_PATHS := loaders oltp warehouse procedures report

.PHONY: help demo test check format requirements docs docs-check benchmark clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.run ## servers up, data generated and loaded, warehouse refreshed, marts shown
	@$(BIN)/svp demo

# The servers' own tests come first: they fetch the engines, and want the ports for themselves; units, which want no server,
# run beside them. Then four parts run at once, since all of them wait for servers half of the time: the warehouse's tests on
# MySQL and on MariaDB, those of the other two stores, and all that is left, which is seen at once; what the others print
# comes at the end. The warehouse lends some of its tests to the two that are shorter.
test: $(VENV)/.dev ## every test: unit, integration on real servers, end to end
	@failed=0; processes=(); files=(); \
	aside() { files+=("$(VENV)/tests-$$1.txt"); env "$${@:2}" >"$${files[-1]}" 2>&1 & processes+=($$!); }; \
	trap 'kill "$${processes[@]}"' INT TERM; \
	aside unit $(PYTEST) -p no:cacheprovider $(UNIT_TESTS); \
	$(PYTEST) tests/integration/servers || failed=1; \
	for engine in mysql mariadb; do \
	  aside $$engine SVP_TEST_WAREHOUSES=$$engine $(PYTEST) -p no:cacheprovider --durations 40 $(WAREHOUSE_TESTS) $(addprefix --ignore ,$(LENT_TESTS) $(LAST_TESTS)); \
	done; \
	aside stores $(PYTEST) -p no:cacheprovider $(STORES_TESTS) $(LENT_TESTS); \
	$(PYTEST) $(addprefix --ignore ,tests/integration/servers $(UNIT_TESTS) $(WAREHOUSE_TESTS) $(STORES_TESTS)) || failed=1; \
	$(PYTEST) $(LAST_TESTS) || failed=1; \
	for process in "$${processes[@]}"; do wait $$process || failed=1; done; \
	cat "$${files[@]}"; \
	exit $$failed

check: $(VENV)/.dev ## what needs no server: format, lint, types, layers, SQL, spelling, docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar $(SQLFLUFF_PATHS)
	@$(BIN)/codespell
	@$(BIN)/python -m tests.docs --check

format: $(VENV)/.dev ## rewrite Python and SQL in house style
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/sqlfluff fix --processes 2 --disable-progress-bar $(SQLFLUFF_PATHS)

docs: $(VENV)/.dev ## write the generated pages of docs/ again
	@$(BIN)/python -m tests.docs

benchmark: $(VENV)/.dev ## rows a second of each hop and of the generator, next to the raw tool
	@$(BIN)/python -m benchmarks.hops
	@$(BIN)/python -m benchmarks.generator --memory medium

requirements: ## pin every dependency again, with hashes and without a registry's name (needs uv)
	@uv pip compile pyproject.toml --extra local --extra excel --extra report --group build --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make requirements" -q -o requirements/run.txt
	@uv pip compile pyproject.toml --extra local --extra excel --extra report --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make requirements" -q -o requirements/dev.txt

# Hashes exclude an editable project, so it goes in by itself, built by the pinned hatchling.
$(VENV)/.run: requirements/run.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing pinned packages into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "installing the tools for checks and tests into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

clean: ## remove the virtual environment and caches; servers and their data stay
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
