"""Times the probe engine against bare aiohttp on the same simulated server, and what 10,000 open probes of each hold.

A bare asyncio.Protocol is timed beside them: what a connection costs when nothing at all is done with it.

The server stands in a process of its own on loopback; each way runs in a fresh process and opens one connection a host.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Final, cast

from benchmarks.claims import Bar, Claim, Line, Options, Plot, Result, Table, at_least, at_most, in_turn, middle

PORT: Final = 18_080

FIRST: Final = int(IPv4Address("127.40.0.1"))
"""One loopback address a host: the program holds one connection to each."""

HOSTS: Final = 4_000
AT_ONCE: Final = 256
OPEN: Final = 10_000
SIZES: Final = (250, 1_000, 4_000)

ANSWER: Final = (
    b"HTTP/1.1 401 Unauthorized\r\nServer: App-webs/\r\nContent-Type: text/html\r\nContent-Length: 300\r\n"
    b'WWW-Authenticate: Digest realm="IP Camera(C2345)", nonce="0123456789abcdef", qop="auth"\r\n'
    b"Connection: close\r\n\r\n" + b"x" * 300
)

SO_BINDTODEVICE: Final = 25
"""Linux number; nobody outside this machine may reach the server."""

WAYS: Final = {
    "camcensus": "camcensus",
    "camcensus-uvloop": "camcensus on uvloop",
    "aiohttp": "aiohttp",
    "protocol": "a bare asyncio.Protocol",
    "protocol-uvloop": "a bare asyncio.Protocol on uvloop",
}


def addresses(count: int) -> list[str]:
    """The addresses of so many hosts."""
    return [str(IPv4Address(FIRST + number)) for number in range(count)]


class _Server(asyncio.Protocol):
    """Answers any request head and closes; silent servers only listen."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if self._transport is not None and not self._silent and data.endswith(b"\r\n\r\n"):
            self._transport.write(ANSWER)
            self._transport.close()


async def serve(*, silent: bool) -> None:
    """Listen on every loopback address until ended."""
    _allow_files()
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("", PORT))
    sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, b"lo")  # no other interface is heard
    server = await asyncio.get_running_loop().create_server(lambda: _Server(silent=silent), sock=sock, backlog=16_384)
    print("ready", flush=True)
    await server.serve_forever()


async def ours(hosts: Sequence[str], at_once: int) -> int:
    """GET from every host by the program's own link; returns how many answered."""
    from scanner.link import HttpRequest
    from scanner.model import Outcome
    from scanner.net import Net
    from scanner.pace import FASTEST_RATE, Pace
    from scanner.scope import Target, make_scope

    scope = make_scope(["127.0.0.0/8"], allow_large=True)
    request = HttpRequest("/")
    async with Net(scope, Pace(FASTEST_RATE, FASTEST_RATE, open_sockets=at_once), sink=lambda _: None) as net:

        async def ask(host: str) -> bool:
            target = scope.admit(host)
            assert isinstance(target, Target)
            return (await net.fetch(target, PORT, request)).outcome is Outcome.ANSWERED

        return await _ask_all(ask, hosts, at_once)


async def bare(hosts: Sequence[str], at_once: int) -> int:
    """The same by aiohttp as its documentation shows it, told to keep no connection and to wait as long."""
    import aiohttp

    connector = aiohttp.TCPConnector(limit=at_once, force_close=True)
    patience = aiohttp.ClientTimeout(sock_connect=2, sock_read=5)
    async with aiohttp.ClientSession(connector=connector, timeout=patience) as session:

        async def ask(host: str) -> bool:
            async with session.get(f"http://{host}:{PORT}/", allow_redirects=False) as response:
                return bool(await response.read())

        return await _ask_all(ask, hosts, at_once)


