"""The official schema of CycloneDX 1.6, for every document of that form that we write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import referencing

_FOLDER = Path(__file__).parent / "data" / "schemas"


def _read(name: str) -> Any:
    return json.loads((_FOLDER / name).read_text("utf-8"))


def make_validator() -> jsonschema.Draft7Validator:
    """The schema with the two that it refers to; contacts nobody."""
    parts = [_read(name) for name in ("cyclonedx-1.6.json", "spdx.json", "jsf-0.82.json")]
    known = referencing.Registry().with_contents([(part["$id"], part) for part in parts])
    return jsonschema.Draft7Validator(parts[0], registry=known)
