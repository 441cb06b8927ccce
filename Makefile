PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
export HF_HUB_OFFLINE := 1
# The tests start ragpg often: where compiled modules are not kept, each start compiles them anew.
unexport PYTHONDONTWRITEBYTECODE

VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
SLIM_WHEEL = dist/ragpg_slim-$(VERSION)-py3-none-any.whl
SLIM := build/slim

.DEFAULT_GOAL := help
.PHONY: help install run run-slim test test-slim unit test-llm test-servers test-platforms check check-all lint types format snapshots docs pictures site bench bench-install scale eval real frontier torture wheels build clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## Make .venv with ragpg in it; tests, lint, types and build add the tools of [dev]

run: $(VENV)/.installed ## Do the main job: ingest leave_policy.md and ask it a question
	$(BIN)/ragpg ingest leave_policy.md
	$(BIN)/ragpg ask "Can I encash leave at year end?"

run-slim: $(SLIM)/.installed ## Do the main job with ragpg-slim, in an environment and a home of its own
	$(SLIM)/bin/python -c 'from importlib.util import find_spec as find; assert not any(map(find, ("torch", "transformers", "litellm")))'
	home=$$(mktemp -d /tmp/ragpg-XXXXXX) && chmod 755 $$home && trap "rm -rf $$home" EXIT && \
	export HOME=$$home RAGPG_DATA_DIR=$$home/data && \
	$(SLIM)/bin/ragpg ingest leave_policy.md && \
	$(SLIM)/bin/ragpg ask "Can I encash leave at year end?"

