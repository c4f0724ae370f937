"""The benchmarks run and print what they promise; how fast anything is, no test says."""

import importlib.util
import json
import os
import re
import subprocess
import sys

import pytest

from course import sandbox
from course.paths import HERE

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed; run `make test TORCH=1`",
)


@needs_torch
@pytest.mark.parametrize(
    ("script", "ours"),
    [
        ("softmax_epoch", "numpy_seconds"),
        ("beras_epoch", "beras_seconds"),
        ("batchnorm_epoch", "numpy_seconds"),
    ],
)
def test_an_epoch_is_compared_with_pytorch(script, ours):
    done = subprocess.run(
        [sys.executable, HERE / "bench" / f"{script}.py"],
        env={**os.environ, "WORKBOOK_DATA_SET": "embedded"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["images"] == 4000
    assert told["ratio_min"] <= told["ratio"] <= told["ratio_max"]
    assert told[ours] > 0
    assert told["torch_seconds"] > 0


@pytest.mark.skipif(not sandbox.is_available(), reason="run `apt install bubblewrap`")
def test_grading_a_class_is_compared_with_stock_nbgrader():
    done = subprocess.run(
        [sys.executable, HERE / "bench" / "grading.py", "2", "0"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told = done.stdout
    assert told.startswith("2 light submissions, stock nbgrader ")
    for what in ("wall time, ours over stock", "ours over stock", "warm over plain"):
        [ratio] = re.findall(rf"^ +{what}: (.*)$", told, flags=re.MULTILINE)
        assert float(ratio) > 0


@pytest.mark.usefixtures("needs_chromium")
def test_the_live_panel_is_measured_in_a_browser():
    done = subprocess.run(
        [sys.executable, HERE / "bench" / "live_lab.py", "1", "0", "panel"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    frames, received, cost, heard, seen = told["rows"]["panel"]
    assert min(frames, received, cost, heard, seen, *told["memory"]) > 0


def test_a_report_is_compared_with_the_html_export():
    done = subprocess.run(
        [sys.executable, HERE / "bench" / "report.py", "1", "--quick"],
        env={**os.environ, "MATHJAX": "", "PATH": os.path.dirname(sys.executable)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = done.stdout
    assert "webpdf is absent: this machine has no Chromium and MathJax" in told
    assert "pdf is absent: this machine has no xelatex and pandoc" in told
    for what in ("processor, report over html", "peak memory of a report", "beyond JupyterLab"):
        [number] = re.findall(rf"{what}: ([\d.]+)", told)
        assert float(number) > 0
