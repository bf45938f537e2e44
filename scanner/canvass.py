"""Puts one question to every interface of the scope at once and hands on what came back; knows no protocol itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from scanner.link import Datagram, Heard, Shout, SweepLink, Tally
from scanner.listener import Listener
from scanner.merging import merge
from scanner.scope import Interface, Scope


@dataclass(frozen=True, slots=True)
class Reading:
    """What one datagram gives: observations by dotted name, and the bytes that may be stored where not all may."""

    facts: tuple[tuple[str, str], ...]
    raw: bytes | None = None
    same_as: str = ""  # answers of one source with this in common say the same; empty: only equal bytes do


@dataclass(frozen=True, slots=True)
class Question:
    """One multicast question. `read` gives None for a datagram that is no answer: another asker's question, say."""

    name: str
    request: str  # what was asked, in one line
    lost: str
    wait: float  # seconds after the last datagram was sent
    shouts: Callable[[Interface], Sequence[Shout]]
    read: Callable[[Datagram], Reading | None]
    local_port: int = 0
    listen_port: int = 0
    join: tuple[str, ...] = ()


async def put(link: SweepLink, question: Question) -> AsyncIterator[Heard]:
    """Ask on every interface at the same time; each interface gets a result of its own."""
    listener = Listener(question.name, link.scope.contains)
    async for heard in merge([_ask_on(link, interface, question, listener) for interface in link.interfaces]):
        yield heard


async def _ask_on(
    link: SweepLink, interface: Interface, question: Question, listener: Listener
) -> AsyncIterator[Heard]:
    tally = Tally()
    ignored = 0
    async for datagram in link.shout(
        interface,
        question.shouts(_facing(interface, link.scope)),
        wait=question.wait,
        tally=tally,
        local_port=question.local_port,
        listen_port=question.listen_port,
        join=question.join,
    ):
        reading = question.read(datagram)
        if reading is None:
            ignored += 1
            continue
        item = listener.tell(
            datagram, *reading.facts, request=question.request, raw=reading.raw, same_as=reading.same_as
        )
        if item.observations:
            yield item
    if ignored:
        tally.notes.append(f"{ignored} datagrams were no answers (questions of others)")
    link.report(tally.result(question.name, interface.name, question.lost))


def _facing(interface: Interface, scope: Scope) -> Interface:
    """The interface without its networks that hold nothing of the scope: their broadcast address is not asked."""
    return replace(interface, ipv4=tuple(own for own in interface.ipv4 if _holds(own.network, scope)))


def _holds(network: IPv4Network, scope: Scope) -> bool:
    return any(isinstance(net, IPv4Network) and network.overlaps(net) for net in scope.networks)


def broadcasts(interface: Interface) -> tuple[str, ...]:
    """The limited broadcast address and that of each network the interface stands in."""
    own = (str(one.network.broadcast_address) for one in interface.ipv4 if one.network.prefixlen < 31)
    return tuple(dict.fromkeys(("255.255.255.255", *own)))
