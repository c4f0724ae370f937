"""The given training loop: what it trains, measures and keeps, and that it goes on exactly."""

import functools
import io

import numpy as np
import pytest

from helpers import checkpoint
from helpers.notebook import method_of
from helpers.solver import Solver


def sgd(w, dw, config=None):
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-2)
    return w - config["learning_rate"] * dw, config


def momentum(w, dw, config=None):
    config.setdefault("velocity", np.zeros_like(w))
    config["velocity"] = 0.9 * config["velocity"] - config["learning_rate"] * dw
    config["steps"] = config.get("steps", 0) + 1
    return w + config["velocity"], config


class Linear:
    """Softmax regression on images of any shape; it notes the batches that it gets."""

    def __init__(self, features, classes=3, dtype=np.float64):
        rng = np.random.default_rng(0)
        self.params = {
            "W": (0.1 * rng.normal(size=(features, classes))).astype(dtype),
            "b": np.zeros(classes, dtype=dtype),
        }
        self.trained, self.predicted = [], []

    def loss(self, X, y=None):
        rows = X.reshape(len(X), -1)
        scores = rows @ self.params["W"] + self.params["b"]
        if y is None:
            self.predicted.append(len(X))
            return scores
        self.trained.append(X)
        P = np.exp(scores - scores.max(axis=1, keepdims=True))
        P /= P.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(P[np.arange(len(y)), y]))
        P[np.arange(len(y)), y] -= 1
        return loss, {"W": rows.T @ P / len(y), "b": P.mean(axis=0)}


class Noisy(Linear):
    """Has what 05 brings: dropout from NumPy's global stream, and running averages."""

    def __init__(self, features):
        super().__init__(features)
        self.bn_params = [{"mode": "train", "running_mean": np.zeros(features)}]

    def loss(self, X, y=None):
        norm = self.bn_params[0]
        norm["mode"] = "test" if y is None else "train"
        if y is not None:
            norm["running_mean"] = 0.9 * norm["running_mean"] + 0.1 * X.mean(axis=0)
            return super().loss(X * (np.random.rand(*X.shape) < 0.8) - norm["running_mean"], y)
        return super().loss(X - norm["running_mean"])


def toy(n=10, shape=(4,), dtype=np.float64):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(n, *shape)).astype(dtype)
    y = rng.integers(3, size=n)
    return {"X_train": X, "y_train": y, "X_val": X[:7], "y_val": y[:7]}


def quiet(model, data, **settings):
    return Solver(model, data, **{"verbose": False, "rng": 0, **settings})


def same(first, second):
    """Whether two dicts of arrays are the same, bit by bit."""
    return first.keys() == second.keys() and all(
        first[name].dtype == second[name].dtype and np.array_equal(first[name], second[name])
        for name in first
    )


def test_it_learns_and_keeps_its_histories():
    solver = quiet(Linear(4), toy(), batch_size=4, num_epochs=30, optim_config={"learning_rate": 1})
    solver.train()
    assert solver.epoch == 30
    assert len(solver.loss_history) == 30 * 3  # the last batch of each epoch is shorter
    assert len(solver.train_acc_history) == len(solver.val_acc_history) == 31
    assert np.mean(solver.loss_history[-3:]) < 0.5 * np.mean(solver.loss_history[:3])
    assert solver.best_val_acc == max(solver.val_acc_history) > solver.val_acc_history[0]


@pytest.mark.parametrize(("n", "batch_size", "sizes"), [(10, 4, [4, 4, 2]), (3, 100, [3])])
def test_an_epoch_goes_once_through_all_samples(n, batch_size, sizes):
    model, data = Linear(4), toy(n)
    quiet(model, data, batch_size=batch_size, num_epochs=1).train()
    assert [len(X) for X in model.trained] == sizes
    seen = np.concatenate(model.trained)
    assert not np.array_equal(seen, data["X_train"])
    np.testing.assert_array_equal(np.sort(seen, axis=0), np.sort(data["X_train"], axis=0))


