"""helpers.gradcheck: the gradient at every node, and at which one a backward pass goes wrong."""

import sys

import numpy as np
import pytest

from helpers.gradcheck import Graph, Node, compare_nodes, variables_of


@pytest.fixture
def graph():
    """Return the graph of (x - mean(x))**2, whose node x feeds two others."""
    return Graph(
        [
            Node("x"),
            Node("mean", ("x",), lambda x: x.mean(axis=0)),
            Node("centred", ("x", "mean"), lambda x, mean: x - mean),
            Node("square", ("centred",), lambda centred: centred**2),
        ]
    )


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(3, 2, size=(4, 3))


DOUT = np.random.default_rng(1).normal(size=(4, 3))


def backward(x):
    """Return the gradients of sum(DOUT * square) at each node, by hand."""
    dsquare = DOUT
    dcentred = 2 * (x - x.mean(axis=0)) * dsquare
    dmean = -dcentred.sum(axis=0)
    dx = dcentred + dmean / len(x)
    return dx  # noqa: RET504 (its name is what is compared)


def test_values_are_those_of_the_computation(graph, x):
    values = graph.values(x=x)
    assert list(values) == ["x", "mean", "centred", "square"]
    np.testing.assert_allclose(values["square"], (x - x.mean(axis=0)) ** 2)


def test_a_node_that_feeds_two_others_gets_both_parts(graph, x):
    gradients = graph.gradients(graph.values(x=x), DOUT)
    np.testing.assert_allclose(gradients["x"], backward(x), rtol=1e-7, atol=1e-8)
    np.testing.assert_array_equal(gradients["square"].round(9), DOUT.round(9))
    assert gradients["mean"].shape == (3,)


def test_inputs_are_left_as_they_were(graph, x):
    before, values = x.copy(), graph.values(x=x)
    graph.gradients(values, DOUT)
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(values["x"], before)


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([Node("x"), Node("x")], "two nodes are called 'x'"),
        ([Node("a", ("b",), np.sin), Node("b")], "node 'a' takes 'b', which does not stand before"),
    ],
)
def test_a_graph_that_cannot_run_is_an_error_that_names_the_node(nodes, message):
    with pytest.raises(ValueError, match=message):
        Graph(nodes)


def test_variables_by_name_are_compared_from_the_output_back(graph, x):
    right = graph.gradients(graph.values(x=x), DOUT)
    rows = compare_nodes(right, variables_of(backward, x))
    assert [row[:2] for row in rows] == [
        ("dsquare", "exact"),
        ("dcentred", "exact"),
        ("dmean", "exact"),
        ("dx", "exact"),
    ]
    assert all(gap < 1e-7 for _, _, gap in rows)


def test_the_first_wrong_node_is_told_and_what_does_not_depend_on_it_stays_right(graph, x):
    right = graph.gradients(graph.values(x=x), DOUT)
    found = {
        "dsquare": right["square"],
        "dcentred": right["centred"] * 1.001,
        "dmean": 2 * right["mean"],
        "dx": np.zeros(5),
        "dout": "not asked for",
    }
    said = [row[1] for row in compare_nodes(right, found)]
    assert said == ["exact", "approximate", "wrong", "shape (5,), not (4, 3)"]
    del found["dmean"]
    assert compare_nodes(right, found)[2] == ("dmean", "no such variable", None)


@pytest.mark.parametrize("shape", [(3,), (1, 3)])
def test_an_axis_of_one_and_a_row_for_all_make_no_difference(shape):
    rows = compare_nodes({"mean": np.ones(3), "square": np.ones((4, 3))},
                         {"dmean": np.ones(shape), "dsquare": np.ones(shape)})  # fmt: skip
    assert [row[1] for row in rows] == ["exact", "exact"]


@pytest.mark.parametrize("value", [None, "text", [[1], [1, 2]], np.nan])
def test_a_variable_that_is_no_gradient_is_not_exact(value):
    ((_, said, _),) = compare_nodes({"mean": np.ones(3)}, {"dmean": value})
    assert said != "exact"


def five_more(n):
    other = 5
    return other + n


def test_variables_are_read_once_the_function_returns_and_profiling_goes_on_as_before():
    def count(n):
        for k in range(n):
            last = five_more(k)
        return last

    before = sys.getprofile()
    assert variables_of(count, 3) == {"n": 3, "k": 2, "last": 7}
    assert sys.getprofile() is before


def test_an_error_in_the_function_comes_through():
    before = sys.getprofile()
    with pytest.raises(ZeroDivisionError):
        variables_of(lambda x: x / 0, 1)
    assert sys.getprofile() is before


def test_what_has_no_variables_is_an_error_that_says_what_to_give():
    with pytest.raises(TypeError, match="give a function written with def"):
        variables_of(np.sin, 1.0)
