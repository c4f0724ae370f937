"""In CI a skipped test is a failed test: what is not run there is run nowhere."""

import os

import pytest

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
