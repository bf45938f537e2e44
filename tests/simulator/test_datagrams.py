"""What players give and take has the defaults the protocols rely on."""

from __future__ import annotations

from simulator.datagrams import Answer, DatagramPlayer
from simulator.persona import Way


def test_an_answer_goes_to_the_asker_at_once_unless_it_says_otherwise():
    answer = Answer(b"x")
    assert (answer.ways, answer.from_other_port, answer.delay) == ((Way.UNICAST,), False, 0.0)


def test_a_player_concerns_itself_with_every_datagram_of_its_port_unless_it_says_otherwise():
    player = DatagramPlayer("p", 1, (), lambda *_: ())
    assert player.concerns(b"anything")
    assert player.groups6 == ()
