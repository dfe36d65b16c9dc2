# The two commands that a newcomer needs are `make demo` and `make test`; each makes the environment if it is missing.

PYTHON ?= python3
BIN := .venv/bin
ENVIRONMENT := .venv/.installed
BLENDER := .venv-blender/.installed
DOCS := .venv/.docs
CORES ?= all

.PHONY: demo app test test-slow blender faults cluster lint format docs bench clean

demo: $(ENVIRONMENT)  ## motions, videos, training and the retrieval table, on the embedded data
	$(BIN)/snakemake --cores $(CORES)
	@cat results/table.md
	@echo "The report for people: results/report.html"

app: $(ENVIRONMENT)  ## the page on which one searches the demo's motions; no training needed
	test -d results/motions || $(BIN)/snakemake --cores $(CORES) motions
	$(BIN)/lavimo index results
	$(BIN)/lavimo app

test: $(ENVIRONMENT)  ## the fast tests
	$(BIN)/pytest -n 2 --dist loadgroup -m "not slow"

test-slow: $(ENVIRONMENT)  ## the tests that take minutes
	$(BIN)/pytest -n 2 --dist loadgroup -m slow

blender: $(ENVIRONMENT) $(BLENDER)  ## the extension and exported files, in Blender itself: a module of 350 MB, in an environment of its own
	$(BIN)/pytest -m slow tests/blender

faults: $(ENVIRONMENT)  ## ten thousand damaged files, each read within limits, and a hundred kills of a small workflow
	$(BIN)/python tests/faults/fuzz.py 10000
	$(BIN)/python tests/faults/kill.py 100

cluster: $(ENVIRONMENT)  ## the small workflow on a SLURM of its own (root; Debian: slurm-wlm, munge)
	$(BIN)/pytest -m slow tests/workflow/test_slurm.py

lint: $(ENVIRONMENT)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy bench/*.py
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint

format: $(ENVIRONMENT)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/snakefmt Snakefile rules

docs: $(ENVIRONMENT) $(DOCS)  ## docs/config.md, workflow/schemas/config.schema.json for editors, and the pages as a site
	$(BIN)/lavimo config --page --output docs/config.md
	$(BIN)/lavimo config --schema --output workflow/schemas/config.schema.json
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@echo "The site: site/index.html"

bench: $(ENVIRONMENT)  ## every benchmark: a table each, and bench/NAME.json
	for script in bench/*.py; do $(BIN)/python $$script || exit 1; done

$(ENVIRONMENT): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "lavimo needs Python 3.11 or newer; found: $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt uv \
		&& $(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '.[dev]' \
		|| $(BIN)/pip install --quiet --no-compile --constraint constraints.txt --editable '.[dev]'
	$(BIN)/lavimo fetch-models
	$(BIN)/lavimo fetch-page || echo "Without three.js the page of \`make app\` has previews only."
	@touch $@

$(DOCS): $(ENVIRONMENT)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '.[docs]' \
		|| $(BIN)/pip install --quiet --no-compile --constraint constraints.txt --editable '.[docs]'
	@touch $@

$(BLENDER): | $(ENVIRONMENT)  # Blender 5.0 is Python 3.11
	python3.11 -m venv .venv-blender
	$(BIN)/uv pip install --quiet --python .venv-blender/bin/python bpy==5.0.1 \
		|| .venv-blender/bin/pip install --quiet --no-compile bpy==5.0.1
	@touch $@

clean:  ## remove results, logs and benchmarks; the environment stays
	rm -rf results logs benchmarks .snakemake