def test_a_seed_gives_the_same_batches_and_a_generator_moves_on():
    def losses(rng):
        solver = quiet(Linear(4), toy(), batch_size=2, num_epochs=2, rng=rng)
        solver.train()
        return solver.loss_history

    assert losses(5) == losses(5) != losses(6)
    rng = np.random.default_rng(5)
    assert losses(rng) != losses(rng)


def test_the_model_holds_copies_of_the_best_parameters_after_training():
    values = iter([0.0, 2.0, 1.0])

    def go_there(w, dw, config=None):
        return np.full_like(w, values_now[0]), config

    class Known(Linear):
        def loss(self, X, y=None):
            if y is None:  # right where the parameters are 2
                right = self.params["W"][0, 0] == 2
                return np.eye(3)[solver_y[: len(X)] if right else (solver_y[: len(X)] + 1) % 3]
            values_now[0] = next(values)
            return super().loss(X, y)

    values_now, data = [0.0], toy()
    solver_y = data["y_train"]
    solver = quiet(Known(4), data, update_rule=go_there, num_epochs=3, num_train_samples=None)
    solver.train()
    assert solver.val_acc_history == [0, 0, 1, 0]
    assert np.all(solver.model.params["W"] == 2)
    solver.model.params["W"][:] = 7
    assert np.all(solver.best_params["W"] == 2)


def test_running_averages_are_kept_with_the_best_parameters():
    model = Noisy(4)
    solver = quiet(model, toy(), num_epochs=4, optim_config={"learning_rate": 1e-9})
    solver.train()
    assert solver.val_acc_history.index(solver.best_val_acc) == 0
    np.testing.assert_array_equal(model.bn_params[0]["running_mean"], np.zeros(4))


def test_the_name_of_a_rule_stands_for_the_function_beside_the_model():
    assert quiet(Linear(4), toy(), update_rule="momentum").update_rule is momentum


NOTEBOOK = """
class Pasted:
    def __init__(self):
        self.params = {"W": np.zeros((4, 3))}

def adam(w, dw, config=None):
    return w, config

@method_of(Pasted)
def loss(self, X, y=None):
    return X @ self.params["W"]
"""


def test_the_name_of_a_rule_is_found_for_a_pasted_method_and_a_decorated_one():
    notebook = {"np": np, "method_of": method_of}
    exec(NOTEBOOK, notebook)
    model = notebook["Pasted"]()
    assert quiet(model, toy(), update_rule="adam").update_rule is notebook["adam"]
    pasted = type(model).loss
    type(model).loss = functools.wraps(pasted)(lambda self, X, y=None: pasted(self, X, y))
    assert quiet(model, toy(), update_rule="adam").update_rule is notebook["adam"]


def test_a_name_without_a_function_is_an_error():
    with pytest.raises(ValueError, match="'rmsprop': there is no function of that name where"):
        quiet(Linear(4), toy(), update_rule="rmsprop")


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("num_epoch", "num_epochs"), ("learning_rate_decay", "lr_decay"), ("xyz", "verbose")],
)
def test_an_unknown_keyword_is_refused_and_the_nearest_is_named(wrong, near):
    with pytest.raises(ValueError, match=f"no keyword '{wrong}'; did you mean"):
        Solver(Linear(4), toy(), **{wrong: 1})
    if wrong != "xyz":
        with pytest.raises(ValueError, match=f"did you mean '{near}'"):
            Solver(Linear(4), toy(), **{wrong: 1})


def test_the_learning_rate_decays_after_each_epoch_and_for_each_parameter_apart():
    given = {"learning_rate": 0.5}
    solver = quiet(Linear(4), toy(), num_epochs=3, lr_decay=0.5, optim_config=given)
    solver.train()
    assert {name: c["learning_rate"] for name, c in solver.optim_configs.items()} == {
        "W": 0.0625,
        "b": 0.0625,
    }
    assert given == {"learning_rate": 0.5}


