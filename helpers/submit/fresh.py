"""Run a notebook's visible checks from top to bottom in a kernel of their own."""

import asyncio
import contextlib
import copy
import os
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from ..data import files
from ..files import PROJECT

PATIENCE = 5  # seconds in which a cell must heed an interrupt
STUBBORN = "a cell did not heed an interrupt"
DEAD = "the code ended the whole Python process"


def run(notebook, beside, seconds=30, everything=False):
    """Run a notebook as it is handed in, and nothing of it is written.

    Panels and experiments that are as they were released are left out: no check depends on them.

    Parameters
    ----------
    notebook : notebooks.Notebook
    beside : dict of str to bytes
        Files that are handed in with it, by name.
    seconds : int, optional
        That a cell may take; then it is interrupted.
    everything : bool, optional
        Whether panels and experiments run too.

    Returns
    -------
    cells : dict of str to NotebookNode
        The cells by name, with what they showed.
    ended : str
        Why not all of it ran; empty if it did.
    """
    node = copy.deepcopy(notebook.node)
    numbers = []
    for number, cell in enumerate(node.cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if everything or _counts(notebook.released, cell):
                numbers.append(number)
    with tempfile.TemporaryDirectory(prefix="hand-in-", ignore_cleanup_errors=True) as folder:
        for name, data in beside.items():
            Path(folder, name).write_bytes(data)
        client = NotebookClient(
            node,
            kernel_name="python3",
            timeout=seconds,
            interrupt_on_timeout=True,
            allow_errors=True,
            shutdown_kernel="immediate",  # it has nothing to save
            resources={"metadata": {"path": folder}},
        )
        client.log.setLevel("CRITICAL")  # what it logs of a cell is told by the cell's outputs
        try:
            ended = _wait_for(_execute(client, numbers, seconds + PATIENCE))
        except asyncio.CancelledError:  # so nbclient ends at Ctrl-C while a kernel starts
            raise KeyboardInterrupt from None
    return {cell.id: cell for cell in node.cells}, ended


def _counts(released, cell):
    role = released.role(cell.id)
    if role == "test":
        return False  # what is hidden is not here
    return role != "play" or cell.source.strip() != released.cells[cell.id].source.strip()


def _wait_for(work):
    """Return what a coroutine returns, also where an event loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _execute(client, numbers, seconds):
    # What the kernel says of itself goes to its stderr; what cells say does not.
    settings = {"env": _environment(), "stderr": subprocess.DEVNULL}
    async with client.async_setup_kernel(**settings):
        # nbclient ends the kernel at Ctrl-C and goes on; here it ends the command, and what the
        # cell that it strikes leaves behind is no news.
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: None)
        with contextlib.suppress(RuntimeError):
            loop.remove_signal_handler(signal.SIGINT)
        for number in numbers:
            cell = client.nb.cells[number]
            try:
                await asyncio.wait_for(client.async_execute_cell(cell, number), seconds)
            except (DeadKernelError, asyncio.TimeoutError):
                why = STUBBORN if await client.km.is_alive() else DEAD
                return f"{why} (`{cell.id}`), and what stands below it did not run"
    return ""


def _environment():
    """Return the kernel's: it finds helpers and the data as this process does."""
    path = [str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    found = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    if os.environ.get("WORKBOOK_DATA"):
        found["WORKBOOK_DATA"] = str(files.folder().resolve())
    return found
