"""What a connection sends is counted once, at its host and among all, and what it does not need is given back."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import pytest

from scanner.account import Account
from scanner.pace import Pace, parse_pace
from scanner.pacer import Pacer
from tests.scanner.clocks import Clock, Together, busiest_window


class Books(NamedTuple):
    """Sent, held back for later, answers expected, places claimed; and what the gate of the host says."""

    sent: float
    held: float
    answers: int
    claimed: int
    host_sent: float
    host_held: float


def read_books(pacer: Pacer) -> Books:
    every, host = pacer.overall, pacer.host("10.0.0.1")
    return Books(every._sum, every._held, every._answers, every._claimed, host._sum, host._held)


async def begin(clock: Clock, pace: Pace, whole: int) -> tuple[Pacer, Account]:
    """A connection that has sent its SYN, with room for the `whole` of it at its host."""
    pacer = Pacer(pace, clock=clock, sleep=clock.sleep)
    account = Account(pacer, "10.0.0.1")
    await account.open(whole)
    return pacer, account


async def test_every_step_of_a_connection_stands_in_the_books_once() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(1_000, 40), 5)
    assert read_books(pacer) == Books(1, 0, 0, 0, host_sent=1, host_held=4)
    await account.say()
    assert read_books(pacer) == Books(2, 0, 1, 0, host_sent=2, host_held=3)
    await account.say(room=4)
    assert read_books(pacer) == Books(3, 0, 1, 0, host_sent=3, host_held=3), "room for four, one of which has left"
    await account.say(0, ahead=1)
    await account.say(ahead=1)
    assert read_books(pacer) == Books(4, 2, 1, 0, host_sent=4, host_held=2)
    await account.say(3)
    assert read_books(pacer) == Books(7, 2, 1, 0, host_sent=7, host_held=0)
    assert account.begin_reading()
    assert read_books(pacer) == Books(7, 3, 1, 0, host_sent=7, host_held=0)
    account.see(account.sent + 1)
    assert read_books(pacer) == Books(8, 2, 1, 0, host_sent=8, host_held=0), "the acknowledgement has left"
    account.end_reading(owes=False)
    assert read_books(pacer) == Books(8, 2, 0, 0, host_sent=8, host_held=0)
    for _ in range(2):
        assert account.begin_reading()
        assert read_books(pacer).held == 3
        account.end_reading(owes=False)
        assert read_books(pacer) == Books(8, 2, 0, 0, host_sent=8, host_held=0), "no acknowledgement has left"
    await account.say()
    assert read_books(pacer) == Books(9, 2, 1, 0, host_sent=9, host_held=0)
    await account.end(2)
    assert read_books(pacer) == Books(10, 1, 1, 0, host_sent=10, host_held=1), "two had been let go ahead"
    account.see(account.sent + 1)
    assert read_books(pacer) == Books(11, 0, 1, 0, host_sent=11, host_held=0)
    account.see(account.sent + 2)
    assert read_books(pacer) == Books(13, 0, 1, 0, host_sent=13, host_held=0), "more than was let go ahead"
    account.close()
    assert read_books(pacer) == Books(13, 0, 0, 0, host_sent=13, host_held=0)
    assert clock.now == 100.0, "there was room for all of it"


@pytest.mark.parametrize("told", [None, 4])
async def test_a_connection_that_is_over_gives_everything_back_and_only_once(told: int | None) -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(1_000, 40), 7)
    await account.say(ahead=2)
    assert account.begin_reading()
    sent = told or account.sent
    for _ in range(2):
        account.close(told)
        assert read_books(pacer) == Books(sent, 0, 0, 0, host_sent=sent, host_held=0)
    assert account.sent == sent


async def test_first_words_go_at_once_only_where_nobody_has_to_wait() -> None:
    clock = Clock()
    pacer = Pacer(Pace(40, 40), clock=clock, sleep=clock.sleep)  # four in a window, one of them for an answer
    first, second = Account(pacer, "10.0.0.1"), Account(pacer, "10.0.0.2")
    assert not first.say_at_once(), "no room is held at the host before it is opened"
    await first.open(5)
    await second.open(5)
    assert first.say_at_once()
    assert first.sent == 2
    before = read_books(pacer)
    assert not second.say_at_once()
    assert second.sent == 1
    assert read_books(pacer)._replace(answers=before.answers) == before, "nothing is counted but the answer to come"
    await second.say()
    assert (second.sent, read_books(pacer).answers) == (2, before.answers + 1)


async def test_who_waits_for_the_host_and_gives_up_gives_nothing_back() -> None:
    clock = Together()
    pacer = Pacer(Pace(100, 5), clock=clock, sleep=clock.sleep)
    pacer.host("10.0.0.1").settle(0, 5)
    account = Account(pacer, "10.0.0.1")
    waiting = asyncio.ensure_future(account.open(5))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    account.close()
    assert read_books(pacer) == Books(0, 0, 0, 0, host_sent=5, host_held=0)


async def test_more_room_at_the_host_is_waited_for_before_anything_new_of_it_is_begun() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(100, 5), 3)
    await account.end(2)
    account.see(3)
    await account.say(room=5)
    assert clock.now - 100.0 == pytest.approx(1.0, abs=0.05), "three of the five places were taken"
    assert read_books(pacer).host_held == 4


async def test_an_acknowledgement_takes_the_place_that_was_kept_for_it() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(100, 40), 5)
    await account.say()
    pacer.overall.settle(0, 7)
    assert pacer.overall.take(begun=True) > 0
    assert account.begin_reading()


async def test_a_connection_holds_its_room_at_the_host_and_each_segment_waits_for_all() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(100, 5), 5)
    assert pacer.host("10.0.0.1").take() > 0, "the whole connection was promised"
    assert pacer.overall.take(9) > 0
    await account.say()
    await account.end(2)
    assert account.sent == 3, "the last waits for the end of the peer"
    account.see(4)
    account.close()
    assert account.sent == 4
    clock.now += 0.85
    assert pacer.host("10.0.0.1").take() == 0.0, "one of five was not needed"
    assert pacer.host("10.0.0.1").take() > 0


async def test_the_end_of_a_peer_who_is_late_still_has_its_place() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(100, 10), 5)
    await account.end(2)
    clock.now += 0.5
    assert pacer.overall.take(10) > 0, "one may leave at any time"
    account.close()
    assert pacer.overall.take(10) == 0.0, "the peer has not said its end"


async def test_what_the_kernel_sent_beyond_is_counted_for_host_and_all_once() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(100, 40), 5)
    await account.say()
    account.see(6)
    account.see(6)
    account.close(received=0)
    account.close(received=0)
    assert account.sent == 6
    assert pacer.overall.take(4, begun=True, answered=True) == 0.0
    assert pacer.overall.take(begun=True, answered=True) > 0


async def test_an_acknowledgement_has_its_place_before_something_is_read() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(100, 40), 5)
    await account.say()
    assert account.begin_reading()
    account.see(3)
    account.end_reading(owes=False)
    assert pacer.overall.take(7, begun=True, answered=True) == 0.0, "three have left"
    assert pacer.overall.take(begun=True, answered=True) > 0


async def test_what_was_read_without_an_acknowledgement_costs_nothing() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(100, 40), 5)
    assert account.begin_reading()
    assert account.begin_reading(), "the same place"
    account.end_reading(owes=False)
    assert pacer.overall.take(9, begun=True) == 0.0, "one has left"


async def test_who_may_not_read_yet_has_the_next_place() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(100, 40), 5)
    clock.now += 0.01
    pacer.overall.settle(0, 9)
    assert not account.begin_reading()
    assert not account.begin_reading()
    clock.now += 0.1 - 0.005
    assert pacer.overall.take() > 0, "nobody new comes before"
    assert account.begin_reading()
    account.end_reading(owes=False)
    assert pacer.overall.take() == 0.0


async def test_who_never_reads_claims_nothing_for_ever() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(100, 40), 5)
    pacer.overall.settle(0, 9)
    assert not account.begin_reading()
    account.close()
    clock.now += 0.2
    assert pacer.overall.take(10) == 0.0


async def test_where_the_kernel_does_not_say_a_long_answer_costs_its_acknowledgements() -> None:
    clock = Clock()
    _, account = await begin(clock, Pace(100, 40), 5)
    account.close(received=4 * 2 * 1460 + 1)
    assert account.sent == 5


async def test_a_connection_that_is_over_keeps_no_place_free() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 40), clock=clock, sleep=clock.sleep)
    for end in (True, False):
        account = Account(pacer, "10.0.0.1")
        await account.open(5)
        await account.say()
        if end:
            await account.end(1)
        account.close()
        clock.now += 1.0
        assert pacer.overall.take(10) == 0.0
        clock.now += 1.0


async def test_a_connection_cancelled_before_it_began_holds_nothing() -> None:
    clock = Together()
    pacer = Pacer(Pace(100, 5), clock=clock, sleep=clock.sleep)
    pacer.overall.settle(0, 10)
    waiting = asyncio.ensure_future(Account(pacer, "10.0.0.1").open(5))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert pacer.host("10.0.0.1").take(5) == 0.0


@pytest.mark.parametrize(("per_host", "share"), [(40.0, 0.95), (5.0, 0.75)])
async def test_one_host_gets_no_more_in_any_second(per_host: float, share: float) -> None:
    """At five a second one exchange of four leaves one place of each second that the next cannot use."""
    clock = Clock()
    pacer = Pacer(Pace(10_000, per_host), clock=clock, sleep=clock.sleep)
    times = []
    while clock.now < 120.0:
        account = Account(pacer, "10.0.0.1")
        await account.open(5)
        times.append(clock.now)
        for part in (account.say(1), account.end(2)):
            clock.now += 0.002
            before = account.sent
            await part
            times += [clock.now] * (account.sent - before)
        times.append(clock.now)
        account.see(account.sent + 1)  # of the peer's own end
        account.close()
    assert busiest_window(times, [1.0] * len(times), 1.0) <= 1.05 * per_host
    assert len(times) / 20 >= share * per_host


@pytest.mark.parametrize(
    ("pace", "keeps"), [("gentle", True), ("normal", True), ("fast", True), ("20000", True), ("lab", False)]
)
def test_acknowledgements_wait_for_their_turn_at_every_pace_that_a_real_network_is_asked_at(
    pace: str, *, keeps: bool
) -> None:
    assert Account(Pacer(parse_pace(pace)), "10.0.0.1").keeps is keeps


async def test_the_last_place_at_the_host_is_enough_to_say_something_at_once() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(1_000, 40), 2)
    assert [account.say_at_once(), account.say_at_once()] == [True, False]
    assert read_books(pacer) == Books(2, 0, 1, 0, host_sent=2, host_held=0)


async def owe(clock: Clock) -> tuple[Pacer, Account]:
    """A connection that has read an answer, at a pace with ten places in a window; two packets have left."""
    pacer, account = await begin(clock, Pace(100, 40), 6)
    await account.say()
    assert account.begin_reading()
    account.end_reading(owes=True)
    return pacer, account


async def test_what_is_owed_holds_its_place_until_something_is_said() -> None:
    clock = Clock()
    pacer, account = await owe(clock)
    assert read_books(pacer) == Books(2, 1, 0, 0, host_sent=2, host_held=4)
    assert account.begin_reading()
    account.end_reading(owes=True)
    assert read_books(pacer).held == 1, "the same place"
    await account.say()
    assert read_books(pacer) == Books(3, 0, 1, 0, host_sent=3, host_held=3)


async def test_first_words_that_go_at_once_bring_along_what_is_owed() -> None:
    clock = Clock()
    pacer, account = await owe(clock)
    assert account.say_at_once()
    assert read_books(pacer).held == 0


async def test_the_end_goes_in_the_place_of_what_is_owed() -> None:
    clock = Clock()
    pacer, account = await owe(clock)
    pacer.overall.settle(0, 7)
    assert pacer.overall.take(begun=True) > 0
    await account.end(1)
    assert clock.now == 100.0
    assert read_books(pacer) == Books(10, 0, 0, 0, host_sent=3, host_held=3)


async def test_the_end_of_the_peer_needs_a_place_beside_what_is_owed() -> None:
    clock = Clock()
    pacer, account = await owe(clock)
    await account.end(2)
    assert read_books(pacer) == Books(3, 1, 0, 0, host_sent=3, host_held=3)
    account.see(4)
    assert read_books(pacer) == Books(4, 0, 0, 0, host_sent=4, host_held=2)


async def test_what_the_kernel_acknowledges_while_the_end_waits_is_not_the_place_of_the_end() -> None:
    clock = Clock()
    pacer, account = await owe(clock)
    pacer.overall.settle(0, 7)
    asked: list[float] = []

    def count() -> int:
        asked.append(clock.now)
        return 3

    await account.end(2, count)
    assert asked[0] > 100.09, "when there is room"
    assert account.sent == 4
    account.see(5)
    assert account.sent == 5
    assert read_books(pacer) == Books(3, 0, 0, 0, host_sent=5, host_held=1), (
        "acknowledgement, end, and that of the peer"
    )


@pytest.mark.parametrize(("told", "sent"), [(3, 4), (2, 3), (None, 3)])
async def test_what_the_kernel_acknowledges_while_something_waits_to_be_said_is_counted(
    told: int | None, sent: int
) -> None:
    clock = Clock()
    pacer, account = await owe(clock)
    await account.say(count=lambda: told)
    assert read_books(pacer) == Books(sent, 0, 1, 0, host_sent=sent, host_held=6 - sent)
    assert account.sent == sent


async def test_a_connection_that_is_gone_owes_nothing() -> None:
    clock = Clock()
    pacer, account = await owe(clock)
    account.close()
    assert read_books(pacer) == Books(2, 0, 0, 0, host_sent=2, host_held=0)


async def test_at_a_coarse_pace_the_host_is_told_once_of_the_whole_connection_and_holds_it_until_then() -> None:
    clock = Clock()
    pacer, account = await begin(clock, parse_pace("lab"), 5)
    assert account.say_at_once()
    assert account.end_at_once(1)
    assert read_books(pacer) == Books(3, 0, 0, 0, host_sent=0, host_held=5)
    account.see(4)
    assert read_books(pacer) == Books(4, 0, 0, 0, host_sent=0, host_held=5)
    account.close(4)
    assert read_books(pacer) == Books(4, 0, 0, 0, host_sent=4, host_held=0)
    account.close()
    assert read_books(pacer) == Books(4, 0, 0, 0, host_sent=4, host_held=0)


async def test_at_a_coarse_pace_what_goes_beyond_what_is_held_is_told_at_once() -> None:
    clock = Clock()
    pacer, account = await begin(clock, parse_pace("lab"), 2)
    account.see(6)
    assert read_books(pacer) == Books(6, 0, 0, 0, host_sent=5, host_held=1)
    account.close()
    assert read_books(pacer) == Books(6, 0, 0, 0, host_sent=6, host_held=0)


async def test_at_a_coarse_pace_more_room_is_asked_for_only_after_what_has_left_was_told() -> None:
    """A conversation of many messages would else hold the whole window of its host, and wait for itself."""
    clock = Clock()
    pacer, account = await begin(clock, Pace(30_000, 40), 5)
    for _ in range(30):
        await account.say(room=4)
    account.close()
    assert read_books(pacer) == Books(31, 0, 0, 0, host_sent=pacer.host("10.0.0.1")._sum, host_held=0)


async def test_what_cannot_begin_at_once_takes_nothing() -> None:
    clock = Clock()
    pacer = Pacer(Pace(100, 40), clock=clock, sleep=clock.sleep)
    account = Account(pacer, "10.0.0.1")
    pacer.overall.settle(0, 10)
    assert not account.open_at_once(5)
    assert read_books(pacer) == Books(10, 0, 0, 0, host_sent=0, host_held=0)
    clock.now += 1.0
    pacer.host("10.0.0.1").settle(0, 40)
    assert not account.open_at_once(5)
    clock.now += 2.0
    assert account.open_at_once(5)
    assert account.sent == 1


async def test_only_the_last_segment_of_what_the_peer_has_ended_leaves_at_once() -> None:
    clock = Clock()
    pacer, account = await begin(clock, Pace(1_000, 40), 2)
    assert not account.end_at_once(2)
    await account.say(0, ahead=1)
    assert not account.end_at_once(1), "a place has been let go ahead"
    account.see(account.sent + 1)
    assert not account.end_at_once(1), "nothing more is held at the host"
    assert account.sent == 2
    pacer.overall.settle(0, 105)
    _, account = await begin(clock, Pace(1_000, 40), 2)
    assert account.end_at_once(1)
    assert account.sent == 2
