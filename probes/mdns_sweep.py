"""Browses each interface by multicast DNS with zeroconf; announces nothing and resolves only what answers name.

The one importer of zeroconf. It is bound to the interface's own addresses, or it would speak on every interface.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from probes import Sweep, Touch
from scanner.codec.text import decode_text
from scanner.link import Heard, SweepLink, Tally
from scanner.listener import IN_SCOPE, OFF_SCOPE
from scanner.merging import merge
from scanner.model import Observation, Outcome
from scanner.os_errors import read_os_error
from scanner.scope import Interface, Scope
from scanner.sending import send_told

if TYPE_CHECKING:
    from zeroconf import ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf


NAME: Final = "mdns-sweep"

LOST: Final = "what devices announce of themselves by Bonjour is missing"

WAIT: Final = 4.0
"""Seconds of browsing. zeroconf asks within an eighth of a second and again after one more; types that devices list are
browsed likewise from then on. Answers come within half a second (RFC 6762 section 6), and the rest is for slow ones.
zeroconf's third question comes four seconds after the second and is not waited for."""

RESOLVE: Final = 1.0
"""Seconds for one service's records, where they did not come with its announcement; zeroconf asks three times."""

LATER: Final = 0.3
"""Seconds that records may come after the announcement before they are asked for."""

REQUESTS_CAP: Final = 8
"""Services whose records are asked for: nearly every responder sends them along, and a storm must not make us one."""

SERVICES_CAP: Final = 5_000
"""Service instances looked at: three of each of 1,600 devices; a storm must not fill memory."""

TYPES: Final = (
    "_http._tcp.local.",
    "_rtsp._tcp.local.",
    "_psia._tcp.local.",
    "_CGI._tcp.local.",
    "_axis-video._tcp.local.",
    "_axis-nvr._tcp.local.",
    "_hap._tcp.local.",
    "_arec._tcp.local.",
    "_onvif._tcp.local.",
)
"""Service types that cameras announce (protocol facts, section 6)."""

ENUMERATION: Final = "_services._dns-sd._udp.local."
"""Asks for the types themselves (RFC 6763 section 9)."""

IS_TYPE: Final = re.compile(r"_[A-Za-z0-9-]{1,15}\._(?:tcp|udp)\.local\.")
"""A service type as RFC 6763 section 7 writes it; what devices list is not always one."""

TYPES_CAP: Final = 40
"""Service types browsed: ours, and those that devices list."""

TYPES_PAUSE: Final = 0.25
"""Seconds for which listed types are gathered, so that one question asks for all that come at the same time."""

BATCHES_CAP: Final = 4
"""Questions for listed types, each sent twice: who lists one more whenever he is asked must not keep us asking."""

DATAGRAMS_CAP: Final = 72
"""Datagrams to one segment, whatever devices announce: what docs/safety.md promises."""

PACKETS_CAP: Final = 4
"""Packets sent of one question: it stands in the first; what we know already, which a storm makes endless, follows."""

ADDRESSES_CAP: Final = 4
"""Addresses of one service that are believed to be its own."""

TEXTS_CAP: Final = 32
"""TXT entries of one service; HomeKit has ten."""

AT_ONCE: Final = 64
"""Services whose records are asked for together."""

POLL: Final = 0.2
"""Seconds between two looks whether browsing is over."""

MDNS_PORT: Final = 5353

GROUP_V4, GROUP_V6 = "224.0.0.251", "ff02::fb"
"""Whom alone it asks (RFC 6762 section 3)."""

IP_MULTICAST_ALL: Final = 49
IPV6_MULTICAST_ALL: Final = 29
"""Linux include/uapi numbers; the socket module has neither."""

TEXT_CAP: Final = 1024
"""Characters of a name or a TXT value; DNS allows 255 for one string."""


async def run(link: SweepLink) -> AsyncIterator[Heard]:
    """Browse every interface at the same time; each gets a result of its own."""
    async for heard in merge([_browse_on(link, interface) for interface in link.interfaces]):
        yield heard


async def _browse_on(link: SweepLink, interface: Interface) -> AsyncIterator[Heard]:
    tally = Tally(asked=len(TYPES), began=time.time())
    begun = time.monotonic()
    async for heard in browse(link, interface, tally):
        yield heard
    tally.elapsed = time.monotonic() - begun
    link.report(tally.result(NAME, interface.name, LOST))


