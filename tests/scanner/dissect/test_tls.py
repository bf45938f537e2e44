"""Names of certificates in the forms that tools print."""

from __future__ import annotations

import pytest

from tests.scanner.dissect.finding import find


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("commonName=A CA/organizationName=B Co.,Ltd./countryName=CN", "CN=A CA; O=B Co.,Ltd.; C=CN"),
        ("CN: A CA", "CN=A CA"),
        ('{"commonName": "A CA", "organizationName": "B"}', "CN=A CA; O=B"),
        ("O: B, OU: D; CN: A", "O=B; OU=D; CN=A"),
    ],
)
def test_other_forms_are_written_as_ours(text: str, name: str) -> None:
    assert find("tls-cert.issuer", text) == {"tls-cert.issuer": [name]}


@pytest.mark.parametrize("text", ["CN=A; O=B", "C=CN, O=B, CN=A", "/C=CN/O=B", "A CA", "", "ACN: x", "see http://a/b"])
def test_our_form_and_what_is_no_name_are_left_alone(text: str) -> None:
    assert find("tls-cert.subject", text) == {}
