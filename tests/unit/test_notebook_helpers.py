"""helpers.notebook: methods cell by cell, tables, and what is not installed."""

import doctest

import pytest

from helpers import notebook
from helpers.notebook import Missing, Table, method_of, needs

# method_of


def test_the_doctests_hold():
    result = doctest.testmod(notebook)
    assert result.failed == 0
    assert result.attempted >= 3


def test_a_method_reaches_instances_that_exist_already_and_is_replaced():
    class Layer:
        pass

    layer = Layer()

    @method_of(Layer)
    def forward(self):
        return 1

    assert layer.forward() == 1

    @method_of(Layer)
    def forward(self):  # noqa: F811 - as when a student runs the cell again
        return 2

    assert layer.forward() == Layer().forward() == 2
    assert forward(None) == 2  # the name still means the function


# Table


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (0.123456, "0.1235"),
        (1234567.0, "1.235e+06"),
        (3, "3"),
        (1234567, "1234567"),
        ("sgd", "sgd"),
        (None, "–"),
        (True, "True"),
        (float("nan"), "nan"),
        ("a|b", "a\\|b"),
        ("a\nb", "a b"),
    ],
)
def test_a_cell_shows_its_value(value, cell):
    assert repr(Table(["x"], [[value]])).splitlines()[-1] == f"| {cell} |"


def test_a_table_is_markdown():
    table = Table(["optimiser", "loss"], [("sgd", 0.25), ("adam", None)])
    lines = table._repr_markdown_().splitlines()
    assert lines == [
        "| optimiser | loss |",
        "| ---: | ---: |",
        "| sgd | 0.25 |",
        "| adam | – |",
    ]


def test_rows_may_come_from_a_generator_and_may_be_none():
    assert len(Table(["x"], ([i] for i in range(3))).rows) == 3
    assert repr(Table(["x"], [])).count("\n") == 1


@pytest.mark.parametrize("row", [[], [1], [1, 2, 3]])
def test_a_row_of_another_length_is_refused(row):
    with pytest.raises(ValueError, match=f"row 1 has {len(row)} cells, the table 2 columns"):
        Table(["a", "b"], [[1, 2], row])


def test_a_table_is_shown_in_html_with_its_cells_apart_and_as_words():
    html = Table(["run", "loss < 1"], [["a|b", 0.25], ["<b>", None]])._repr_html_()
    assert html.count("<tr>") == 3
    assert html.count("padding") == 6
    for words in ("loss &lt; 1", ">a|b<", ">0.25<", "&lt;b&gt;", ">–<"):
        assert words in html


def test_a_method_may_step_back_from_one_that_is_there():
    class Net:
        def train(self):
            return "own"

    @method_of(Net, keep=True)
    def train(self):
        return "given"

    @method_of(Net, keep=True)
    def predict(self):
        return "given"

    assert (Net().train(), Net().predict()) == ("own", "given")


# Needs


def test_a_library_that_is_not_installed_ends_the_cell_with_one_line():
    with pytest.raises(Missing) as missing:
        needs("no_such_library", "pip install it")
    [line] = missing.value._render_traceback_()  # what IPython shows
    assert line.startswith("no_such_library is not installed: run `pip install it`")
