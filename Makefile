.PHONY: help check lint types test lab wheel demo pins fields catalogue translations commands fuzz kills sbom audit mutants

help:            ## this list
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

check: lint types test  ## everything a change must pass

lint:            ## formatting and lint
	uv run ruff format --check .
	uv run ruff check .

types:           ## strict types
	uv run mypy

test:            ## all tests
	uv run pytest

lab:             ## only the tests that stand on a simulated network
	uv run pytest -m lab

wheel:           ## build the wheel, install it alone, run it
	uv run pytest tests/test_wheel.py

demo:            ## scan the simulated estate and write the report
	uv run camcensus demo

pins:            ## refresh the exact versions in pyproject.toml
	uv run python tools/pins.py --clear
	uv lock --upgrade
	uv run python tools/pins.py

catalogue:       ## write docs/fingerprints.md from the fingerprint files
	uv run python tools/catalogue.py

translations:    ## bring the message catalogues up to date, and name what lacks a translation
	uv run python -m tools.catalogues

fields:          ## write docs/fields.md from fingerprints/fields.yaml
	uv run python tools/fields.py

commands:        ## write docs/commands.md from the command line
	uv run python tools/commands.py

fuzz:            ## ten minutes of coverage-guided fuzzing for every parser (hours in all)
	uv run --extra fuzz python -m tests.fuzz.run all --seconds 600

kills:           ## kill a scan at a hundred random moments and compare the reports
	uv run python -m benchmarks.kills 100

sbom:            ## write the bill of materials of the release (CycloneDX) to dist/
	uv run python -m tools.sbom dist/camcensus.cdx.json

audit:           ## look for known vulnerabilities of what a release needs (asks a public database: needs the internet)
	uv run python -m tools.sbom --requirements dist/requirements.txt
	uvx pip-audit --disable-pip --no-deps --requirement dist/requirements.txt

mutants:         ## mutation testing of the core: what no test notices (half an hour; docs/mutation.md)
	uv run --with mutmut==3.8.1 python -m tools.mutants
