"""The Jupyter kernel "Python (sandbox)", driven by nbclient and by nbgrader's own step."""

import ast
import contextlib
import json
import os
import textwrap
import time
from importlib.metadata import entry_points
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager, start_new_kernel
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import Execute

from course import provisioner, sandbox
from course.paths import HERE

NAME = "python-sandbox"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install the kernel where this module's tests look for it, and return its folder."""
    prefix = tmp_path_factory.mktemp("prefix")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(prefix / "share" / "jupyter"))
        yield Path(provisioner.install(str(prefix)))


@pytest.fixture(scope="module")
def kernel(installed):
    """Return a running kernel: its manager and a client."""
    manager, client = start_new_kernel(kernel_name=NAME)
    yield manager, client
    client.stop_channels()
    if manager.is_alive():
        manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def ask(kernel):
    """Return a function that runs code in the kernel and returns what it printed."""

    def ask(code, timeout=60):
        printed = []

        def hook(message):
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        reply = kernel[1].execute_interactive(
            textwrap.dedent(code), output_hook=hook, timeout=timeout
        )
        assert reply["content"]["status"] == "ok", reply["content"]
        return ast.literal_eval("".join(printed))

    return ask


def test_the_provisioner_is_found_by_its_entry_point():
    [found] = entry_points(group="jupyter_client.kernel_provisioners", name="workbook-sandbox")
    assert found.load() is provisioner.SandboxProvisioner


def test_the_kernel_names_its_provisioner_itself(installed):
    spec = json.loads((installed / "kernel.json").read_text())
    assert spec["metadata"]["kernel_provisioner"]["provisioner_name"] == "workbook-sandbox"
    assert NAME in KernelSpecManager().find_kernel_specs()


def test_the_kernel_runs_behind_the_provisioner_over_files(kernel):
    manager, _ = kernel
    assert isinstance(manager.provisioner, provisioner.SandboxProvisioner)
    assert manager.transport == "ipc"
    info = manager.get_connection_info()
    assert info["transport"] == "ipc"
    assert Path(manager.connection_file).parent == Path(info["ip"]).parent
    assert Path(info["ip"]).parent.stat().st_mode & 0o077 == 0
    tree = [manager.provisioner.process.pid]
    tree += [child.pid for child in psutil.Process(tree[0]).children(recursive=True)]
    for pid in tree:
        assert psutil.Process(pid).net_connections(kind="inet") == []


def test_code_in_the_kernel_computes(ask):
    assert ask("import numpy as np; print(int(np.arange(4).sum()))") == 6


def test_the_environment_is_the_sandbox_s_own(ask):
    found = ask("import os; print(dict(os.environ))")
    wanted = sandbox.environment()
    assert {name: found.get(name) for name in wanted} == wanted
    assert not [name for name in found if name.startswith(("JPY_", "JUPYTER", "SSH", "XDG"))]


def test_neither_home_nor_course_is_in_sight(ask, tmp_path):
    (tmp_path / "secret").write_text("x")
    names = [HERE / "source", HERE / "course", HERE / "gradebook.db", HERE / "tests", tmp_path]
    names += [Path.home() / ".ipython", Path.home() / ".ssh", Path.home() / ".bashrc"]
    found = ask(f"import os; print([n for n in {[str(n) for n in names]!r} if os.path.lexists(n)])")
    assert found == []


def test_there_is_no_network(ask):
    code = """
        import socket
        reached = []
        for address in (("127.0.0.1", 22), ("10.0.0.1", 80), ("example.org", 80)):
            try:
                socket.create_connection(address, 2)
                reached.append(address)
            except OSError:
                pass
        print(reached)
    """
    assert ask(code) == []


def test_only_memory_can_be_written_to(ask):
    code = """
        import os
        can = []
        for folder in ("/", "/usr", "/etc", "/dev", "/workbook", "/scratch", "/tmp"):
            try:
                open(folder + "/x", "w").close()
                can.append(folder)
            except OSError:
                pass
        print(can)
    """
    assert ask(code) == ["/scratch", "/tmp"]


