"""The commands of ``python -m course``, one module each.

``declare(parser)`` adds a command's options, where it has any; ``run(options, course)`` does the
work, prints what is to be said, and returns the exit status. ``FAILED`` is the status where it
could not be done, 1 unless the module says otherwise.
"""

COMMANDS = {
    "build": "derive the notebooks from their texts",
    "check": "test the course itself",
    "collect": "take what students handed in",
    "demo": "one assignment all the way, with a made-up class",
    "doctor": "is everything here? what is not, and how to mend it",
    "grade": "grade a class, all cores at once",
    "gradebook": "copy the gradebook to another database",
    "grades": "write grades for a spreadsheet, Canvas or Moodle",
    "kernel": 'make the kernel "Python (sandbox)" known to Jupyter',
    "kit": "what a student gets, as one zip",
    "prove": "plant mistakes; do the hidden tests notice?",
    "results": "measure on the full data: docs/results.md",
    "similarity": "export a class's code for Dolos and JPlag",
    "stats": "what a class did not understand: page and tables",
}


def declare_names(parser):
    """Let a command take assignments."""
    parser.add_argument("names", nargs="*", metavar="ASSIGNMENT", help="default: all")
