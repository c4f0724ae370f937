"""Notice what a submission does beyond computing, so that a teacher can look at it.

None of this decides about points: code that wants to can blind it. What decides is that no answer
is in reach.
"""

import sys
from types import ModuleType

WATCHED = (
    "base64",
    "builtins",
    "helpers.check",
    "helpers.expected",
    "helpers.judge",
    "helpers.record",
    "helpers.steps",
    "helpers.values",
    "inside.session",
    "inside.shell",
    "json",
    "numpy",
    "numpy.linalg",
    "numpy.random",
    "numpy.testing",
    "os",
)
MODULES = {"check": "helpers.check", "np": "numpy", "numpy": "numpy"}
NETWORK = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")
# Places that no exercise asks for.
PLACES = ("gradebook.db", "nbgrader_config", "/etc/passwd", "/etc/shadow", "/.ssh", "/proc/")
PLACES += ("/.ipython", "sitecustomize", "usercustomize", "submitted/", "/source/")


class Canary:
    """What the important names stand for before a student's first line, and what is asked for.

    Parameters
    ----------
    shell : shell.Shell
    """

    def __init__(self, shell):
        self.shell, self.seen, self.refused = shell, [], frozenset()
        self.before = _names(shell)
        sys.addaudithook(self._hear)

    def do_without(self, libraries):
        """Refuse the libraries that do an exercise in one call, and note who asks for them."""
        self.refused = frozenset(libraries)
        sys.meta_path.insert(0, self)

    def find_spec(self, name, _path=None, _target=None):
        """Be asked for a module, as one of Python's finders."""
        if name.split(".")[0] in self.refused:
            raise ModuleNotFoundError(f"{name} is no part of this notebook: write it yourself")

    def _hear(self, event, arguments):
        if event == "import" and str(arguments[0]).split(".")[0] in self.refused:
            self._note(f"asked for the library {str(arguments[0])[:40]}")
        elif event in NETWORK:
            self._note("tried to reach a network")
        elif event == "os.killpg" or (event == "os.kill" and arguments[0] <= 1):
            self._note("sent signals to processes that are not its own")
        elif event in ("open", "os.listdir", "os.symlink", "os.link", "sqlite3.connect"):
            where = [str(place) for place in arguments[:2] if isinstance(place, (str, bytes))]
            for place in PLACES:
                if any(place in path for path in where):
                    self._note(f"asked for {place}")

    def _note(self, what):
        if what not in self.seen:
            self.seen.append(what)

    def changes(self):
        """Return in words what has been put in another's place by now."""
        after = _names(self.shell)
        return [
            f"a replaced {name}"
            for name, thing in self.before.items()
            if after.get(name) is not thing
        ]

    def sings(self):
        """Return in words what is strange by now."""
        for change in self.changes():
            self._note(change.replace("a replaced", "replaced", 1))
        for name in ("check", "np", "numpy"):
            held = self.shell.user_ns.get(name)
            if held is not None and held is not sys.modules.get(MODULES[name]):
                self._note(f"replaced {name}")
        return self.seen[:20]


def _names(shell):
    """Return what stands behind the names whose replacement would be strange."""
    found = {"tracing": sys.gettrace(), "profiling": sys.getprofile()}
    for name in ("settrace", "setprofile", "gettrace", "getprofile", "_getframe", "modules"):
        found[f"sys.{name}"] = getattr(sys, name, None)
    for module in WATCHED:
        held = sys.modules.get(module)
        for name, thing in vars(held).items() if held else ():
            if (callable(thing) or isinstance(thing, ModuleType)) and not name.startswith("__"):
                found[f"{module}.{name}"] = thing
                for part in ("__code__", "__kwdefaults__"):
                    if (held_part := getattr(thing, part, None)) is not None:
                        found[f"{module}.{name}.{part}"] = _frozen(held_part)
                if isinstance(thing, type) and thing.__module__ == module:
                    for method, function in vars(thing).items():
                        if callable(function):
                            found[f"{module}.{name}.{method}"] = function
        if held:
            found[module] = held
    for name in ("run_cell", "run_code", "run_ast_nodes", "transform_cell", "showtraceback"):
        found[f"the shell's {name}"] = getattr(getattr(shell, name), "__func__", None)
    for name, thing in vars(shell.session).items() if shell.session else ():
        if callable(thing):
            found[f"the session's {name}"] = thing
    for part, method in (("display_pub", "publish"), ("displayhook", "__call__")):
        held = getattr(shell, part, None)
        found[f"the shell's {part}"] = held
        found[f"the {method} of the shell's {part}"] = getattr(
            getattr(held, method, None), "__func__", None
        )
    found["the transformers of cells"] = _transformers(shell)
    return found


_known = {}


def _frozen(thing):
    """Return one object for all that are equal, so that `is` tells whether something changed."""
    if isinstance(thing, dict):
        thing = tuple(sorted((name, repr(value)[:100]) for name, value in thing.items()))
        return _known.setdefault(thing, thing)
    return thing


def _transformers(shell):
    manager = shell.input_transformer_manager
    lists = (manager.cleanup_transforms, manager.line_transforms, manager.token_transformers)
    lists += (shell.input_transformers_post, shell.ast_transformers)
    key = tuple(id(part) for parts in lists for part in parts)
    return _known.setdefault(key, key)
