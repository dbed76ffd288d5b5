# SPDX-License-Identifier: Apache-2.0
# Every target with a caption is shown by `make help`.
SHELL := /bin/sh
PORT ?= 8000
HOST ?= 127.0.0.1
PY := .venv/bin/python
WORKERS ?= 3
PIP := $(PY) -m pip --disable-pip-version-check --no-input install -q --no-deps
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.run vendor messages ## Make .venv from the locked versions, fetch the browser files, compile the messages
setup-dev: setup .venv/.dev ## The same, with what testing and checking need

up: setup ## Serve Vitrina on http://127.0.0.1:8000 until Ctrl-C (PORT=..., HOST=...)
	@exec .venv/bin/vitrina up --port $(PORT) --host $(HOST)

demo-reset: setup ## Throw the demo's database away; the next `make up` starts over
	@.venv/bin/vitrina db reset

test: setup-dev ## Run every test, in real Chromium too
	@$(PY) -m tools.chromium
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile $(ARGS)

lint: setup-dev ## Check style, rooms, types, translations, files and words
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/lint-imports --no-logo
	@.venv/bin/mypy && $(PY) -m tools.messages --check && $(PY) -m tools.tidy

docs: setup-dev ## Write the reference pages from the code, check the links of the documentation
	@$(PY) -m tools.reference && $(PY) -m tools.links

client: setup-dev ## Write the Python client's types and methods from the API's description
	@$(PY) -m tools.client

bench: setup-dev ## Measure: acts per second, page times, import rows per second
	@$(PY) -m benchmarks $(ARGS)

format: setup-dev ## Let ruff mend and format what it can
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

messages: .venv/.run ## Compile the translations (make messages-update also extracts new texts)
	@$(PY) -m tools.messages
messages-update: .venv/.run
	@$(PY) -m tools.messages --update

vendor: .venv/.run ## Fetch and verify the pinned browser files
	@$(PY) -m tools.vendor

lock: setup-dev ## Resolve the versions anew (needs uv), keeping those that still fit
	@$(PY) -m tools.lock

.venv/bin/python:
	@sh tools/make_venv.sh .venv

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing Vitrina into .venv ..."
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-build-isolation -e . && touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@echo "Installing what the tests need ..."
	@$(PIP) --require-hashes -r requirements/dev.txt && touch $@

.PHONY: help setup setup-dev up demo-reset test lint docs client bench format messages messages-update vendor lock
