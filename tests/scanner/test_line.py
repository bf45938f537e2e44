"""First come, first served; all who may go go in one turn of the loop; whoever gives up costs the others nothing."""

from __future__ import annotations

import asyncio

import pytest

from scanner.line import Line


class Tokens:
    """So many may go; a sleep brings one more."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.slept = 0
        self.asleep = asyncio.Event()
        self.awake = asyncio.Event()

    def take(self) -> float:
        if self.count == 0:
            return 1.0
        self.count -= 1
        return 0.0

    async def sleep(self, seconds: float) -> None:
        assert seconds == 1.0
        self.slept += 1
        self.asleep.set()
        await self.awake.wait()
        self.awake.clear()
        self.asleep.clear()

    def bring(self, count: int) -> None:
        self.count += count
        self.awake.set()


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def send(line: Line, tokens: Tokens, names: str, gone: list[str]) -> dict[str, asyncio.Task[None]]:
    async def go(name: str) -> None:
        await line.wait(tokens.take)
        gone.append(name)

    return {name: asyncio.create_task(go(name)) for name in names}


async def test_whoever_may_go_goes_at_once() -> None:
    tokens = Tokens(2)
    line = Line(tokens.sleep)
    await line.wait(tokens.take)
    await line.wait(tokens.take)
    assert (tokens.count, tokens.slept) == (0, 0)


async def test_all_who_may_go_with_the_first_go_in_the_turn_after_and_in_their_order() -> None:
    tokens = Tokens(0)
    line, gone = Line(tokens.sleep), []
    tasks = send(line, tokens, "abcdef", gone)
    await turns(3)
    tokens.bring(4)
    await turns(3)  # the sleeper wakes, goes on, and the three behind him go
    assert gone == list("abcd")
    await turns(3)
    assert tokens.asleep.is_set()
    assert tokens.slept == 2
    tokens.bring(2)
    await asyncio.gather(*tasks.values())
    assert gone == list("abcdef")
    await line.wait(Tokens(1).take)


async def test_nobody_overtakes_who_waits_though_he_needs_less() -> None:
    tokens = Tokens(0)
    line, gone = Line(tokens.sleep), []
    tasks = send(line, tokens, "a", gone)
    await turns(2)
    late = asyncio.create_task(line.wait(lambda: gone.append("late") or 0.0))  # type: ignore[func-returns-value]
    await turns(2)
    assert gone == []
    tokens.bring(1)
    await asyncio.gather(late, *tasks.values())
    assert sorted(gone) == ["a", "late"]


@pytest.mark.parametrize("gives_up", ["a", "b", "c"])
async def test_who_gives_up_leaves_the_line_to_the_others(gives_up: str) -> None:
    tokens = Tokens(0)
    line, gone = Line(tokens.sleep), []
    tasks = send(line, tokens, "abc", gone)
    await turns(2)
    tasks[gives_up].cancel()
    await turns(3)
    tokens.bring(2)
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert gone == [name for name in "abc" if name != gives_up]
    assert tokens.count == 0


async def test_who_gives_up_as_he_becomes_the_first_hands_the_line_on() -> None:
    tokens = Tokens(0)
    line, gone = Line(tokens.sleep), []
    tasks = send(line, tokens, "abc", gone)
    await turns(2)
    tokens.bring(1)
    await turns(1)
    while "a" not in gone:
        await turns(1)
    tasks["b"].cancel()  # told that he is first, and not awake yet
    await turns(3)
    tokens.bring(1)
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert gone == ["a", "c"]


async def test_the_first_holds_the_turn_while_he_waits_and_waits_for_it_before() -> None:
    tokens, turn = Tokens(1), asyncio.Lock()
    line = Line(tokens.sleep, turn)
    async with turn:
        tasks = send(line, tokens, "ab", gone := [])
        await turns(3)
        assert (gone, tokens.count) == ([], 1)
    await turns(4)
    assert gone == ["a"]
    assert turn.locked()
    tokens.bring(1)
    await asyncio.gather(*tasks.values())
    assert not turn.locked()


async def test_who_gives_up_behind_the_first_makes_nobody_else_the_first() -> None:
    tokens = Tokens(0)
    line, gone = Line(tokens.sleep), []
    tasks = send(line, tokens, "abc", gone)
    await turns(3)
    tasks["b"].cancel()
    await turns(3)
    assert tokens.slept == 1
    tokens.bring(2)
    await asyncio.gather(tasks["a"], tasks["c"])
    assert gone == ["a", "c"]


async def test_a_line_that_was_empty_fills_again() -> None:
    tokens = Tokens(0)
    line, gone = Line(tokens.sleep), []
    for names in ("abc", "def"):
        tasks = send(line, tokens, names, gone)
        await turns(3)
        tokens.bring(3)
        await asyncio.gather(*tasks.values())
    assert gone == list("abcdef")


async def test_who_gives_up_when_let_go_makes_nobody_else_the_first() -> None:
    tokens = Tokens(0)
    line, gone = Line(tokens.sleep), []
    tasks = send(line, tokens, "ab", gone)

    def take() -> float:
        tasks["b"].cancel()  # who has just been let go
        return tokens.take()

    await turns(2)
    tasks["c"] = asyncio.create_task(line.wait(take))
    await turns(1)
    tasks |= send(line, tokens, "d", gone)
    await turns(2)
    tokens.bring(2)
    await turns(5)
    assert tokens.slept == 2, "of those who are left one waits for the clock"
    tokens.bring(2)
    await asyncio.gather(tasks["c"], tasks["d"])
    assert gone == ["a", "d"]
