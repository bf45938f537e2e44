"""Every word after `play:` has its player, and ports and TLS ports come out apart."""

from __future__ import annotations

from typing import get_args

from simulator.cast import DATAGRAM_PLAYERS, datagram_services, stream_services
from simulator.persona import Service


def test_every_play_has_a_player():
    union = get_args(Service)[0]
    words = {get_args(model.model_fields["play"].annotation)[0] for model in get_args(union)}
    scripts = {"script", "datagram-script", "frame-script"}
    assert words - scripts - {"http", "rtsp", "tcp", "sadp-layer2"} == set(DATAGRAM_PLAYERS)


def test_ports_and_tls_ports(make_device):
    device = make_device(
        {"play": "http", "ports": [80, 81], "tls_ports": [443], "replies": {}, "pages": {}},
        {"play": "tcp", "ports": [], "tls_ports": [8443]},
        {"play": "rtsp", "replies": {}, "methods": {}},
        certificate={"subject": "CN=x"},
    )
    found = [(port, tls) for port, tls, _ in stream_services(device.persona)]
    assert found == [(80, False), (81, False), (443, True), (8443, True), (554, False)]


def test_two_protocols_may_share_a_port(make_device):
    players = [player for player, _ in datagram_services(make_device(persona="uniview"))]
    assert [player.play for player in players if player.port == 3702] == ["univiewprobe", "wsd"]
