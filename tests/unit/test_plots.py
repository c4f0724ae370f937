"""helpers.plots: pictures show the numbers given, describe themselves, and leave nothing behind."""

import io
import sys

import matplotlib
import matplotlib.image
import numpy as np
import pytest
from matplotlib import colors
from matplotlib.patches import FancyArrowPatch

from helpers import gradcheck, plots

HISTORY = {
    "train_loss": [1.2, 0.6, 0.4],
    "validation_loss": [0.9, 0.5, 0.45],
    "train_accuracy": [0.6, 0.8, 0.9],
    "validation_accuracy": [0.7, 0.85, 0.82],
}
NAMES = ["cat", "dog", "frog"]


def lines(ax):
    return {line.get_label(): line for line in ax.lines}


def legend(fig):
    return [text.get_text() for text in fig.legends[0].get_texts()]


def pixels(fig):
    return matplotlib.image.imread(io.BytesIO(fig.png()))


def recorded(operations=2):
    """Return the steps of a tape: layers with one weight each, and a loss."""
    weight = np.full((3, 3), 0.5)
    layer = {
        "operation": "LeakyReLU",
        "output": np.full((2, 3), 1.5),
        "gradient": np.full((2, 3), 2.0),
        "weights": [(weight, np.full((3, 3), 4.0))],
    }
    loss = {"operation": "MeanSquaredError", "output": 0.25, "gradient": None, "weights": []}
    return [layer] * (operations - 1) + [loss]


def steps():
    """Return the nodes of square(x - mean)."""
    return [
        gradcheck.Node("x", place=(0, 1)),
        gradcheck.Node("mean", ("x",), np.mean, "mean of x", (1, 0)),
        gradcheck.Node("centred", ("x", "mean"), np.subtract, "x − mean", (2, 1)),
        gradcheck.Node("square", ("centred",), np.square, "centred²", (3, 1)),
    ]


def every_figure():
    rng = np.random.default_rng(0)
    labels, predictions = rng.integers(0, 3, 30), rng.integers(0, 3, 30)
    return {
        "loss_and_accuracy": plots.loss_and_accuracy({"a": HISTORY, "b": HISTORY}),
        "loss_curve": plots.loss_curve(rng.random(200)),
        "image_grid": plots.image_grid(rng.random((3, 4, 4))),
        "weight_templates": plots.weight_templates(rng.random((16, 3)), (4, 4), NAMES),
        "right_and_wrong": plots.right_and_wrong(
            rng.random((30, 4, 4)), labels, predictions, NAMES
        ),
        "confusion_matrix": plots.confusion_matrix(labels, predictions, NAMES),
        "heat_map": plots.heat_map(rng.random((2, 3)), [0.1, 1], [0, 0.5, 0.9]),
        "tape_graph": plots.tape_graph(np.ones((2, 3)), recorded()),
        "computation_graph": plots.computation_graph(steps()),
        "sweep": plots.sweep("weight scale", [0.01, 0.1], {"loss (nats)": {"plain": [2.3, 1.5]}}),
    }


@pytest.fixture(scope="module")
def figures():
    return every_figure()


# what every figure promises


def test_every_figure_describes_itself_in_sentences(figures):
    for name, fig in figures.items():
        text = plots.alt_text(fig)
        assert text.endswith("."), name
        assert len(text) > 30, name
        assert any(c.isdigit() for c in text), name


def test_every_curve_and_table_names_its_axes(figures):
    for name in ("loss_and_accuracy", "loss_curve", "confusion_matrix", "heat_map", "sweep"):
        for ax in figures[name].axes:
            assert ax.get_ylabel(), name
            assert ax.get_xlabel() or ax.get_label() == "<colorbar>", name


def test_every_figure_is_white_and_fits_a_page(figures):
    for name, fig in figures.items():
        image = pixels(fig)
        assert image.shape[1] <= 7.5 * 144 + 1, name
        assert image.shape[0] <= 9.0 * 144 + 1, name
        np.testing.assert_array_equal(image[0, 0], 1.0, err_msg=name)  # opaque too


def test_no_figure_touches_pyplot(figures):
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []


