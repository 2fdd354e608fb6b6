# Torque's commands. `make run` starts it, `make test` proves it.
.PHONY: run test check bench dev

run: ## build what changed and start the server; ends with its address
	@scripts/run

test: ## every test: Rust, SQL stories, web units, stories, browser
	@scripts/test

check: ## formatting, lints, docs, licences, and the building's own rules
	@scripts/check

bench: ## measure the figures of benches/README.md on this machine
	@scripts/bench

dev: ## the web with hot reload, against a server that runs (make run)
	@scripts/setup run
	@cd web && npm run dev
