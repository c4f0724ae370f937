"""Who writes the report: kept in the notebook's outputs, where every way to the PDF finds it."""

import datetime

STUDENT = "application/vnd.nn-workbook.student+json"


class Student:
    """The student of a notebook, on the day on which the cell was run.

    Every way to the PDF finds this in the saved notebook, the menu of JupyterLab too.

    Parameters
    ----------
    name, student_id : str
        For the title of the report; empty where unknown.
    """

    def __init__(self, name, student_id):
        self.name, self.student_id = str(name), str(student_id)

    def __repr__(self):
        who = f"{self.name} ({self.student_id})" if self.student_id else self.name
        return f"Report of {who}" if who else "Report: write your name into this cell and run it"

    def _repr_mimebundle_(self, include=None, exclude=None):
        told = {
            "name": self.name,
            "id": self.student_id,
            "date": datetime.date.today().isoformat(),
        }
        return {"text/plain": repr(self), STUDENT: told}