def test_a_dark_pyplot_style_changes_nothing_and_is_left_alone():
    plain = {name: fig.png() for name, fig in every_figure().items()}
    with matplotlib.style.context("dark_background"), matplotlib.rc_context({"font.size": 30}):
        before = dict(matplotlib.rcParams)
        for name, fig in every_figure().items():
            assert fig.png() == plain[name], name
        assert dict(matplotlib.rcParams) == before


def test_alt_text_of_another_figure_is_an_error():
    with pytest.raises(TypeError, match=r"Figure has no alt text.*helpers\.plots"):
        plots.alt_text(matplotlib.figure.Figure())


def test_colours_of_train_validation_and_runs_are_distinct_and_not_too_pale():
    palette = [plots.TRAIN, plots.VALIDATION, *plots.PALETTE]
    assert len({colors.to_hex(c) for c in palette}) == len(palette)
    weights = [0.2126, 0.7152, 0.0722]
    assert all(np.dot(colors.to_rgb(c), weights) < 0.75 for c in palette)


# in a notebook


def test_does_a_notebook_show_the_png_once_with_its_alt_text():
    formatters = pytest.importorskip("IPython.core.formatters")
    fig = plots.loss_curve({'a "quoted" <run>': [2.0, 1.0]})
    data, metadata = formatters.DisplayFormatter().format(fig)
    assert set(data) == {"text/plain", "text/html", "image/png"}
    assert metadata == {"image/png": {"alt": fig.alt, "width": 720}}
    assert data["text/plain"] == fig.alt
    assert 'alt="Loss by iteration. a &quot;quoted&quot; &lt;run&gt;: ' in data["text/html"]
    assert data["image/png"] in data["text/html"]


def test_pyplots_notebook_backend_neither_redraws_nor_drops_the_alt_text(monkeypatch):
    pytest.importorskip("IPython")
    from IPython.core import interactiveshell, pylabtools

    shell = interactiveshell.InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    pylabtools.select_figure_formats(shell, {"retina", "svg"})
    fig = plots.loss_curve([2.0, 1.0])
    data, metadata = shell.display_formatter.format(fig)
    assert metadata["image/png"]["alt"] == fig.alt
    assert "image/svg+xml" not in data
    assert data["image/png"] in data["text/html"]


# loss and accuracy by epoch


def test_are_the_curves_those_of_the_history():
    fig = plots.loss_and_accuracy({"sgd": HISTORY})
    loss, accuracy = fig.axes
    for ax, quantity in ((loss, "loss"), (accuracy, "accuracy")):
        drawn = lines(ax)
        assert set(drawn) == {"sgd, train", "sgd, validation"}
        for split in ("train", "validation"):
            x, y = drawn[f"sgd, {split}"].get_data()
            assert list(x) == [1, 2, 3]
            assert list(y) == HISTORY[f"{split}_{quantity}"]
    assert (loss.get_xlabel(), loss.get_ylabel()) == ("epoch", "loss (nats)")
    assert (accuracy.get_xlabel(), accuracy.get_ylabel()) == ("epoch", "accuracy (%)")
    assert accuracy.yaxis.get_major_formatter()(0.85) == "85"
    assert legend(fig) == ["sgd, train", "sgd, validation"]


def test_train_is_solid_and_validation_dashed_in_every_picture():
    one = plots.loss_and_accuracy({"a": HISTORY})
    many = plots.loss_and_accuracy({"a": HISTORY, "b": HISTORY})
    for fig in (one, many):
        for ax in fig.axes:
            for label, line in lines(ax).items():
                assert line.get_linestyle() == ("--" if "validation" in label else "-")
                assert (line.get_markerfacecolor() == "white") == ("validation" in label)
    assert lines(one.axes[0])["a, train"].get_color() == plots.TRAIN
    assert lines(one.axes[0])["a, validation"].get_color() == plots.VALIDATION
    for label, line in lines(many.axes[1]).items():
        assert line.get_color() == plots.PALETTE["ab".index(label[0])]
    assert legend(many) == ["a", "b", "train", "validation"]


