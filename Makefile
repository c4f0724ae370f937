# What people run here. Everything goes through .venv/bin; no environment needs to be activated.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
CI_ON := $(filter-out 0 false,$(CI))
# In CI nothing may be skipped, so PyTorch is installed there; elsewhere only on request.
TORCH ?= $(if $(CI_ON),1,0)
# What constraints.txt is to hold, and why, says its head; of PyTorch it is the measured version.
TORCH_PIN := torch==2.13.0
JSONSCHEMA_PIN := jsonschema<4.25
# Pip's own warnings are silenced, its errors are not.
INSTALL := $(RUN) -m pip install -qq --disable-pip-version-check -c constraints.txt
PINS := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lab build check lint prove results bench docs bundle constraints clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/made-staff sandbox-system ## Set up, then one assignment all the way: build, release, grade, report
	@$(RUN) -m course demo

test: $(VENV)/made-test test-system ## Set up, lint, check the course, run every test (TORCH=1: with PyTorch)
	@$(RUN) -m ruff check
	@$(RUN) -m ruff format --check
	@$(RUN) -m course build --check
	@$(RUN) -m course check
	@$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 25 $(ARGS)

# A terminal in JupyterLab finds nbgrader and jupyter.
lab: export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
lab: $(VENV)/made-staff ## Open JupyterLab on release/
	@$(RUN) -m jupyterlab --notebook-dir release $(if $(filter 0,$(shell id -u)),--allow-root)

build: $(VENV)/made-staff ## Derive the notebooks from their texts
	@$(RUN) -m course build

check: $(VENV)/made-staff ## Test the course itself: starter, solution, hints, ids, points
	@$(RUN) -m course check

lint: $(VENV)/made-test ## Check style and format with ruff
	@$(RUN) -m ruff check
	@$(RUN) -m ruff format --check

prove: $(VENV)/made-test $(VENV)/made-torch ## Plant mistakes in every solution; write docs/mutants.md
	@$(RUN) -m course prove

results: $(VENV)/made-torch ## Measure on the full data and write docs/results.md
	@$(RUN) -m course results

bench: $(VENV)/made-torch $(VENV)/made-test test-system ## Print the benchmarks' ratios (installs PyTorch)
	@set -e; for script in bench/*.py; do echo "$$script"; $(RUN) "$$script"; done

# Warnings are errors: a link to a page, a file or a heading that is not there is one.
docs: $(VENV)/made-docs ## Build the pages as a site, in site/ (LINKS=1: also try every link to another site)
	@$(RUN) -m sphinx -q -W --keep-going -c docs . site
	@$(if $(filter 1,$(LINKS)),$(RUN) -m sphinx -q -b linkcheck -c docs . site/links)
	@echo "Open site/index.html"

bundle: ## Renew what the PDF report takes from npm (needs Node.js)
	@command -v npm >/dev/null || { echo "npm not found: install Node.js 20 or newer" >&2; exit 1; }
	@cd helpers/report/bundle && npm install --silent --no-package-lock --no-audit --no-fund && \
	  node build.mjs && rm -rf node_modules

KIT_PINS := course/templates/kit/constraints.txt
COMPILE = uv pip compile --universal --python-version 3.10 --no-annotate --no-header \
  --no-emit-index-url --no-emit-find-links --no-python-downloads

# Resolved once for Python 3.10 to 3.14 on Linux, macOS and Windows.
constraints: ## Renew constraints.txt, and the kit's, with today's versions (needs uv)
	@command -v uv >/dev/null || { echo "uv not found: run 'pip install uv'" >&2; exit 1; }
	@{ sed -n '/^#/p' constraints.txt; printf '%s\n' "$(TORCH_PIN)" "$(JSONSCHEMA_PIN)" | \
	  $(COMPILE) --all-extras pyproject.toml - ; } > constraints.txt.new
	@mv constraints.txt.new constraints.txt
	@mkdir -p $(VENV)/kit && $(RUN) -c "from course import kit; print(kit.pyproject())" \
	  > $(VENV)/kit/pyproject.toml
	@{ sed -n '/^#/p' $(KIT_PINS); \
	  $(COMPILE) --extra torch -c constraints.txt $(VENV)/kit/pyproject.toml; } > $(KIT_PINS).new
	@mv $(KIT_PINS).new $(KIT_PINS)

clean: ## Remove caches, the demo and the site; keep .venv, data, submissions and gradebook
	@rm -rf demo site .pytest_cache .ruff_cache .hypothesis
	@find . -path ./$(VENV) -prune -o \
	  \( -name __pycache__ -o -name .ipynb_checkpoints \) -type d -exec rm -rf {} +

# Set-up. A stamp says that a step is done; it is due again when the pins change.

# Debian keeps ensurepip, which venv needs, in a package of its own.
$(VENV)/made:
	@command -v $(PYTHON) >/dev/null || \
	  { echo "$(PYTHON) not found: install Python 3.10 or later, or say PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "$$($(PYTHON) --version) is too old: this course needs Python 3.10 or later." \
	  "Install one and run make PYTHON=python3.12 (or whatever it is called)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	  command -v apt-get >/dev/null || { echo "$(PYTHON) has no ensurepip, which venv needs:" \
	    "install a Python that has it" >&2; exit 1; }; \
	  [ "$$(id -u)" = 0 ] || { echo "$(PYTHON) cannot make a virtual environment yet: run" \
	    "'sudo apt-get install $$package' and then make again" >&2; exit 1; }; \
	  echo "Installing $$package"; \
	  $(call apt,$$package); }
	@$(RUN) -m pip --version >/dev/null 2>&1 || \
	  { echo "Creating $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	@touch $@

$(VENV)/made-staff: $(VENV)/made $(PINS)
	@echo "Installing what staff and students need into $(VENV): about a minute, silent"
	@$(INSTALL) -e '.[staff]'
	@touch $@

$(VENV)/made-test: $(VENV)/made-staff $(if $(filter 1,$(TORCH)),$(VENV)/made-torch)
	@echo "Installing what the tests need"
	@$(INSTALL) -e '.[staff,test,docs]'
	@touch $@

$(VENV)/made-docs: $(VENV)/made $(PINS)
	@echo "Installing what the site needs"
	@$(INSTALL) -e '.[docs]'
	@touch $@

# On Linux a plain pip takes PyTorch with many GB of CUDA; CPU files come from where pip is told.
$(VENV)/made-torch: $(VENV)/made-staff
	@echo "Installing PyTorch"
	@$(INSTALL) -e '.[torch]'
	@touch $@

# What pip cannot bring. Only root on Debian gets it done here; others are told, and tests skip.
apt = DEBIAN_FRONTEND=noninteractive apt-get -qq update && \
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends $(1) >/dev/null

# Student code runs in bubblewrap's sandbox; the demonstration's class is ours and runs without it too.
.PHONY: sandbox-system test-system
sandbox-system:
	@command -v bwrap >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing bubblewrap"; { $(call apt,bubblewrap); } && exit 0; \
	fi; \
	echo "To grade a class you need bubblewrap: on Debian, 'sudo apt-get install bubblewrap'"

test-system: sandbox-system
	@missing=; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	  command -v google-chrome >/dev/null || missing="chromium"; \
	command -v pdftoppm >/dev/null || missing="$$missing poppler-utils"; \
	ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$$missing postgresql"; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing" $$missing; { $(call apt,$$missing); } && exit 0; \
	fi; \
	echo "Tests will skip without" $$missing: "on Debian, 'sudo apt-get install" $$missing"'"
