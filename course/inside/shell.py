"""An IPython shell without a kernel around it: what a cell shows goes to the session."""

import io
import sys
import time

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

LARGEST_STREAM = 200_000  # characters that a cell may print


class Printed(io.TextIOBase):
    """What stdout or stderr is while cells run."""

    def __init__(self, name, shell):
        self.name, self.shell = name, shell
        self.parts, self.size, self.room, self.last = [], 0, LARGEST_STREAM, 0.0

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text and self.room > 0:
            kept = text[: self.room]
            self.room -= len(kept)
            self.parts.append(kept)
            self.size += len(kept)
            if self.room <= 0:
                self.parts.append("\n[the rest of this output is left out]\n")
            if self.size > 8192 or time.monotonic() - self.last > 0.2:
                self.flush()
        return len(text)

    def flush(self):
        parts, self.parts, self.size = self.parts, [], 0
        self.last = time.monotonic()
        if parts and self.shell.session:
            text = "".join(parts)
            self.shell.session.output({"output_type": "stream", "name": self.name, "text": text})


class Shown(DisplayPublisher):
    """Where ``display`` goes."""

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **_):
        self.shell.flush()
        kind = "update_display_data" if update else "display_data"
        output = {"output_type": kind, "data": plain(data), "metadata": alts(metadata)}
        if name := (transient or {}).get("display_id"):
            output["display_id"] = str(name)
        self.shell.session.output(output)

    def clear_output(self, wait=False):
        """Clear nothing: what a cell showed on the way stays to be read."""


class Result(DisplayHook):
    """Where the value of a cell's last expression goes."""

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.flush()
        self.shell.session.output(
            {
                "output_type": "execute_result",
                "data": plain(format_dict),
                "metadata": alts(md_dict),
                "execution_count": self.shell.execution_count,
            }
        )


def plain(data):
    """Return a bundle of representations with nothing in it but what JSON can hold."""
    import base64

    found = {}
    for mime, value in dict(data).items():
        if isinstance(value, bytes):
            value = base64.b64encode(value).decode()
        if isinstance(value, str) or (mime.endswith("json") and isinstance(value, (dict, list))):
            found[str(mime)] = value
    return found


def alts(metadata):
    """Return the texts that stand for pictures; of the rest of metadata nothing is kept."""
    return {
        str(mime): {"alt": about["alt"]}
        for mime, about in dict(metadata or {}).items()
        if isinstance(about, dict) and isinstance(about.get("alt"), str)
    }


class Shell(InteractiveShell):
    """The shell in which a submission runs."""

    display_pub_class = Type(Shown)
    displayhook_class = Type(Result)
    session = None

    def __init__(self, **options):
        quiet = Config()
        quiet.HistoryManager.enabled = False  # it is a thread and a file
        quiet.InteractiveShell.colors = "NoColor"
        quiet.InteractiveShell.cache_size = 0
        super().__init__(config=quiet, **options)
        self.printed = {name: Printed(name, self) for name in ("stdout", "stderr")}

    def take_over(self):
        """Send to the session from now on what is printed and asked for."""
        import builtins

        sys.stdout, sys.stderr = self.printed["stdout"], self.printed["stderr"]
        builtins.input = self._no_input
        import getpass

        getpass.getpass = self._no_input

    def flush(self):
        for stream in self.printed.values():
            stream.flush()

    def run_cell(self, *arguments, **options):
        for stream in self.printed.values():
            stream.room = LARGEST_STREAM
        return super().run_cell(*arguments, **options)

    def ask_exit(self):
        """Go on: nobody is left waiting after `exit`, and the cells below still count."""

    def _no_input(self, *_arguments, **_options):
        raise EOFError("nobody is there to answer while a notebook is graded")

    def _showtraceback(self, etype, evalue, stb):
        from .session import told

        self.flush()
        error = told(evalue)
        lines = [str(line) for line in stb] if isinstance(stb, list) else [str(stb)]
        self.session.output(
            {
                "output_type": "error",
                "ename": error["ename"],
                "evalue": error["evalue"],
                "traceback": lines,
            }
        )

    def enable_gui(self, gui=None):
        """Do without: there is no screen."""
