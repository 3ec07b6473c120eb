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
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --no-input $(if $(CONSTRAINTS),--constraint $(CONSTRAINTS))

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench clean

help: ## Show this help.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## Create .venv with all that the demo and the tests use.

demo: setup ## Refocus the sample portrait into out/demo/.
	$(BIN)/relens demo -o out/demo

test: setup ## Run the tests.
	$(BIN)/python -m pytest

lint: setup $(LINT_STAMP) ## Run ruff, pyright and import-linter.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: setup ## Measure the speed of the renderer.
	$(BIN)/python benchmarks/speed.py

clean: ## Remove .venv and everything that was made.
	rm -rf $(VENV) out dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(STAMP): pyproject.toml $(CONSTRAINTS) | $(BIN)/pip
	$(INSTALL) --editable '.[$(EXTRAS)]'
	@touch '$@'

$(LINT_STAMP): $(STAMP)
	$(INSTALL) --editable '.[lint]'
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
