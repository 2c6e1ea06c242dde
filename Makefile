# `make help` lists all commands. Everything happens in .venv* and .local; nothing is installed into the system except
# Node.js and Chromium from Debian, for `make test`, if they are missing.

PYTHON  ?= python3
CONTEST ?= contests/demo
PORT    ?= 8000
PEOPLE  ?= 300
STAGE   ?=
FILE    ?=
SET     ?=
WEEK    ?=
CONFIRM ?=
REASON  ?=
ID      ?=
WHO     ?=
DAYS    ?= 7
FORCE   ?=
PEER    ?=
ONLY    ?=

VENV  := .venv
BIN   := $(VENV)/bin
READY := $(VENV)/.ready
STAGES := local dev prod
NODE   := frontend/node_modules/.ready
# Three on two cores: tests of the deployed stack and of the page mostly wait.
SIDE_BY_SIDE := -n 3 --dist loadfile
APT    := $(shell [ "$$(id -u)" = 0 ] || echo sudo) env DEBIAN_FRONTEND=noninteractive apt-get -qq -o=Dpkg::Use-Pty=0

.DEFAULT_GOAL := help
.PHONY: help setup run stop simulate spike costs limits check test test-long tools lint templates format openapi fuzz chaos bench postgres audit restore-drill recovery-drill escrow backup halt resume restore-table recover package preflight deploy smoke results intake lint-bank clean report rules end trace

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make the Python environment in .venv, unless it exists already

$(READY): requirements.txt requirements-dev.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed, and $(PYTHON) is not there."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' || \
		{ echo "Python 3.11 to 3.14 is needed (what Lambda runs); $(PYTHON) is $$($(PYTHON) -V). Try PYTHON=python3.11."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make environments; on Debian: apt install python3-venv."; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PYTHON) -m infra.install $(VENV) requirements-dev.txt
	@touch $@

# Tools that pin older versions of the others' packages get environments of their own.
.venv-%/.ready: requirements-%.txt | $(READY)
	@$(PYTHON) -m venv --clear .venv-$*
	@$(PYTHON) -m infra.install .venv-$* $<
	@touch $@

run: $(READY) ## start everything on this machine and print the address (CONTEST=folder, PORT=8000)
	@exec $(BIN)/python -m infra.local run --contest "$(CONTEST)" --port "$(PORT)"

stop: ## stop a `make run` from another shell
	@$(PYTHON) -m infra.local stop

simulate: $(READY) ## let invented people take part in the running contest (PEOPLE=300)
	@$(BIN)/python -m benchmarks.simulate --people $(PEOPLE)

spike: $(READY) tools ## simulate a morning of 200,000 people against the platform's published limits; writes docs/capacity.md
	@$(BIN)/python -m benchmarks.spike

costs: $(READY) tools ## count what a person asks for in Chromium, nine minutes, and price it; writes docs/costs.md
	@$(BIN)/python -m benchmarks.costs

check: $(READY) $(NODE) ## before each commit, in a minute: format, style, types, layers, the page's types, the fast tests
	@$(BIN)/python -m infra.check

