"""Reads fingerprints/makers.yaml and checks it; every refusal names the line. Touches no network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from scanner.data_file import SHAPE, DataError, Place, Problem, read_shape
from scanner.dates import DateError, parse_span
from scanner.makers import Brand, Maker, Makers, spell
from scanner.strict_yaml import Path

NAME: Final = "fingerprints/makers.yaml"


@dataclass(frozen=True, slots=True)
class MakersFile:
    """The shape of the file."""

    __pydantic_config__ = SHAPE

    makers: tuple[Maker, ...]
    brands: tuple[Brand, ...]


def load_makers(home: Traversable | None = None) -> Makers:
    """The shipped makers and brands, or those in another folder. Raises DataError naming every problem."""
    home = home if home is not None else files("fingerprints")
    makers, problems = read_makers((home / "makers.yaml").read_text("utf-8"), NAME)
    if makers is None:
        raise DataError(problems)
    return makers


def read_makers(text: str, name: str) -> tuple[Makers | None, list[Problem]]:
    """Makers from the text of a file, or None with what is wrong with it."""
    value, place, problems = read_shape(MakersFile, text, name)
    if value is None:
        return None, problems
    problems += [place.problem(path, message) for path, message in _check(value)]
    problems += _repeats(value, place)
    return (None if problems else Makers(value.makers, value.brands)), problems


def _check(value: MakersFile) -> Iterator[tuple[Path, str]]:
    known = {maker.id for maker in value.makers}
    brands = {brand.id for brand in value.brands}
    for index, maker in enumerate(value.makers):
        if maker.part_of and maker.part_of not in known:
            yield ("makers", index, "part_of"), f"{maker.id}: unknown maker {maker.part_of!r}"
        for number, unit in enumerate(maker.units):
            where: Path = ("makers", index, "units", number)
            if unit.brand and unit.brand not in brands:
                yield (*where, "brand"), f"{maker.id}: unknown brand {unit.brand!r}"
            yield from _check_dates(where, maker.id, unit.since, unit.until)
    for index, brand in enumerate(value.brands):
        yield from _check_dates(("brands", index), brand.id, brand.since, brand.until)
        for number, row in enumerate(brand.makers):
            if row.maker not in known:
                yield ("brands", index, "makers", number, "maker"), f"{brand.id}: unknown maker {row.maker!r}"


def _check_dates(where: Path, subject: str, since: str, until: str) -> Iterator[tuple[Path, str]]:
    spans = []
    for key, text in (("since", since), ("until", until)):
        if not text:
            continue
        try:
            spans.append(parse_span(text))
        except DateError as error:
            yield (*where, key), f"{subject}: {error}"
    if len(spans) == 2 and spans[1][1] < spans[0][0]:
        yield (*where, "until"), f"{subject}: ends ({until}) before it begins ({since})"


def _repeats(value: MakersFile, place: Place) -> list[Problem]:
    """An id or spelling that stands for two makers, or for two brands."""
    problems = []
    for section, spellings in (
        ("makers", [(m.id, {m.id, m.name, *m.legal_names}) for m in value.makers]),
        ("brands", [(b.id, {b.id, b.name, *b.also}) for b in value.brands]),
    ):
        owner: dict[str, str] = {}
        for index, (identifier, texts) in enumerate(spellings):
            for text in sorted({spell(text) for text in texts}):
                if text in owner:
                    message = f"{identifier}: the spelling {text!r} stands already for {owner[text]}"
                    problems.append(place.problem((section, index), message))
                owner[text] = identifier
            if identifier != identifier.lower() or identifier != identifier.strip():
                problems.append(place.problem((section, index), f"{identifier!r}: an id is written in lower case"))
    return problems
