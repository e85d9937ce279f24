# The very commands that CI runs. Everything is installed into .venv by itself.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python

# The tests that use the layer's own database; the rest is the same on every store. Of these `test-all` leaves out the processes,
# jobs and robots: what they ask of the database, the engine's tests ask as well.
OF_STORE := tests/engine tests/web tests/documents/test_numbers.py tests/commands
ON_STORE := $(OF_STORE) tests/handlers tests/jobs tests/robots

.PHONY: demo simulate test test-all test-postgres soak bench conformance coverage docs lint clean

demo: $(VENV)/ready
	@$(RUN) -m demo $(if $(ONCE),--once)

simulate: $(VENV)/ready
	@$(RUN) -m simulate $(if $(MONTHS),--months $(MONTHS)) $(if $(COMPARE),--compare) $(if $(SEED),--seed $(SEED))

test: $(VENV)/ready-dev
	$(RUN) -m pytest -n 3 --dist worksteal -m "not slow"

test-all: test
	$(RUN) -m pytest -n 3 --dist worksteal -m slow
	$(RUN) -m tests.postgres --or-skip pytest -n 3 --dist worksteal -m "not slow" $(OF_STORE)

test-postgres: $(VENV)/ready-dev
	$(RUN) -m tests.postgres pytest -n 3 --dist worksteal -m "not slow" $(ON_STORE)

soak: $(VENV)/ready-dev
	$(RUN) -m soak --seconds $(or $(SECONDS),180) --store $(or $(STORE),sqlite) $(if $(SEED),--seed $(SEED)) $(if $(EFFECTS),--effects $(EFFECTS)) $(if $(SCALE),--scale $(SCALE))

bench: $(VENV)/ready-dev
	$(RUN) -m bench $(if $(REAL),--all)

conformance: $(VENV)/ready-dev
	$(RUN) -m conformance

coverage: $(VENV)/ready-dev
	$(RUN) -m tests.emulator.coverage

docs: $(VENV)/ready-dev
	$(RUN) -m docs.generate

lint: $(VENV)/ready-dev
	$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .

$(VENV)/bin/pip:
	@sh scripts/make-venv "$(PYTHON)" $(VENV)

$(VENV)/ready: requirements.txt | $(VENV)/bin/pip
	@echo "Installing into $(VENV) …"
	@$(VENV)/bin/pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	@$(VENV)/bin/pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) var
