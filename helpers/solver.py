"""Train any model on minibatches: the loop that the notebooks from 04 on are given."""

import copy
import difflib
import inspect

import numpy as np

from . import checkpoint
from .data import batches, num_batches
from .parallel import progress_bar

DEFAULTS = {
    "update_rule": "sgd",
    "optim_config": {},
    "lr_decay": 1.0,
    "batch_size": 100,
    "num_epochs": 10,
    "num_train_samples": 1000,
    "num_val_samples": None,
    "checkpoint_name": None,
    "print_every": 10,
    "verbose": True,
    "rng": None,
}
# What a checkpoint keeps of the solver as it is, beside settings, model and random numbers.
PROGRESS = (
    "epoch",
    "loss_history",
    "train_acc_history",
    "val_acc_history",
    "optim_configs",
    "best_val_acc",
    "best_params",
    "best_bn_params",
)


class Solver:
    """Trains a model, measures its accuracy after each epoch and keeps the best parameters.

    Parameters
    ----------
    model : object
        Has ``params``, a dict of arrays, and ``loss(X, y=None)``: without labels it returns the
        scores, shape (N, C), with labels the loss and a dict of gradients, named as ``params``.
    data : dict
        ``X_train`` and ``X_val``, shapes (N, ...), and their labels ``y_train`` and ``y_val``.
    update_rule : str or callable, default "sgd"
        ``next_w, config = update_rule(w, dw, config)``. A name stands for the function of that
        name where the model's ``loss`` is written: in a notebook, your own.
    optim_config : dict, default {}
        Settings of the rule, such as ``{"learning_rate": 1e-3}``; each parameter gets a copy.
    lr_decay : float, default 1
        The learning rate is multiplied by it after each epoch.
    batch_size : int, default 100
        Need not divide the number of samples: the last batch of an epoch may be shorter.
    num_epochs : int, default 10
    num_train_samples, num_val_samples : int or None, default 1000 and None
        Accuracies are measured on so many samples, drawn anew each time; None: on all.
    checkpoint_name : str or Path, optional
        A file, such as "adam.npz", that the state is written to after each epoch; see `resume`.
    print_every : int, default 10
        The progress bar shows the loss after so many batches.
    verbose : bool, default True
        Show a progress bar.
    rng : int, numpy.random.Generator or None, default None
        Draws the batches; a seed draws the same ones in each run.

    Attributes
    ----------
    epoch : int
        Epochs that are done.
    loss_history : list of float
        Loss of each batch.
    train_acc_history, val_acc_history : list of float
        Accuracies before the first epoch and after each.
    best_val_acc : float
    best_params : dict of str to ndarray
        Copies of the parameters that reached it; ``train`` leaves them in the model.

    Raises
    ------
    ValueError
        If a keyword is unknown, ``update_rule`` names no function, or the data lack something.
    """

    def __init__(self, model, data, **settings):
        _refuse_unknown(settings)
        for name, value in {**DEFAULTS, **settings}.items():
            setattr(self, name, value)
        self.model = model
        self.X_train, self.y_train = _examples(data, "train")
        self.X_val, self.y_val = _examples(data, "val")
        self.rng = np.random.default_rng(self.rng)
        # A checkpoint can keep the name of a rule, not a function.
        self._rule_name = self.update_rule if isinstance(self.update_rule, str) else None
        if self._rule_name is not None:
            self.update_rule = _rule_named(self._rule_name, model)

        # As Python numbers: NumPy's own float64 would turn float32 parameters into float64.
        config = {
            key: value.item() if isinstance(value, np.generic) else value
            for key, value in self.optim_config.items()
        }
        self.optim_configs = {name: copy.deepcopy(config) for name in model.params}
        self.epoch = 0
        self.loss_history, self.train_acc_history, self.val_acc_history = [], [], []
        self.best_val_acc, self.best_params, self.best_bn_params = -1.0, {}, None

    @classmethod
    def resume(cls, path, model, data, **settings):
        """Return a solver that goes on where a checkpoint was written, to the same end bit by bit.

        Parameters
        ----------
        path : str or Path
            What ``checkpoint_name`` was; the solver goes on writing to it.
        model : object
            A new one, made as the first was. It gets the parameters of the checkpoint.
        data : dict
            The same as before.
        **settings
            What shall be other than before, such as ``num_epochs``. An ``update_rule`` that was a
            function and not a name must be given again.

        Returns
        -------
        Solver
            Call its ``train``. NumPy's global random state becomes that of the checkpoint: a model
            with dropout may draw from it.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is no checkpoint, or it is damaged or of another model.
        """
        state = checkpoint.load(path)
        settings = {**state["settings"], "checkpoint_name": path, **settings}
        if settings["update_rule"] is None:
            raise ValueError(f"{path} keeps no function: give resume() the same update_rule again")
        kept, made = ({k: w.shape for k, w in p.items()} for p in (state["params"], model.params))
        if kept != made:
            raise ValueError(f"{path} is of another model: it holds {kept}, this model {made}")
        solver = cls(model, data, **settings)
        for name in PROGRESS:
            setattr(solver, name, state[name])
        _put_into(model, state["params"], state["bn_params"])
        bit_generator = getattr(np.random, state["rng"]["bit_generator"])()
        bit_generator.state = state["rng"]
        solver.rng = np.random.Generator(bit_generator)
        np.random.set_state(state["global_rng"])
        return solver

    def train(self):
        """Train until ``num_epochs`` epochs are done; then the model holds the best parameters.

        Raises
        ------
        FloatingPointError
            If the loss is no longer a finite number.
        """
        if not self.val_acc_history:
            self._measure()
        per_epoch = num_batches(len(self.X_train), self.batch_size)
        with progress_bar(
            None,
            total=self.num_epochs * per_epoch,
            unit="batch",
            initial=self.epoch * per_epoch,
            disable=not self.verbose,
        ) as bar:
            while self.epoch < self.num_epochs:
                for X, y in batches(self.X_train, self.y_train, self.batch_size, rng=self.rng):
                    self._step(X, y)
                    bar.update()
                    if len(self.loss_history) % self.print_every == 0:
                        self._show(bar)
                self.epoch += 1
                self._decay_learning_rates()
                self._measure()
                self._show(bar)
                if self.checkpoint_name is not None:
                    self._write_checkpoint()
        _put_into(self.model, self.best_params, self.best_bn_params)

    def check_accuracy(self, X, y, num_samples=None, batch_size=100):
        """Return the share of samples whose highest score is that of their label.

        Parameters
        ----------
        X : ndarray, shape (N, ...)
        y : ndarray, shape (N,), int
        num_samples : int, optional
            Measure on so many samples, drawn at random.
        batch_size : int, default 100
            Predict so many at a time: few at a time need little memory.

        Returns
        -------
        float
        """
        if num_samples is not None and num_samples < len(X):
            rows = self.rng.choice(len(X), num_samples, replace=False)
            X, y = X[rows], y[rows]
        right = 0
        for X_batch, y_batch in batches(X, y, batch_size, shuffle=False):
            right += np.sum(np.argmax(self.model.loss(X_batch), axis=1) == y_batch)
        return float(right / len(X))

    def _step(self, X, y):
        loss, grads = self.model.loss(X, y)
        self.loss_history.append(float(loss))
        if not np.isfinite(loss):
            raise FloatingPointError(
                f"the loss of batch {len(self.loss_history)} is {loss}: training has diverged. "
                "Lower the learning rate or the scale of the first weights; if it is the very "
                "first batch, make sure that the loss shifts its scores before np.exp"
            )
        for name, w in self.model.params.items():
            if name not in grads:
                raise ValueError(f"loss(X, y) gave no gradient of {name!r}, only of {list(grads)}")
            self.model.params[name], self.optim_configs[name] = self.update_rule(
                w, grads[name], self.optim_configs[name]
            )

    def _decay_learning_rates(self):
        if self.lr_decay == 1:
            return
        for name, config in self.optim_configs.items():
            if "learning_rate" not in config:
                raise ValueError(
                    f"the config of {name!r} has no 'learning_rate' for lr_decay to act on: give "
                    "one in optim_config, and let the update rule return the config that it got"
                )
            config["learning_rate"] *= float(self.lr_decay)

    def _measure(self):
        self.train_acc_history.append(
            self.check_accuracy(self.X_train, self.y_train, self.num_train_samples)
        )
        accuracy = self.check_accuracy(self.X_val, self.y_val, self.num_val_samples)
        self.val_acc_history.append(accuracy)
        if accuracy > self.best_val_acc:
            self.best_val_acc = accuracy
            self.best_params = copy.deepcopy(self.model.params)
            # The running averages of batch normalisation belong to the parameters.
            self.best_bn_params = copy.deepcopy(getattr(self.model, "bn_params", None))

    def _show(self, bar):
        bar.set_description(f"epoch {self.epoch}/{self.num_epochs}", refresh=False)
        bar.set_postfix_str(
            f"loss {self.loss_history[-1]:.3g}, train {self.train_acc_history[-1]:.0%}, "
            f"val {self.val_acc_history[-1]:.0%}"
        )

    def _write_checkpoint(self):
        apart = ("rng", "update_rule", "checkpoint_name")
        settings = {name: getattr(self, name) for name in DEFAULTS if name not in apart}
        state = {
            "settings": {**settings, "update_rule": self._rule_name},
            "params": self.model.params,
            "bn_params": getattr(self.model, "bn_params", None),
            "rng": self.rng.bit_generator.state,
            "global_rng": np.random.get_state(legacy=False),
            **{name: getattr(self, name) for name in PROGRESS},
        }
        checkpoint.save(self.checkpoint_name, state)


