# Each command installs its environment from the hashed lock; only python3 and make are needed.
# To use another Python, give it a folder of its own: make test PYTHON=python3.13 VENV=.venv-3.13

PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
# Not ?=: this folder gets emptied, and an exported VENV may belong to another project.
VENV = .venv
UV ?= uv
python := $(VENV)/bin/python
# The lock is complete, so pip has nothing to resolve.
install := $(python) -m pip install --quiet --disable-pip-version-check --use-pep517 --no-deps \
	--require-hashes

# Modules where a bug could misattribute a quote or bypass authorisation: every branch is tested.
whole := bot/attribution/*,$(\
	)bot/answers/balance.py,bot/answers/quoting.py,bot/answers/lookup.py,$(\
	)bot/answers/candidates.py,$(\
	)bot/storage/*,bot/service/*,$(\
	)bot/surfaces/telegram/authorisation.py,bot/surfaces/telegram/callbacks.py

# Randomised tests: `make endure` tries five times as many cases as `make test`.
many_cases := tests/test_live_corpus_races.py tests/test_odd_questions.py tests/test_gathering.py \
	tests/test_mcp.py tests/test_verification.py tests/telegram/test_every_reply.py

on_services := --cov --cov-config=tests/services/coverage.toml --cov-fail-under=0 --cov-report=

.PHONY: chat run test types tests-with-coverage types-and-tests tests-alone services beside-services kills endure fix golden bench picture exchange lock html pdf fast mcp clean

chat: $(VENV)/ready ## talk in the terminal, no token needed
	@$(python) -m bot chat

run: $(VENV)/ready ## run the Telegram bot (needs BOT_TOKEN)
	@$(python) -m bot run

test: $(VENV)/ready-to-test ## every check, as CI runs it
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(MAKE) --jobs 2 VENV=$(VENV) types tests-with-coverage

types: ## run in parallel with the tests, whose collection leaves a core idle
	$(python) -m mypy

tests-with-coverage:
	$(python) -m pytest --cov --numprocesses 2 --dist worksteal
	$(python) -m coverage report --include='$(whole)' --fail-under=100

types-and-tests: $(VENV)/ready-to-test ## what may differ on another Python; without coverage
	$(MAKE) --jobs 2 VENV=$(VENV) types tests-alone

tests-alone:
	$(python) -m pytest --numprocesses 2 --dist worksteal

services: $(VENV)/ready-to-test ## start a real OpenSearch and PostgreSQL, and run the tests that need them
	$(python) -m tests.services 3 $(MAKE) beside-services VENV=$(VENV)

beside-services: ## the tests that `make services` runs while the servers are up
	$(python) -m pytest $(on_services) tests/test_opensearch_client.py tests/test_opensearch_features.py
	$(python) -m pytest $(on_services) --cov-append -m services
	$(python) -m coverage report --rcfile=tests/services/coverage.toml
	$(python) -m coverage report --rcfile=tests/services/coverage.toml --include='bot/storage/*' --fail-under=100
	TEST_ON_SERVERS=1 $(python) -m pytest tests/telegram/test_conversations.py tests/test_relevance.py
	TEST_BY_HIT=1 $(python) -m pytest tests/telegram/test_conversations.py tests/test_relevance.py

kills: $(VENV)/ready-to-test ## kill one of three processes behind a balancer, twenty times
	$(python) -m tests.services 0 $(python) -m tests.services.kills 20

endure: $(VENV)/ready-to-test ## kill the bot mid-conversation, then soak-test it for a minute
	$(python) -m tests.telegram.kills 20
	$(python) -m tests.telegram.soak 60 --untimed
	$(python) -m pytest --times 5 --numprocesses 2 --dist worksteal $(many_cases)

fix: $(VENV)/ready-to-test ## apply ruff's automatic fixes
	$(python) -m ruff check --fix .
	$(python) -m ruff format .

golden: $(VENV)/ready-to-test ## rewrite the golden files; the diff is the review
	$(python) -m pytest --accept tests

bench: $(VENV)/ready-to-test ## print the figures
	$(python) tests/benchmarks/start.py || echo 'over its bounds, which a busy machine may be'
	$(python) -m bot eval tests/relevance/facial-recognition.jsonl

picture: exchange $(VENV)/ready-to-test ## draw conversations, in the real terminal and as Telegram shows them
	@$(python) -m tests.telegram.pictures docs

exchange: $(VENV)/ready ## draw docs/exchange.svg from the real terminal
	@$(python) -m bot ask 'what does Liberty say about privacy?' --svg docs/exchange.svg

lock: ## lock the newest versions that pyproject.toml allows, with hashes
	$(call compile,requirements.txt)
	$(call compile,requirements-dev.txt,--group dev)
	$(call compile,requirements-services.txt,--extra opensearch --extra postgres)
	$(foreach extra,html pdf fast mcp,$(call compile,requirements-$(extra).txt,--extra $(extra)) &&) true

# Only an extra's libraries are installed; the project itself runs from its folder.
html pdf fast mcp: $(VENV)/ready ## install what web pages, PDFs, the compiled scorer or MCP need
	@$(install) --requirement requirements-$@.txt

clean: ## remove environments and caches
	rm -rf .venv .venv-* .mypy_cache .pytest_cache .ruff_cache .coverage

compile = $(UV) pip compile pyproject.toml $(2) --quiet --universal --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' --output-file $(1)

# The stamp is written last, so an interrupted installation starts again from scratch.
$(VENV)/ready: requirements.txt
	@for name in $(PYTHON); do \
		if $$name -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then \
			echo 'Setting up $(VENV) (first run only, about half a minute)'; \
			rm -rf $(VENV) && exec $$name -m venv $(VENV); \
		fi; \
	done; \
	echo 'No Python 3.11+ with venv found; install one (Debian: python3-venv),' \
		'or name it: make PYTHON=...' >&2; exit 1
	@$(install) --requirement requirements.txt
	@touch $@

$(VENV)/ready-to-test: $(VENV)/ready requirements-dev.txt
	@echo 'Installing development dependencies (first run only)'
	@rm $(VENV)/ready
	@$(install) --requirement requirements-dev.txt
	@touch $(VENV)/ready $@