test: $(READY) tools $(NODE) lint templates ## everything: checks, unit tests, the deployed stack, the page in a browser
	node --test frontend/tests/*.test.mjs
	$(BIN)/pytest $(SIDE_BY_SIDE)

test-long: $(READY) tools $(NODE) ## the same properties with many more examples: 10,000 walks of the page's state machine, 100 in Chromium
	HYPOTHESIS_PROFILE=long $(BIN)/pytest -n 2 -m hypothesis
	HYPOTHESIS_PROFILE=long $(BIN)/pytest -n 2 tests/proof/test_any_order.py
	WALKS=10000 node --test frontend/tests/walk.test.mjs
	WALKS=100 $(BIN)/pytest -n 3 tests/browser/test_walks.py

# The packages for the page's tests and type check; the page itself needs none.
$(NODE): frontend/package.json frontend/package-lock.json | tools
	@echo "Installing the packages for the page's tests by npm; once, usually within 20 s."
	@npm ci --prefix frontend --no-audit --no-fund --silent
	@touch $@

tools:
	@command -v node >/dev/null && command -v npm >/dev/null && command -v chromium >/dev/null || \
		echo "Installing Node.js, npm and Chromium from Debian if they are missing; once, a minute or two."
	@command -v node >/dev/null || { $(APT) update && $(APT) install --yes --no-install-recommends nodejs; }
	@command -v npm >/dev/null || { $(APT) update && $(APT) install --yes --no-install-recommends npm; }
	@command -v chromium >/dev/null || { $(APT) update && $(APT) install --yes --no-install-recommends chromium; }

lint: $(READY) $(NODE) ## format, style, types, the page's types, import contracts
	@$(BIN)/python -m infra.check python page

templates: $(READY) .venv-checkov/.ready ## package all stages; cfn-lint and checkov on their templates; search the source for secrets
	for stage in $(STAGES); do $(BIN)/python -m infra.package --stage $$stage || exit; done
	$(BIN)/cfn-lint infra/waf.yaml infra/edge.yaml $(STAGES:%=.local/build/%/template.json)
	.venv-checkov/bin/checkov --config-file .checkov.yaml --framework cloudformation \
		--file infra/waf.yaml --file infra/edge.yaml --file .local/build/prod/template.json
	.venv-checkov/bin/checkov --config-file .checkov.yaml --framework secrets --enable-secret-scan-all-files --directory .

audit: $(READY) .venv-audit/.ready ## ask PyPI for known vulnerabilities of the pinned packages; needs the network
	@.venv-audit/bin/python -m infra.audit requirements.txt requirements-dev.txt requirements-checkov.txt requirements-audit.txt requirements-peer.txt

restore-drill: $(READY) ## lose everything of a small contest and restore it; compare the digests (PEOPLE=60)
	@$(BIN)/python -m benchmarks.restore_drill --people $(if $(filter file,$(origin PEOPLE)),60,$(PEOPLE))

recovery-drill: $(READY) ## lose table, stack, region and account of a small running contest, and go on (PEOPLE=60)
	@$(BIN)/python -m benchmarks.recovery_drill --people $(if $(filter file,$(origin PEOPLE)),60,$(PEOPLE))

format: $(READY) ## format the Python code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi: $(READY) ## write docs/openapi.json from the code, and from it the types for checking the page
	@$(BIN)/python -m infra.openapi
	@$(BIN)/python -m infra.page_types

fuzz: $(READY) ## send 20,000 invented requests to the deployed package; ends with zeros where zeros belong
	@$(BIN)/python -m tests.fuzz

chaos: $(READY) ## make 100,000 submissions while database, store, functions and closes fail; count lost and double ones
	@$(BIN)/python -m benchmarks.chaos

bench: $(READY) $(if $(PEER),.venv-peer/.ready postgres) ## measure the README's figures, each against a floor, into docs/figures.json (ONLY=cold,exam; PEER=1 beside a usual server)
	@PEER=$(PEER) ONLY=$(ONLY) $(BIN)/python -m benchmarks

postgres:
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || { \
		echo "Installing PostgreSQL from Debian; once, a minute or two."; \
		$(APT) update && $(APT) install --yes --no-install-recommends postgresql; }

package: $(READY) ## build the Lambda package and its template in .local/build (STAGE=local, dev or prod)
	@$(BIN)/python -m infra.package --stage "$(or $(STAGE),dev)"

preflight: $(READY) ## ask the AWS account what would stand in the way of a deployment (STAGE=dev or prod, SET=)
	@$(BIN)/python -m infra.preflight --stage "$(STAGE)" $(SET:%=--set %)

deploy: $(READY) ## deploy to AWS and play an attempt; undone if that fails (STAGE=dev or prod, SET="AlarmEmail=a@b.vn", FORCE=yes); never tried on real AWS
	@$(BIN)/python -m infra.deploy --stage "$(STAGE)" $(SET:%=--set %) $(if $(FORCE),--force)

limits: $(READY) ## deploy the limits by address (STAGE=prod, OFFICES=networks.txt, SET="Action=block"); never tried on real AWS
	@$(BIN)/python -m infra.limits --stage "$(STAGE)" --offices "$(OFFICES)" $(SET:%=--set %)

smoke: $(READY) ## let a test person take part, and take them out again (STAGE=dev or prod, or the running contest)
	@$(BIN)/python -m infra.smoke --stage "$(or $(STAGE),local)"

results: $(READY) ## copy the operators' files to ./results (from the running contest, or STAGE=dev or prod)
	@$(BIN)/python -m infra.results --stage "$(or $(STAGE),local)"

report: $(READY) ## copy the results and open the newest bulletin (or the one of WEEK=1, WEEK=final)
	@$(BIN)/python -m infra.results --stage "$(or $(STAGE),local)" --report "$(or $(WEEK),newest)"

rules: $(READY) ## write the rules in words (thể lệ) of CONTEST=folder as a page to print
	@$(BIN)/python -m infra.rules "$(CONTEST)"

lint-bank: $(READY) ## what an editor sees in the bank FILE=questions.xlsx, or a contest folder: guessable, double, given away, no longer in force (ALL=yes, STATISTICS=question_statistics.csv, README=yes)
	@[ -n "$(FILE)" ] || { echo "Which bank? For example: make lint-bank FILE=contests/nghe-an-2022"; exit 2; }
	@$(BIN)/python -m infra.lint_bank "$(FILE)" $(if $(ALL),--all) $(if $(README),--readme) $(if $(STATISTICS),--statistics "$(STATISTICS)")

intake: $(READY) ## put FILE=units.xlsx (or another file, or a folder) into the inbox and print the answer
	@[ -n "$(FILE)" ] || { echo "Which file? For example: make intake FILE=units.xlsx"; exit 2; }
	@$(BIN)/python -m infra.intake "$(FILE)" --stage "$(or $(STAGE),local)"

trace: $(READY) ## what became of a request (ID= of the page's error line), or a person's requests (WHO= of a lookup) (STAGE=, DAYS=7)
	@$(BIN)/python -m infra.trace --stage "$(or $(STAGE),local)" --id "$(ID)" --who "$(WHO)" --days "$(DAYS)"

escrow: $(READY) ## seal all secrets of a contest in a file, TO=keys.sealed, or compare one with those in use, CHECK=keys.sealed (STAGE=)
	@[ -n "$(TO)$(CHECK)" ] || { echo "Which file? For example: make escrow TO=keys.sealed"; exit 2; }
	@$(BIN)/python -m infra.escrow "$(or $(CHECK),$(TO))" $(if $(CHECK),--check) --stage "$(or $(STAGE),local)"

backup: $(READY) ## copy the whole contest to a folder, TO=folder, or bring that up to date; holds personal data, no keys (STAGE=)
	@[ -n "$(TO)" ] || { echo "Where to? For example: make backup TO=copy"; exit 2; }
	@$(BIN)/python -m infra.contest_copy "$(TO)" --stage "$(or $(STAGE),local)"

halt: $(READY) ## let nothing run, before data are restored or copied for good (STAGE=)
	@$(BIN)/python -m infra.halt --stage "$(or $(STAGE),local)"

resume: $(READY) ## let a halted contest go on (STAGE=)
	@$(BIN)/python -m infra.halt --resume --stage "$(or $(STAGE),local)"

restore-table: $(READY) ## bring a deleted table back (TABLE=participants, entries or tallies; STAGE=)
	@$(BIN)/python -m infra.lost_table "$(TABLE)" --stage "$(or $(STAGE),local)"

recover: $(READY) ## bring a contest back in a new stack (KEYS=keys.sealed, FROM=folder of `make backup`; STAGE=)
	@[ -n "$(KEYS)" ] || { echo "Which file of keys? For example: make recover KEYS=keys.sealed FROM=copy"; exit 2; }
	@$(BIN)/python -m infra.recover "$(KEYS)" $(if $(FROM),--from "$(FROM)") --stage "$(or $(STAGE),local)"

end: $(READY) ## end a contest for good: list what would go, or with CONFIRM=contest-id delete it (STAGE=, REASON="…")
	@$(BIN)/python -m infra.end --stage "$(or $(STAGE),local)" --confirm "$(CONFIRM)" --reason "$(REASON)"

clean: ## delete the data of all contests that ran here
	@$(PYTHON) -m infra.local clean
