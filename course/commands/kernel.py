"""``course kernel``."""

from .. import provisioner


def run(_options, _course):
    print(f"wrote {provisioner.install()}")
    return 0
