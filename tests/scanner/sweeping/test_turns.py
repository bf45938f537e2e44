"""Turns: one at a time, the highest claim first, and none lost when somebody gives up waiting."""

from __future__ import annotations

import asyncio

import pytest

from scanner.sweeping.turns import Turns


async def test_the_highest_claim_goes_first_and_equals_in_order() -> None:
    turns, order = Turns(), list[str]()

    async def go(name: str, claim: float) -> None:
        async with turns.take(claim):
            order.append(name)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for name, claim in (("first", 0), ("low 1", 1), ("high", 5), ("low 2", 1), ("middle", 3)):
            group.create_task(go(name, claim))
    assert order == ["first", "high", "middle", "low 1", "low 2"]


async def test_only_one_goes_at_a_time() -> None:
    turns = Turns()
    inside = most = 0

    async def go() -> None:
        nonlocal inside, most
        for _ in range(5):
            async with turns.take(1):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(go())
    assert most == 1


@pytest.mark.parametrize("turn_has_come", [False, True])
async def test_who_gives_up_waiting_loses_nobodys_turn(turn_has_come: bool) -> None:
    turns = Turns()
    holder = turns.take(1)
    await holder.__aenter__()

    async def wait() -> None:
        async with turns.take(2):
            pass

    given_up = asyncio.ensure_future(wait())
    patient = asyncio.ensure_future(wait())
    await asyncio.sleep(0)
    if turn_has_come:
        await holder.__aexit__(None, None, None)
        given_up.cancel()
    else:
        given_up.cancel()
        await asyncio.sleep(0)
        await holder.__aexit__(None, None, None)
    async with asyncio.timeout(1):
        await patient
        async with turns.take(0):
            pass
    assert given_up.cancelled()


async def test_an_error_hands_the_turn_on() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="torn"):
        async with turns.take(1):
            raise ValueError("torn")
    async with asyncio.timeout(1), turns.take(1):
        pass
