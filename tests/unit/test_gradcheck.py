"""helpers.gradcheck: numerical gradients are right, safe, and honest about kinks."""

import doctest

import numpy as np
import pytest

from helpers.gradcheck import (
    compare_gradients,
    eval_numerical_gradient,
    eval_numerical_gradient_array,
    numerical,
    rel_error,
    report,
)


def relu_net(N=20, D=3, H=6):
    """Return (loss of W, W, its gradient), with one unit that is about to switch off."""
    rng = np.random.default_rng(0)
    X, W = rng.standard_normal((N, D)), rng.standard_normal((D, H))
    W[:, 0] -= X[0] * (X[0] @ W[:, 0] - 1e-6) / (X[0] @ X[0])  # now X[0] @ W[:, 0] is 1e-6
    dout = rng.standard_normal((N, H)) / N
    return lambda W: np.sum(np.maximum(X @ W, 0) * dout), W, X.T @ (dout * (X @ W > 0))


def test_the_doctests_hold():
    results = [doctest.testmod(module) for module in (numerical, report)]
    assert sum(result.failed for result in results) == 0
    assert sum(result.attempted for result in results) >= 8


# rel_error


@pytest.mark.parametrize(
    ("x", "y", "want"),
    [
        ([1.0], [1.0], 0.0),
        ([0.0, 3.0], [0.0, 1.0], 0.5),  # the largest counts, not the mean
        ([1.0], [-1.0], 1.0),
        ([0.0], [1e-9], 0.1),  # the floor of 1e-8 is in use
        (3, 1, 0.5),
    ],
)
def test_rel_error_is_that_of_the_assignments(x, y, want):
    assert rel_error(x, y) == pytest.approx(want, rel=1e-12)


def test_rel_error_works_in_float64_whatever_comes_in():
    assert rel_error(np.uint8([200]), np.uint8([100])) == pytest.approx(1 / 3)
    assert rel_error(np.float32([1]), np.float32([1])) == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_rel_error_of_what_is_not_finite_is_nan(bad):
    assert np.isnan(rel_error([bad, 1.0], [bad, 1.0]))


@pytest.mark.parametrize(("x", "y"), [(np.ones(3), np.ones((3, 1))), ([], [])])
def test_rel_error_does_not_broadcast(x, y):
    with pytest.raises(ValueError, match="two equal shapes"):
        rel_error(x, y)


# numerical gradients


def test_is_the_numerical_gradient_right_for_every_shape():
    for shape in [(), (1,), (4,), (2, 3), (2, 1, 3)]:
        x = np.random.default_rng(0).standard_normal(shape)
        grad = eval_numerical_gradient(lambda x: np.sum(np.sin(x)), x)
        assert grad.shape == shape
        assert grad.dtype == np.float64
        np.testing.assert_allclose(grad, np.cos(x), atol=1e-9)


def test_does_the_array_version_weigh_with_the_upstream_gradient():
    rng = np.random.default_rng(0)
    x, w, df = rng.standard_normal((4, 3)), rng.standard_normal((3, 5)), rng.standard_normal((4, 5))
    grad = eval_numerical_gradient_array(lambda x: x @ w, x, df)
    np.testing.assert_allclose(grad, df @ w.T, rtol=1e-8)


def test_f_may_read_the_array_itself_and_return_the_same_buffer():
    x, out = np.array([1.0, 2.0]), np.zeros(2)

    def f(_):
        np.multiply(x, x, out=out)
        return out

    np.testing.assert_allclose(eval_numerical_gradient_array(f, x, [1.0, 1.0]), [2, 4], rtol=1e-8)


def test_a_strided_view_works():
    x = np.arange(12.0).reshape(3, 4)[:, ::2]
    np.testing.assert_allclose(eval_numerical_gradient(lambda x: np.sum(x**2), x), 2 * x, atol=1e-7)