def test_no_two_runs_look_alike():
    runs = {f"run {i}": {"train_loss": [1, 2]} for i in range(25)}
    looks = {
        (li.get_color(), li.get_marker()) for li in plots.loss_and_accuracy(runs).axes[0].lines
    }
    assert len(looks) == 25
    with pytest.raises(ValueError, match="26 runs are too many"):
        plots.loss_and_accuracy(runs | {"one more": {"train_loss": [1]}})


@pytest.mark.parametrize("epochs", [1, 2, 3, 10, 37])
def test_epoch_ticks_are_whole_numbers(epochs):
    fig = plots.loss_and_accuracy({"a": {"train_loss": np.linspace(2, 1, epochs)}})
    fig.draw_without_rendering()
    low, high = fig.axes[0].get_xlim()
    ticks = [t for t in fig.axes[0].get_xticks() if low <= t <= high]
    assert ticks
    assert all(t == int(t) and 1 <= t <= epochs for t in ticks)


def test_epochs_may_start_at_0_and_runs_may_stop_early():
    fig = plots.loss_and_accuracy(
        {"a": {"train_loss": [3, 2, 1]}, "b": {"train_loss": [3, 2]}}, first_epoch=0
    )
    assert [list(li.get_xdata()) for li in fig.axes[0].lines] == [[0, 1, 2], [0, 1]]
    assert "a: after epoch 2 train loss 1. b: after epoch 1 train loss 2." in fig.alt


def test_does_the_legend_stay_outside_the_data():
    fig = plots.loss_and_accuracy({f"a rather long name {i}": HISTORY for i in range(7)})
    fig.draw_without_rendering()
    box = fig.legends[0].get_window_extent()
    assert all(not box.overlaps(ax.get_tightbbox()) for ax in fig.axes)
    assert 0 <= box.x0 < box.x1 <= fig.bbox.x1


def test_only_panels_with_data_are_drawn():
    fig = plots.loss_and_accuracy({"a": {"validation_accuracy": [0.5]}})
    assert [ax.get_title() for ax in fig.axes] == ["accuracy by epoch"]
    assert legend(fig) == ["a, validation"]


def test_a_loss_that_is_not_finite_leaves_a_gap_and_a_note():
    runs = {"a": {"train_loss": [1, np.inf, 3, np.nan]}, "b": {"train_loss": [1, 2, 3, 4]}}
    for histories in (runs, {"a": runs["a"]}):
        fig = plots.loss_and_accuracy(histories)
        y = fig.axes[0].lines[0].get_ydata()
        assert np.array_equal(np.isnan(y), [False, True, False, True])
        assert "(not finite at epoch 2)" in legend(fig)[0]
        assert "train loss not finite" in fig.alt
        assert np.isfinite(fig.axes[0].get_ylim()).all()
    plots.loss_and_accuracy({"a": {"train_loss": [np.nan]}}, log_loss=True).png()


def test_the_alt_text_gives_the_final_values_and_the_best_run():
    worse = HISTORY | {"validation_accuracy": [0.1, 0.2, 0.3]}
    text = plots.loss_and_accuracy({"worse": worse, "better": HISTORY}).alt
    assert "2 runs" in text
    assert "better: after epoch 3 train loss 0.4, train accuracy 90.0%" in text
    assert "Best validation accuracy: 85.0%, better, epoch 2." in text


@pytest.mark.parametrize(
    ("histories", "error", "message"),
    [
        ({}, ValueError, "histories is empty"),
        (HISTORY, TypeError, "train_loss: need a dict"),
        ({"a": {"loss": [1]}}, ValueError, r"a: found \['loss'\], need at least one of"),
        ({"a": {"train_loss": []}}, ValueError, r"train_loss has shape \(0,\)"),
        ({"a": {"train_loss": [[1]]}}, ValueError, "one number per epoch"),
        ({"a": {"train_accuracy": [93.0]}}, ValueError, "divide percentages by 100"),
        ({"a": {"train_accuracy": [-0.1]}}, ValueError, "not between 0 and 1"),
    ],
)
def test_histories_that_cannot_be_drawn_are_named(histories, error, message):
    with pytest.raises(error, match=message):
        plots.loss_and_accuracy(histories)


# loss by iteration


