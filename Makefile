# Every target works from a fresh clone, twice in a row, and offline once its packages and crates are there.

SHELL := /bin/sh
CARGO := $(shell command -v cargo || echo "$$HOME/.cargo/bin/cargo")
require := tests/support/require.sh
compiler := cc=build-essential

.PHONY: help demo test lint audit bench stress

help:
	@echo "make demo    route sample mails on a private server and show what went where and why"
	@echo "make test    all tests"
	@echo "make lint    format, clippy, documentation, licences"
	@echo "make audit   known vulnerabilities of the dependencies (cargo-deny, network)"
	@echo "make bench   speed against a floor and against imapfilter (BENCH_SIZES, BENCH_ROUNDS)"
	@echo "make stress  all tests, optimised, with bigger counts"

demo:
	@$(require) $(compiler) dovecot=dovecot-imapd
	@$(CARGO) build --release --locked --quiet --bin postweiche --example demo
	@$(CARGO) run --release --locked --quiet --example demo

test:
	@$(require) $(compiler) dovecot=dovecot-imapd
	$(CARGO) test --locked

lint:
	@$(require) $(compiler)
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --document-private-items
	@if $(CARGO) deny --version >/dev/null 2>&1; then $(CARGO) deny --locked --offline check bans licenses sources; \
	else echo "cargo-deny is not installed: the licences of the dependencies are not checked"; fi

# Needs the network and cargo-deny.
audit:
	$(CARGO) deny --locked check advisories

bench:
	@$(require) $(compiler) dovecot=dovecot-imapd imapfilter=imapfilter /usr/bin/time=time
	$(CARGO) bench --locked --bench routing

stress:
	@$(require) $(compiler) dovecot=dovecot-imapd
	POSTWEICHE_STRESS=1 PROPTEST_CASES=20000 $(CARGO) test --release --locked
