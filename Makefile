# Every command sets up its environment by itself, from the hashed lock; only python3 and make must
# be there. Another Python gets a folder of its own: make test PYTHON=python3.13 VENV=.venv-3.13

PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
# Not ?=: this folder is emptied, and an exported VENV may well be somebody's own.
VENV = .venv
UV ?= uv
python := $(VENV)/bin/python
# A lock is complete, so nothing is left to resolve.
install := $(python) -m pip install --quiet --disable-pip-version-check --use-pep517 --no-deps \
	--require-hashes

# Where a slip would put words into somebody's mouth or open a door, every branch is tested.
whole := bot/attribution/*,bot/answers/balance.py,bot/answers/quoting.py,$(\
	)bot/storage/*,bot/service/*,$(\
	)bot/surfaces/telegram/authorisation.py,bot/surfaces/telegram/callbacks.py

.PHONY: chat run test types-and-tests services endure fix golden bench picture lock clean

chat: $(VENV)/ready ## talk in the terminal, no token needed
	@$(python) -m bot chat

run: $(VENV)/ready ## run the Telegram bot (needs BOT_TOKEN)
	@$(python) -m bot run

test: $(VENV)/ready-to-test ## every check, as CI runs it
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -m mypy
	$(python) -m pytest --cov --numprocesses 2
	$(python) -m coverage report --include='$(whole)' --fail-under=100

types-and-tests: $(VENV)/ready-to-test ## what another Python may change, without coverage
	$(python) -m mypy
	$(python) -m pytest --numprocesses 2

services: $(VENV)/ready-to-test ## every test that needs a real OpenSearch and PostgreSQL, beside them
	$(python) -m tests.services 3 $(python) -m pytest -m services

endure: $(VENV)/ready-to-test ## kill the Telegram bot among questions, and let it answer a crowd
	$(python) -m tests.telegram.kills 20
	$(python) -m tests.telegram.soak 60 --untimed

fix: $(VENV)/ready-to-test ## mend what ruff can mend
	$(python) -m ruff check --fix .
	$(python) -m ruff format .

golden: $(VENV)/ready-to-test ## rewrite the golden files; the diff is the review
	$(python) -m pytest --accept tests

bench: $(VENV)/ready-to-test ## print the figures
	$(python) tests/benchmarks/start.py
	$(python) -m bot eval tests/relevance/facial-recognition.jsonl

picture: $(VENV)/ready ## draw docs/exchange.svg from the real terminal
	@$(python) -m bot ask 'what does Liberty say about privacy?' --svg docs/exchange.svg

lock: ## choose the versions anew within pyproject.toml, and write them with their hashes
	$(call compile,requirements.txt)
	$(call compile,requirements-dev.txt,--group dev)
	$(call compile,requirements-services.txt,--extra opensearch --extra postgres)

clean:
	rm -rf .venv .venv-* .mypy_cache .pytest_cache .ruff_cache .coverage

compile = $(UV) pip compile pyproject.toml $(2) --quiet --universal --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' --output-file $(1)

# The stamp comes last, so that a setting up that was cut short is begun again from nothing.
$(VENV)/ready: requirements.txt
	@for name in $(PYTHON); do \
		if $$name -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then \
			echo 'Setting up $(VENV), once; this takes about half a minute.'; \
			rm -rf $(VENV) && exec $$name -m venv $(VENV); \
		fi; \
	done; \
	echo 'python3: none of 3.11 or newer with venv is here; install one (Debian: python3-venv),' \
		'or name it: make PYTHON=...' >&2; exit 1
	@$(install) --requirement requirements.txt
	@touch $@

$(VENV)/ready-to-test: $(VENV)/ready requirements-dev.txt
	@echo 'Adding what the checks need, once.'
	@rm $(VENV)/ready
	@$(install) --requirement requirements-dev.txt
	@touch $(VENV)/ready $@