class _Bare(asyncio.Protocol):
    """Sends one request and keeps what comes until the server closes: the least that a connection of asyncio does."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._received = bytearray()
        self.ended: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        cast("asyncio.WriteTransport", transport).write(self._request)  # no subclass of it on uvloop

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._received += data

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the loop's own signature
        """Called by the loop."""
        if not self.ended.done():
            self.ended.set_result(bytes(self._received))


async def unguarded(hosts: Sequence[str], at_once: int) -> int:
    """The same bytes by an asyncio.Protocol that only reads until the close: what Python leaves to be gained."""
    from scanner.codec.http1 import build_request

    loop = asyncio.get_running_loop()

    async def ask(host: str) -> bool:
        request = build_request("GET", "/", f"{host}:{PORT}")
        _, protocol = await loop.create_connection(lambda: _Bare(request), host, PORT)
        return bool(await protocol.ended)

    return await _ask_all(ask, hosts, at_once)


async def _ask_all(ask: Callable[[str], Awaitable[bool]], hosts: Sequence[str], at_once: int) -> int:
    """Ask every host, so many at once."""
    left = iter(hosts)
    answered = 0

    async def work() -> None:
        nonlocal answered
        for host in left:
            is_answer = await ask(host)
            answered += is_answer

    async with asyncio.TaskGroup() as group:
        for _ in range(min(len(hosts), at_once)):
            group.create_task(work())
    return answered


def run_way(way: str, hosts: int) -> dict[str, Any]:
    """One way in this process: answers, seconds, and seconds of the processor."""
    from scanner.collecting import spare_collections

    _allow_files()
    ask = _choose_program(way)
    with asyncio.Runner(loop_factory=_choose_loop(way)) as runner:
        runner.run(ask(addresses(20), 20))  # imports and first uses are over
        if ask is ours:
            spare_collections()  # as every scan begins
        asked = addresses(hosts)
        begun, used = time.perf_counter(), time.process_time()
        answered = runner.run(ask(asked, AT_ONCE))
        return {
            "answered": answered,
            "seconds": time.perf_counter() - begun,
            "processor": time.process_time() - used,
        }


def hold_open(way: str, hosts: int) -> dict[str, Any]:
    """Memory in MiB that so many unanswered probes take while all are open."""
    _allow_files()
    ask = _choose_program(way)

    async def hold() -> dict[str, Any]:
        asked = addresses(hosts)
        before = _held()
        asking = asyncio.ensure_future(ask(asked, hosts))
        most = 0
        for _ in range(400):
            await asyncio.sleep(0.01)
            most = max(most, _held())
            if asking.done():
                break
        asking.cancel()
        await asyncio.wait([asking])
        return {"memory": (most - before) / 1024}

    with asyncio.Runner(loop_factory=_choose_loop(way)) as runner:
        return runner.run(hold())


def _choose_program(way: str) -> Callable[[Sequence[str], int], Coroutine[Any, Any, int]]:
    if way == "aiohttp":
        return bare
    return unguarded if way.startswith("protocol") else ours


def _choose_loop(way: str) -> Callable[[], asyncio.AbstractEventLoop]:
    if way.endswith("uvloop"):
        return importlib.import_module("uvloop").new_event_loop  # type: ignore[no-any-return]
    return asyncio.new_event_loop


def _held() -> int:
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * resource.getpagesize() // 1024


def _allow_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextmanager
def _server(kind: str) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.probing", kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            child.stdout.readline()
            yield
        finally:
            child.kill()


def _run(what: str, way: str, hosts: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.probing", what, way, str(hosts)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def measure(options: Options) -> Result:
    """GET a second and memory, all ways in turn."""
    ways = [way for way in WAYS if not way.endswith("uvloop") or importlib.util.find_spec("uvloop")]
    sizes = SIZES[:1] if options.quick else SIZES
    with _server("answering"):
        rates = {size: _measure_rates(ways, size, options.runs) for size in sizes}
    with _server("silent"):
        held = in_turn([partial(_run, "hold", way, OPEN) for way in ways], options.runs)
    memory = {way: middle([one["memory"] for one in found]) for way, found in zip(ways, held, strict=True)}
    most = rates[sizes[-1]]
    rows = tuple(
        (WAYS[way], f"{most[way][0]:,.0f}", f"{most[way][1]:.0f} µs", f"{memory[way]:.0f} MiB") for way in ways
    )
    return Result(
        tables=(
            Table(
                f"One GET from each of {sizes[-1]:,} hosts, {AT_ONCE} at once; {OPEN:,} probes open",
                ("Way", "GET a second", "Processor time a GET", "Memory of the open probes"),
                rows,
                "Every connection of the program passes scope, pace, ledger and back-off; aiohttp does none of that. A "
                "bare protocol (no pace, scope, ledger or evidence) is a reference and no bar: it sends the same bytes "
                "and reads until the close, which is what the loop, the kernel and the server take by themselves.",
            ),
        ),
        bars=_bars(most, memory),
        plots=(
            Plot(
                "probing",
                "GET a second against the number of hosts",
                "hosts",
                "GET a second",
                tuple(Line(WAYS[way], tuple((size, found[way][0]) for size, found in rates.items())) for way in ways),
            ),
        )
        if len(sizes) > 1
        else (),
        missing=() if "camcensus-uvloop" in ways else ("uvloop: `uv pip install uvloop`",),
    )


def _measure_rates(ways: list[str], hosts: int, runs: int) -> dict[str, tuple[float, float]]:
    """GET a second, and microseconds of the processor for one, by way."""
    found = in_turn([partial(_run, "get", way, hosts) for way in ways], runs)
    rates = {}
    for way, results in zip(ways, found, strict=True):
        assert all(one["answered"] == hosts for one in results), f"{way}: not every host answered"
        seconds, processor = middle([one["seconds"] for one in results]), middle([one["processor"] for one in results])
        rates[way] = (hosts / seconds, 1e6 * processor / hosts)
    return rates


def _bars(rates: dict[str, tuple[float, float]], memory: dict[str, float]) -> tuple[Bar, ...]:
    theirs = rates["aiohttp"][0]
    bars = [at_least("At least 2 times bare aiohttp's GET a second", rates["camcensus"][0] / theirs, 2, " times")]
    if "camcensus-uvloop" in rates:
        times = rates["camcensus-uvloop"][0] / theirs
        bars.append(at_least("On uvloop at least 3 times", times, 3, " times"))
    share = memory["camcensus"] / memory["aiohttp"]
    return (*bars, at_most(f"At most half its memory at {OPEN:,} open probes", share, 0.5))


CLAIM: Final = Claim(
    "engine",
    "Probe engine against bare aiohttp",
    "One GET from every host, a connection each, from a server on loopback in a process of its own that answers as a "
    "camera does. The pace is out of the way: what is measured is the engine, from the text of an address to the "
    "answer as it goes to the probes. Four tenths of the processor time of a GET are "
    "the kernel's, which opens and ends a connection at the same cost for both; the rest is scope, pace, ledger, "
    "back-off and reading the answer. The connections wait at a poller of their own, which leaves the event loop "
    "little to do: uvloop gains nothing, and the command does not use it. Python looks for cycles as in a scan, "
    "rarely. The memory is that of the waiting tasks and of what is remembered of each host: its pace, its temper, "
    "its ledger.",
    measure,
)


def main() -> None:
    """A part of the measurement in a process of its own: `answering`, `silent`, or `get|hold WAY HOSTS`."""
    what, *rest = sys.argv[1:]
    if what in ("answering", "silent"):
        asyncio.run(serve(silent=what == "silent"))
        return
    program = {"get": run_way, "hold": hold_open}[what]
    print(json.dumps(program(rest[0], int(rest[1]))))


if __name__ == "__main__":
    main()
