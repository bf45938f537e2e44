"""One host: what is heard of it is kept, what it announces is bounded, and a judge is given each thing once."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.announcements import ANNOUNCED_CAP
from scanner.dissect import dissect
from scanner.host import Decided, Host
from scanner.model import Observation
from scanner.scope import make_scope

TARGET = make_scope(["10.0.0.0/24"]).admit("10.0.0.5")
SADP = "<ProbeMatch><Types>inquiry</Types><HttpPort>%d</HttpPort></ProbeMatch>"


def make_host() -> Host:
    assert TARGET is not None
    return Host(TARGET)


def seen(name: str, value: str) -> Observation:
    protocol, _, field = name.partition(".")
    return Observation(protocol, field, value, address="10.0.0.5")


def test_ports_and_services_are_learnt_and_a_new_view_shows_them() -> None:
    host = make_host()
    assert host.view(lambda: False).open_ports == frozenset()
    host.learn(seen("tcp.open-port", "80"), dissect)
    host.learn(seen("sadp.raw", SADP % 8081), dissect)
    shown = host.view(lambda: False)
    assert shown.open_ports == frozenset({80})
    assert ("http", 8081) in shown.announced
    assert shown.heard == frozenset({"tcp.open-port", "sadp.raw"})
    assert host.view(lambda: False) is shown


def test_a_liar_announces_no_more_than_the_cap() -> None:
    host = make_host()
    for port in range(1, 3 * ANNOUNCED_CAP):
        host.learn(seen("sadp.raw", SADP % port), dissect)
    assert ANNOUNCED_CAP <= len(host.announced) < 2 * ANNOUNCED_CAP


def test_the_judge_is_asked_again_only_when_there_is_news_and_anew_after_a_rest() -> None:
    host, given, made = make_host(), list[list[Observation]](), 0

    def decide() -> Decided:
        nonlocal made
        made += 1

        def judge(new: Sequence[Observation]) -> bool:
            given.append(list(new))
            return True

        return judge

    host.learn(seen("http.title", "a"), dissect)
    assert host.is_decided(decide, dissect)
    assert host.is_decided(decide, dissect)
    host.learn(seen("http.title", "b"), dissect)
    assert host.is_decided(decide, dissect)
    assert [[item.value for item in new] for new in given] == [["a"], ["b"]]
    host.rest()
    host.learn(seen("http.title", "c"), dissect)
    assert host.is_decided(decide, dissect)
    assert [item.value for item in given[-1]] == ["a", "b", "c"]
    assert made == 2
