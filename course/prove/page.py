"""``docs/mutants.md``: what became of the mutants, survivors as diffs."""

from dataclasses import dataclass, field

HEAD = """\
# Mutants

Written by `python -m course prove`; do not edit. Each solution of the course is given one mistake
at a time, and the hidden tests must notice: those of its TODO, or of a later one that builds on it.
Equivalent mutants are as right as the solution; they are listed by hand with the reason, and do not
count.
"""


@dataclass(frozen=True)
class Proof:
    """What became of the mutants of one TODO."""

    todo: str
    mutants: list = field(repr=False)
    fates: list = field(repr=False)
    reasons: dict = field(repr=False)

    @property
    def judged(self):
        """Return the mutants that are mistakes or equivalent, each with its fate."""
        pairs = zip(self.mutants, self.fates, strict=True)
        return [(mutant, fate) for mutant, fate in pairs if fate is not None]

    @property
    def equivalent(self):
        """Return the survivors that are listed as equivalent, each with the reason."""
        return [
            (mutant, self.reasons[self.todo, mutant.diff])
            for mutant, fate in self.judged
            if not fate.killed and (self.todo, mutant.diff) in self.reasons
        ]

    @property
    def survived(self):
        """Return the survivors that are mistakes."""
        return [
            mutant
            for mutant, fate in self.judged
            if not fate.killed and (self.todo, mutant.diff) not in self.reasons
        ]

    @property
    def killed(self):
        return sum(fate.killed for _, fate in self.judged)

    @property
    def share(self):
        """Return which part of the mistakes the tests notice: 1 if no mistake could be planted."""
        return self.killed / (self.killed + len(self.survived)) if self.survived else 1.0


def section(proofs, seconds):
    """Return the lines of one assignment's section.

    Parameters
    ----------
    proofs : list of Proof
    seconds : float
        What it took.

    Returns
    -------
    list of str
    """
    killed = sum(proof.killed for proof in proofs)
    mistakes = killed + sum(len(proof.survived) for proof in proofs)
    lines = [
        f"{killed} of {mistakes} mistakes killed ({killed / mistakes:.1%}), in {seconds:.0f} s.",
        "",
        "| TODO | mistakes | killed | survived | share | equivalent |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{proof.todo}` | {proof.killed + len(proof.survived)} | {proof.killed}"
        f" | {len(proof.survived)} | {proof.share:.1%} | {len(proof.equivalent)} |"
        for proof in proofs
    ]
    for proof in proofs:
        for mutant in proof.survived:
            lines += ["", f"Survived in `{proof.todo}` ({mutant.operator}):"]
            lines += ["", "```diff", mutant.diff, "```"]
    for proof in proofs:
        for mutant, why in proof.equivalent:
            lines += ["", f"Equivalent in `{proof.todo}`: {why}", "", "```diff", mutant.diff, "```"]
    return lines
