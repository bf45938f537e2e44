"""Every persona that comes with the program is sound: it loads, names its truth and origin, and fills in completely."""

from __future__ import annotations

import re

import pytest

from simulator.cast import datagram_services, stream_services
from simulator.persona import FOLDER, Http, Reply, Rtsp, load_persona, persona_names
from simulator.players.http import render
from simulator.yaml_text import FileError

HIK_STRICT = r"(20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(AA|BB|CC)(CH|WR|RR)([0-9A-Z]{9}[A-Z]?)(WCVU)?$"
DAHUA = r"^[0-9A-Z]{7}PA[A-Z][0-9A-Z]{5}$"
UNIVIEW = r"^210235[0-9A-Z]{14}$"
NEEDED = {
    *("hikvision-camera-old", "hikvision-camera-new", "hikvision-recorder", "ezviz", "hikvision-rebadge"),
    *("dahua-camera-old", "dahua-camera-new", "dahua-recorder", "dahua-rebadge-foreign-mac", "lorex", "amcrest"),
    *("uniview", "tiandy", "tvt", "xiongmai", "axis", "hanwha", "bosch", "vivotek", "reolink", "tplink-vigi"),
    *("printer", "nas", "router", "phone", "vms-page", "rtsp-relay", "liar", "silent", "off-scope-hikvision"),
    "script-name",
}


def test_the_cast_is_complete():
    assert set(persona_names()) >= NEEDED


@pytest.mark.parametrize("name", persona_names())
def test_every_persona_is_sound(name, make_device):
    persona = load_persona(name)
    assert persona.id == name == (FOLDER / f"{name}.yaml").stem
    assert persona.origin
    device = make_device(persona=name)
    for service in persona.services:
        replies = service.replies.values() if isinstance(service, (Http, Rtsp)) else ()
        for reply in replies:
            sent, status = render(reply, device, {"cseq": "1", "uri": "*", "path": "/"})
            assert 200 <= status < 600
            length = re.search(rb"(?i)content-length: *(\d+)", sent)
            assert length is None or int(length[1]) == len(sent.partition(b"\r\n\r\n")[2])
    assert sum(1 for _ in stream_services(persona)) + sum(1 for _ in datagram_services(device)) or "silent" in name


@pytest.mark.parametrize(
    ("names", "shape"),
    [
        (
            ("hikvision-camera-old", "hikvision-camera-new", "hikvision-recorder", "ezviz", "hikvision-rebadge"),
            HIK_STRICT,
        ),
        (("dahua-camera-old", "dahua-camera-new", "dahua-recorder"), DAHUA),
        (("uniview", "uniview-rebadge"), UNIVIEW),
    ],
)
@pytest.mark.parametrize("index", [1, 60_000])
def test_serial_numbers_have_the_true_shape(names, shape, index, make_device):
    for name in names:
        serial = make_device(persona=name, index=index).truth.serial
        assert re.search(shape, serial), serial


def test_listed_is_true_for_the_two_makers_only():
    for name in persona_names():
        truth = load_persona(name).truth
        assert truth.listed == (truth.maker in {"hikvision", "dahua"}), name


def test_a_reply_may_be_one_text():
    reply = Reply.model_validate("HTTP/1.1 200 OK\nA: b\n\nbody\n\nmore\n")
    assert (reply.head, reply.body) == ("HTTP/1.1 200 OK\nA: b", "body\n\nmore\n")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("nonsense: 1", "nonsense: Extra inputs are not permitted"),
        ("oui: 44:19", "oui: "),
        ("services: [{play: http, replies: {}, pages: {'*': none}}]", "http names the reply 'none'"),
        ("services: [{play: tcp, ports: [], tls_ports: [443]}]", "the persona no certificate"),
        ("services: [{play: opera}]", "services.0: "),
    ],
)
def test_a_mistake_in_a_persona_is_named(tmp_path, change, says):
    lines = {
        "id": "id: a",
        "about": "about: a",
        "origin": "origin: [a]",
        "truth": "truth: {maker: null, kind: camera, listed: false}",
        "oui": 'oui: "44:19:b6"',
    }
    lines[change.partition(":")[0]] = change
    path = tmp_path / "a.yaml"
    path.write_text("\n".join(lines.values()))
    with pytest.raises(FileError, match=re.escape(says)):
        load_persona(str(path))


def test_an_unknown_persona_is_answered_with_the_list():
    with pytest.raises(FileError, match=r"write one of .*axis"):
        load_persona("nobody")
