"""Reads persona and estate files: scalars stay text unless they are plain integers or true/false. Runs no tags.

YAML 1.1 reads `10:11:12` as a number and `no` as false, and lets a duplicate key win: no good for MAC prefixes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml


class FileError(ValueError):
    """A persona or estate file cannot be used; the message names the file, and the line where there is one."""


class _Strict(yaml.SafeLoader):
    """Text, integers and booleans only; duplicate keys are refused."""


_Strict.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^(?:0|-?[1-9][0-9]*)$", "-0123456789"),
    ("null", r"^null$", "n"),
):
    _Strict.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
        seen.add(key.value)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


_Strict.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in the file, or raise FileError with the place."""
    try:
        # _Strict is a SafeLoader: it builds plain values only.
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Strict)
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror}): name a file that is there") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: is not UTF-8 text (byte {error.start}): save it as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise FileError(f"{path}{line}: {error.problem}") from error
    if not isinstance(data, dict):
        raise FileError(f"{path}: holds no mapping: begin it with `id:`")
    return data