def test_is_the_running_mean_that_of_its_neighbours():
    losses = [5.0, 1.0, 3.0, 8.0, 2.0]
    fig = plots.loss_curve(losses, smooth=3)
    raw, mean = fig.axes[0].lines
    assert list(raw.get_data()[0]) == [1, 2, 3, 4, 5]
    assert list(raw.get_ydata()) == losses
    np.testing.assert_allclose(mean.get_ydata(), [3, 3, 4, 13 / 3, 5])
    assert raw.get_alpha() < 1
    assert "mean of 3 iterations" in fig.axes[0].get_title()
    assert "training: from 3 to 5" in fig.alt


@pytest.mark.parametrize(("count", "drawn"), [(99, 1), (100, 2)])
def test_short_runs_are_not_smoothed(count, drawn):
    assert len(plots.loss_curve(np.ones(count)).axes[0].lines) == drawn


def test_smoothing_goes_round_gaps_and_survives_huge_losses():
    losses = np.ones(50)
    losses[10], losses[20] = np.nan, 1e300
    mean = plots.loss_curve(losses, smooth=5).axes[0].lines[1].get_ydata()
    assert np.flatnonzero(np.isnan(mean)).tolist() == [10]
    np.testing.assert_array_equal(mean[30:], 1.0)
    assert (mean[:10] == 1.0).all()


def test_runs_of_unequal_length_share_a_picture_and_a_long_window():
    fig = plots.loss_curve({"a": [1, 2, 3], "b": [np.inf]}, smooth=100, log_loss=True)
    assert legend(fig) == ["a", "b (not finite at iteration 1)"]
    assert fig.axes[0].get_yscale() == "log"
    assert [len(line.get_ydata()) for line in fig.axes[0].lines] == [3, 3, 1, 1]


@pytest.mark.parametrize(
    ("losses", "smooth", "message"),
    [
        ([], None, "one number per iteration"),
        ({}, None, "one number per iteration"),
        ([[1.0]], None, r"\(1, 1\)"),
        ([1.0], 0, "smooth is 0"),
        ([1.0], 2.5, "whole number"),
        ({str(i): [1] for i in range(6)}, None, "6 runs are too many"),
    ],
)
def test_losses_that_cannot_be_drawn_are_named(losses, smooth, message):
    with pytest.raises(ValueError, match=message):
        plots.loss_curve(losses, smooth=smooth)


# images


@pytest.mark.parametrize("shape", [(3, 5, 4), (3, 5, 4, 3), (3, 5, 4, 1)])
@pytest.mark.parametrize("kind", ["uint8", "unit"])
def test_images_that_fit_their_range_are_drawn_as_they_are(shape, kind):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 200, shape).astype(np.uint8) if kind == "uint8" else rng.random(shape)
    before = images.copy()
    fig = plots.image_grid(images, titles="abc", columns=2)
    assert np.array_equal(images, before)
    assert [ax.get_title() for ax in fig.axes] == ["a", "b", "c"]
    for ax, image in zip(fig.axes, images, strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), image.squeeze())
        if image.squeeze().ndim == 2:
            assert ax.images[0].get_clim() == (0, 255 if kind == "uint8" else 1)
    assert fig.alt == "3 images of 5 by 4 pixels, 2 in a row: a, b, c."


def test_floats_beyond_0_to_1_are_stretched_each_to_its_own_range():
    images = np.array([[[-1.0, 1.0]], [[0.0, 200.0]], [[7.0, 7.0]]])
    shown = [ax.images[0].get_array().ravel() for ax in plots.image_grid(images).axes]
    np.testing.assert_allclose(shown, [[0, 1], [0, 1], [0, 0]])


def test_images_stand_in_rows_and_do_not_overlap():
    boxes = [ax.get_position() for ax in plots.image_grid(np.ones((5, 2, 2)), columns=3).axes]
    assert boxes[0].y0 == pytest.approx(boxes[2].y0)
    assert boxes[0].y0 > boxes[3].y1
    assert boxes[0].x0 == pytest.approx(boxes[3].x0)
    assert boxes[0].x1 < boxes[1].x0
    assert all(0 <= b.x0 < b.x1 <= 1 and 0 <= b.y0 < b.y1 <= 1 for b in boxes)
    width, height = plots.image_grid(np.ones((5, 2, 2)), columns=3).get_size_inches()
    assert boxes[0].width * width == pytest.approx(boxes[0].height * height)  # square pixels


