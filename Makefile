# Two commands: `make demo` and `make test`. Everything else serves them.
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
export PORT
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: demo test check audit setup-demo setup-test format clean

demo: setup-demo
	@DEMO=1 $(RUN) manage.py demo

test: setup-test check
	@$(RUN) tools/run_tests.py

check: setup-test
	@$(RUN) tools/checks.py

audit: setup-test
	@$(RUN) tools/audit.py

setup-demo:
	@$(PYTHON) tools/install.py base

setup-test:
	@$(PYTHON) tools/install.py dev

format: setup-test
	@$(RUN) -m ruff format . && $(RUN) -m ruff check --fix .

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
