# Two commands do everything on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
# The known-good versions. To choose your own torch, for a GPU say: make setup EXTRAS=dev,depth-pro CONSTRAINTS=
CONSTRAINTS ?= constraints.txt
EXTRAS ?= dev

VENV := .venv
BIN := $(VENV)/bin
# One stamp for each choice, so that a choice is installed once and a changed choice is noticed.
STAMP := $(VENV)/.installed-$(EXTRAS)-$(subst /,_,$(CONSTRAINTS))
LINT_STAMP := $(VENV)/.installed-lint-$(subst /,_,$(CONSTRAINTS))
DOCS_STAMP := $(VENV)/.installed-docs-$(subst /,_,$(CONSTRAINTS))
AUDIT_STAMP := $(VENV)/.installed-audit-$(subst /,_,$(CONSTRAINTS))
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --no-input $(if $(CONSTRAINTS),--constraint $(CONSTRAINTS))

.DEFAULT_GOAL := help
# What only some machines have: Node.js builds the viewer's page, a browser tests it.
NPM := $(shell command -v npm 2>/dev/null)
PAGE := viewer/dist/index.html
NODE_MODULES := viewer/node_modules/.installed
PAGE_SOURCES := $(shell find viewer/src -type f) viewer/index.html $(wildcard viewer/*.json viewer/*.ts)

.PHONY: help setup viewer wheel demo test test-nerfstudio lint fuzz bench browser clean lock audit sbom docs gallery

# nerfstudio holds old versions of much that relens uses, and so gets an environment of its own.
NERF_VENV := .venv-nerfstudio
NERF_STAMP := $(NERF_VENV)/.installed
NERF_PINS := tests/nerfstudio/requirements.txt tests/nerfstudio/requirements-no-deps.txt

help: ## Show this help.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## Create .venv with all that the demo and the tests use.

viewer: $(PAGE) ## Build the page of `relens view` (needs Node.js 20 or newer).

wheel: setup viewer ## Build a wheel with the page in it, into out/.
	$(BIN)/python -m pip wheel --disable-pip-version-check --no-input --no-deps --wheel-dir out .

demo: setup ## Refocus the sample portrait into out/demo/.
	$(BIN)/relens demo -o out/demo

test: setup browser $(if $(NPM),viewer) ## Run the tests; those of the page need Node.js and Chromium.
	$(if $(NPM),cd viewer && npm test --silent,@echo 'no npm here: the tests of the viewer are skipped')
	$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --ignore=tests/page
	@# One by one: a browser that draws in software takes all cores by itself.
	$(BIN)/python -m pytest tests/page

test-nerfstudio: $(NERF_STAMP) ## Run the tests of the nerfstudio plug-in, in an environment of its own (2 GB).
	$(NERF_VENV)/bin/python -m pytest tests/nerfstudio
	@# What has passed is remembered, so that CI runs this only when the plug-in or its pins have changed.
	$(NERF_VENV)/bin/python tests/nerfstudio/digest.py --write

lint: setup $(LINT_STAMP) $(DOCS_STAMP) $(if $(NPM),$(NODE_MODULES)) ## Run ruff, pyright, import-linter, tsc and eslint.
	$(if $(NPM),cd viewer && npm run --silent lint)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

docs: setup $(DOCS_STAMP) ## Build the site into out/site; a warning is an error.
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

gallery: setup ## Make the pictures of the site's gallery again (half an hour).
	$(BIN)/python docs/make_gallery.py

fuzz: setup ## Fuzz every reader (Linux; tests/fuzz/README.md).
	$(BIN)/python tests/fuzz/run.py

bench: setup ## Measure the speed of the renderer.
	$(BIN)/python benchmarks/speed.py

# A tool that resolves for all Pythons and systems at once, in an environment of its own.
LOCK_TOOL := uv==0.13.9
LOCK_EXTRAS := view portrait matte video

lock: ## Write requirements.lock: the app with its usual extras, pinned and hashed, for every Python and system.
	@test -x out/lock/bin/uv || { $(PYTHON) -m venv out/lock && \
		out/lock/bin/python -m pip install --quiet --disable-pip-version-check $(LOCK_TOOL); }
	@# Without a header and without links: the lock must not say where this machine gets its packages from.
	out/lock/bin/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header --no-annotate \
		$(LOCK_EXTRAS:%=--extra %) --constraint constraints.txt --output-file requirements.lock pyproject.toml

audit: setup $(AUDIT_STAMP) ## Ask the advisory services about the lock, this environment and the viewer's packages.
	$(BIN)/python tests/supply/audit.py

sbom: setup $(AUDIT_STAMP) ## List what relens is made of as CycloneDX, into out/sbom/.
	mkdir -p out/sbom
	$(BIN)/cyclonedx-py requirements --output-reproducible --pyproject pyproject.toml --output-file out/sbom/python.cdx.json \
		requirements.lock
	@# What only builds and tests the page is marked as such; with --omit dev, npm 11 also omits what both need.
	$(if $(NPM),cd viewer && npm sbom --package-lock-only --sbom-format cyclonedx > ../out/sbom/viewer.cdx.json,\
		@echo 'no npm here: without the list of the viewer')

clean: ## Remove .venv and everything that was made.
	rm -rf $(VENV) $(NERF_VENV) out dist viewer/dist viewer/node_modules .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(PAGE): $(PAGE_SOURCES) $(NODE_MODULES)
	cd viewer && npm run --silent build
	@touch '$@'

$(NODE_MODULES): viewer/package.json viewer/package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || \
		{ echo "the viewer is built with Node.js 20 or newer and npm; install them from nodejs.org" >&2; exit 2; }
	@# By the lock file; "npm ci" refuses it where a registry lacks an optional package of another system's.
	cd viewer && npm install --no-audit --no-fund --loglevel=error
	@touch '$@'

# Chromium draws the page in the tests, on machines where it may be installed.
browser:
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	fi || true

$(STAMP): pyproject.toml $(CONSTRAINTS) | $(BIN)/pip
	$(INSTALL) --editable '.[$(EXTRAS)]'
	@touch '$@'

$(NERF_STAMP): $(NERF_PINS) pyproject.toml | $(BIN)/pip
	$(PYTHON) -m venv $(NERF_VENV)
	$(NERF_VENV)/bin/python -m pip install --disable-pip-version-check --no-input -r $(word 1,$(NERF_PINS))
	$(NERF_VENV)/bin/python -m pip install --disable-pip-version-check --no-input --no-deps -r $(word 2,$(NERF_PINS)) --editable .
	@touch '$@'

$(LINT_STAMP): $(STAMP)
	$(INSTALL) --editable '.[lint]'
	@touch '$@'

$(AUDIT_STAMP): $(STAMP)
	$(INSTALL) --editable '.[audit]'
	@touch '$@'

$(DOCS_STAMP): $(STAMP)
	$(INSTALL) --editable '.[docs]'
	@touch '$@'

# Things that Debian keeps in packages of their own: the part of Python that makes environments; OpenMP, which numba's
# threads use where it is and do without where it is not; and libusb, which open3d loads. The wheels bring the others.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "relens needs Python 3.10 or newer as $(PYTHON); choose another with: make PYTHON=python3.12" >&2; exit 2; }
	@missing=; \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || missing=python3-venv; \
	$(PYTHON) -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null || missing="$$missing libgomp1"; \
	case ",$(EXTRAS)," in *,mesh,*) $(PYTHON) -c 'import ctypes; ctypes.CDLL("libusb-1.0.so.0")' 2>/dev/null || \
		missing="$$missing libusb-1.0-0";; esac; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	fi || true
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments; on Debian install: sudo apt-get install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
