# Every command of the project. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
STAGE ?=
NAME ?=
ENDPOINT ?=
QUEUE ?=
CONFIRM ?=
PLUS ?=
SINCE ?=
AT :=
ALSO :=
RECORDS :=
ACCESS :=
# The notice document of run, deploy, publish, notice and test; without it, the example.
NOTICE ?= $(RISERBO_NOTICE)
# Its older names: DOCUMENT of publish, FILE of notice.
DOCUMENT ?=
TESTS ?= tests
PROFILE ?=
# Never from the environment: a shell often has an EMAIL, and it must not get a role by mistake.
EMAIL :=
ROLE :=
SCOPES :=
EXPIRES :=
KEY :=
FILE :=
FORMAT :=
ALSO :=
RECIPIENT :=
URL :=

IN_STAGE = $(PYTHON) -m infra.in_stage --stage "$(STAGE)" --endpoint "$(ENDPOINT)"

PACKAGED = .build/package/template.json
TRANSFORMED = .build/package/transformed.json
BESIDE = .build/package/logs.json .build/package/alarms.json
TEMPLATES = infra/data.yaml infra/backup.yaml infra/operations.yaml infra/account.yaml \
	infra/execution.yaml infra/operator.yaml $(PACKAGED) $(TRANSFORMED) $(BESIDE)
JUDGE = .venv-engine/bin/python -m infra.judges
# What takes longest comes first: two of them run side by side.
CHECKS = types templates lint
MADE = $(if $(filter tests tests/functions% tests/browser%,$(TESTS)),stack browser)

export PYTHONDONTWRITEBYTECODE := 1
export RISERBO_NOTICE := $(NOTICE)

.PHONY: help setup run demo clean clock schedule publish replay restore remove role audit signout factor key keys rotate revoke
.PHONY: package deploy rehearse alarm-test redrive callback callbacks receiptkey notice bench check docs format test lock
.PHONY: types templates lint stack browser pictures

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make both Python environments, if they are not up to date
	@infra/setup.sh .venv-engine infra/local/requirements.txt & engine=$$!; \
		infra/setup.sh .venv requirements-dev.txt || { wait $$engine; exit 1; }; wait $$engine

run: setup ## Serve the whole product on this machine until Ctrl-C: make run NOTICE=notice.json
	@exec $(PYTHON) -m infra.local.run

clean: ## Forget the local stack's data and everything built
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m infra.local.forget; else rm -rf .local; fi
	@rm -rf .build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

demo: setup ## Serve a shop with the consent banner beside make run, until Ctrl-C
	@exec $(PYTHON) -m tests.browser.demo.shop

clock: ## Move the running local stack's clock: make clock PLUS=8d (or 36h, 90m, 0)
	@$(PYTHON) -m infra.local.clock "$(PLUS)"

schedule: ## Run a schedule of the local stack now: make schedule NAME=retention
	@$(PYTHON) -m infra.local.schedule "$(NAME)"

publish: ## Publish a notice on the running local stack: make publish NOTICE=notice.json
	@$(PYTHON) -m infra.local.publish "$(DOCUMENT)"

notice: setup ## Check a notice and write how people would read it: make notice NOTICE=notice.json FORMAT=dpv
	@$(PYTHON) -m infra.notice "$(FILE)"$(if $(FORMAT), "$(FORMAT)")

replay: setup ## Erase again, after a restore: make replay SINCE=2026-11-01 STAGE=dev
	@$(PYTHON) -m infra.replay "$(SINCE)" --stage "$(STAGE)" --endpoint "$(ENDPOINT)"

restore: setup ## Tables back to a moment: make restore AT=2026-11-30T09:15:00Z STAGE=dev, with CONFIRM=dev to do it
	@$(PYTHON) -m infra.restore "$(AT)" --stage "$(STAGE)" --endpoint "$(ENDPOINT)" \
		--records "$(RECORDS)" --access "$(ACCESS)" --confirm "$(CONFIRM)"

remove: setup ## Take a stage away, with everybody's data: make remove STAGE=dev CONFIRM=dev
	@$(PYTHON) -m infra.removal "$(STAGE)" --endpoint "$(ENDPOINT)" --confirm "$(CONFIRM)" --also "$(ALSO)"

role: setup ## Role: desk, reader or none: make role EMAIL=ada@example.com ROLE=desk STAGE=dev
	@$(IN_STAGE) infra.role "$(EMAIL)" "$(ROLE)"

signout: setup ## End all sessions of an account: make signout EMAIL=ada@example.com STAGE=dev
	@$(IN_STAGE) infra.account signout "$(EMAIL)"

factor: setup ## Lift a lost second factor, once the desk knows who asks: make factor EMAIL=ada@example.com STAGE=dev
	@$(IN_STAGE) infra.account factor "$(EMAIL)"

