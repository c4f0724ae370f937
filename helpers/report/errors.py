"""What goes wrong when a report is made, and how much a notebook may ask for."""

from nbconvert.utils.exceptions import ConversionException

CELLS = 20_000
MARKDOWN = 50_000  # characters of one text
LINES = 400  # of one output; longer ones lose their middle
COLUMNS = 4_000  # characters of one line of an output
ROWS = 1_000  # of one table
DEPTH = 24  # of elements in each other; Typst ends with an error at 64
TYPST = 30_000_000  # characters of one document
NOTEBOOK = 500_000_000  # bytes of one file


class ReportError(ConversionException):
    """A notebook could not be made into a PDF; the message says why and what to do.

    nbconvert's own class, so that ``jupyter nbconvert`` prints the message and no traceback.
    """
