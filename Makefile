# The commands of the project. Each does everything it needs first, and nothing twice.

PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11 python

BUILD = .venv/bin/python -m web.build

.PHONY: run serve-cuda test test-cuda test-ray site dist bench format clean help environment

run: site ## Build what is missing and serve the page at http://127.0.0.1:8000 (PORT=9000 for another port)
	@exec .venv/bin/python -m server --host $(HOST) --port $(PORT) $(if $(LINKS),--links '$(LINKS)')

serve-cuda: environment ## The same, with arrays on this machine's CUDA GPU for mx.gpu(0) (installs CuPy; DEVICE=cpu or fake without a GPU)
	@$(if $(DEVICE),,.venv/bin/python -m web.build.environment serve cuda)
	@exec .venv/bin/python -m server --host $(HOST) --port $(PORT) --device $(or $(DEVICE),cuda) $(if $(ON),--on $(ON)) $(if $(LINKS),--links '$(LINKS)')

test: environment ## Run every check: ruff, types, Vitest, pytest, and the page in a real Chromium
	@$(BUILD) test

test-browsers: environment ## Run the page and a course of embeds in Firefox and WebKit (installs them where it may)
	@$(BUILD) test-browsers

test-cuda: environment ## Run every operation on the CUDA GPU of this machine, and fail if there is none (installs CuPy)
	@.venv/bin/python -m web.build.environment test cuda
	@REQUIRE_GPU=1 .venv/bin/python -m pytest -q -m gpu tests/engine

test-ray: environment ## Run the device's contract on actors of Ray, with two logical GPUs (installs Ray)
	@.venv/bin/python -m web.build.environment test ray
	@REQUIRE_RAY=1 .venv/bin/python -m pytest -q -m ray tests/server

site: environment ## Write the page as a static folder, build/site, that any web server can host
	@$(BUILD) site

dist: environment ## Build a Python wheel that carries the page, in dist/
	@$(BUILD) dist

bench: environment ## Measure the engine and the page's start-up, as ratios, the graph from trace to picture, and what a server saves
	@$(BUILD) bench

format: environment ## Format the Python sources and apply ruff's safe repairs
	@$(BUILD) format

clean: ## Remove everything that was built, installed or measured here
	rm -rf build dist .venv node_modules .pytest_cache .ruff_cache .hypothesis .benchenv

help: ## Show these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while read -r name text; do printf '  make %-13s %s\n' "$$name" "$$text"; done

# The first Python of 3.11 or newer prepares .venv; everything after that runs in it.
environment:
	@for python in $(PYTHON); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    exec "$$python" -m web.build.environment serve; \
	  fi; \
	done; \
	echo "Python 3.11 or newer is needed, and none of these is: $(PYTHON)." >&2; \
	for python in $(PYTHON); do "$$python" --version 2>/dev/null | sed "s|^|  found $$python: |" >&2; done; \
	echo "Install one, or name it: make run PYTHON=/path/to/python3" >&2; \
	exit 1