audit: setup ## Verify the chains of what the desk did and of what retention did: make audit STAGE=dev
	@$(IN_STAGE) infra.audit

retention: setup ## Say what the next run of retention would do: make retention DRY_RUN=1 STAGE=dev
	@$(IN_STAGE) infra.retention "$(DRY_RUN)"

key: setup ## New API key, shown once: make key NAME=website SCOPES=introspection,accounts STAGE=dev
	@$(IN_STAGE) infra.api_keys create "$(NAME)" "$(SCOPES)" "$(EXPIRES)" "$(RECIPIENT)"

keys: setup ## List the API keys by their ids: make keys STAGE=dev
	@$(IN_STAGE) infra.api_keys list

rotate: setup ## New API key in the place of one: make rotate KEY=<its id> EXPIRES=2027-11-30 STAGE=dev
	@$(IN_STAGE) infra.api_keys rotate "$(KEY)" "$(EXPIRES)"

revoke: setup ## End an API key at once: make revoke KEY=<its id> STAGE=dev
	@$(IN_STAGE) infra.api_keys revoke "$(KEY)"

callback: setup ## Where a recipient is told, URL=none for nowhere: make callback RECIPIENT=aws URL=https://x.it STAGE=dev
	@$(IN_STAGE) infra.callbacks tell "$(RECIPIENT)" "$(URL)"

callbacks: setup ## List where recipients are told: make callbacks STAGE=dev
	@$(IN_STAGE) infra.callbacks list

receiptkey: setup ## A new key signs receipts, the one before still verifies: make receiptkey STAGE=dev
	@$(PYTHON) -m infra.signing_key --stage "$(STAGE)" --endpoint "$(ENDPOINT)"

package: setup ## Build the code package and the app stack's template into .build/package
	@$(PYTHON) -m infra.package

deploy: setup ## Deploy, try it, or return to the last version: make deploy STAGE=dev NOTICE=notice.json
	@$(PYTHON) -m infra.deploy "$(STAGE)" --endpoint "$(ENDPOINT)"

rehearse: setup ## A made-up person uses a stage as people do, and is erased: make rehearse STAGE=dev
	@$(PYTHON) -m infra.rehearsal.command --stage "$(STAGE)" --endpoint "$(ENDPOINT)"

alarm-test: setup ## Raise an alarm, see that it arrives, and put it back: make alarm-test STAGE=dev
	@$(PYTHON) -m infra.alarm_test --stage "$(STAGE)" --endpoint "$(ENDPOINT)"

redrive: setup ## Dead letters: make redrive QUEUE=mail STAGE=dev, with CONFIRM=yes to send them again
	@$(PYTHON) -m infra.redrive "$(QUEUE)" --stage "$(STAGE)" --endpoint "$(ENDPOINT)" --confirm "$(CONFIRM)"

bench: package ## Measure calls, units, CPU, cold starts and load; writes docs/performance.md
	@$(PYTHON) -m tests.bench

check: ## Lint, formatting, types, architecture, templates
	@$(MAKE) --jobs=2 $(CHECKS)

types: setup
	@$(PYTHON) -m mypy --strict .

# The SAM transform, cfn-lint over what is written and what AWS makes of it, and a policy linter.
templates: package
	@$(JUDGE).transform $(PACKAGED) $(TRANSFORMED)
	@.venv/bin/cfn-lint --regions eu-south-1 -- $(TEMPLATES)
	@.venv/bin/cfn-lint --regions us-east-1 -- infra/budget.yaml
	@$(JUDGE).policies $(TEMPLATES)

lint: setup
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@.venv/bin/lint-imports
	@.venv/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@.venv/bin/zizmor --offline --quiet --no-progress --min-severity medium .github/workflows

# What the tests find made: the stack of which each takes a copy, and a browser.
stack: package
	@$(PYTHON) -m tests.functions.saved

browser:
	@infra/chromium.sh >/dev/null

docs: setup ## Write docs/api.md from the contracts
	@$(PYTHON) -m infra.documents

pictures: setup ## Write docs/pictures from the pages: make pictures NAME=home
	@infra/chromium.sh >/dev/null && exec $(PYTHON) -m tests.browser.pictures $(NAME)

format: setup ## Rewrite the code in the project's format
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

test: ## Run every check and every test; TESTS=tests/unit for some, NOTICE=notice.json for that notice
	@started=$$(date +%s); $(MAKE) setup && $(PYTHON) -m infra.notice_document && \
		$(MAKE) --jobs=2 $(CHECKS) $(MADE) && \
		PROFILE=$(PROFILE) infra/test.sh $(TESTS) && \
		echo "make test took $$((($$(date +%s) - started) / 60)) minutes"

lock: setup ## Choose new versions of all dependencies, with the oldest Python that is supported
	@infra/lock.sh
