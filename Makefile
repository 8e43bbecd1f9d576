# Two commands are enough: `make demo` to look around, `make test` to prove it. Everything runs from .venv, by path.

.DEFAULT_GOAL := help
.PHONY: help install demo test check bench soak clean

BIN := .venv/bin

# A clone's data stays in the clone, so that several do not share one database.
SHUKE_DATA ?= $(CURDIR)/.shuke
export SHUKE_DATA
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
unexport VIRTUAL_ENV

# One line before each step of a check: what runs now.
say = @printf '\033[36m▸ %s\033[0m\n' '$(1)'

help: ## List what can be made
	@printf 'Shuke 熟客\n\n'
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '  \033[1mmake %-8s\033[0m %s\n' "$$name" "$$what"; done

# An environment knows its own path: after a move of the checkout it is made anew.
ifneq ($(shell cat .venv/installed 2>/dev/null),$(CURDIR))
.PHONY: .venv/installed
endif

install: .venv/installed ## Prepare .venv with the command `shuke` in it (needs Python 3.11 to 3.13, nothing else)

.venv/installed: pyproject.toml uv.lock .ci/install
	@.ci/install $(PYTHON)
	@pwd -P > .venv/installed

demo: install ## Start everything with the demo town; RESET=1 begins anew
	@$(BIN)/shuke demo $(if $(RESET),--reset)

check: install ## Format, lint, types, import contracts and the tests of the house
	$(call say,format)
	@$(BIN)/ruff format --check --quiet .
	$(call say,lint)
	@$(BIN)/ruff check --quiet .
	$(call say,types)
	@$(BIN)/pyright
	$(call say,import contracts)
	@$(BIN)/lint-imports --no-logo
	$(call say,the house)
	@$(BIN)/python -m pytest tests/house

test: check ## All checks and all tests
	$(call say,tests)
	@$(BIN)/python -m pytest -n $$(nproc)

bench: install ## Measure speed and cost beside the machine's limits
	@$(BIN)/python -m bench

soak: install ## The long run: kills, races and load for hours
	@$(BIN)/python -m bench.soak

clean: ## Remove caches and build results; the data (.shuke) and .venv stay
	@rm -rf dist build .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