@pytest.mark.parametrize(
    ("images", "options", "message"),
    [
        (np.ones((2, 784)), {}, r"shape \(2, 784\); need \(N, H, W\)"),
        (np.ones((2, 3, 8, 8)), {}, r"need \(N, H, W\) or \(N, H, W, 3\)"),
        (np.ones((0, 8, 8)), {}, "0 images"),
        (np.ones((401, 1, 1)), {}, r"401 images.*images\[:25\]"),
        (np.full((1, 2, 2), np.nan), {}, "nan"),
        (np.ones((2, 2, 2)), {"titles": ["a"]}, "1 titles for 2 images"),
        (np.ones((2, 2, 2)), {"columns": 0}, "columns is 0"),
    ],
)
def test_images_that_cannot_be_drawn_are_named(images, options, message):
    with pytest.raises(ValueError, match=message):
        plots.image_grid(images, **options)


# weights


def test_templates_are_the_columns_on_a_scale_symmetric_about_0():
    W = np.arange(12.0).reshape(6, 2) - 8
    fig = plots.weight_templates(W, (2, 3), ["a", "b"])
    for column, ax in enumerate(fig.axes[:2]):
        np.testing.assert_array_equal(ax.images[0].get_array(), W[:, column].reshape(2, 3))
        assert ax.images[0].get_clim() == (-8, 8)
        assert ax.get_title() == "ab"[column]
    middle = fig.axes[0].images[0].cmap(0.5)
    assert min(middle[:3]) > 0.95  # 0 is white
    assert fig.axes[2].get_xlabel() == "weight"
    assert "(a, b). The largest weight in size is 8." in fig.alt


def test_templates_in_colour_have_grey_for_0():
    W = np.zeros((12, 1))
    W[0], W[1] = 0.5, -0.25
    image = plots.weight_templates(W, (2, 2, 3)).axes[0].images[0].get_array()
    np.testing.assert_allclose(image[0, 0], [1, 0.25, 0.5])
    np.testing.assert_allclose(image[1, 1], 0.5)


def test_weights_that_are_all_0_can_be_drawn():
    fig = plots.weight_templates(np.zeros((4, 2)), (2, 2))
    assert fig.axes[0].images[0].get_clim() == (-1, 1)
    assert "largest weight in size is 0." in fig.alt


@pytest.mark.parametrize(
    ("W", "names", "message"),
    [
        (np.ones((5, 2)), None, r"W\[:-1\]"),
        (np.ones(4), None, r"W has shape \(4,\)"),
        (np.ones((4, 2)), ["a"], "1 class names for the 2 columns"),
        (np.full((4, 2), np.inf), None, "infinite"),
        (np.ones((4, 0)), None, "W has 0 columns"),
        (np.ones((4, 401)), None, r"401 columns.*W\[:, :25\]"),
    ],
)
def test_weights_that_cannot_be_drawn_are_named(W, names, message):
    with pytest.raises(ValueError, match=message):
        plots.weight_templates(W, (2, 2), names)


@pytest.mark.parametrize("shape", [(4,), (3, 2, 2), (2, 2, 1)])
def test_templates_need_the_shape_of_an_image(shape):
    with pytest.raises(ValueError, match=r"image_shape is \(.*need \(H, W\) or \(H, W, 3\)"):
        plots.weight_templates(np.ones((np.prod(shape), 2)), shape)


# predictions


def numbered(labels):
    """Return images whose pixels hold their own number."""
    return np.arange(len(labels), dtype=np.uint8)[:, None, None] * np.ones((1, 2, 2), np.uint8)


def test_are_ten_right_and_ten_wrong_drawn_with_both_classes():
    labels = np.arange(60) % 3
    predictions = np.where(np.arange(60) < 30, labels, (labels + 1) % 3)
    fig = plots.right_and_wrong(numbered(labels), labels, predictions, NAMES)
    shown = [int(ax.images[0].get_array()[0, 0]) for ax in fig.axes]
    assert len(set(shown)) == len(shown) == 20
    assert all(i < 30 for i in shown[:10])
    assert all(i >= 30 for i in shown[10:])
    for i, ax in zip(shown, fig.axes, strict=True):
        assert ax.get_title() == f"predicted {NAMES[predictions[i]]}\ntrue {NAMES[labels[i]]}"
    assert [t.get_text() for t in fig.texts] == ["Right: 10 of 30", "Wrong: 10 of 30"]
    assert f"Right: 10 of 30 (predicted {NAMES[predictions[shown[0]]]} true " in fig.alt


