"""Who of the class is meant by a row of a platform's file."""

import unicodedata


class Roll:
    """Who of the class is meant by what a platform says of somebody.

    Parameters
    ----------
    students : iterable of Student
        Known by id, e-mail address, and the id in a learning platform if the gradebook has one.
    """

    def __init__(self, students):
        self.exact, self.folded = {}, {}
        for one in students:
            for key in {one.id, one.email, one.lms_user_id} - {""}:
                self.exact.setdefault(key, set()).add(one.id)
                self.folded.setdefault(_folded(key), set()).add(one.id)

    def find(self, keys):
        """Return the ids of all who are meant by one of some keys: none, one, or several.

        Case counts only where two students differ in nothing else.
        """
        keys = [key.strip() for key in keys if key.strip()]
        exactly = set().union(*(self.exact.get(key, ()) for key in keys))
        return exactly or set().union(*(self.folded.get(_folded(key), ()) for key in keys))


def _folded(key):
    return unicodedata.normalize("NFC", key).casefold()