def test_limits_hold_in_the_kernel(ask):
    code = """
        import ctypes, os, resource
        names = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE")
        held = [resource.getrlimit(getattr(resource, name))[0] for name in names]
        print((*held, ctypes.CDLL(None).prctl(21), os.getuid()))
    """
    limits = sandbox.Limits()
    assert ask(code) == (limits.address_space, limits.seconds, limits.disk, 2, 65534)


def test_an_endless_cell_can_be_interrupted(kernel, ask):
    manager, client = kernel
    client.execute("print('begun', flush=True)\nwhile True: pass", stop_on_error=False)
    while client.get_iopub_msg(timeout=30)["msg_type"] != "stream":
        pass
    manager.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=30))["msg_type"] != "execute_reply":
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert ask("print(1)") == 1


def gone(pids):
    """Tell whether all these processes end, and wait for it."""
    for _ in range(500):
        if not [pid for pid in pids if is_running(pid)]:
            return True
        time.sleep(0.02)
    return False


def is_running(pid):
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


LEAVE = """
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
    os._exit(0)
"""


@pytest.mark.parametrize("now", [True, False], ids=["killed", "asked"])
def test_shutting_down_leaves_nothing(installed, now):
    manager, client = start_new_kernel(kernel_name=NAME)
    client.execute_interactive(LEAVE, timeout=60)
    folder = Path(manager.connection_file).parent
    outer = psutil.Process(manager.provisioner.process.pid)
    pids = [outer.pid, *(child.pid for child in outer.children(recursive=True))]
    assert len(pids) >= 3
    client.stop_channels()
    manager.shutdown_kernel(now=now)
    assert gone(pids)
    assert not folder.exists()


def test_a_restarted_kernel_works_again(kernel, ask):
    manager, client = kernel
    ask("left = 1; print(1)")
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=60)
    assert ask("print('left' in globals())") is False
    assert isinstance(manager.provisioner, provisioner.SandboxProvisioner)


def notebook():
    cells = [new_code_cell("import os; print(os.getcwd(), os.getuid())"), new_code_cell("6 * 7")]
    spec = {"name": NAME, "display_name": "", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": spec})


def check_ran(ran):
    assert ran.cells[0].outputs[0].text == "/scratch 65534\n"
    assert ran.cells[1].outputs[0].data["text/plain"] == "42"
    nbformat.validate(ran)


@pytest.mark.usefixtures("installed")
def test_nbclient_drives_it():
    client = NotebookClient(notebook(), kernel_name=NAME, timeout=60)
    check_ran(client.execute())


@pytest.mark.usefixtures("installed")
def test_nbgrader_s_own_step_drives_it(tmp_path):
    step = Execute(timeout=60)
    resources = {"metadata": {"path": str(tmp_path)}}
    ran, _ = step.preprocess(notebook(), resources)
    check_ran(ran)


@pytest.mark.usefixtures("installed")
def test_without_bubblewrap_no_kernel_starts(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(provisioner.tempfile, "mkdtemp", lambda **_: pytest.fail("went on"))
    manager = KernelManager(kernel_name=NAME)
    with pytest.raises(sandbox.Unavailable, match="bubblewrap is missing"):
        manager.start_kernel()
    assert not manager.has_kernel or not manager.provisioner.has_process


@pytest.mark.usefixtures("installed")
def test_in_a_container_the_command_is_the_engine_s(tmp_path, monkeypatch):
    engine = tmp_path / "podman"
    engine.write_text("#!/bin/sh\nexit 0\n")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.defpath}")
    manager = KernelManager(kernel_name=NAME)
    made = provisioner.SandboxProvisioner(parent=manager, way="container", image="some-image")
    made._folder = str(tmp_path)
    command = made._shut_in(["/here/python", "-m", "ipykernel_launcher", "-f", "x.json"])
    assert command[:2] == ["podman", "run"]
    assert command[-6:] == ["some-image", "python", "-m", "ipykernel_launcher", "-f", "x.json"]
    assert f"{tmp_path}:{tmp_path}" in command
    assert command[command.index("--network") + 1] == "none"