async def browse(link: SweepLink, interface: Interface, tally: Tally) -> AsyncIterator[Heard]:
    """Yield what the devices of one interface announce."""
    zeroconf = open_zeroconf(interface, tally)
    if zeroconf is None:
        return
    await zeroconf.zeroconf.async_wait_for_start()
    for reader in zeroconf.zeroconf.engine.readers:
        keep_apart(reader.sock)
    sources: set[str] = set()
    browser = Browser(zeroconf, tally)
    sending = asyncio.ensure_future(_send_in_turn(zeroconf.zeroconf, link, interface, tally))
    try:
        async for info in browser.services():
            observations = describe(info, link.scope, interface.name, time.time())
            sources.update(seen.address for seen in observations if seen.address and seen.scope == IN_SCOPE)
            tally.answered = len(sources)
            yield Heard(observations)
    finally:
        if browser.misnamed:
            tally.notes.append(f"{browser.misnamed} announced names are no service names and were not asked about")
        if browser.unasked:
            tally.notes.append(f"{browser.unasked} service types that devices list were not asked for")
        sending.cancel()
        await asyncio.wait([sending])
        await zeroconf.async_close()
        if not sending.cancelled():
            sending.result()


async def _send_in_turn(zeroconf: Zeroconf, link: SweepLink, interface: Interface, tally: Tally) -> None:
    """Put the pace between the library, which sends when it likes, and the wire; runs until it is cancelled.

    What it asks goes to the groups, whatever it says of the place, from its sockets: it would not say what was lost.
    """
    waiting: asyncio.Queue[Any] = asyncio.Queue()

    def hold(out: Any, *_where: Any, **_named: Any) -> None:
        waiting.put_nowait(out)

    zeroconf.async_send = hold  # type: ignore[method-assign]  # the library has no way of its own for it
    left = DATAGRAMS_CAP
    held = 0
    try:
        while True:
            out = await waiting.get()
            held += 1
            senders = zeroconf.engine.senders
            packets = out.packets()[: min(PACKETS_CAP, left // max(1, len(senders)))]
            if packets:
                await link.pay(interface, len(packets) * len(senders))
                left -= len(packets) * len(senders)
                held -= 1
            for packet in packets:
                for sender in senders:
                    _send_one(sender, packet, tally)
    finally:
        if held := held + waiting.qsize():
            tally.notes.append(f"{held} questions were held back: they would have been too many")


def _send_one(sender: Any, packet: bytes, tally: Tally) -> None:
    group = GROUP_V6 if sender.is_ipv6 else GROUP_V4
    try:
        with sender.sock.dup() as sock:  # the event loop lends its own to nobody
            send_told(sock, packet, (group, MDNS_PORT, *sender.sock_name[2:]))
        tally.packets += 1
    except OSError as error:
        _, words = read_os_error(error)
        said = f"{group}:{MDNS_PORT} could not be asked: {words}"
        if sender.is_ipv6:
            tally.notes.append(said)
        else:
            tally.fail(Outcome.BROKEN, said)


def open_zeroconf(interface: Interface, tally: Tally) -> AsyncZeroconf | None:
    """Open it on one interface, both families where it has both; None, and the tally says why, where it cannot be."""
    from zeroconf import IPVersion
    from zeroconf.asyncio import AsyncZeroconf

    ipv4: list[str | int] = [str(own.ip) for own in interface.ipv4]
    ipv6: list[str | int] = [interface.index] if interface.ipv6 else []
    ways = [(ipv4 + ipv6, IPVersion.All if ipv4 else IPVersion.V6Only)] if ipv6 else []
    ways += [(ipv4, IPVersion.V4Only)] if ipv4 else []
    if not ways:
        tally.fail(Outcome.SKIPPED, f"{interface.name} has no address to ask from")
        return None
    for number, (places, version) in enumerate(ways, 1):
        try:
            return AsyncZeroconf(interfaces=places, ip_version=version)
        except (RuntimeError, OSError) as error:  # "No interfaces to listen on": the interface went down
            if number == len(ways):
                tally.fail(Outcome.BROKEN, f"multicast DNS could not be opened: {error}")
            else:
                tally.notes.append(f"multicast DNS over IPv6 could not be opened: {error}")
    return None


def keep_apart(sock: Any) -> None:
    """Have a socket hear the groups on its own interface alone, not wherever another socket of this machine joined."""
    if sock.family == socket.AF_INET6:
        with contextlib.suppress(OSError):  # before Linux 4.20 there is no such choice
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0)
    sock.setsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL, 0)  # one socket may serve both families


