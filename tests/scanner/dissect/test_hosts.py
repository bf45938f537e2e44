"""What only several answers of one host show."""

from __future__ import annotations

from scanner.dissect import CONTROL_PATH, CONTROL_REQUEST, dissect_host
from scanner.model import Observation, replace
from tests.scanner.dissect.finding import observe

ASKED = "GET /ISAPI/System/deviceInfo"


def answer(status: int, request: str, port: int = 80) -> Observation:
    return observe("http.answer", f"{status} {request}", request=request, port=port)


def test_an_answer_unlike_the_control_is_distinct() -> None:
    source = observe("http.answer", f"401 {ASKED}", request=ASKED)
    control = observe("http.answer", f"404 {CONTROL_REQUEST}", request=CONTROL_REQUEST)
    for order in ([source, control], [control, source]):
        assert dissect_host(order) == (replace(source, field="distinct-answer", derived=True),)


def test_a_server_that_answers_everything_alike_is_not_distinct() -> None:
    assert dissect_host([answer(401, ASKED), answer(401, CONTROL_REQUEST)]) == ()


def test_without_a_control_nothing_is_distinct() -> None:
    assert dissect_host([answer(401, ASKED)]) == ()


def test_the_control_of_another_port_does_not_count() -> None:
    assert dissect_host([answer(401, ASKED), answer(404, CONTROL_REQUEST, port=8080)]) == ()


def test_the_order_of_the_answers_does_not_matter() -> None:
    answers = [
        answer(status, request, port) for port in (8080, 80) for status, request in ((401, ASKED), (200, "GET /"))
    ]
    controls = [answer(404, CONTROL_REQUEST, port) for port in (80, 8080)]
    found = dissect_host([*answers, *controls])
    assert found == dissect_host([*controls, *reversed(answers)])
    assert [(item.port, item.value) for item in found] == [
        (80, "200 GET /"),
        (80, f"401 {ASKED}"),
        (8080, "200 GET /"),
        (8080, f"401 {ASKED}"),
    ]


def test_the_control_asks_for_what_nobody_has() -> None:
    assert f"GET {CONTROL_PATH}" == CONTROL_REQUEST
