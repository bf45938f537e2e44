"""What a device type is, as data: its declared truth and the services it plays. Reads persona files; plays nothing."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from simulator.yaml_text import FileError, read_yaml

FOLDER: Final = Path(__file__).with_name("personas")
"""Where the personas that come with the program are."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Truth(_Part):
    """Who really made the device. `listed`: the maker or its group is named by US NDAA section 889."""

    maker: str | None
    brand: str | None = None
    kind: str
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    listed: bool


class Quirks(_Part):
    """What makes a device hard to ask or easy to hurt. Times are seconds."""

    think: float = 0.0  # before every answer
    tires: float = 0.0  # added to `think` by each request it was sent over TCP: it never recovers
    resets_after: int = (
        0  # once it was sent more requests than this over TCP, each further one is answered by a reset; 0: never
    )
    misses_first: bool = False  # the first ARP request and the first datagram of each service are not heard
    arp_delay: float = 0.0  # before every answer to ARP
    max_connections: int = 0  # more at once are reset; 0: no limit
    lockout_after: int = 0  # after so many 401 answers every further request gets `locked`; 0: never
    reboots_above: int = 0  # more arrivals than this within a second and it is gone for `reboot_time`; 0: never
    reboot_time: float = 3.0

    @property
    def odd_at_arp(self) -> bool:
        """The lab answers ARP in the device's stead: no kernel does it so."""
        return self.misses_first or self.arp_delay > 0


class Reply(_Part):
    """One whole answer. A file may write it as one text: the head, a blank line, the body."""

    head: str
    body: str = ""
    body_hex: str = ""
    body_base64: str = ""
    bom: bool = False  # the body begins with a UTF-8 byte order mark
    newline: Literal["lf", "crlf"] = "lf"  # line ends of the body
    close: bool | None = None  # None: as the head says

    @model_validator(mode="before")
    @classmethod
    def _split(cls, data: object) -> object:
        if not isinstance(data, str):
            return data
        head, _, body = data.partition("\n\n")
        return {"head": head, "body": body}


class Soap(_Part):
    """A page that answers by SOAP operation: local name of the body's element → reply, "*" for the others."""

    soap: dict[str, str]


class Certificate(_Part):
    """The certificate shown in every TLS handshake. Names are "CN=…, OU=…" in the order of the certificate."""

    subject: str
    issuer: str = ""  # empty: self-signed
    key: Literal["rsa1024", "rsa2048", "ec"] = "rsa1024"
    not_before: str = "2020-01-01"
    not_after: str = "2037-12-31"
    serial_number: str = ""  # hexadecimal
    versions: Literal["any", "1.0", "1.2", "1.3", "museum"] = "any"  # museum: SSLv3 with RC4, needs tlslite-ng


class Http(_Part):
    """Web ports. Keys of `pages` are "METHOD path" with shell wildcards; the first that fits answers."""

    play: Literal["http"]
    ports: tuple[int, ...] = (80,)
    tls_ports: tuple[int, ...] = ()
    replies: dict[str, Reply]
    pages: dict[str, str | Soap]
    locked: str = ""  # the reply once locked; empty: the connection is cut


class Rtsp(_Part):
    """Streaming ports. Keys of `methods` are RTSP methods, "*" for the others."""

    play: Literal["rtsp"]
    ports: tuple[int, ...] = (554,)
    replies: dict[str, Reply]
    methods: dict[str, str]


class Tcp(_Part):
    """A port that says only a greeting, or nothing; `on_input_hex` answers whatever is sent to it."""

    play: Literal["tcp"]
    ports: tuple[int, ...]
    tls_ports: tuple[int, ...] = ()
    greeting: str = ""
    greeting_hex: str = ""
    on_input_hex: str = ""


class Way(StrEnum):
    """How an answer travels."""

    UNICAST = "unicast"
    MULTICAST = "multicast"


class _Datagram(_Part):
    via: tuple[Way, ...] = (Way.UNICAST,)
    from_other_port: bool = False  # answers leave from an ephemeral port


class Sadp(_Datagram):
    """Hikvision search; `types` are the verbs it answers."""

    play: Literal["sadp"]
    types: tuple[str, ...] = ("inquiry", "inquiry_v32")
    answer: str
    newline: Literal["lf", "crlf"] = "lf"


class SadpLayer2(_Part):
    """Hikvision's link-layer announcement, unasked; only where devices have an interface."""

    play: Literal["sadp-layer2"]
    every: float = 2.0  # seconds


class Dhdiscover(_Datagram):
    """Dahua search; `answer` is the JSON body, `tail` what follows it."""

    play: Literal["dhdiscover"]
    answer: str
    tail_hex: str = "0a00"


class DvripSearch(_Datagram):
    """The older Dahua search on UDP 5050."""

    play: Literal["dvrip-search"]
    type: str
    model: str
    name: str = "Dahua"
    http_port: int = 80


