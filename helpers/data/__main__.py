"""The command ``python -m helpers.data mnist|cifar10``."""

import argparse
import sys
from pathlib import Path

from . import fetch, files, sets


def main(arguments=None):
    """Fetch a full data set, check it and lay it out where ``load`` finds it."""
    parser = argparse.ArgumentParser(prog="python -m helpers.data", description=main.__doc__)
    parser.add_argument("name", choices=sorted(sets.READERS), help="which set")
    parser.add_argument("--into", metavar="DIR", type=Path, help="data folder (default: data/)")
    parser.add_argument("--force", action="store_true", help="download again even if it is there")
    chosen = parser.parse_args(arguments)
    root = (chosen.into or files.folder()).expanduser()
    try:
        fetch.fetch(chosen.name, root, force=chosen.force)
    except (OSError, ValueError) as error:
        sys.exit(f"{chosen.name}: {error}")
    except KeyboardInterrupt:
        print(f"\n{chosen.name}: stopped; `{files.FETCH[chosen.name]}` goes on from here")
        sys.exit(130)
    print(
        f"{chosen.name}: the full set is in {files.shown(root / sets.READERS[chosen.name].FOLDER)}"
    )
    if root.resolve() != files.folder().resolve():
        print(f"set WORKBOOK_DATA={root.resolve()} so that data.load finds it")


if __name__ == "__main__":
    main()
