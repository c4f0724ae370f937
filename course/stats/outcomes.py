"""How a student can fare in a task or in a hidden test."""

from helpers.record import NOT_ATTEMPTED

FULL, PARTLY, NONE = "full points", "some points", "no points"
BLOCKED, LEFT_OUT = "waits for another task", "not attempted"
OUTCOMES = (FULL, PARTLY, NONE, BLOCKED, LEFT_OUT)


def outcome(task, hand_in, points, tests):
    """Return how a student fared in some hidden tests of a task, or in a question."""
    if points == 0 and task.name in hand_in.untouched:
        return LEFT_OUT
    statuses = {hand_in.verdicts[test.name].get("status") for test in tests}
    if points == 0 and statuses == {NOT_ATTEMPTED}:  # its code called another TODO's stub
        return BLOCKED
    most = sum(test.points for test in tests) or task.points
    return FULL if points >= most else PARTLY if points > 0 else NONE
