"""Two runs are equal when all that a reader relies on is; a question that one was spared makes no difference."""

from __future__ import annotations

from benchmarks.equality import differences, find_spared
from benchmarks.kills import judge
from scanner.model import Observation, Report, RunInfo, replace
from scanner.record import Record

PAGE = Observation("http", "raw", "x", "10.0.0.5", 80, request="GET /")
CONTROL = Observation("http", "title", "404 Not Found", "10.0.0.5", 80, request="GET /nothing", digest="c")
SADP = Observation(
    "sadp",
    "raw",
    "<ProbeMatch><Types>inquiry</Types><DeviceDescription>DS-7608NI-K2</DeviceDescription>"
    "<DeviceSN>DS-7608NI-K20820190101CCRR123456789WCVU</DeviceSN><MAC>44-19-b6-00-00-01</MAC></ProbeMatch>",
    "10.0.0.5",
    digest="s",
)


def report(*observations: Observation) -> Report:
    run = RunInfo("r1", "0.1.0", 1_790_000_000.0, None, "", "normal", ("eth0",), ("10.0.0.0/28",), (), "")
    return judge(Record("r", run, observations, (), (), (), None, True, {}))


def test_what_one_run_had_no_need_to_ask_is_found_and_what_was_lost_is_not() -> None:
    asked = ("10.0.0.5", 80, "GET /nothing")
    assert find_spared([PAGE], [PAGE, CONTROL]) == {asked}
    assert find_spared([PAGE, CONTROL], [PAGE]) == {asked}
    assert find_spared([PAGE, CONTROL], [PAGE], kept=[CONTROL]) == frozenset(), "the killed run had it"
    assert find_spared([PAGE], [PAGE, CONTROL], kept=[CONTROL]) == {asked}
    swept = replace(PAGE, request="Probe", by="wsd-sweep")
    assert find_spared([SADP, swept], []) == frozenset(), "everybody is asked that"


def test_evidence_of_a_question_that_was_spared_is_left_out_of_identified_devices_alone() -> None:
    spared = find_spared([SADP], [SADP, CONTROL])
    assert differences(report(SADP), report(SADP, CONTROL), spared) == []
    assert [line.partition(":")[0] for line in differences(report(SADP), report(SADP, CONTROL))]
    assert differences(report(PAGE), report(PAGE, CONTROL), find_spared([PAGE], [PAGE, CONTROL]))
