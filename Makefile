# `make` tells what can be made. It writes to .venv, .boot and .data only.
.PHONY: help install serve test check lint fmt seed smoke bench crashes mutants browser screenshots locks
export UV_PYTHON_DOWNLOADS := never
# Compiled once and kept, whatever the shell says: without it each process compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.data/bytecode

VENV := .venv
BIN := $(VENV)/bin
# One more than a small machine has cores: some tests wait.
WORKERS := 3
LOCKS := requirements/runtime.txt requirements/embedded.txt requirements/dev.txt
# A name on PATH proves nothing (version managers leave shims behind): run each candidate.
PYTHON = $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
  $$p -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
  && command -v $$p && break; done)
# uv from PATH, or from PyPI into .boot; nothing where neither works, and then pip installs.
UV = $(shell command -v uv || { test -x .boot/bin/uv || { $(PYTHON) -m venv .boot && \
  .boot/bin/pip install --quiet --disable-pip-version-check uv; } >/dev/null 2>&1; \
  test -x .boot/bin/uv && echo .boot/bin/uv; })
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url

help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/installed
$(VENV)/installed: $(LOCKS)
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 with venv was found on PATH."; exit 1; }
	@uv="$(UV)"; if [ -n "$$uv" ]; then \
	  { test -x $(BIN)/python || $$uv venv --quiet --python "$(PYTHON)" $(VENV); } && \
	  $$uv pip install --quiet --python $(BIN)/python --require-hashes $(LOCKS:%=-r %); \
	else echo "uv cannot be had; pip is slower and does as well."; \
	  { test -x $(BIN)/pip || "$(PYTHON)" -m venv $(VENV); } && \
	  $(BIN)/pip install --quiet --require-hashes $(LOCKS:%=-r %); fi && touch $@

serve: install ## run the service with everything it needs; Ctrl-C ends it
	@DEBUG=1 exec $(BIN)/python -m saas.embedded serve

test: install ## run the tests; they bring their own servers
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: install lint ## run every check, then the tests
	$(BIN)/ruff format --check .
	DEBUG=1 $(BIN)/mypy .
	$(BIN)/lint-imports
	DEBUG=1 $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	SECRET_KEY=$$(head -c 48 /dev/urandom | base64) DEPLOYMENT=check DATABASE_URL=postgresql://db/chapterhouse \
	  REDIS_URL=redis://redis/0 STRIPE_SECRET_KEY=sk_live_$$(printf 'x%.0s' $$(seq 24)) STRIPE_WEBHOOK_SECRETS=whsec_check \
	  BASE_URL=https://chapterhouse.example ALLOWED_HOSTS=chapterhouse.example EMAIL_URL=smtps://mail.example TRUSTED_PROXIES=1 \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: install ## find faults in code, templates and sizes without running anything
	$(BIN)/ruff check .
	$(BIN)/djlint --quiet --lint templates
	@git ls-files '*.py' | grep -v migrations/ | xargs wc -l | awk '$$2 != "total" && $$1 > 400 {print $$2 ": " $$1 " lines, over 400"; bad = 1} END {exit bad}'

fmt: install ## put code into form
	-$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

seed: install ## fill the running service with an organization in every billing state
	@$(BIN)/python -m saas.embedded status >/dev/null || { echo "Nothing is running: run \`make serve\` first."; exit 1; }
	@$(BIN)/python manage.py seed --states

smoke: install ## walk both roads through what runs here (and move its clock), or a stack of its own
	DEBUG=1 $(BIN)/python manage.py smoke

bench: install ## measure what has to be fast
	$(BIN)/python -m benchmarks $(ARGS)

crashes: install ## kill a process between each two steps of what moves money, and print how each ended
	$(BIN)/python -m pytest -q -n 2 -m crash $(ARGS)

mutants: install ## take each permission check away in turn, and see which test notices
	$(BIN)/python -m tests.mutants $(ARGS)

browser: ## install Chromium, which the journeys drive, where there is none
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  command -v $$name && exit 0; done; as=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$as apt-get update && $$as apt-get install -y --no-install-recommends chromium

screenshots: install ## picture every page into .data/screenshots/
	$(BIN)/python -m pytest -m screenshots tests/journeys $(ARGS)

locks: ## pin what requirements/*.in ask for
	@test -n "$(UV)" || { echo "uv is needed, and could not be had from PyPI."; exit 1; }
	@for set in $(LOCKS:.txt=); do $(COMPILE) $(ARGS) $$set.in -o $$set.txt || exit 1; done
