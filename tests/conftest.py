"""In CI a skipped test is a failed test: what is not run there is run nowhere."""

import logging
import os
import shutil

import pytest

try:
    from playwright import sync_api
except ImportError:
    sync_api = None

# As in grading, and before NumPy comes: the second thread of a BLAS spins on for a while after each
# product. It takes time from the other test process, and a test that counts a function's steps
# takes it for a thread in which the function works.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")


def _fail_if_skipped(report):
    """Turn the report of a skip into one of a failure that gives the reason."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\nIn CI nothing is skipped: {report.nodeid}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return _fail_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return _fail_if_skipped((yield))


@pytest.fixture(autouse=True)
def loggers_speak():
    """Let loggers speak again: alembic, which nbgrader calls, silences all that exist."""
    for logger in logging.root.manager.loggerDict.values():
        logger.disabled = False


def chromium():
    """Return the path of this machine's Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def needs_chromium():
    if chromium() is None or sync_api is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")


@pytest.fixture(scope="session")
def browser(needs_chromium):
    """Start Chromium, once for all tests: Playwright runs once in a process."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        yield browser
        browser.close()