def test_the_sample_is_that_of_the_seed():
    labels = np.zeros(100, int)

    def sample(seed):
        fig = plots.right_and_wrong(numbered(labels), labels, labels, NAMES, seed=seed)
        return [int(ax.images[0].get_array()[0, 0]) for ax in fig.axes]

    assert sample(1) == sample(1) != sample(2)


@pytest.mark.parametrize(("right", "wrong"), [(3, 2), (0, 4), (4, 0), (12, 1)])
def test_fewer_are_drawn_if_there_are_fewer(right, wrong):
    labels = np.zeros(right + wrong, int)
    predictions = np.where(np.arange(right + wrong) < right, 0, 1)
    fig = plots.right_and_wrong(numbered(labels), labels, predictions, NAMES)
    assert len(fig.axes) == min(right, 10) + min(wrong, 10)
    assert ("Right: none." in fig.alt) == (right == 0)
    assert ("Wrong: none." in fig.alt) == (wrong == 0)
    fig.png()


def test_right_and_wrong_images_share_one_scale():
    images = np.array([[[0.0, 0.5]], [[-2.0, 2.0]]])
    fig = plots.right_and_wrong(images, np.array([0, 0]), np.array([0, 1]), NAMES)
    np.testing.assert_allclose(fig.axes[0].images[0].get_array(), [[0, 1]])  # stretched as well


