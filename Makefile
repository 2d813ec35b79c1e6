# Two commands matter: `make run` to try it, `make test` to check it. Everything lands in .venv, data and pictures.
PORT ?= 8000
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Tests that need no browser share the cores; browser tests run one by one, as one person would use it.
PYTEST := $(BIN)/pytest
SHARED := -n auto --dist loadfile --ignore tests/browser
# How pages look and what they weigh does not depend on the database.
LOOKS := tests/browser/test_pages.py tests/browser/test_weights.py
# Nor does what a phone does alone; what a dying server or browser does to the database does.
ALONE := -k "not test_outbox and not test_faults or killed"
ON_POSTGRESQL := FIELDVISIT_TEST_DATABASE=postgresql
COMPILE := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	--no-annotate

.PHONY: run test check lock bench faults soak pictures clean
.DELETE_ON_ERROR:

run: $(VENV)/run.stamp  ## serve a demonstration on http://127.0.0.1:$(PORT)
	@exec $(BIN)/fieldvisit demo --port $(PORT)

test: $(VENV)/dev.stamp  ## run every test, on SQLite and on PostgreSQL
	@$(BIN)/python .ci/provide.py
	$(PYTEST) $(SHARED)
	$(PYTEST) tests/browser
	$(ON_POSTGRESQL) $(PYTEST) $(SHARED)
	$(ON_POSTGRESQL) $(PYTEST) tests/browser $(LOOKS:%=--ignore %) $(ALONE)

check: $(VENV)/dev.stamp  ## style, types, import contracts, and the wheel in a clean place
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy fieldvisit tests .ci $(wildcard bench)
	$(BIN)/lint-imports
	$(BIN)/python .ci/check_wheel.py

bench: $(VENV)/dev.stamp  ## print the speed of the main work as ratios against a floor
	$(BIN)/python -m bench

faults: $(VENV)/dev.stamp  ## each fault at each step of a visit of its own, as a table (20 minutes)
	@$(BIN)/python .ci/provide.py
	$(BIN)/python -m bench.faults

soak: $(VENV)/dev.stamp  ## 200 visits from 4 phones while server and lines fail at random (15 minutes)
	@$(BIN)/python .ci/provide.py
	$(BIN)/python -m bench.soak

pictures: $(VENV)/dev.stamp  ## leave screenshots of every page in pictures/
	@$(BIN)/python .ci/provide.py
	$(PYTEST) tests/browser/test_pages.py

lock:  ## write requirements/*.txt anew from pyproject.toml and requirements/*.in
	@rm -rf $(VENV)-lock
	@$(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@rm -f requirements/run.txt requirements/dev.txt
	$(VENV)-lock/bin/$(COMPILE) pyproject.toml requirements/build.in -o requirements/run.txt
	$(VENV)-lock/bin/$(COMPILE) -c requirements/run.txt pyproject.toml requirements/dev.in -o requirements/dev.txt
	@rm -rf $(VENV)-lock

clean:  ## remove everything that these commands made, except the data
	rm -rf $(VENV) $(VENV)-lock dist build pictures .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# The stamps stand for "installed": while nothing changed, a second run starts at once.
$(VENV)/run.stamp: requirements/run.txt pyproject.toml
	@$(PYTHON) .ci/check_python.py
	@echo "Installing into $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# dev.txt agrees with run.txt on every version that they share, so both live in one environment.
$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@echo "Installing test tools into $(VENV) (once) ..."
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