def test_a_rule_that_loses_the_learning_rate_is_told():
    with pytest.raises(ValueError, match="'W' has no 'learning_rate' for lr_decay"):
        quiet(Linear(4), toy(), update_rule=lambda w, dw, c: (w, {}), lr_decay=0.9).train()


def test_a_missing_gradient_is_told():
    model = Linear(4)
    model.params["gamma"] = np.ones(4)
    with pytest.raises(ValueError, match=r"no gradient of 'gamma', only of \['W', 'b'\]"):
        quiet(model, toy()).train()


@pytest.mark.parametrize("loss", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_stops_with_advice(loss):
    model = Linear(4)
    model.loss = lambda X, y=None: np.zeros((len(X), 3)) if y is None else (loss, {})
    solver = quiet(model, toy())
    with pytest.raises(FloatingPointError, match=r"batch 1 is (nan|inf).*Lower the learning rate"):
        solver.train()
    assert solver.best_params.keys() == {"W", "b"}


def test_float32_stays_float32():
    model = Linear(4, dtype=np.float32)
    settings = {"learning_rate": np.float64(0.1)}
    solver = quiet(
        model,
        toy(dtype=np.float32),
        update_rule="momentum",
        optim_config=settings,
        lr_decay=np.float64(0.9),
    )
    solver.train()
    assert {w.dtype for w in model.params.values()} == {np.dtype(np.float32)}


def test_images_are_predicted_a_hundred_at_a_time():
    model = Linear(3 * 5 * 5)
    solver = quiet(model, toy(250, (3, 5, 5)), num_epochs=1, num_train_samples=None)
    solver.train()
    assert max(model.predicted) == 100
    assert sum(model.predicted) == 2 * (250 + 7)


def test_accuracies_are_measured_on_as_many_samples_as_asked():
    model = Linear(4)
    quiet(model, toy(50), num_epochs=1, num_train_samples=20, num_val_samples=3).train()
    assert model.predicted == [20, 3, 20, 3]


def test_the_progress_bar_goes_to_standard_output_and_tells_the_accuracies(capsys):
    Solver(Linear(4), toy(), batch_size=1, num_epochs=2).train()
    shown = capsys.readouterr()
    assert not shown.err
    assert "epoch 2/2" in shown.out
    assert "20/20" in shown.out
    assert "loss" in shown.out
    quiet(Linear(4), toy()).train()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"y_val": None}, "data has no y_val, only X_train"),
        ({"X_train": np.ones((9, 4))}, r"X_train has shape \(9, 4\), y_train \(10,\)"),
        ({"X_val": np.ones((0, 4)), "y_val": np.ones(0)}, r"X_val has shape \(0, 4\)"),
    ],
)
def test_data_that_do_not_fit_are_told(change, told):
    data = {name: value for name, value in {**toy(), **change}.items() if value is not None}
    with pytest.raises(ValueError, match=told):
        quiet(Linear(4), data)


class Stop(Exception):
    """Stands for a run that is broken off."""


def train_noisy(path, rng, stop_after=None):
    """Train; with ``stop_after`` break off in the middle of an epoch and go on from the file."""
    np.random.seed(0)
    data, model = toy(20), Noisy(4)
    solver = Solver(
        model,
        data,
        rng=rng,
        update_rule="momentum",
        optim_config={"learning_rate": 0.3},
        lr_decay=0.95,
        batch_size=6,
        num_epochs=5,
        num_train_samples=9,
        num_val_samples=5,
        checkpoint_name=path,
        verbose=False,
    )
    if stop_after is not None:

        def until_then(w, dw, config):
            if len(solver.loss_history) > stop_after:
                raise Stop
            return momentum(w, dw, config)

        solver.update_rule = until_then
        with pytest.raises(Stop):
            solver.train()
        np.random.seed(99)
        model = Noisy(4)
        solver = Solver.resume(path, model, data)
    solver.train()
    return solver


