"""Challenges as devices write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec.challenges import CHALLENGES_CAP, Challenge, parse_challenges
from scanner.codec.text import FIELD_CAP

# realms of recog's examples and of RTSP answers in the test data of a streaming library
HIKVISION = 'Digest realm="IP Camera(C2875)", nonce="938032d91ffc30ca80b5da94c18887ac", stale="FALSE"'
DAHUA = 'Digest realm="Login to ND011811000000", nonce="ec3682ef24b2cd9cedefe5cc26110000"'


@pytest.mark.parametrize(
    ("value", "scheme", "realm"),
    [
        (HIKVISION, "Digest", "IP Camera(C2875)"),
        (DAHUA, "Digest", "Login to ND011811000000"),
        ('Basic realm="device"', "Basic", "device"),
        ("Basic realm=device", "Basic", "device"),
        ("Digest realm=Login to 3C06520PAN00000, nonce=1", "Digest", "Login to 3C06520PAN00000"),
        ("Basic realm=Cameras, north gate", "Basic", "Cameras, north gate"),
        ('Basic realm="Merit LILIN Ent. Co., Ltd."', "Basic", "Merit LILIN Ent. Co., Ltd."),
        ('Basic realm="no end', "Basic", "no end"),
        (r'Basic realm="a \"quoted\" word"', "Basic", 'a "quoted" word'),
        ('Basic Realm = "blanks"', "Basic", "blanks"),
        ("Basic", "Basic", None),
        ('Basic realm=""', "Basic", ""),
        ('Digest nonce="1"', "Digest", None),
        ('Basic realm="NETGEAR DG834  "', "Basic", "NETGEAR DG834  "),
    ],
)
def test_one_challenge(value: str, scheme: str, realm: str | None) -> None:
    (challenge,) = parse_challenges(value)
    assert (challenge.scheme, challenge.realm, challenge.text) == (scheme, realm, value)


def test_parameters_keep_their_order_and_lose_their_case() -> None:
    (challenge,) = parse_challenges('Digest Realm="r", QOP="auth", nonce="n", stale="FALSE"')
    assert challenge.params == (("qop", "auth"), ("nonce", "n"), ("stale", "FALSE"))


def test_several_challenges_in_one_header() -> None:
    assert parse_challenges('Digest realm="IP Camera(C1)", nonce="2", Basic realm="/", NTLM') == (
        Challenge("Digest", "IP Camera(C1)", (("nonce", "2"),), 'Digest realm="IP Camera(C1)", nonce="2"'),
        Challenge("Basic", "/", (), 'Basic realm="/"'),
        Challenge("NTLM", None, (), "NTLM"),
    )


def test_an_unquoted_realm_ends_where_the_next_challenge_begins() -> None:
    assert [item.realm for item in parse_challenges("Digest realm=one two, Basic realm=three")] == ["one two", "three"]


@pytest.mark.parametrize("value", ["", " ", ",,,", "=", '"', "\x00"])
def test_what_is_no_challenge_gives_none(value: str) -> None:
    assert parse_challenges(value) == ()


def test_endless_challenges_are_cut() -> None:
    assert len(parse_challenges("Basic, " * 1_000)) == CHALLENGES_CAP


@pytest.mark.parametrize(
    "part", [" ", ",", "a", "a=", 'a="', "a ", ",a", "\\", '"\\', "= ", "a,b c=", "Basic realm=x,"]
)
def test_hostile_repetition_costs_no_time(part: str) -> None:
    parse_challenges("Basic realm=" + part * FIELD_CAP)  # a second here would be seconds of a whole scan


@given(st.text(alphabet=st.sampled_from('ab =,"\\\t\n\x00é-'), max_size=200))
def test_garbage_never_raises(value: str) -> None:
    for challenge in parse_challenges(value):
        assert challenge.text in value


@pytest.mark.parametrize(
    ("value", "scheme", "realm"),
    [
        ('WWW-Authenticate: Digest realm="IP Camera(C2183)", nonce="1"', "Digest", "IP Camera(C2183)"),
        ('www-authenticate:Basic realm="x"', "Basic", "x"),
        ('realm="Login to 3C06520PAN00000", qop="auth"', "", "Login to 3C06520PAN00000"),
        ('Proxy-Authenticate: realm="x"', "", "x"),
    ],
)
def test_challenges_as_notes_have_them(value: str, scheme: str, realm: str) -> None:
    (challenge,) = parse_challenges(value)
    assert (challenge.scheme, challenge.realm) == (scheme, realm)