class Browser:
    """Collects the services announced while it browses, and asks for the records of each."""

    def __init__(self, zeroconf: AsyncZeroconf, tally: Tally) -> None:
        self._zeroconf = zeroconf
        self._tally = tally
        self._found: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._seen: set[tuple[str, str]] = set()
        self._types = set(TYPES)
        self._browsers: list[AsyncServiceBrowser] = []
        self._requests = 0
        self._listed: list[str] = []  # types to be browsed together
        self._batches = 0
        self._pause: asyncio.TimerHandle | None = None
        self.unasked = 0  # types that devices list and nobody was asked for
        self.misnamed = 0  # services whose name the library refuses: control characters, more than 255 bytes

    async def services(self) -> AsyncIterator[AsyncServiceInfo]:
        """Each service with its records, as they come in, until WAIT and the last record are over."""
        infos: asyncio.Queue[AsyncServiceInfo] = asyncio.Queue()
        self._browse([*TYPES, ENUMERATION])
        resolver = asyncio.ensure_future(self._resolve_all(infos))
        try:
            while not resolver.done() or not infos.empty():
                try:
                    async with asyncio.timeout(POLL):
                        info = await infos.get()
                except TimeoutError:
                    continue
                yield info
            resolver.result()
        finally:
            resolver.cancel()
            await asyncio.wait([resolver])
            if self._pause is not None:
                self._pause.cancel()
                self.unasked += len(self._listed)
            for browser in self._browsers:
                await browser.async_cancel()

    async def _resolve_all(self, infos: asyncio.Queue[AsyncServiceInfo]) -> None:
        slots = asyncio.Semaphore(AT_ONCE)
        over = contextlib.suppress(TimeoutError)
        with over:
            async with asyncio.timeout(WAIT + RESOLVE), asyncio.TaskGroup() as group:
                with over:
                    async with asyncio.timeout(WAIT):
                        while True:
                            service = await self._found.get()
                            group.create_task(self._resolve(*service, slots, infos))

    async def _resolve(
        self, service_type: str, name: str, slots: asyncio.Semaphore, infos: asyncio.Queue[AsyncServiceInfo]
    ) -> None:
        from zeroconf import BadTypeInNameException
        from zeroconf.asyncio import AsyncServiceInfo

        try:
            info = AsyncServiceInfo(service_type, name)
        except BadTypeInNameException:  # one device's bad name must not end the sweep for all others
            self.misnamed += 1
            return
        async with slots:
            if not info.load_from_cache(self._zeroconf.zeroconf):
                await asyncio.sleep(LATER)
            if not info.load_from_cache(self._zeroconf.zeroconf) and self._requests < REQUESTS_CAP:
                self._requests += 1
                await info.async_request(self._zeroconf.zeroconf, int(RESOLVE * 1000))
        infos.put_nowait(info)

    def _browse(self, types: list[str]) -> None:
        from zeroconf.asyncio import AsyncServiceBrowser

        self._browsers.append(AsyncServiceBrowser(self._zeroconf.zeroconf, types, handlers=[self._note]))

    def _browse_listed(self) -> None:
        """Ask for the types that were listed meanwhile, all in one question."""
        listed, self._listed, self._pause = self._listed, [], None
        self._batches += 1
        self._browse(listed)

    def _list(self, name: str) -> None:
        """A type that a device lists: it is browsed with those that come at the same time."""
        self._types.add(name)
        self._listed.append(name)
        if self._pause is None:
            self._pause = asyncio.get_running_loop().call_later(TYPES_PAUSE, self._browse_listed)

    def _note(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:  # noqa: ARG002  zeroconf calls it with all four by name
        """A service was announced; a type we did not know of is browsed as well."""
        if (service_type, name) in self._seen:
            return
        if len(self._seen) >= SERVICES_CAP:
            self._tally.drops += 1
            return
        self._seen.add((service_type, name))
        if service_type != ENUMERATION:
            self._found.put_nowait((service_type, name))
        elif name not in self._types and IS_TYPE.fullmatch(name):
            if len(self._types) < TYPES_CAP and self._batches < BATCHES_CAP:
                self._list(name)
            else:
                self.unasked += 1


def describe(info: AsyncServiceInfo, scope: Scope, interface: str, at: float) -> tuple[Observation, ...]:
    """One service as observations, for each IPv4 address it names, or for each IPv6 address where it names no other."""
    from zeroconf import IPVersion

    addresses: list[str | None] = [*info.parsed_addresses(IPVersion.V4Only)[:ADDRESSES_CAP]]
    addresses = addresses or [*info.parsed_addresses(IPVersion.V6Only)[:ADDRESSES_CAP]] or [None]
    facts = [("service", info.name), ("type", info.type), ("hostname", info.server or ""), *_texts(info.properties)]
    return tuple(
        Observation(
            protocol="mdns",
            field=field,
            value=value[:TEXT_CAP],
            address=address,
            port=MDNS_PORT,
            interface=interface,
            request=info.type,
            at=at,
            by=NAME,
            scope=IN_SCOPE if address is None or scope.contains(address) else OFF_SCOPE,
        )
        for address in addresses
        for field, value in facts
        if value
    )


def _texts(properties: Mapping[bytes, bytes | None]) -> Iterator[tuple[str, str]]:
    for key, value in list(properties.items())[:TEXTS_CAP]:
        yield "txt", f"{decode_text(key)}={decode_text(value or b'')}"


SWEEP = Sweep(
    name=NAME,
    asks="Every segment for the services that cameras announce by DNS-SD, and for the types that devices list.",
    never="Announces a service or a name, answers a query.",
    emits=("mdns.service", "mdns.type", "mdns.hostname", "mdns.txt"),
    touch=Touch(datagrams=DATAGRAMS_CAP),
    lost=LOST,
    run=run,
)
