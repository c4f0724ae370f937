"""Notice what a submission does beyond computing, so that a teacher can look at it.

None of this decides about points: code that wants to can blind it. What decides is that no answer
is in reach.
"""

import sys

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
NETWORK = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")
# Places that no exercise asks for.
PLACES = ("gradebook.db", "nbgrader_config", "/etc/passwd", "/etc/shadow", "/.ssh", "/proc/")
PLACES += ("/.ipython", "sitecustomize", "usercustomize", "submitted/", "source/")


class Canary:
    """What the important names stand for before a student's first line, and what is asked for.

    Parameters
    ----------
    shell : shell.Shell
    """

    def __init__(self, shell):
        self.shell, self.seen = shell, []
        self.before = _names(shell)
        sys.addaudithook(self._hear)

    def _hear(self, event, arguments):
        if event in NETWORK:
            self._note("tried to reach a network")
        elif event in ("os.kill", "os.killpg"):
            self._note("sent signals to processes")
        elif event in ("open", "os.listdir", "os.symlink", "os.link", "sqlite3.connect"):
            where = [str(place) for place in arguments[:2] if isinstance(place, (str, bytes))]
            for place in PLACES:
                if any(place in path for path in where):
                    self._note(f"asked for {place}")

    def _note(self, what):
        if what not in self.seen:
            self.seen.append(what)

    def sings(self):
        """Return in words what is strange by now."""
        after = _names(self.shell)
        for name, thing in self.before.items():
            if after.get(name) is not thing:
                self._note(f"replaced {name}")
        return self.seen[:20]


def _names(shell):
    """Return what stands behind the names whose replacement would be strange."""
    found = {"tracing": sys.gettrace(), "profiling": sys.getprofile()}
    for module in WATCHED:
        held = sys.modules.get(module)
        for name, thing in vars(held).items() if held else ():
            if callable(thing) and not name.startswith("__"):
                found[f"{module}.{name}"] = thing
                if code := getattr(thing, "__code__", None):
                    found[f"the code of {module}.{name}"] = code
        if held:
            found[module] = held
    for name in ("run_cell", "run_code", "run_ast_nodes", "transform_cell", "showtraceback"):
        found[f"the shell's {name}"] = getattr(getattr(shell, name), "__func__", None)
    for part, method in (("display_pub", "publish"), ("displayhook", "__call__")):
        held = getattr(shell, part, None)
        found[f"the shell's {part}"] = held
        found[f"the {method} of the shell's {part}"] = getattr(
            getattr(held, method, None), "__func__", None
        )
    found["the transformers of cells"] = _transformers(shell)
    return found


_KNOWN = {}


def _transformers(shell):
    """Return one object for equal lists of transformers, so that `is` tells them apart."""
    manager = shell.input_transformer_manager
    lists = (manager.cleanup_transforms, manager.line_transforms, manager.token_transformers)
    key = tuple(id(part) for parts in (*lists, shell.ast_transformers) for part in parts)
    return _KNOWN.setdefault(key, key)
