# Everything a contributor runs. GNU make 4.3 or later, a POSIX shell, Go.
# On a Debian without MySQL the tests fetch a server of their own, once.

SHELL       := /bin/sh
GO          ?= go
FUZZTIME    ?= 20000x
TESTTIME    ?= 60m
COUNT       ?= 1
FUZZSQLTIME ?= 1h
BANKTIME    ?= 1h
TRIALS      ?= 50
PORT        ?= 3306
CONFIG      ?= conf/saas.yaml
BENCH       ?=
PROFILED    := ^(point select|primary key|range|10k rows|insert$$|update$$|transaction on one shard|scatter)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# The version in the binaries comes from git where git can be asked.
BUILDVCS    := $(shell git status >/dev/null 2>&1 && echo true || echo false)
BUILD       := $(GO) build -trimpath -buildvcs=$(BUILDVCS) -o bin/

.DEFAULT_GOAL := help

.PHONY: clients help build test race fuzz golden diff fuzz-sql bank failover bench bench-compare instructions pgo lint fmt cover run demo clean mysql

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/sluice and bin/sluice-seed
	@mkdir -p bin
	$(BUILD) ./cmd/sluice ./cmd/sluice-seed

test: mysql clients ## run all tests, on real MySQL servers that end with them (COUNT=, TESTTIME=)
	@$(GO) test -count=$(COUNT) -timeout=$(TESTTIME) ./...

race: mysql ## run the tests of the concurrent packages under the race detector
	@$(GO) test -race -count=$(COUNT) -timeout=$(TESTTIME) ./pool/... ./proxy/... ./router/...

fuzz: ## run every fuzz test for FUZZTIME=20000x each (or 10m)
	@grep -rlE --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			echo "$$name in $$(dirname "$$file")"; \
			$(GO) test -run='^$$' -fuzz="^$$name\$$" -fuzztime=$(FUZZTIME) "$$(dirname "$$file")" </dev/null || exit 1; \
		done; \
	done

golden: ## write all golden files anew; read the difference before you commit it
	@for dir in $$(grep -rlE --include='*_test.go' 'flag\.Bool\("rewrite"' . | xargs -n 1 dirname | sort -u); do \
		$(GO) test -count=1 "$$dir" -rewrite || exit 1; \
	done

diff: mysql ## run only the differential suite: one plain MySQL against another, and against Sluice with 1 and 4 shards
	@$(GO) test -count=$(COUNT) -timeout=$(TESTTIME) -run='^TestDifferential' -v ./test

fuzz-sql: mysql ## compare random queries through Sluice with one MySQL for FUZZSQLTIME=1h
	@seed=$${FUZZSQL_SEED:-$$(date +%s)}; echo "the first seed is $$seed"; \
	FUZZSQL_SEED=$$seed FUZZSQL_FOR=$(FUZZSQLTIME) $(GO) test -count=1 -timeout=0 -run='^TestQueries' -v ./test/fuzzsql

bank: mysql ## move money for BANKTIME=1h while everything is killed and stopped, and check what is left
	@BANK_FOR=$(BANKTIME) $(GO) test -count=1 -timeout=0 -run='^TestBank$$' -v ./test/bank

failover: mysql ## kill the primary under 100 writing clients TRIALS=50 times, freeze and switch it, and print the outages
	@FAILOVER_TRIALS=$(TRIALS) LEVELS_FOR=2m $(GO) test -count=1 -timeout=0 -v ./test/failover

bench: mysql build ## measure Sluice beside direct connections and HAProxy, write test/bench/report
	@$(GO) run ./test/bench -cache -slice 300ms -rounds 7 -report test/bench/report $(BENCH)

bench-compare: mysql build ## measure again, fail if a ratio is 10 % worse than in test/bench/report
	@$(GO) run ./test/bench -cache -slice 300ms -rounds 7 -compare test/bench/report/figures.json $(BENCH)

instructions: mysql build ## count instructions per statement (Valgrind), fail if any are 10 % more than in test/bench/instructions.json
	@$(GO) run ./test/bench -instructions test/bench/instructions.json $(BENCH)

pgo: mysql build ## profile Sluice anew into cmd/sluice/default.pgo, and measure it built with and without
	@dir=$$(mktemp -d) && trap 'rm -r $$dir' EXIT && cp bin/sluice $$dir && \
	$(GO) run ./test/bench -connections 16 -slice 1s -rounds 8 -only '$(PROFILED)' -sluice $$dir/sluice -profile cmd/sluice/default.pgo
	$(GO) build -trimpath -buildvcs=$(BUILDVCS) -pgo=off -o bin/sluice-plain ./cmd/sluice
	$(BUILD) ./cmd/sluice
	@$(GO) run ./test/bench -connections 16 -slice 500ms -rounds 9 -only '$(PROFILED)' -beside bin/sluice-plain

lint: ## check formatting, go vet, staticcheck
	@files=$$(gofmt -l .); [ -z "$$files" ] || { echo "not formatted (make fmt):"; echo "$$files"; exit 1; } >&2
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

fmt: ## format all Go files
	@gofmt -w .

cover: mysql ## write coverage.out and print the total
	@$(GO) test -count=1 -timeout=$(TESTTIME) -coverpkg=./... -coverprofile=coverage.out ./...
	@$(GO) tool cover -func=coverage.out | tail -n 1

run: build ## run Sluice with CONFIG=conf/saas.yaml
	bin/sluice serve --config $(CONFIG)

demo: ## start six databases and Sluice in front of them on PORT=3306
	@mkdir -p bin
	@$(BUILD) ./cmd/sluice ./cmd/sluice-demo
	@$(MAKE) --no-print-directory mysql
	@exec bin/sluice-demo --with-parent --port $(PORT)

clean: ## remove what make wrote, but not the cached MySQL
	rm -rf bin coverage.out

# clients sees to the programs that test/clients runs.
clients:
	@test/clients/install.sh

# mysql sees to a MySQL 8.0 or later: $SLUICE_MYSQLD, mysqld on PATH, or one unpacked
# into the user's cache folder.
mysql:
	@[ -n "$$SLUICE_MYSQLD" ] \
		|| mysqld --version 2>/dev/null | grep -v MariaDB | grep -Eq 'Ver ([89]|[1-9][0-9])\.' \
		|| bash test/mysqltest/fetch.sh >/dev/null
