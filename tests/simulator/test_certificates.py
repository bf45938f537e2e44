"""Certificates have the names in the order written, the key asked for, and a unit's own values where it has some."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from simulator.certificates import make_pem, parse_name, prepare, server_context
from simulator.persona import Certificate


def read(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def test_names_keep_their_order_and_their_commas():
    name = parse_name(r"CN=NVR, C=CN, O=ZheJiang Dahua Technology CO.\,LTD., OU=NVR")
    assert [(one.rfc4514_attribute_name, one.value) for one in name] == [
        ("CN", "NVR"),
        ("C", "CN"),
        ("O", "ZheJiang Dahua Technology CO.,LTD."),
        ("OU", "NVR"),
    ]


def test_dates_serial_and_issuer(make_device):
    wanted = Certificate(subject="CN=a", issuer="CN=b", not_before="2019-12-17", serial_number="8ab42317c62a20f1")
    made = read(make_pem(make_device(), wanted)[0])
    assert made.issuer.rfc4514_string() == "CN=b"
    assert made.not_valid_before_utc.date().isoformat() == "2019-12-17"
    assert made.serial_number == 0x8AB42317C62A20F1


@pytest.mark.parametrize(("kind", "size"), [("rsa1024", 1024), ("rsa2048", 2048), ("ec", 256)])
def test_keys(make_device, kind, size):
    key = read(make_pem(make_device(), Certificate(subject="CN=a", key=kind))[0]).public_key()
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    assert key.key_size == size


def test_units_of_a_persona_share_a_key_but_not_a_name(make_device):
    wanted = Certificate(subject="CN=axis-{mac_bare}")
    one, other = (read(make_pem(make_device(index=index), wanted)[0]) for index in (1, 2))
    assert one.subject != other.subject
    assert one.public_key() == other.public_key()


def test_a_context_is_made_once_per_certificate(make_device):
    wanted = Certificate(subject="CN=a")
    assert server_context(make_device(), wanted) is server_context(make_device(), wanted)


def test_a_key_made_beforehand_is_the_one_that_is_shown(make_device, monkeypatch):
    device, wanted = make_device(), Certificate(subject="CN=beforehand", key="rsa1024")
    prepare(device, wanted)
    monkeypatch.setattr(rsa, "generate_private_key", None)  # whoever made another now would fail
    monkeypatch.setattr(x509, "CertificateBuilder", None)
    assert read(make_pem(device, wanted)[0])
    assert server_context(device, wanted)
