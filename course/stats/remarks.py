"""What should be looked at in a task, and how."""

from .outcomes import BLOCKED, LEFT_OUT

FEWEST = 10  # hand-ins, below which no task is judged
FAILED, SOLVED, FLAT = 0.2, 0.95, 0.2  # mean shares of points; discrimination


def remarks(summary):
    """Yield what should be looked at, and how."""
    if summary.counted < FEWEST:
        return
    share, link = summary.difficulty.value, summary.discrimination
    earned = f"on average {100 * share:.0f} % of the points are earned"
    if share < FAILED:
        yield f"Nearly all fail: {earned}. {_why_failed(summary)}"
    elif share > SOLVED:
        yield (
            f"Nearly all succeed: {earned}, so it tells little about who can do it. Fine as a "
            "first step; elsewhere ask for more."
        )
    elif link is None:
        yield "Its discrimination cannot be told: all have the same points in it, or in the others."
    elif link.value < FLAT and link.low <= 0:
        chance = "With so few students it may be chance. " if link.high > FLAT else ""
        yield (
            f"It does not discriminate ({link.value:.2f}, interval {link.low:.2f} to "
            f"{link.high:.2f}): who does well elsewhere does hardly better here. {chance}Look "
            "whether its tests ask for what its text explains, and whether its points can be had "
            "by guessing."
        )


def _why_failed(summary):
    if summary.share(LEFT_OUT) + summary.share(BLOCKED) > 0.5:
        return (
            "Most have not come so far: look at the time that the notebook takes, and at the "
            "tasks before this one."
        )
    if summary.mistakes and len(summary.mistakes[0].students) > summary.counted / 3:
        return (
            "One mistake stands out in the table below: explain it in class, and name it in a hint."
        )
    return (
        "No single mistake explains it: read some of the answers, and see whether the text says "
        "all that the tests want."
    )
