"""No run of a notebook whose library is not installed."""

import pytest

from course import libraries, text
from course.paths import Course


def pytest_collection_modifyitems(items):
    lacking = {
        path.stem: libraries.lacking(libraries.needed(text.read(path))) for path in Course().texts()
    }
    for item in items:
        if "tests/notebook/" not in item.path.as_posix() or not hasattr(item, "callspec"):
            continue
        for name in item.callspec.params.values():
            if isinstance(name, str) and lacking.get(name):
                reason = f"{name}: {lacking[name]}, or `make test TORCH=1`"
                item.add_marker(pytest.mark.skip(reason=reason))