class Wsd(_Datagram):
    """WS-Discovery. `types` are "namespace local-name"; `answer` is the whole SOAP text."""

    play: Literal["wsd"]
    types: tuple[str, ...] = (
        "http://www.onvif.org/ver10/network/wsdl NetworkVideoTransmitter",
        "http://www.onvif.org/ver10/device/wsdl Device",
    )
    answer: str
    one_line_only: bool = False  # hears only probes without line breaks
    refuses_urn: bool = False  # hears only message ids of the form uuid:…
    untyped: bool = True  # answers a probe without Types


class UniviewProbe(_Datagram):
    """Uniview search, beside WS-Discovery on UDP 3702."""

    play: Literal["univiewprobe"]
    answer: str
    from_other_port: bool = True


class XmSearch(_Datagram):
    """Xiongmai search on UDP 34569; `answer` is the JSON body."""

    play: Literal["xm-search"]
    answer: str


class TvtSearch(_Datagram):
    """TVT search on UDP 23456."""

    play: Literal["tvt-search"]
    name: str
    model: str
    firmware: tuple[int, int, int, int]
    build: int
    type: int
    channels: int
    http_port: int = 80
    sdk_port: int = 9008
    via: tuple[Way, ...] = (Way.MULTICAST, Way.UNICAST)


class Ssdp(_Datagram):
    """SSDP; keys of `answers` are search targets, values the reply texts in order."""

    play: Literal["ssdp"]
    replies: dict[str, str]
    answers: dict[str, tuple[str, ...]]


class MdnsService(_Part):
    """One announced service instance."""

    type: str
    instance: str
    port: int
    txt: dict[str, str] = Field(default_factory=dict)


class Mdns(_Datagram):
    """Multicast DNS responder."""

    play: Literal["mdns"]
    host: str
    services: tuple[MdnsService, ...]
    via: tuple[Way, ...] = (Way.MULTICAST, Way.UNICAST)


class Script(_Part):
    """A TCP port on which a script of simulator/hostile talks; `script` is its name there."""

    play: Literal["script"]
    script: str
    ports: tuple[int, ...] = ()
    tls_ports: tuple[int, ...] = ()


class DatagramScript(_Part):
    """A UDP port on which a script of simulator/hostile answers."""

    play: Literal["datagram-script"]
    script: str


class FrameScript(_Part):
    """A script of simulator/hostile that hears and sends whole frames; only where the device has a wire of its own."""

    play: Literal["frame-script"]
    script: str


Service = Annotated[
    Http
    | Rtsp
    | Tcp
    | Sadp
    | SadpLayer2
    | Dhdiscover
    | DvripSearch
    | Wsd
    | UniviewProbe
    | XmSearch
    | TvtSearch
    | Ssdp
    | Mdns
    | Script
    | DatagramScript
    | FrameScript,
    Field(discriminator="play"),
]
"""Anything a persona can play."""


class Persona(_Part):
    """One device type. `serial` and `values` are templates; see docs/simulator.md for the names they may use."""

    id: str
    about: str
    origin: tuple[str, ...]  # where each fact comes from
    truth: Truth
    expect: Literal["identified", "not-identified"] = "identified"
    oui: str = Field(pattern=r"^[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}$")
    serial: str = ""
    factory_address: str = ""  # a persona that stands at this address whatever the network is
    values: dict[str, str] = Field(default_factory=dict)
    quirks: Quirks = Quirks()
    certificate: Certificate | None = None
    services: tuple[Service, ...] = ()


def load_persona(name: str) -> Persona:
    """Read one persona by name or by the path of its file; raise FileError with the place and what to do."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise FileError(f"there is no persona {name!r}: write one of {', '.join(persona_names())}")
    data = read_yaml(path)
    try:
        persona = Persona.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FileError(f"{path}: {place}: {first['msg']} ({error.error_count()} mistakes)") from error
    _check_names(persona, path)
    return persona


def _check_names(persona: Persona, path: Path) -> None:
    """Every reply that is named must be there, and TLS needs a certificate."""
    for service in persona.services:
        if isinstance(service, (Http, Tcp, Script)) and service.tls_ports and persona.certificate is None:
            raise FileError(f"{path}: {service.play} has tls_ports and the persona no certificate: add one")
        for used, known in _names_used(service):
            if used not in known:
                raise FileError(f"{path}: {service.play} names the reply {used!r}, which is not there")


def _names_used(service: Service) -> list[tuple[str, dict[str, Reply] | dict[str, str]]]:
    if isinstance(service, Http):
        names: list[str] = [service.locked] if service.locked else []
        for page in service.pages.values():
            names += [page] if isinstance(page, str) else page.soap.values()
        return [(name, service.replies) for name in names]
    if isinstance(service, Rtsp):
        return [(name, service.replies) for name in service.methods.values()]
    if isinstance(service, Ssdp):
        return [(name, service.replies) for names in service.answers.values() for name in names]
    return []


def persona_names() -> tuple[str, ...]:
    """The personas that come with the program, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
