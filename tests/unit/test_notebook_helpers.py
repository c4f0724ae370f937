"""helpers.notebook and helpers.lab: methods cell by cell, tables, and panels with sliders."""

import doctest

import ipywidgets
import pytest

from helpers import lab, notebook
from helpers.notebook import Table, method_of

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


# Sliders


def test_a_logarithmic_slider_begins_in_the_middle_of_its_scale():
    slider = lab.log(1e-4, 1e-2)
    assert slider.value == pytest.approx(1e-3)
    assert 10**slider.min == pytest.approx(1e-4)
    assert 10**slider.max == pytest.approx(1e-2)
    assert lab.log(1e-4, 1e-2, 5e-3).value == pytest.approx(5e-3)


def test_a_linear_slider_begins_at_its_low_end():
    slider = lab.linear(-1.0, 1.0, step=0.5)
    assert (slider.value, slider.min, slider.max, slider.step) == (-1.0, -1.0, 1.0, 0.5)
    assert lab.linear(-1.0, 1.0, 0).value == 0


def test_a_choice_begins_with_its_first_value():
    assert lab.choice(16, 32, 64).value == 16
    assert lab.choice(16, 32, 64, value=64).value == 64
    assert tuple(lab.choice(16, 32, 64).options) == (16, 32, 64)


@pytest.mark.parametrize(
    "make",
    [
        lambda: lab.log(0, 1),
        lambda: lab.log(-1, 1),
        lambda: lab.log(2, 1),
        lambda: lab.log(1, 1),
        lambda: lab.linear(1, 0),
        lambda: lab.linear(1, 1),
        lambda: lab.choice(),
    ],
)
def test_a_slider_without_a_range_is_refused(make):
    with pytest.raises(ValueError, match=r"^(log|linear|choice)\("):
        make()


# The panel


class Page:
    """Stands in for a notebook's page: keeps what is displayed."""

    def __init__(self, monkeypatch):
        self.shown = []
        monkeypatch.setattr(lab, "display", self.display)

    def display(self, thing, display_id=False):
        self.shown.append(thing)
        return self if display_id else None

    def update(self, thing):
        self.shown[-1] = thing

    @property
    def picture(self):
        return self.shown[-1]

    @property
    def told(self):
        return self.shown[0].children[-1].value


@pytest.fixture
def page(monkeypatch):
    return Page(monkeypatch)


def test_a_panel_draws_once_at_the_start(page):
    calls = []
    lab.explore(lambda **values: calls.append(values) or "figure", rate=lab.choice(1, 2))
    assert calls == [{"rate": 1}]
    assert page.picture == "figure"
    assert isinstance(page.shown[0], ipywidgets.Widget)


def test_a_slider_that_moves_draws_anew_in_the_same_place(page):
    slider = lab.choice(1, 2, 3)
    lab.explore(lambda rate, size: f"{rate} of {size}", rate=slider, size=lab.linear(0.0, 1.0))
    slider.value = 3
    assert page.picture == "3 of 0.0"
    assert len(page.shown) == 2


def test_a_slider_tells_only_when_it_is_let_go(page):
    slider = lab.linear(0.0, 1.0)
    lab.explore(lambda learning_rate: "figure", learning_rate=slider)
    assert slider.continuous_update is False
    assert slider.description == "learning rate"


def test_an_error_is_told_and_the_panel_lives_on(page):
    slider = lab.choice(1, 0, 2)
    lab.explore(lambda rate: f"{1 / rate}", rate=slider)
    slider.value = 0
    assert "ZeroDivisionError: division by zero" in page.told
    assert page.picture == "1.0"
    slider.value = 2
    assert page.picture == "0.5"
    assert "Error" not in page.told


def test_an_error_at_the_start_is_raised(page):
    with pytest.raises(NotImplementedError, match="softmax"):
        lab.explore(raising_stub, rate=lab.choice(1, 2))


def raising_stub(rate):
    raise NotImplementedError("softmax: not written yet")


def test_a_table_is_shown_in_html_with_its_cells_apart_and_as_words():
    html = Table(["run", "loss < 1"], [["a|b", 0.25], ["<b>", None]])._repr_html_()
    assert html.count("<tr>") == 3
    assert html.count("padding") == 6
    for words in ("loss &lt; 1", ">a|b<", ">0.25<", "&lt;b&gt;", ">–<"):
        assert words in html
