# The very commands that CI runs. Everything is installed into .venv by itself.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python

.PHONY: demo test test-all bench docs lint clean

demo: $(VENV)/ready
	@$(RUN) -m demo $(if $(ONCE),--once)

test: $(VENV)/ready-dev
	$(RUN) -m pytest -n 2 -m "not slow"

test-all: $(VENV)/ready-dev
	$(RUN) -m pytest -n 2

bench: $(VENV)/ready-dev
	$(RUN) -m bench

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