@pytest.mark.parametrize(
    "gradient",
    [
        eval_numerical_gradient,
        lambda f, x: eval_numerical_gradient_array(f, x, 1.0),
        lambda f, x: compare_gradients(f, x, 2 * x),
    ],
)
def test_is_x_put_back_to_the_last_bit(gradient):
    x = np.array([0.1, 1e10, -3.3e-7])
    before = x.copy()
    gradient(lambda x: np.sum(x**2), x)
    assert np.array_equal(x, before)

    calls = []

    def f(x):
        calls.append(1)
        if len(calls) == 4:
            raise RuntimeError("in the middle")
        return np.sum(x**2)

    with pytest.raises(RuntimeError, match="in the middle"):
        gradient(f, x)
    assert np.array_equal(x, before)


@pytest.mark.parametrize("x", [np.ones(2, np.float32), np.ones(2, int), [1.0, 2.0]])
@pytest.mark.parametrize(
    "gradient",
    [
        eval_numerical_gradient,
        lambda f, x: eval_numerical_gradient_array(f, x, np.ones(2)),
        lambda f, x: compare_gradients(f, x, np.ones(2)),
    ],
)
def test_what_is_not_float64_is_refused_with_the_way_out(gradient, x):
    with pytest.raises(TypeError, match=r"need a float64 array.*astype"):
        gradient(lambda x: np.sum(x), x)


def test_shapes_that_do_not_fit_are_refused():
    x = np.ones(2)
    with pytest.raises(ValueError, match="one number"):
        eval_numerical_gradient(lambda x: x, x)
    with pytest.raises(ValueError, match="df"):
        eval_numerical_gradient_array(lambda x: x, x, np.ones((2, 1)))
    with pytest.raises(ValueError, match=r"shape \(3,\), x has \(2,\)"):
        compare_gradients(np.sum, x, np.ones(3))
    with pytest.raises(ValueError, match="h is 0"):
        eval_numerical_gradient(np.sum, x, h=0)
    assert np.array_equal(x, np.ones(2))


def test_verbose_prints_every_derivative(capsys):
    eval_numerical_gradient(np.sum, np.zeros((1, 2)), verbose=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(") ")[0] for line in lines] == ["(0, 0", "(0, 1"]
    assert all(float(line.split(") ")[1]) == pytest.approx(1.0) for line in lines)


# comparison


def test_are_kinks_left_out_and_only_kinks():
    f, W, dW = relu_net()
    assert rel_error(eval_numerical_gradient(f, W), dW) > 1e-4  # what students see without it
    report = compare_gradients(f, W, dW)
    assert 1 <= report.kinks <= 3  # at most the weights of that one unit
    assert report.compared + report.kinks == W.size
    assert report.max_relative_error <= 1e-7
    assert report.verdict == "good"


@pytest.mark.parametrize("distance", [-0.99, -0.5, -1 / 3, -0.1, 0, 0.1, 0.25, 1 / 3, 0.6, 0.99])
def test_is_a_kink_seen_wherever_it_lies_within_the_step(distance):
    x, h = np.array([0.7]), 1e-5
    kink = 0.7 + distance * h
    report = compare_gradients(lambda x: np.sin(x[0]) + max(x[0] - kink, 0), x, [0.0], h=h)
    assert (report.kinks, report.compared) == (1, 0)
    assert np.isnan(report.max_relative_error)  # so no tolerance is ever met
    assert "nothing compared" in report.verdict
    assert "nothing compared" in str(report)


def test_a_kink_beyond_the_step_does_not_count():
    report = compare_gradients(lambda x: max(x[0], 0), np.array([1.01e-5]), [1.0])
    assert (report.kinks, report.verdict) == (0, "good")


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0])
def test_smooth_functions_have_no_kinks(scale):
    rng = np.random.default_rng(1)
    X, W = scale * rng.standard_normal((5, 4)), rng.standard_normal((4, 3))

    def loss(W):
        s = X @ W
        return np.mean(np.log(np.exp(s - s.max(1, keepdims=True)).sum(1)) + s.max(1))

    p = np.exp(X @ W - (X @ W).max(1, keepdims=True))
    report = compare_gradients(loss, W, X.T @ (p / p.sum(1, keepdims=True)) / 5)
    assert (report.kinks, report.compared, report.verdict) == (0, 12, "good")