test: $(VENV)/.installed-dev ## Run all tests, or some: make test ARGS="-k chunk"
	$(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder $(ARGS)

unit: $(VENV)/.installed-dev ## Run the fast tests: no server, neither PyTorch nor litellm
	$(BIN)/python -m pytest -q -m "not server and not framework" $(ARGS)

# The wheel is tested, not the checkout: tests are run beside everything but ragpg/, of which
# tests/test_docs.py reads the sources.
test-slim: $(SLIM)/.installed ## Run all tests that do without PyTorch and litellm, with ragpg-slim
	$(SLIM)/bin/python -m pip --disable-pip-version-check install -q -c constraints.txt '$(SLIM_WHEEL)[dev]'
	rm -rf build/checkout && mkdir -p build/checkout
	git ls-files -z -- . ':!ragpg' | tar -c --null -T - | tar -x -C build/checkout
	cd build/checkout && ../slim/bin/python -m pytest -q -n auto --dist loadscope --no-loadscope-reorder -m "not framework" --ignore tests/test_docs.py $(ARGS)

test-llm: $(VENV)/.installed-dev tests/live_model/$(VENV)/.installed ## Ask a small language model that llama.cpp serves
	LIVE_MODEL_PYTHON=tests/live_model/$(BIN)/python $(BIN)/python -m pytest -q tests/live_model $(ARGS)

test-servers: $(VENV)/.installed-dev ## Do the main job on each PostgreSQL 14 to 18 that is installed, behind pgbouncer, and on a standby
	OTHER_SERVERS=1 $(BIN)/python -m pytest -q tests/other_servers $(ARGS)

test-platforms: $(VENV)/.installed-dev ## Run as on Windows: without what POSIX alone has, the embedded PostgreSQL on 127.0.0.1
	OTHER_PLATFORMS=1 $(BIN)/python -m pytest -q tests/platforms $(ARGS)

check: lint types test ## All that must hold before a change is taken

check-all: export EXAMPLES = 10
check-all: ARGS = --timeout=1800
check-all: check site test-slim test-platforms test-llm test-servers $(if $(EVAL_SETS),real) ## The same and what takes longer: more random examples, ragpg-slim, a language model, other servers; real with EVAL_SETS

lint: $(VENV)/.installed-dev ## Check style and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: $(VENV)/.installed-dev ## Check types
	$(BIN)/mypy
	$(BIN)/mypy packaging/slim/hatch_build.py

format: $(VENV)/.installed-dev ## Format the code
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

snapshots: $(VENV)/.installed-dev ## Renew what the tests expect commands to print
	RAGPG_RENEW_SNAPSHOTS=1 $(BIN)/python -m pytest -q tests/display/test_snapshots.py

docs: $(VENV)/.installed-dev ## Renew what docs/ takes from the code and from the program
	$(BIN)/python docs/generate.py
	RAGPG_RENEW_SNAPSHOTS=1 $(BIN)/python -m pytest -q tests/test_docs.py -k json

pictures: $(VENV)/.installed-dev ## Draw what commands print on a terminal, into docs/pictures
	$(BIN)/python docs/draw_pictures.py

site: $(VENV)/.installed-site ## Build the documentation site in build/site
	$(BIN)/python docs/build_site.py

bench: $(VENV)/.installed benchmarks/$(VENV)/.installed ## Measure against the bare floor and others: make bench DOCS=DIRECTORY
	$(BIN)/python -m benchmarks.run --peers benchmarks/$(BIN)/python $(if $(DOCS),--docs $(DOCS)) $(OPTIONS)
	benchmarks/$(BIN)/python benchmarks/plot.py

bench-install: $(SLIM_WHEEL) ## Measure installing ragpg-slim, ragpg and three others, without a cache of pip
	$(BIN)/python -m benchmarks.install $(SLIM_WHEEL) $(OPTIONS)

scale: $(VENV)/.installed benchmarks/$(VENV)/.installed ## Measure how the store grows: make scale SIZES="10000 100000 1000000"
	$(BIN)/python -m benchmarks.scale.run $(if $(SIZES),--sizes $(SIZES)) $(OPTIONS)
	benchmarks/$(BIN)/python benchmarks/scale/plot.py

eval: $(VENV)/.installed benchmarks/$(VENV)/.installed ## Measure retrieval beside others, refusals, answers and the check of claims: make eval EVAL_SETS=DIRECTORY
	$(BIN)/python -m benchmarks.evaluate $(or $(EVAL_SETS),$(error EVAL_SETS names a directory of sets)) --peers benchmarks/$(BIN)/python $(OPTIONS)
	$(BIN)/python -m benchmarks.refusal $(EVAL_SETS)
	$(BIN)/python -m benchmarks.answers $(EVAL_SETS)
	$(BIN)/python -m benchmarks.real $(EVAL_SETS)
	$(BIN)/python -m benchmarks.claims $(EVAL_SETS)

real: $(VENV)/.installed ## Measure answers and verdicts on real documentation: make real EVAL_SETS=DIRECTORY
	$(BIN)/python -m benchmarks.real $(or $(EVAL_SETS),$(error EVAL_SETS names a directory of sets)) $(OPTIONS)

frontier: $(VENV)/.installed ## Measure what settings cost and bring: make frontier EVAL_SETS=DIRECTORY
	$(BIN)/python -m benchmarks.frontier $(or $(EVAL_SETS),$(error EVAL_SETS names a directory of sets)) $(OPTIONS)

torture: $(VENV)/.installed-dev ## Kill commands, sessions and servers at random moments: make torture ROUNDS=200
	$(BIN)/python -m tools.torture $(if $(ROUNDS),--rounds $(ROUNDS)) $(OPTIONS)

wheels: $(VENV)/.installed-dev $(SLIM_WHEEL) ## Build the wheels of ragpg and ragpg-slim
	$(BIN)/python -m build --wheel

build: wheels ## Build the wheels and the source distribution
	$(BIN)/python -m build --sdist

clean: ## Remove what the other targets made
	rm -rf $(VENV) benchmarks/$(VENV) tests/live_model/$(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# torch goes first and pinned: without the pin, a newer CUDA build of several GB may be chosen.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ragpg needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install -q -c constraints.txt torch
	$(PIP) install -q -c constraints.txt -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install -q -c constraints.txt -e '.[dev]'
	touch $@

$(VENV)/.installed-site: $(VENV)/.installed-dev docs/requirements.txt
	$(PIP) install -q -r docs/requirements.txt
	touch $@

$(SLIM_WHEEL): $(VENV)/.installed-dev README.md $(wildcard packaging/slim/*) $(shell find ragpg -type f -not -name '*.pyc')
	$(BIN)/python -m build --wheel --outdir dist packaging/slim

$(SLIM)/.installed: $(SLIM_WHEEL) constraints.txt
	$(PYTHON) -m venv --clear $(SLIM)
	$(SLIM)/bin/python -m pip --disable-pip-version-check install -q -c constraints.txt $(SLIM_WHEEL)
	touch $@

tests/live_model/$(VENV)/.installed: tests/live_model/requirements.txt
	$(PYTHON) -m venv tests/live_model/$(VENV)
	tests/live_model/$(PIP) install -q --no-deps -r $<
	touch $@

benchmarks/$(VENV)/.installed: benchmarks/peers/requirements.txt
	$(PYTHON) -m venv benchmarks/$(VENV)
	benchmarks/$(PIP) install -q $$(grep '^torch==' $<)
	benchmarks/$(PIP) install -q -r $<
	touch $@
