# Every target sets up .venv by itself; a second call does not install again.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PEERS := $(VENV)/.peers

.PHONY: demo test test-slow bench bench-feynman lint docs clean

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[all,dev]'
	$(BIN)/python -m pip install --quiet -c constraints.txt --no-deps timm  # torchvision breaks CPU torch
	touch $@

$(PEERS): $(STAMP)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[bench]'
	touch $@

demo: $(STAMP)
	$(BIN)/python docs/examples/demo.py

# Two processes have the two cores; threads of BLAS and OpenMP would only wait for each other.
test test-slow: export OMP_NUM_THREADS := 1

# Coverage is that of the hub by its own tests; it slows tests down by half.
test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term:skip-covered --cov-fail-under=95 \
		--ignore=tests/plugins --ignore=tests/fitting
	$(BIN)/python -m pytest -n 2 tests/plugins tests/fitting

test-slow: $(STAMP)
	$(BIN)/python -m pytest -m slow
	EMLIR_EXAMPLES=10000 $(BIN)/python -m pytest -n 2 tests/text/test_round_trip.py \
		tests/plugins/test_notations.py tests/test_agreement.py tests/passes/test_preservation.py
	EMLIR_EXAMPLES=100 $(BIN)/python -m pytest -n 2 tests/plugins/test_schedule*.py \
		tests/plugins/test_attention*.py tests/plugins/test_equilibrium*.py tests/plugins/test_eml_log.py

bench: $(PEERS)
	$(BIN)/python tests/benchmarks/scale.py
	$(BIN)/python tests/benchmarks/notations.py
	$(BIN)/python tests/benchmarks/rewriting.py
	$(BIN)/python tests/benchmarks/evaluation.py
	$(BIN)/python tests/benchmarks/gpu.py
	$(BIN)/python -m tests.benchmarks.search_eml
	$(BIN)/python -m tests.benchmarks.search_noise
	$(BIN)/python -m tests.benchmarks.schedules
	$(BIN)/python -m tests.benchmarks.attention
	$(BIN)/python tests/benchmarks/equilibrium.py

# make bench-feynman ARGS="--subset --seconds 480 --units"; goes on where it stopped
bench-feynman: $(STAMP)
	$(BIN)/python -m tests.benchmarks.feynman $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: $(STAMP)
	$(BIN)/python -m pytest docs README.md

clean:
	rm -rf $(VENV) dist
