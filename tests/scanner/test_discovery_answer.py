"""A datagram of unknown protocol: each answer is known by itself, questions and noise by nobody."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import dhdiscover, dvrip_search, sadp, ssdp, tvt_search, wsd, xm_search
from scanner.discovery_answer import read_discovery
from tests.probes.test_dhdiscover_sweep import ANSWER as DAHUA
from tests.probes.test_sadp_sweep import ANSWER as HIKVISION
from tests.probes.test_ssdp_sweep import ANSWER as UPNP
from tests.probes.test_wsd_sweep import match
from tests.probes.test_xm_sweep import ANSWER as XIONGMAI
from tests.scanner.codec.test_dvrip_search import ANSWER as OLD_DAHUA

TVT = b"MHED\x07\x00" + bytes(234)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (HIKVISION, "sadp.raw"),
        (DAHUA, "dhdiscover.raw"),
        (match(), "onvif-wsd.raw"),
        (OLD_DAHUA, "dvrip-search.raw"),
        (XIONGMAI, "xm-search.raw"),
        (TVT, "tvt-search.raw"),
        (UPNP, "ssdp.raw"),
    ],
)
def test_each_answer_is_known_by_itself(data: bytes, name: str) -> None:
    answer = read_discovery(data)
    assert answer is not None
    assert answer.name == name
    assert answer.value


@pytest.mark.parametrize("data", [HIKVISION, DAHUA, XIONGMAI])
def test_secrets_are_not_kept(data: bytes) -> None:
    answer = read_discovery(data)
    assert answer is not None
    assert b"hunter2" not in answer.kept
    assert b"0011223344556677" not in answer.kept


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        b"<a/>",
        sadp.build_inquiry(str(uuid.uuid4())),
        dhdiscover.build_search(),
        wsd.build_probes(lambda: str(uuid.uuid4()))[0],
        dvrip_search.build_search()[0],
        xm_search.build_search()[0],
        tvt_search.build_search()[0],
        ssdp.build_search("ssdp:all"),
        b"\x20\0\0\0DHIP no json",
    ],
)
def test_questions_and_noise_answer_nothing(data: bytes) -> None:
    assert read_discovery(data) is None


@given(st.binary(max_size=200))
def test_garbage_raises_nothing(data: bytes) -> None:
    read_discovery(data)
