"""What may come is counted in its time, once, and whatever replaces it takes its place."""

from __future__ import annotations

from random import Random

from scanner.foreseen import Foreseen


def test_it_counts_from_its_begin_to_its_end_and_is_sent_then() -> None:
    foreseen = Foreseen()
    foreseen.add(3, 1.0, 2.0, sure=True, of="")
    seen = [(foreseen.look(now, now + 0.1), foreseen.near) for now in (0.8, 0.9, 1.5, 1.9, 2.0, 2.1)]
    assert seen == [(0, 0), (0, 3), (0, 3), (0, 3), (3, 0), (0, 0)]


def test_what_is_not_sure_is_over_without_having_been_sent() -> None:
    foreseen = Foreseen()
    foreseen.add(3, 0.0, 1.0, sure=False, of="")
    assert (foreseen.look(0.5, 0.6), foreseen.near) == (0, 3)
    assert (foreseen.look(1.0, 1.1), foreseen.near) == (0, 0)


def test_one_that_nobody_looked_for_in_its_time_has_been_sent_all_the_same() -> None:
    foreseen = Foreseen()
    foreseen.add(2, 1.0, 2.0, sure=True, of="")
    assert (foreseen.look(5.0, 5.1), foreseen.near) == (2, 0)


def test_the_same_foreseen_anew_takes_the_place_of_what_was() -> None:
    for looked in (0.0, 1.0):  # while it was far, and while it was near
        foreseen = Foreseen()
        foreseen.add(2, 1.0, 2.0, sure=True, of="reports")
        foreseen.look(looked, looked)
        foreseen.add(3, 1.0, 3.0, sure=True, of="reports")
        assert len(foreseen) == 1
        assert (foreseen.look(2.0, 2.1), foreseen.near) == (0, 3)
        assert (foreseen.look(3.0, 3.1), foreseen.near) == (3, 0)
        foreseen.add(1, 4.0, 5.0, sure=True, of="reports")
        assert (foreseen.look(4.0, 4.1), foreseen.near) == (0, 1), "what was over had no place to leave"


def test_it_says_what_looking_at_every_one_would() -> None:
    random, foreseen = Random(7), Foreseen()
    held: list[tuple[float, float, int, bool]] = []
    now = 0.0
    for _ in range(3_000):
        now += random.choice((0.0, 0.01, 0.2))
        if random.random() < 0.5:
            begin = now + random.choice((0.0, 0.05, 1.0))
            one = (begin, begin + random.choice((0.0, 0.1, 2.0)), random.randint(1, 3), random.random() < 0.5)
            held.append(one)
            foreseen.add(one[2], one[0], one[1], sure=one[3], of="")
        over = [one for one in held if one[1] <= now]
        held = [one for one in held if one[1] > now]
        assert foreseen.look(now, now + 0.1) == sum(packets for _, _, packets, sure in over if sure)
        assert foreseen.near == sum(packets for begin, _, packets, _ in held if begin <= now + 0.1)
        assert len(foreseen) == len(held)
