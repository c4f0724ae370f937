"""What is to be said of grades that were written, and of those that were not."""

WRITTEN = "Grades written"
PENALTIES = "Late penalties brought up to date (feedback pages still show the old ones)"
WAITING = "Wait for a person or for grading (left out; --provisional takes the points so far)"
AMBIGUOUS = "Several rows for one student, or several students for one row (left as they were)"
ABSENT = "Handed in here, but in no row of the file"
ABOVE = "More points than Moodle takes (left as they were; raise its maximum grade)"
CLOSED = "Cannot be changed there (left as they were)"
STRANGERS = "In the file, but not in the gradebook (left as they were)"
NOTHING = "Nothing handed in here (left as they were)"
ORDER = (WRITTEN, PENALTIES, WAITING, AMBIGUOUS, ABSENT, ABOVE, CLOSED, STRANGERS, NOTHING)
NEEDS_A_PERSON = {WAITING, AMBIGUOUS, ABSENT, ABOVE, CLOSED}


class Told:
    """Sentences under headings."""

    def __init__(self):
        self.under = {heading: [] for heading in ORDER}

    def say(self, heading, sentence):
        self.under[heading].append(sentence)

    def say_all(self, heading, about, names):
        """Say the same of several, in one sentence."""
        if names:
            self.say(heading, f"{about} ({len(names)}): {', '.join(names)}")

    @property
    def needs_a_person(self):
        return any(self.under[heading] for heading in NEEDS_A_PERSON)
