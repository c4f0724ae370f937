"""The part of grading that runs inside the sandbox, beside a student's code.

The sandbox shows it as a package of its own, ``inside``: it imports nothing of ``course`` and
knows nothing that is worth knowing. `zygote` starts first and waits, with everything imported
that notebooks import; for each submission it forks a process into namespaces of its own
(`apart`), in which `session` runs the cells in an IPython `shell`.
"""

SCRATCH = "/scratch"
WRITABLE = ("/tmp", "/dev/shm")
