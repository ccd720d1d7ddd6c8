# Outrider: `make run` starts it with a sample workspace, `make test` proves it. Both do all their set-up.

PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
ONLY ?=
WORKERS ?= auto
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: help run test check setup web lighthouse bench soak lock clean

help:            ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(VENV)/.ready  ## .venv with everything in it, and .venv/bin/outrider

run: setup       ## a sample workspace, the main job run visibly, then the web app on loopback
	@sh scripts/web.sh
	@$(BIN)/outrider demo

test: setup $(VENV)/.system  ## all checks and all tests
	@sh scripts/web.sh
	@$(BIN)/python scripts/check.py
	@$(BIN)/python scripts/run_tests.py -n $(WORKERS) --dist worksteal

web: setup       ## build the web app and check its types (needs Node)
	@sh scripts/web.sh --check
	@npm run --silent --prefix web check

lighthouse: setup  ## what Lighthouse says of the inbox: speed and access (needs Node and Chromium)
	@sh scripts/web.sh --check
	@npm ci --prefix tests/web/lighthouse --no-audit --no-fund --loglevel=error
	@OUTRIDER_SOAK=1 $(BIN)/python -m pytest -q -rP tests/web/test_lighthouse_finds_the_inbox_fast.py

check: setup     ## format, lint, types, imports, sizes, generated files; no tests
	@$(BIN)/python scripts/check.py

bench: setup     ## every figure, one JSON line each; `make bench ONLY=claim_ratio` for one
	@$(BIN)/python scripts/bench.py $(ONLY)

soak: setup $(VENV)/.system  ## the full counts of the long trials
	@OUTRIDER_SOAK=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m soak --timeout 3600

lock:            ## compile the hash-locked requirements anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --group dev -o requirements-dev.txt

clean:           ## remove the environment
	rm -rf $(VENV)

$(VENV)/.ready: requirements-dev.txt pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh "$(PYTHON)" $(VENV)
	@touch $@

# Test servers that others wrote; without the rights to install them their tests skip and say so.
$(VENV)/.system: scripts/system.sh | $(VENV)/.ready
	@sh scripts/system.sh
	@touch $@