def _refuse_unknown(settings):
    for name in settings:
        if name not in DEFAULTS:
            near = difflib.get_close_matches(name, DEFAULTS, n=1, cutoff=0)[0]
            raise ValueError(
                f"Solver has no keyword {name!r}; did you mean {near!r}? "
                f"It knows {', '.join(DEFAULTS)}"
            )


def _examples(data, part):
    """Return the images and labels of a part of the data, "train" or "val"."""
    missing = {f"X_{part}", f"y_{part}"} - set(data)
    if missing:
        raise ValueError(f"data has no {', '.join(sorted(missing))}, only {', '.join(data)}")
    X, y = np.asarray(data[f"X_{part}"]), np.asarray(data[f"y_{part}"])
    if len(X) != len(y) or len(X) == 0:
        raise ValueError(f"X_{part} has shape {X.shape}, y_{part} {y.shape}; wanted a label a row")
    return X, y


def _rule_named(name, model):
    """Return the function of that name where the loss of the model's class is written."""
    rule = inspect.unwrap(type(model).loss).__globals__.get(name)
    if not callable(rule):
        raise ValueError(
            f"update_rule {name!r}: there is no function of that name where the loss of "
            f"{type(model).__name__} is written; run the cell that defines it, or give the "
            "function itself"
        )
    return rule


def _put_into(model, params, bn_params):
    model.params = copy.deepcopy(params)
    if bn_params is not None:
        model.bn_params = copy.deepcopy(bn_params)
