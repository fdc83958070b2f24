# 惠联 Huilian. The same five commands everywhere; what is missing on Debian installs itself.
MAKEFLAGS += --no-print-directory
.PHONY: help run test check bench soak pages crates
.DEFAULT_GOAL := help

help:
	@echo 'make run    构建页面与服务，启动演示 · build pages and service, start the demo'
	@echo 'make test   运行全部测试 · run every test there is'
	@echo 'make check  检查格式、规范与文档 · formatting, lints, documentation, rules'
	@echo 'make bench  性能测试 · run the benchmarks'
	@echo 'make soak   长时间故障演练 · break everything for a long time and compare'

# The pages are embedded in the service, so they come first; meanwhile the crates are downloaded. Posters have Chinese
# letters; everything else works without them.
run:
	@tests/need fonts-wqy-microhei || true
	@$(MAKE) -j2 pages crates
	@cargo run --locked -- demo

test:
	@tests/run

check: pages
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked
	cargo test --workspace --locked --test it repository::
	cd h5 && npx --no-install vue-tsc --noEmit
	tests/need shellcheck
	shellcheck -x .ci/run tests/run tests/callers tests/need tests/audit tests/soak tests/servers/with tests/servers/demo tests/servers/point-in-time
	shellcheck deploy/licences deploy/backup/archive deploy/backup/take deploy/backup/restore deploy/upgrade/try
	tests/audit

# The slow phone loads the pages that are embedded.
bench: pages
	@benches/run

# make soak MINUTES=20 SEED=7 ROUNDS=3 GUESTS=24
soak:
	@tests/soak $(if $(MINUTES),--minutes $(MINUTES)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(GUESTS),--guests $(GUESTS))

crates:
	@cargo fetch --locked

# Installed anew only when the lock file changes, built anew only when a source changes; the second rule's own mark
# lives among the packages, so that a new installation builds anew too.
packages := h5/node_modules/.package-lock.json
built := h5/node_modules/.built
sources := tests/it/http/openapi.json $(shell find h5 -mindepth 1 \( -path h5/node_modules -o -path h5/dist -o -path h5/e2e \) -prune -o -print)

pages: $(built)

$(packages): h5/package-lock.json
	npm --prefix h5 ci

# Cargo does not see that a folder has appeared, so what embeds the pages counts as changed.
$(built): $(packages) $(sources) $(if $(wildcard h5/dist/*),,rebuild)
	npm --prefix h5 run build
	@touch $$(grep -rl 'derive(RustEmbed)' src) $@

.PHONY: rebuild
rebuild:
