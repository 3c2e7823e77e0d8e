# make course: the chapters, and faces.  make test: the tests.  make help: the rest.
PYTHON ?= python3
PROFILE ?= quick
DATA ?= data
RUNS ?= runs
PY := .venv/bin/python
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help course beyond test test-long test-seeds test-browser test-colab bench lab docs notebooks grading-table release archive repository lint constraints

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys, venv, ensurepip; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else f"This course needs Python 3.11, 3.12 or 3.13 (TensorFlow has no wheels for others). Received: {v[0]}.{v[1]}. Name another one: make course PYTHON=python3.12")'
	@echo "Setting up .venv (about 2 GB; some minutes, once)"
	@$(PYTHON) -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

course: $(READY)  ## every chapter in order: photographs in, faces out (PROFILE=tiny for a fast one)
	@$(PY) -m dcgan_course run build/course --profile $(PROFILE) --data-dir $(DATA) --run-dir $(RUNS)

beyond: $(READY)  ## the chapters on what came after the DCGAN, 12 and later
	@$(PY) -m dcgan_course run build/beyond --beyond --profile $(PROFILE) --data-dir $(DATA) --run-dir $(RUNS)

test: $(READY)  ## the tests, in ten minutes on two cores
	@$(PY) -m pytest -n 2

test-long: $(READY)  ## the tests that would take longer, such as every chapter as a student has it
	@$(PY) -m pytest -n 2 -m long

test-seeds: $(READY)  ## every planted answer, marked under twenty seeds (half an hour)
	@$(PY) -m pytest -n 2 -m seeds

test-browser: $(READY)  ## the widgets in JupyterLab, in headless Chromium (which must be installed)
	@.venv/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[browser]'
	@$(PY) -m pytest -m browser

test-colab: $(READY)  ## Setup in an environment like Colab's (downloads some 2 GB)
	@$(PY) -m pytest -m colab

bench: $(READY) $(DATA)/faces/orl/manifest.csv build/torch/.ready  ## the figures of docs/benchmarks.md (an hour, on a quiet machine)
	@$(PY) -m dcgan_lib info; uptime
	-@$(PY) benchmarks/bench_training.py --torch build/torch/bin/python
	-@$(PY) benchmarks/bench_overhead.py $(DATA)/faces/orl
	-@$(PY) benchmarks/bench_cropping.py
	-@$(PY) benchmarks/bench_cluster.py $(DATA)/raw/orl
	-@$(PY) benchmarks/bench_large_set.py $(DATA)/faces/orl
	-@$(PY) benchmarks/bench_grading.py
	@$(PY) benchmarks/scale.py

$(DATA)/faces/orl/manifest.csv: $(READY)
	@$(PY) -m dcgan_lib collect orl --data-dir $(DATA)
	@$(PY) -m dcgan_lib crop $(DATA)/raw/orl $(DATA)/faces/orl

build/torch/.ready:
	@$(PYTHON) -m venv build/torch
	@build/torch/bin/pip install --quiet --disable-pip-version-check torch==2.13.0 numpy
	@touch $@

lab: $(READY)  ## JupyterLab on the notebooks
	@.venv/bin/jupyter lab --notebook-dir notebooks

docs: $(READY)  ## the course as a site, from what make course made (STUDENT=1: no solutions)
	@$(PY) -m dcgan_classroom release build/release
	@$(PY) -m dcgan_course site build/site --profile $(PROFILE) --data-dir $(DATA) --run-dir $(RUNS) $(if $(STUDENT),--student)

notebooks: $(READY)  ## strip and format the notebooks
	@.venv/bin/ruff check --quiet --fix notebooks || true
	@.venv/bin/ruff format --quiet notebooks
	@$(PY) -m dcgan_course tidy
	@$(PY) -m dcgan_course lint

grading-table: $(READY)  ## grade the class of fixtures: expected against found
	@$(PY) -m tests.support.fixture_class

release: $(READY)  ## the students' version of the notebooks, into build/release
	@$(PY) -m dcgan_classroom release build/release

archive: $(READY)  ## the committed course as one file, to upload where there is no git
	@$(PY) -m dcgan_course archive build

repository: $(READY)  ## write the course's public address everywhere: make repository URL=https://…
	@$(PY) -m dcgan_course repository '$(URL)'

lint: $(READY)  ## ruff's checks and format
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

constraints: $(READY)  ## write constraints.txt again from what is installed
	@.venv/bin/pip freeze --exclude-editable > constraints.txt