def test_does_the_report_point_at_the_mistake():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    wrong = 2 * x
    wrong[1, 0] *= 1.5
    report = compare_gradients(lambda x: np.sum(x**2), x, wrong)
    assert report.worst == (1, 0)
    assert report.analytic == 9.0
    assert report.numerical == pytest.approx(6.0)
    assert report.max_relative_error == pytest.approx(0.2)
    assert str(report).startswith("probably wrong: relative error 2.00e-01 at (1, 0) (analytic 9, ")
    assert "\n" not in str(report)


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(1, "good"), (1 + 1e-5, "fine for a deep"), (1.001, "uncomfortable"), (1.1, "probably wrong")],
)
def test_does_the_verdict_follow_the_thresholds_of_the_notes(factor, verdict):
    x = np.array([1.0, 2.0])
    report = compare_gradients(lambda x: np.sum(x**2), x, 2 * x * factor)
    assert report.verdict.startswith(verdict)


def test_two_gradients_that_are_zero_but_for_rounding_agree():
    x = np.array([1.0, 2.0])
    report = compare_gradients(lambda x: x[0] ** 2 + 1e-12 * x[1], x, [2.0, 0.0])
    assert report.zeros == 1
    assert report.max_relative_error <= 1e-8


def test_a_small_gradient_that_is_wrong_is_not_excused():
    report = compare_gradients(lambda x: 1e-6 * np.sum(x), np.ones(3), np.full(3, 2e-6))
    assert report.max_relative_error == pytest.approx(1 / 3, rel=1e-3)


def test_gradients_that_are_all_zero_show_nothing():
    report = compare_gradients(lambda x: 1.0, np.ones(3), np.zeros(3))
    assert report.zeros == report.compared == 3
    assert report.verdict.startswith("nothing shown")


def test_mostly_kinks_is_not_called_good():
    x = np.array([0.0, 0.0, 1.0])
    report = compare_gradients(lambda x: np.sum(np.abs(x)), x, np.sign(x))
    assert report.kinks == 2
    assert report.verdict != "good"


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_analytic_gradient_that_is_not_finite_is_wrong(bad):
    report = compare_gradients(np.sum, np.ones(2), [1.0, bad])
    assert report.max_relative_error == np.inf
    assert report.worst == (1,)
    assert report.verdict == "probably wrong"


def test_a_function_that_cannot_be_checked_is_named():
    rng, x = np.random.default_rng(0), np.ones(2)
    with pytest.raises(ValueError, match="dropout"):
        compare_gradients(lambda x: np.sum(x * rng.random(2)), x, x)
    with pytest.raises(ValueError, match="f\\(x\\) is nan"):
        compare_gradients(lambda x: np.nan, x, x)
    with pytest.raises(ValueError, match=r"not finite within .* index \(0,\)"):
        compare_gradients(lambda x: 0.0 if x[0] >= 1 else np.inf, x, x)

    def changes_x(x):
        x *= 2
        return np.sum(x)

    with pytest.raises(ValueError, match="changes x in place"):
        compare_gradients(changes_x, x, x)
    assert np.array_equal(x, np.ones(2))


def test_samples_are_drawn_by_seed_and_no_more_than_there_are():
    x = np.arange(1.0, 101.0)
    wrong = np.where(np.arange(100) == 50, 0.0, 2 * x)

    def look(**options):
        return compare_gradients(lambda x: np.sum(x**2), x, wrong, **options)

    assert look(samples=10).compared == 10
    assert look(samples=10, seed=3) == look(samples=10, seed=3)
    assert {look(samples=50, seed=s).verdict for s in range(20)} == {"good", "probably wrong"}
    assert look(samples=1000) == look()


def test_no_sample_is_drawn_twice():
    x, moved = np.zeros(20), set()

    def f(x):
        moved.update(np.flatnonzero(x))
        return np.sum(x)

    assert compare_gradients(f, x, np.ones(20), samples=15).compared == len(moved) == 15
