"""The values between the stages: frozen, told apart by what they hold, and changed only into new ones."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import pytest
from msgspec import Struct

from scanner import model
from scanner.model import Observation, replace

SEEN = Observation("http", "title", "Login", "10.0.0.5", 80)
KINDS = [
    kind for kind in vars(model).values() if isinstance(kind, type) and issubclass(kind, Struct) and kind != Struct
]


@dataclass(frozen=True)
class Plain:
    """A value of another module."""

    value: str
    other: int = 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_value_is_frozen(kind: type[Struct]) -> None:
    assert kind.__struct_config__.frozen


def test_no_field_can_be_set() -> None:
    with pytest.raises(AttributeError):
        SEEN.value = "Other"  # type: ignore[misc]


def test_equal_contents_are_equal_values() -> None:
    again = Observation("http", "title", "Login", "10.0.0.5", 80)
    assert again == SEEN
    assert hash(SEEN) == hash(again)
    assert pickle.loads(pickle.dumps(SEEN)) == SEEN


@pytest.mark.parametrize("value", [SEEN, Plain("Login")])
def test_a_changed_value_is_another(value: Observation | Plain) -> None:
    other = replace(value, value="Hello")
    assert (value.value, other.value, type(other)) == ("Login", "Hello", type(value))
    assert replace(other, value="Login") == value


def test_a_field_that_is_not_there_is_not_changed() -> None:
    with pytest.raises(TypeError):
        replace(SEEN, colour="red")
