"""Who is in a made-up class, and what each of them answers: drawn from a seed."""

from dataclasses import dataclass, field
from itertools import product

import answer_files
import numpy as np

from course import sample_class

FIRST = "Alba Bruno Chiara Dario Edda Fadi Greta Hugo Ines Jonas Kira Łukasz Mira Nils Ólafur Petra"
LAST = (
    "Amberfield Brookstone Copperhill Dustwood Elmsworth Fernvale Goldmoor Hazelgrove Ivorylane "
    "Junipera Kestrelby Larkspurre Mossbank Nettlecombe Oakhaven Pebblebrook Quillmere Rowanley "
    "Sandreach Thistledown"
)
NAMES = list(product(LAST.split(), FIRST.split()))
SHARES = {"late": 0.04, "empty": 0.02, "nothing": 0.03}  # of the class; the rest is in time
WAYS = 8  # in which a TODO is answered wrongly: the first ones in its file of answers
READ = 0.8  # share of the answered questions that a person has read
ANSWER = "After {} epochs the curves of training and validation lie together, so it has converged."


@dataclass(frozen=True)
class Student:
    """One student of the class.

    Parameters
    ----------
    id, first_name, last_name : str
    hands_in : str
        "in time", "late", "empty", "damaged" or "nothing".
    hours : float
        By which they are before the due time; below 0 if they are late.
    code : dict of str to str
        By TODO; those not attempted are missing.
    answers : dict of str to str
        To the report questions, likewise.
    marks : dict of str to float
        What a person has given for these answers, as far as they were read.
    """

    id: str
    first_name: str
    last_name: str
    hands_in: str
    hours: float
    code: dict = field(repr=False)
    answers: dict = field(repr=False)
    marks: dict = field(repr=False)


def draw(source, number, seed):
    """Return the students of a class.

    Parameters
    ----------
    source : text.Text
        Of the assignment.
    number, seed : int

    Returns
    -------
    list of Student
    """
    # Who a student is depends on the seed alone, so that they are the same in each assignment.
    abilities = np.random.default_rng(seed).normal(size=number)
    rng = np.random.default_rng([seed, *source.name.encode()])
    ways = _ways(source)
    harder = {todo: rng.normal(0.1 * place, 0.7) for place, todo in enumerate(ways)}
    hands_in = _hands_in(number, rng)
    return [
        Student(
            f"s{place + 1:03}",
            *NAMES[place % len(NAMES)][::-1],
            hands_in[place],
            rng.exponential(20.0) * (-1 if hands_in[place] == "late" else 1),
            *_work(source, ways, harder, ability if hands_in[place] != "empty" else None, rng),
        )
        for place, ability in enumerate(abilities)
    ]


def _ways(source):
    """Return the right and the wrong ways to answer each TODO, the popular ones first."""
    ways = {
        cell.id: {"right": [sample_class.solved(cell)], "wrong": []} for cell in source.of("todo")
    }
    for kind in ("right", "wrong"):
        for answer in answer_files.answers(source.name, kind):
            if len(answer.code) == 1:
                [(todo, code)] = answer.code.items()
                ways[todo][kind] = [*ways[todo][kind], code][:WAYS]
    return ways


def _hands_in(number, rng):
    found = np.full(number, "in time", dtype=object)
    order = iter(rng.permutation(number))
    for what, share in SHARES.items():
        for _ in range(round(share * number)):
            found[next(order)] = what
    found[next(order)] = "damaged"
    return found


def _work(source, ways, harder, ability, rng):
    """Return the code, the answers and their marks of one student; none without an ability."""
    code, answers, marks = {}, {}, {}
    if ability is None:
        return code, answers, marks
    patience = rng.normal(4.5 + ability)
    for place, (todo, ways_of_todo) in enumerate(ways.items()):
        if not _happens(patience - 2.4 * place / len(ways), rng):
            patience -= 8 / len(
                ways
            )  # who has left one out leaves out more of those that come after it
            continue
        kind = "right" if _happens(1.8 + 1.3 * ability - harder[todo], rng) else "wrong"
        popularity = 1 / np.arange(1, len(ways_of_todo[kind]) + 1)
        chosen = rng.choice(len(popularity), p=popularity / popularity.sum())
        code[todo] = ways_of_todo[kind][chosen]
    for cell in source.of("explain"):
        if _happens(patience - 1, rng):
            answers[cell.id] = ANSWER.format(rng.integers(3, 30))
            if rng.random() < READ:
                share = 1 / (1 + np.exp(-rng.normal(0.8 + ability, 0.6)))
                marks[cell.id] = round(2 * share * cell.points) / 2  # halves of points
    return code, answers, marks


def _happens(log_odds, rng):
    return rng.random() < 1 / (1 + np.exp(-log_odds))
