"""helpers.record: a record is plain JSON, and nothing else is taken for one."""

import dataclasses
import doctest
import json

import pytest

from helpers import record
from helpers.record import NOT_WRITTEN, PASSED, STATUSES, WRONG, Record, stub_message

WHOLE = {"name": "dW", "status": WRONG, "message": "got 1, wanted 2", "mistake": "a sum"}


def test_the_doctests_hold():
    result = doctest.testmod(record)
    assert result.failed == 0
    assert result.attempted >= 1


@pytest.mark.parametrize("status", STATUSES)
def test_a_record_survives_the_journey_through_json(status):
    there = Record("dW für x < 1", status, "got 1,\twanted 2", "a “sum”")
    back = Record.from_json(json.loads(json.dumps(there.to_json())))
    assert back == there


def test_message_and_mistake_may_be_empty():
    assert Record("dW", PASSED).to_json() == {
        "name": "dW",
        "status": "passed",
        "message": "",
        "mistake": "",
    }


def test_a_record_does_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Record("dW", WRONG).status = PASSED


@pytest.mark.parametrize("status", ["", "Passed", "passed ", "done", None, True])
def test_an_unknown_status_is_refused(status):
    with pytest.raises(ValueError, match="must be one of passed, wrong, not attempted"):
        Record("dW", status)
    with pytest.raises(ValueError, match=r"status|string"):
        Record.from_json({**WHOLE, "status": status})


NO_RECORDS = {
    "none": None,
    "text": json.dumps(WHOLE),
    "list": [WHOLE],
    "pairs": list(WHOLE.items()),
    "empty": {},
    "key_missing": {key: value for key, value in WHOLE.items() if key != "mistake"},
    "key_too_many": {**WHOLE, "points": "2"},
    "another_key": {"title": "dW", **{k: v for k, v in WHOLE.items() if k != "name"}},
    "number": {**WHOLE, "message": 1},
    "boolean": {**WHOLE, "mistake": False},
    "null": {**WHOLE, "message": None},
    "nested": {**WHOLE, "name": {"name": "dW"}},
    "bytes": {**WHOLE, "name": b"dW"},
}


@pytest.mark.parametrize("data", NO_RECORDS.values(), ids=NO_RECORDS)
def test_what_is_not_exactly_a_record_is_refused(data):
    with pytest.raises(ValueError, match="record"):
        Record.from_json(data)


def test_the_stub_names_the_function_and_is_recognised():
    assert stub_message("conv_forward").startswith("conv_forward: ")
    assert NOT_WRITTEN in stub_message("conv_forward")
