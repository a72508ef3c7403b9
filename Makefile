# Every target works from a fresh clone, twice in a row, and offline once its packages and crates are there.

SHELL := /bin/sh
CARGO := $(shell command -v cargo || echo "$$HOME/.cargo/bin/cargo")
require := tests/support/require.sh
compiler := cc=build-essential

.PHONY: help demo test lint audit bench bench-judging bench-observation fuzz fuzz-seeds stress soak

help:
	@echo "make demo    route sample mails on a private server and show what went where and why"
	@echo "make test    all tests"
	@echo "make lint    format, clippy, documentation, licences"
	@echo "make audit   known vulnerabilities of the dependencies (cargo-deny, network)"
	@echo "make bench   speed against a floor and against imapfilter (BENCH_SIZES, BENCH_ROUNDS)"
	@echo "make bench-judging  speed of reading and deciding mails, without a server"
	@echo "make bench-observation  commands, time and memory of a round through the folders of clerks (BENCH_MAILS, BENCH_LARGE)"
	@echo "make fuzz    hostile input for parser, rules and folder names (FUZZ_RUNS; needs a nightly compiler and cargo-fuzz)"
	@echo "make stress  all tests, optimised, with bigger counts; half an hour of clerks at work while the daemon is killed"
	@echo "make soak    an hour at ten times the expected load: memory, open files, connections (SOAK_MINUTES)"

demo:
	@$(require) $(compiler) dovecot=dovecot-imapd
	@$(CARGO) build --release --locked --quiet --bin postweiche --example demo
	@$(CARGO) run --release --locked --quiet --example demo

test:
	@$(require) $(compiler) dovecot=dovecot-imapd
	$(CARGO) test --locked
	$(CARGO) test --locked --features crash-points --test kill

lint:
	@$(require) $(compiler)
	$(CARGO) fmt --check
	$(CARGO) fmt --check --manifest-path fuzz/Cargo.toml
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) clippy --locked --features crash-points --lib --bin postweiche --test kill -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --document-private-items
	@if $(CARGO) deny --version >/dev/null 2>&1; then $(CARGO) deny --locked --offline check bans licenses sources; \
	else echo "cargo-deny is not installed: the licences of the dependencies are not checked"; fi

# Needs the network and cargo-deny.
audit:
	$(CARGO) deny --locked check advisories

bench:
	@$(require) $(compiler) dovecot=dovecot-imapd imapfilter=imapfilter /usr/bin/time=time
	$(CARGO) bench --locked --bench routing

bench-judging:
	@$(require) $(compiler)
	$(CARGO) bench --locked --bench judging

bench-observation:
	@$(require) $(compiler) dovecot=dovecot-imapd /usr/bin/time=time
	$(CARGO) bench --locked --bench observation

# Executions of each target. The code is free of `unsafe`, so the fuzzer looks for panics, endless loops and floods of
# memory, without a sanitizer; FUZZ_FLAGS= (empty) brings the address sanitizer back.
FUZZ_RUNS ?= 10000
FUZZ_FLAGS ?= --sanitizer none
fuzz_targets := parse classify rules mutf7

fuzz: fuzz-seeds
	@for target in $(fuzz_targets); do \
		echo "== $$target"; \
		$(CARGO) +nightly fuzz run $(FUZZ_FLAGS) $$target -- -runs=$(FUZZ_RUNS) -timeout=2 -rss_limit_mb=1024 -print_final_stats=1 || exit 1; \
	done

# The samples are where the fuzzer starts from; what it finds is kept beside them, in fuzz/corpus.
fuzz-seeds:
	@$(require) $(compiler)
	@$(CARGO) +nightly --version >/dev/null 2>&1 || \
	{ echo "fuzzing needs a nightly compiler beside the usual one: rustup toolchain install nightly" >&2; exit 1; }
	@$(CARGO) fuzz --version >/dev/null 2>&1 || \
	{ echo "fuzzing needs cargo-fuzz: cargo install --locked cargo-fuzz" >&2; exit 1; }
	@$(CARGO) fetch --quiet --locked --manifest-path fuzz/Cargo.toml
	@for target in $(fuzz_targets); do mkdir -p fuzz/corpus/$$target; done
	@cp tests/samples/*.eml tests/messages/*.eml fuzz/corpus/parse
	@cp tests/samples/*.eml tests/messages/*.eml fuzz/corpus/classify
	@number=0; for file in rules/*.toml; do \
		{ printf "\\$$(printf %03o $$((2 * number)))"; cat "$$file"; } >fuzz/corpus/rules/whole-$$number; \
		printf "\\$$(printf %03o $$((2 * number + 1)))\\001\\000\\010\\004wort" >fuzz/corpus/rules/edited-$$number; \
		number=$$((number + 1)); \
	done
	@printf 'INBOX/Agentur Köln & Bonn' >fuzz/corpus/mutf7/name
	@printf 'INBOX/Agentur K&APY-ln &- Bonn' >fuzz/corpus/mutf7/wire

stress:
	@$(require) $(compiler) dovecot=dovecot-imapd
	POSTWEICHE_STRESS=1 PROPTEST_CASES=20000 $(CARGO) test --release --locked
	POSTWEICHE_STRESS=1 $(CARGO) test --release --locked --features crash-points --test kill

SOAK_MINUTES ?= 60

soak:
	@$(require) $(compiler) dovecot=dovecot-imapd
	POSTWEICHE_SOAK_MINUTES=$(SOAK_MINUTES) $(CARGO) test --release --locked --test stress soak -- --nocapture
