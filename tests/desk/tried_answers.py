"""What the hidden tests of an assignment say to any answers, without a sandbox."""

from dataclasses import replace

import answer_files

from course import trial


class Trials:
    """The verdicts of hidden tests on any answers, each found once.

    Parameters
    ----------
    name : str
    stubs : dict of str to str
        The code of each TODO when it is not attempted.
    seed : int
        Of the inputs that tests draw.
    """

    def __init__(self, name, stubs, seed):
        source = answer_files.source(name)
        cells = source.of("given", "todo", "test")
        first = next(number for number, cell in enumerate(cells) if cell.role == "todo")
        self.cells, self.stubs, self.seed = cells[first:], stubs, seed
        self.before = trial.namespace(replace(source, cells=tuple(cells[:first])))
        self.wants, self.known = trial.wanted(source, seed), {}
        right = {cell.id: cell.source for cell in source.of("todo")}
        # A test depends on the TODOs without which the solution fails it.
        self.needs = {test: [] for test in self.wants}
        for todo, stub in stubs.items():
            for test, verdict in self._run({**right, todo: stub}, self.wants).items():
                if not verdict.passed:
                    self.needs[test].append(todo)

    def verdicts(self, code):
        """Return the verdict of each hidden test, by name, with this code as the answers."""
        code = {**self.stubs, **code}
        keys = {test: (test, *map(code.get, todos)) for test, todos in self.needs.items()}
        if new := [test for test, key in keys.items() if key not in self.known]:
            for test, verdict in self._run(code, new).items():
                self.known[keys[test]] = verdict
        return {test: self.known[key] for test, key in keys.items()}

    def _run(self, code, tests):
        first, *rest = (
            replace(cell, source=code.get(cell.id, cell.source))
            for cell in self.cells
            if cell.role != "test" or cell.id in tests
        )
        stage = trial.Stage(first, tuple(rest), (), self.wants, dict(self.before), self.seed)
        return dict(stage.verdicts(first.source))
