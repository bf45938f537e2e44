"""Never more at once than there are places; who waits goes in the order he came; who gives up takes no place along."""

from __future__ import annotations

import asyncio

import pytest

from scanner.places import Places


class Crowd:
    """Tasks that stay in a place until they are told to leave."""

    def __init__(self, count: int) -> None:
        self.places = Places(count)
        self.inside: list[str] = []
        self.leave: dict[str, asyncio.Event] = {}

    def send(self, names: str) -> dict[str, asyncio.Task[None]]:
        return {name: asyncio.create_task(self._stay(name)) for name in names}

    async def _stay(self, name: str) -> None:
        self.leave[name] = asyncio.Event()
        async with self.places:
            self.inside.append(name)
            try:
                await self.leave[name].wait()
            finally:
                self.inside.remove(name)


async def turns(count: int = 4) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_never_more_than_there_are_places_and_in_the_order_of_coming() -> None:
    crowd = Crowd(2)
    tasks = crowd.send("abcd")
    await turns()
    assert crowd.inside == ["a", "b"]
    crowd.leave["b"].set()
    await turns()
    assert crowd.inside == ["a", "c"]
    for name in "acd":
        crowd.leave[name].set()
    await asyncio.gather(*tasks.values())
    assert crowd.inside == []
    again = crowd.send("ef")
    await turns()
    assert crowd.inside == ["e", "f"]
    for task in again.values():
        task.cancel()
    await asyncio.gather(*again.values(), return_exceptions=True)


async def test_who_comes_while_a_place_is_handed_on_does_not_take_it() -> None:
    crowd = Crowd(1)
    tasks = crowd.send("ab")
    await turns()
    tasks["a"].cancel()
    await asyncio.sleep(0)  # a leaves; b is told and has not come yet
    tasks |= crowd.send("c")
    await turns()
    assert crowd.inside == ["b"]
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)


@pytest.mark.parametrize("told", [False, True])
async def test_who_gives_up_takes_no_place_along(*, told: bool) -> None:
    crowd = Crowd(1)
    tasks = crowd.send("abc")
    await turns()
    if told:
        tasks["a"].cancel()
        await asyncio.sleep(0)  # the place is b's by now, who has not come yet
    tasks["b"].cancel()
    await turns()
    tasks["a"].cancel()
    await turns()
    assert crowd.inside == ["c"]
    tasks["c"].cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert crowd.places._free == 1


async def test_who_steps_back_comes_after_all_who_wait_already_and_before_who_comes_later() -> None:
    places, gone = Places(1), []

    async def go(name: str, *, back: bool = False) -> None:
        async with places:
            gone.append(name)
            await asyncio.sleep(0)
            if back:
                await places.step_back()
                gone.append(f"{name} again")

    tasks = [asyncio.create_task(go(name, back=name in "ac")) for name in "abc"]
    await turns(2)
    tasks.append(asyncio.create_task(go("late")))
    await asyncio.gather(*tasks)
    assert gone == ["a", "b", "c", "a again", "late", "c again"]
    assert places._free == 1


async def test_who_steps_back_for_nobody_keeps_his_place() -> None:
    places = Places(1)
    async with places:
        await places.step_back()
        assert places._free == 0
    assert places._free == 1


async def test_who_gives_up_while_he_stands_back_leaves_the_places_as_they_are() -> None:
    places = Places(1)
    inside = asyncio.Event()

    async def stay() -> None:
        async with places:
            inside.set()
            await asyncio.Event().wait()

    async def step_back() -> None:
        async with places:
            other.append(asyncio.create_task(stay()))
            await asyncio.sleep(0)
            await places.step_back()

    other: list[asyncio.Task[None]] = []
    task = asyncio.create_task(step_back())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert places._free == 0
    other[0].cancel()
    await asyncio.gather(*other, return_exceptions=True)
    assert places._free == 1


async def test_a_place_is_taken_without_waiting_where_one_is_free_and_is_given_to_who_waits_longest() -> None:
    places = Places(1)
    assert places.take()
    assert not places.take()
    waiting = asyncio.ensure_future(places.acquire())
    await turns()
    places.leave()
    assert not places.take(), "it has been handed on"
    await asyncio.wait_for(waiting, 1)
    places.leave()
    assert places.take()


async def test_two_places_are_taken_together_or_none_and_given_to_those_who_wait() -> None:
    host, every = Places(1), Places(2)
    assert host.take_both(every)
    assert not host.take_both(every), "the host has no more"
    assert every.take(), "and none of all was taken for it"
    other = Places(1)
    assert not other.take_both(every)
    assert other.take(), "there are no more of all, and none of the host was taken"
    waiting = [asyncio.ensure_future(places.acquire()) for places in (host, every)]
    await turns()
    host.leave_both(every)
    assert not host.take(), "it has been handed on"
    assert not every.take(), "this one too"
    await asyncio.wait_for(asyncio.gather(*waiting), 1)
    host.leave_both(every)
    every.leave()
    assert (host.take(), every.take(), every.take(), every.take()) == (True, True, True, False)
