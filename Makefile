# make course: faces from scratch.  make test: every test.  make help: the rest.
PYTHON ?= python3
PROFILE ?= quick
DATA ?= data
RUN ?= runs/orl-$(PROFILE)
PY := .venv/bin/python
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help course test lab lint constraints

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys, venv, ensurepip; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else f"This course needs Python 3.11, 3.12 or 3.13 (TensorFlow has no wheels for others). Received: {v[0]}.{v[1]}. Name another one: make course PYTHON=python3.12")'
	@echo "Setting up .venv (about 2 GB; some minutes, once)"
	@$(PYTHON) -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

course: $(READY)  ## the main job: photographs in, faces out (PROFILE=tiny for a fast one)
	@$(PY) data_scripts/collect_faces.py orl --data-dir $(DATA)
	@$(PY) data_scripts/crop_faces.py $(DATA)/raw/orl $(DATA)/faces/orl
	@$(PY) -m dcgan_lib train $(DATA)/faces/orl --run $(RUN) --profile $(PROFILE) --resume
	@$(PY) -m dcgan_lib sample $(RUN) --count 64 --seed 1 --out $(RUN)/faces --grid $(RUN)/faces.png
	@$(PY) -m dcgan_lib evaluate $(RUN) $(DATA)/faces/orl
	@echo "Look at:"
	@for file in $(DATA)/faces/orl/contact_sheet.png $(RUN)/faces.png $(RUN)/training.gif $(RUN)/losses.png $(RUN)/d_outputs.png $(RUN)/report.json; do echo "  $$file"; done

test: $(READY)  ## every test
	@$(PY) -m pytest -n 2 --dist worksteal

lab: $(READY)  ## JupyterLab on the notebooks
	@mkdir -p notebooks
	@.venv/bin/jupyter lab --notebook-dir notebooks

lint: $(READY)  ## ruff's checks and format
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

constraints: $(READY)  ## write constraints.txt anew from what is installed
	@.venv/bin/pip freeze --exclude-editable > constraints.txt
