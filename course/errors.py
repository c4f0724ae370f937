"""What a command says to the person who called it, in place of a traceback."""


class CourseError(Exception):
    """Something that a person can mend. Its words say what, with what, and what to do."""
