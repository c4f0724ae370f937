"""A JupyterLab for the tests in this folder."""

import pytest
from jupyterlab_window import running


@pytest.fixture(scope="session")
def lab(browser, tmp_path_factory):
    with running(
        browser, tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("course")
    ) as lab:
        yield lab
