"""A JupyterLab of its own, and its notebooks in a real browser: for tests and for a benchmark."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat

try:
    from playwright import sync_api
except ImportError:  # the tests that need it say so, and skip
    sync_api = None

PATIENCE = 30  # seconds for any one thing to appear, on a machine that is busy with other work
MENU_ITEM = ".lm-Menu-item:not(.lm-mod-disabled)"
if sync_api:
    sync_api.expect.set_options(timeout=1000 * PATIENCE)


class Lab:
    """A running JupyterLab.

    Parameters
    ----------
    url : str
        Without a slash at the end; the token is "t".
    folder : Path
        What the server serves.
    browser : playwright.sync_api.Browser
    """

    def __init__(self, url, folder, browser):
        self.url, self.folder, self.browser = url, folder, browser

    def open(self, name, notebook, prepare=lambda page: None, **options):
        """Write a notebook under a name, and open it in a window of its own.

        Parameters
        ----------
        name : str
            Without ``.ipynb``.
        notebook : bytes or None
            None if it is there already.
        prepare : callable
            Gets the page before it loads anything.
        **options
            Of the browser's window.

        Returns
        -------
        Notebook
        """
        if notebook is not None:
            (self.folder / f"{name}.ipynb").write_bytes(notebook)
        page = self.browser.new_page(**{"viewport": {"width": 1280, "height": 1500}, **options})
        page.set_default_timeout(1000 * PATIENCE)
        prepare(page)
        # "reset" forgets which notebooks were open; the name of the workspace keeps tests apart.
        page.goto(f"{self.url}/lab/workspaces/{name}/tree/{name}.ipynb?token=t&reset")
        return Notebook(page, self.folder / f"{name}.ipynb")


class Notebook:
    """A notebook in the browser: its cells by id, its menus, its pictures."""

    def __init__(self, page, path):
        self.page, self.path = page, path
        self.order = [cell.id for cell in nbformat.read(path, as_version=4).cells]
        sync_api.expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(len(self.order))
        sync_api.expect(self.kernel("Idle")).to_be_visible()
        self.settle()

    def settle(self):
        """Wait until the cells stay: a window that has just opened may put them up once more."""
        while True:
            cell = self.page.locator(".jp-Notebook .jp-Cell").first.element_handle()
            self.page.wait_for_timeout(500)
            if cell.evaluate("cell => cell.isConnected"):
                return

    def kernel(self, state):
        """Return the light that says what the kernel does: "Idle" or "Busy"."""
        return self.page.locator(f'.jp-Notebook-ExecutionIndicator[data-status="{state.lower()}"]')

    def cell(self, cell_id):
        """Return a cell, scrolled to: JupyterLab draws those that are far away late."""
        index = self.order.index(cell_id)
        cell = self.page.locator(f'.jp-Cell[data-windowed-list-index="{index}"]')
        cell.scroll_into_view_if_needed()
        return cell

    def output(self, cell_id):
        return self.cell(cell_id).locator(".jp-Cell-outputArea")

    def menu(self, *path):
        """Choose from the menu bar, such as ``menu("Run", "Run All Cells")``."""
        self.open_menu(*path[:-1]).get_by_text(path[-1], exact=True).click()

    def open_menu(self, *path):
        """Open a menu, and return its items."""
        self.page.locator(".lm-MenuBar-item").get_by_text(path[0], exact=True).click()
        for label in path[1:]:
            self.page.locator(MENU_ITEM).get_by_text(label, exact=True).hover()
        menus = self.page.locator(".lm-Menu")
        sync_api.expect(menus).to_have_count(len(path))
        return menus.last.locator(MENU_ITEM)

    def save(self):
        """Save, and again if something changed meanwhile, such as a panel's last picture."""
        for _ in range(3):
            self.menu("File", "Save Notebook")
            with contextlib.suppress(AssertionError):
                sync_api.expect(self.page.locator(".jp-mod-dirty")).to_have_count(0, timeout=5000)
                return
        raise AssertionError("the notebook has changes that are not saved, after three times")

    def run_all(self, last, seconds=PATIENCE):
        """Run all cells; ``last`` is the last one that is expected to run."""
        number = self.number(last)
        self.menu("Run", "Run All Cells")
        self.wait_for(last, number, seconds)

    def run(self, cell_id):
        """Run one cell as a student does, with Shift and Enter."""
        number = self.number(cell_id)
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        self.wait_for(cell_id, number)

    def number(self, cell_id):
        """Return the text beside a cell: "[3]:", "[*]:" while it waits or runs, or "[ ]:"."""
        return self.cell(cell_id).locator(".jp-InputPrompt").inner_text()

    def wait_for(self, cell_id, before, seconds=PATIENCE):
        """Wait until a cell has got another number than before, and nothing runs any more."""
        prompt = self.cell(cell_id).locator(".jp-InputPrompt")
        finished = re.compile(rf"\[(?!{re.escape(before.strip('[]:'))}\])\d+\]:")
        sync_api.expect(prompt).to_have_text(finished, timeout=1000 * seconds)
        waiting = self.page.locator(".jp-InputPrompt").get_by_text("[*]:", exact=True)
        sync_api.expect(waiting).to_have_count(0)
        sync_api.expect(self.kernel("Idle")).to_be_visible()

    def type(self, cell_id, code):
        """Replace a cell's code by the keyboard."""
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)

    def close(self):
        """Shut the kernel down, so that it does not compete with the next, and the window."""
        self.menu("Kernel", "Shut Down Kernel")
        sync_api.expect(self.page.locator(".jp-Dialog")).to_have_count(0)
        self.page.close()

    def screenshot(self, name):
        """Save a picture of the window in the folder that WORKBOOK_SCREENSHOTS names, if any."""
        if folder := os.environ.get("WORKBOOK_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png")


@contextlib.contextmanager
def running(browser, home, folder):
    """Run JupyterLab as it is after installation: no setting of this machine's user reaches it.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    home, folder : Path
        An empty folder for its settings, and the folder that it serves.

    Yields
    ------
    Lab
    """
    port = _free_port()
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1", "--allow-root"]
    command += ["--ServerApp.token=t", f"--ServerApp.root_dir={folder}"]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            command,
            env=_environment(home),
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,  # so that its kernels end with it
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, server, home / "server.log")
        yield Lab(url, folder, browser)
    finally:
        _stop(server)


def _environment(home):
    """Return the environment of a newly installed machine, with the embedded data."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "IPYTHON", "MPL", "WORKBOOK"))
    }
    # In a new environment JupyterLab asks whether it may fetch news: nobody is there to answer.
    settings = home / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "WORKBOOK_DATA_SET": "embedded",
        # Chromium needs the other core: threads that wait for each other train more slowly.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait_for(url, server, log):
    end = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api/status?token=t", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start; its log ends with\n{log.read_text()[-2000:]}")


def _stop(server):
    """End the server; it ends its kernels. Kill what is left after a while."""
    server.send_signal(signal.SIGTERM)
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(PATIENCE)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