def test_the_confusion_matrix_counts_true_by_row_and_predicted_by_column():
    labels, predictions = np.array([0, 0, 0, 0, 1, 2, 2]), np.array([0, 0, 0, 1, 1, 1, 1])
    before = labels.copy(), predictions.copy()
    fig = plots.confusion_matrix(labels, predictions, NAMES)
    assert np.array_equal(before, (labels, predictions))
    ax, bar = fig.axes
    cells = {t.get_position()[::-1]: t.get_text() for t in ax.texts}
    counts = [[3, 1, 0], [0, 1, 0], [0, 2, 0]]
    assert cells == {(i, j): str(counts[i][j]) for i in range(3) for j in range(3)}
    shares = [[0.75, 0.25, 0], [0, 1, 0], [0, 1, 0]]
    np.testing.assert_allclose(ax.images[0].get_array(), shares)
    assert ax.images[0].get_clim() == (0, 1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    assert [t.get_text() for t in ax.get_xticklabels()] == NAMES
    assert [t.get_text() for t in ax.get_yticklabels()] == NAMES
    assert bar.get_ylabel() == "share of the true class (%)"
    assert fig.alt == (
        "Confusion matrix of 7 predictions, accuracy 57.1%."
        " The most frequent mistake is frog predicted as dog, 2 times."
    )


def test_a_class_that_never_occurs_is_an_empty_row_and_no_mistake_is_said_so():
    fig = plots.confusion_matrix([0, 1], [0, 1], NAMES)
    assert fig.axes[0].images[0].get_array()[2].tolist() == [0, 0, 0]
    assert "There is no mistake." in fig.alt


def test_numbers_stand_out_from_their_cells(figures):
    for name in ("confusion_matrix", "heat_map"):
        ax = figures[name].axes[0]
        image = ax.images[0]
        for text in ax.texts:
            j, i = text.get_position()
            cell = image.cmap(image.norm(image.get_array()[i, j]))[:3]
            ink = colors.to_rgb(text.get_color())
            weights = [0.299, 0.587, 0.114]
            assert abs(np.dot(cell, weights) - np.dot(ink, weights)) >= 0.45, (name, i, j)


@pytest.mark.parametrize(
    "draw",
    [
        plots.confusion_matrix,
        lambda labels, *rest: plots.right_and_wrong(np.ones((len(labels), 2, 2)), labels, *rest),
    ],
)
@pytest.mark.parametrize(
    ("labels", "predictions", "message"),
    [
        ([0, 1], [0], r"labels have shape \(2,\), predictions \(1,\)"),
        ([], [], "need"),
        ([[0]], [[0]], "need"),
        ([0.0], [0], "labels are float64; need class numbers"),
        ([0], [3], "predictions go from 3 to 3, but there are 3 class names"),
        ([-1], [0], "labels go from -1 to -1"),
    ],
)
def test_predictions_that_cannot_be_drawn_are_named(draw, labels, predictions, message):
    with pytest.raises(ValueError, match=message):
        draw(labels, predictions, NAMES)


def test_images_and_labels_must_be_as_many():
    with pytest.raises(ValueError, match="3 images for 2 labels"):
        plots.right_and_wrong(np.ones((3, 2, 2)), [0, 1], [0, 1], NAMES)
    with pytest.raises(ValueError, match="count is 0"):
        plots.right_and_wrong(np.ones((2, 2, 2)), [0, 1], [0, 1], NAMES, count=0)


# sweeps


def test_the_heat_map_writes_every_cell_and_frames_the_best():
    values = np.array([[0.5, 0.875, 0.25], [np.nan, 0.75, 0.125]])
    before = values.copy()
    fig = plots.heat_map(values, [0.1, 1.0], [0, 0.5, 0.9])
    assert np.array_equal(values, before, equal_nan=True)
    ax = fig.axes[0]
    cells = {t.get_position()[::-1]: t.get_text() for t in ax.texts}
    assert cells[0, 1] == "87.5%"
    assert cells[1, 0] == "none"
    assert len(cells) == 6
    assert [t.get_text() for t in ax.get_xticklabels()] == ["0", "0.5", "0.9"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["0.1", "1.0"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("momentum", "learning rate")
    assert ax.images[0].get_clim() == (0.125, 0.875)
    assert ax.patches[0].get_xy() == (0.5, -0.5)
    assert fig.alt == (
        "Validation accuracy by learning rate and momentum: highest 87.5% at learning rate 0.1,"
        " momentum 0.5. 1 of 6 runs have no result."
    )


def test_for_a_loss_the_lowest_is_the_best():
    fig = plots.heat_map(
        [[2.0, 1.5]], [0.1], [1, 2], value_name="loss (nats)", value_format="{:.2f}", best="lowest"
    )
    assert fig.axes[0].patches[0].get_xy() == (0.5, -0.5)
    assert "lowest 1.50" in fig.axes[0].get_title()
    assert fig.axes[1].get_ylabel() == "loss (nats)"


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([[1.0]], {}, r"shape \(1, 1\), but there are 1 row labels and 2 column labels"),
        ([[np.nan, np.inf]], {}, "no value is finite"),
        ([[1.0, 2.0]], {"best": "max"}, 'best is \'max\'; give "highest" or "lowest"'),
    ],
)
def test_tables_that_cannot_be_drawn_are_named(values, options, message):
    with pytest.raises(ValueError, match=message):
        plots.heat_map(values, [0.1], [1, 2], **options)


# the graph of a tape


def words(fig):
    return [text.get_text() for text in fig.axes[0].texts]


def test_does_the_graph_show_values_shapes_and_gradients_of_each_node():
    fig = plots.tape_graph(np.ones((2, 3)), recorded(), input_gradient=np.full((2, 3), 3.0))
    told = words(fig)
    assert "input\n(2, 3)\nmean 1" in told
    assert "output\n(2, 3)\nmean 1.5" in told
    assert "loss\na number\n0.25" in told
    assert "weight\n(3, 3)\nmean 0.5" in told
    assert "Mean\nSquared\nError" in told
    norms = [np.linalg.norm(np.full(shape, value)) for shape, value in (((2, 3), 3), ((2, 3), 2))]
    assert [f"|grad| {norm:.2g}" for norm in norms] == ["|grad| 7.3", "|grad| 4.9"]
    assert {"|grad| 7.3", "|grad| 4.9", "|grad| 12"} <= set(told)
    assert (
        "LeakyReLU with weights ((3, 3), |grad| 12) gives (2, 3), mean 1.5, |grad| 4.9." in fig.alt
    )
    assert fig.alt.endswith("At the input, |grad| 7.3.")


def test_gradients_that_nobody_took_are_left_out():
    steps = [{**step, "gradient": None, "weights": []} for step in recorded()]
    assert not [word for word in words(plots.tape_graph(np.ones(3), steps)) if "grad" in word]


@pytest.mark.parametrize(("operations", "rows"), [(4, 1), (5, 2), (9, 3)])
def test_a_long_tape_goes_on_in_the_next_row_and_nothing_overlaps(operations, rows):
    fig = plots.tape_graph(np.ones((2, 3)), recorded(operations))
    ax = fig.axes[0]
    assert words(fig).count("from above\n(2, 3)\nmean 1.5") == rows - 1
    fig.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not [
        (one, other)
        for number, one in enumerate(boxes)
        for other in boxes[:number]
        if one.shrunk(0.95, 0.95).overlaps(other.shrunk(0.95, 0.95))
    ]
    assert all(box.x0 >= 0 and box.x1 <= fig.bbox.x1 and box.y0 >= 0 for box in boxes)


def test_an_empty_tape_is_an_error_that_says_what_to_do():
    with pytest.raises(ValueError, match="the tape is empty; call layers inside"):
        plots.tape_graph(np.ones(3), [])


# the graph of a computation


def test_each_node_shows_its_name_its_formula_and_the_name_of_its_gradient():
    fig = plots.computation_graph(steps())
    assert {"mean", "mean of x", "dmean", "centred", "x − mean", "dcentred"} <= set(words(fig))
    assert "centred from x and mean." in fig.alt
    arrows = [patch for patch in fig.axes[0].patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == 4  # one for each input of a node


def test_marks_stand_in_place_of_the_names_of_gradients():
    fig = plots.computation_graph(steps(), marks={"mean": "wrong", "x": "exact"})
    assert {"wrong", "exact"} <= set(words(fig))
    assert not {"dmean", "dcentred"} & set(words(fig))
    assert "mean from x (wrong)." in fig.alt


def test_nothing_in_the_graph_of_a_computation_overlaps():
    fig = plots.computation_graph(steps())
    fig.draw_without_rendering()
    texts = [text for text in fig.axes[0].texts if text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    assert not [
        (texts[one].get_text(), texts[other].get_text())
        for one in range(len(boxes))
        for other in range(one)
        if boxes[one].overlaps(boxes[other])
    ]


def test_a_graph_without_nodes_is_an_error_that_says_what_to_do():
    with pytest.raises(ValueError, match="the graph is empty; give at least one node"):
        plots.computation_graph([])


# outcomes over one setting


def test_each_quantity_has_a_panel_with_a_line_for_each_run():
    lines = {"plain": [0.1, 0.5, np.nan], "batch norm": [0.4, 0.6, 0.5]}
    fig = plots.sweep("scale", [0.01, 0.1, 1], {"accuracy": lines, "loss (nats)": lines})
    accuracy, loss = fig.axes
    assert [ax.get_ylabel() for ax in fig.axes] == ["accuracy (%)", "loss (nats)"]
    assert accuracy.get_xscale() == "log"
    assert [line.get_label() for line in accuracy.lines] == ["plain", "batch norm"]
    np.testing.assert_array_equal(loss.lines[1].get_ydata(), [0.4, 0.6, 0.5])
    assert "accuracy, plain: lowest 0.1 at 0.01, highest 0.5 at 0.1." in fig.alt


def test_a_run_that_is_never_finite_is_told():
    fig = plots.sweep("scale", [1, 2], {"loss": {"plain": [np.nan, np.inf]}}, log=False)
    assert fig.alt.endswith("loss, plain: never finite.")


@pytest.mark.parametrize(
    ("outcomes", "message"),
    [
        ({}, "0 runs"),
        ({"loss": {str(k): [1, 2] for k in range(6)}}, "6 runs; give 1 to 5"),
        ({"loss": {"plain": [1, 2, 3]}}, r"loss, plain: shape \(3,\) for 2 values"),
    ],
)
def test_outcomes_that_cannot_be_drawn_are_named(outcomes, message):
    with pytest.raises(ValueError, match=message):
        plots.sweep("scale", [1, 2], outcomes)
