# Two commands do all the set-up that they need: `make run` and `make test`.

.PHONY: help run test faults bench audit android-check
.DEFAULT_GOAL := help

help: ## say what can be made
	@printf 'make run            start the demo: server, console links, and the app in a phone-sized window\n'
	@printf '     FRESH=1        … with empty data (it is kept in target/demo otherwise)\n'
	@printf 'make test           every check and every test, the real window and browser included\n'
	@printf 'make faults         the long form of the fault lab, overnight; stopped, it goes on where it was\n'
	@printf 'make bench          measure the figures of the README\n'
	@printf 'make audit          licences, bans, sources and advisories of all dependencies, and a bill of materials\n'
	@printf 'make android-check  type-check the app for a 64-bit Android phone, without an NDK\n'

run:
	@FRESH=$(FRESH) .make/run

test:
	@.make/test

faults:
	@.make/faults

bench:
	@.make/bench

audit:
	@.make/setup build
	@.make/audit

android-check:
	@.make/setup android
	@.make/android-check
