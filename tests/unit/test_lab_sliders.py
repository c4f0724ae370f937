"""Settings: what a slider can take, and settings as text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import lab
from helpers.lab import sliders

SLIDERS = {
    "learning_rate": lab.log(1e-4, 1.0),
    "batch_size": lab.choice(10, 50, 100),
    "momentum": lab.linear(0.0, 0.99),
    "init": lab.choice("zero", "xavier", fresh=True),
    "shuffle": lab.choice(True, False),
}


def test_a_logarithmic_slider_begins_in_the_middle_of_its_scale():
    assert lab.log(1e-4, 1e-2).value == pytest.approx(1e-3)
    assert lab.log(1e-4, 1e-2, 5e-3).value == 5e-3


def test_a_linear_slider_begins_at_its_low_end():
    assert lab.linear(-1.0, 1.0).value == -1.0
    assert lab.linear(-1.0, 1.0, 0).value == 0


def test_a_choice_begins_with_its_first_value():
    assert lab.choice(16, 32, 64).value == 16
    assert lab.choice(16, 32, 64, value=64).value == 64


@pytest.mark.parametrize(
    ("slider", "words"),
    [
        (lab.log(0, 1), "log(0, 1): a logarithmic scale has no 0"),
        (lab.log(-1, 1), "has no 0"),
        (lab.log(2, 1), "log(2, 1) is an empty range: give the smaller end first"),
        (lab.log(1, 1), "log(1, 1) is an empty range"),
        (lab.log("a", 1), "must be finite numbers"),
        (lab.linear(1, 0), "linear(1, 0) is an empty range"),
        (lab.linear(0, float("nan")), "must be finite numbers"),
        (lab.linear(0, 1, value=2), "its value 2 is outside"),
        (lab.linear(0, 1, step=0), "its step 0 is not above 0"),
        (lab.choice(), "has no values"),
        (lab.choice(1, 2, value=3), "3 is not among its values"),
    ],
)
def test_an_impossible_slider_says_why(slider, words):
    assert words in slider.problem


def test_possible_sliders_have_no_problem():
    assert sliders.problems(SLIDERS) == []


@pytest.mark.parametrize(
    ("given_sliders", "words"),
    [
        ([], "sliders is a list; give a dict"),
        ({"a b": lab.choice(1)}, "'a b' cannot name a slider"),
        ({"seed": lab.choice(1)}, "'seed' cannot name a slider"),
        ({"rate": 0.1}, "rate is a float: use log, linear or choice"),
        ({"rate": lab.log(1, 1)}, "rate: log(1, 1) is an empty range"),
    ],
)
def test_what_is_wrong_with_sliders_is_named(given_sliders, words):
    (line,) = sliders.problems(given_sliders)
    assert words in line


settings = st.fixed_dictionaries(
    {
        "learning_rate": st.floats(1e-4, 1.0),
        "batch_size": st.sampled_from([10, 50, 100]),
        "momentum": st.floats(0.0, 0.99),
        "init": st.sampled_from(["zero", "xavier"]),
        "shuffle": st.booleans(),
        "seed": st.integers(0, 2**32 - 1),
    }
)


@given(settings)
def test_settings_survive_being_copied_as_text(values):
    assert sliders.from_text(sliders.to_text(values), SLIDERS) == values


def test_a_text_may_name_only_some_settings():
    assert sliders.from_text(" momentum = 0.5 ", SLIDERS) == {"momentum": 0.5}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a line of settings"),
        ("hello", "not a line of settings"),
        ("learning_rate=", "not a line of settings"),
        ("learning_rate=open('x')", "not a line of settings"),
        ("**{'momentum': 0}", "not a line of settings"),
        ("momentum=0.5) or f(seed=1", "not a line of settings"),
        ("(" * 500, "not a line of settings"),
        ("momentum=0, momentum=1", "not a line of settings"),
        ("rate=1", "There is no setting 'rate' here, only learning_rate"),
        ("learning_rate=2", "learning_rate: 2 is outside 0.0001 to 1"),
        ("learning_rate=True", "learning_rate: True is not a number"),
        ("learning_rate='x'", "learning_rate: 'x' is not a number"),
        ("batch_size=11", "batch_size: 11 is not one of 10, 50, 100"),
        ("shuffle=1", "shuffle: 1 is not one of True, False"),
        ("seed=-1", "seed: -1 is not a whole number"),
        ("seed=0.5", "seed: 0.5 is not a whole number"),
    ],
)
def test_a_text_that_cannot_be_used_says_why(text, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        sliders.from_text(text, SLIDERS)
