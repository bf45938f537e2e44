"""A sentence that is plain text and still knows the template and the values it was made from; translates nothing.

The thinking half speaks English. A report in another language finds the translation by the template and fills it with
the same values; for everybody else (JSON, comparisons, a record) the sentence is its English text and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NoReturn, Self, TypeAlias

Value: TypeAlias = "str | int | date"
"""What fills a placeholder. A Sentence is translated in its turn, a number grouped, a day written as the language does;
any other text stands as it is, since it may be a device's own."""


class Sentence(str):
    """English text with its origin. Equal to, hashed as and written as the plain text; never changes.

    `template` has named placeholders, `many` is its plural form (empty: none) for `number`, which fills `{n}`.
    A template without values is not formatted, so a text of a data file may hold braces.
    """

    __slots__ = ("many", "number", "template", "values")

    template: str
    many: str
    number: int
    values: tuple[tuple[str, Value], ...]

    def __new__(
        cls, template: str, values: tuple[tuple[str, Value], ...] = (), many: str = "", number: int = 1
    ) -> Self:
        form = many if many and number != 1 else template
        filled = {name: in_english(value) for name, value in values}
        if many:
            filled["n"] = in_english(number)
        self = super().__new__(cls, form.format(**filled) if filled else form)
        for name, value in (("template", template), ("values", values), ("many", many), ("number", number)):
            object.__setattr__(self, name, value)
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a sentence does not change, so {name} cannot be set")

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        return type(self), (self.template, self.values, self.many, self.number)


def say(template: str, /, **values: Value) -> Sentence:
    """A sentence or clause from a template with named placeholders: `say("Made by {maker}.", maker=name)`.

    The template is a literal, so that the catalogue finds it, or a text of a data file that a translation may know.
    """
    return Sentence(template, tuple(values.items()))


def say_count(one: str, many: str, number: int, /, **values: Value) -> Sentence:
    """A sentence with a number: `say_count("{n} device", "{n} devices", 3)`."""
    return Sentence(one, tuple(values.items()), many, number)


def say_all(items: Iterable[str]) -> str:
    """The items joined by commas, the last one by "and"."""
    held = list(items)
    joined = held[0] if held else ""
    for item in held[1:-1]:
        joined = say("{first}, {second}", first=joined, second=item)
    return say("{first} and {second}", first=joined, second=held[-1]) if len(held) > 1 else joined


def in_english(value: Value) -> str:
    """A value as English text: days in ISO form, numbers grouped by commas."""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:,}" if isinstance(value, int) else str(value)