@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.MT19937, np.random.Philox])
def test_a_run_that_is_resumed_ends_exactly_where_the_whole_one_does(tmp_path, bits):
    whole = train_noisy(tmp_path / "whole.npz", np.random.Generator(bits(3)))
    broken = train_noisy(tmp_path / "broken.npz", np.random.Generator(bits(3)), stop_after=10)
    assert broken.epoch == whole.epoch == 5
    for history in ("loss_history", "train_acc_history", "val_acc_history"):
        assert getattr(broken, history) == getattr(whole, history)
    assert same(broken.model.params, whole.model.params)
    assert same(broken.best_params, whole.best_params)
    for name, config in whole.optim_configs.items():
        assert same({"v": config.pop("velocity")}, {"v": broken.optim_configs[name]["velocity"]})
        assert config.items() <= broken.optim_configs[name].items()
    np.testing.assert_array_equal(
        whole.model.bn_params[0]["running_mean"], broken.model.bn_params[0]["running_mean"]
    )


def test_a_finished_run_may_be_given_more_epochs(tmp_path):
    path, data = tmp_path / "run.npz", toy()
    whole = quiet(Linear(4), data, num_epochs=4)
    whole.train()
    quiet(Linear(4), data, num_epochs=2, checkpoint_name=path).train()
    longer = Solver.resume(path, Linear(4), data, num_epochs=4)
    longer.train()
    assert longer.loss_history == whole.loss_history


def test_resume_tells_what_does_not_fit(tmp_path):
    path, data = tmp_path / "run.npz", toy()
    with pytest.raises(FileNotFoundError):
        Solver.resume(path, Linear(4), data)
    quiet(Linear(4), data, num_epochs=1, update_rule=sgd, checkpoint_name=path).train()
    with pytest.raises(ValueError, match="keeps no function: give"):
        Solver.resume(path, Linear(4), data)
    assert Solver.resume(path, Linear(4), data, update_rule=sgd).epoch == 1
    with pytest.raises(ValueError, match=r"is of another model: it holds .*\(4, 3\)"):
        Solver.resume(path, Linear(5), data, update_rule=sgd)


def test_a_checkpoint_holds_plain_arrays_only(tmp_path):
    state = {"a": [1, {"b": np.float32(0.1)}], "c": np.eye(2), "d": None, "e": 0.1}
    checkpoint.save(tmp_path / "c.npz", state)
    with np.load(tmp_path / "c.npz", allow_pickle=False) as file:
        assert {file[name].dtype.kind for name in file.files} <= set("fU")
    back = checkpoint.load(tmp_path / "c.npz")
    assert back["a"] == state["a"]
    assert type(back["a"][1]["b"]) is np.float32
    np.testing.assert_array_equal(back["c"], np.eye(2))
    assert (back["d"], back["e"]) == (None, 0.1)


@pytest.mark.parametrize("value", [len, np.array([None])])
def test_what_is_no_array_and_no_number_is_not_kept(value, tmp_path):
    with pytest.raises(TypeError, match=r"c\.npz: a"):
        checkpoint.save(tmp_path / "c.npz", {"a": value})
    assert not list(tmp_path.iterdir())


def test_the_old_checkpoint_stays_when_the_new_one_cannot_be_written(tmp_path, monkeypatch):
    path = tmp_path / "c.npz"
    checkpoint.save(path, {"epoch": 1})

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr("helpers.files.os.replace", full)
    with pytest.raises(OSError, match="disk full"):
        checkpoint.save(path, {"epoch": 2})
    assert checkpoint.load(path) == {"epoch": 1}
    assert list(tmp_path.iterdir()) == [path]


def pickled():
    file = io.BytesIO()
    np.savez(file, state=np.array([{}], dtype=object))
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"no checkpoint", pickled()])
def test_a_damaged_checkpoint_is_told(content, tmp_path):
    path = tmp_path / "c.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"c\.npz is no checkpoint, or is damaged"):
        checkpoint.load(path)
