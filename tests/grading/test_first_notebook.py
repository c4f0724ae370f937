"""The first notebook with a made-up class, all the way: what `course demo` shows."""


def softmax_points(demonstration, student):
    graded, _ = demonstration
    return {name: score for name, score in graded.graded(student).scores.items() if score}


def softmax_most(demonstration, *without):
    graded, _ = demonstration
    tests = graded.source.of("test")
    gone = [test.id for todo in without for test in graded.source.belonging_to(todo, "test")]
    return {test.id: test.points for test in tests if test.id not in gone}


def test_the_solution_of_the_first_notebook_earns_full_marks(demonstration):
    assert softmax_points(demonstration, "ada") == softmax_most(demonstration)


def test_the_first_half_of_the_first_notebook_earns_its_half(demonstration):
    todos = demonstration[0].source.of("todo")
    open_ones = [todo.id for todo in todos[len(todos) // 2 :]]
    assert softmax_points(demonstration, "blaise") == softmax_most(demonstration, *open_ones)


def test_the_released_first_notebook_is_not_attempted_everywhere(demonstration):
    graded, _ = demonstration
    carl = graded.graded("carl")
    assert set(carl.scores.values()) == {0}
    for test in graded.source.of("test"):
        assert carl.told(test.id).startswith("not attempted: "), test.id


def test_the_classic_bug_costs_its_own_todo_and_is_named(demonstration):
    graded, _ = demonstration
    rest = softmax_most(demonstration, "gradient_computing")
    earned = softmax_points(demonstration, "daniel")
    assert rest.items() <= earned.items()
    assert sum(earned.values()) < sum(softmax_most(demonstration).values())
    told = graded.graded("daniel").told("test_gradient_computing_weights")
    assert "mean" in told
    page = graded.course.feedback(graded.name, "daniel").read_text(encoding="utf-8")
    assert told.partition(": ")[2].partition(" (")[0] in page


def test_an_endless_loop_costs_its_own_todo(demonstration):
    assert softmax_points(demonstration, "emmy") == softmax_most(demonstration, "should_stop")


def test_the_demonstration_prints_every_grade_and_paths_that_exist(demonstration):
    graded, printed = demonstration
    most = sum(softmax_most(demonstration).values())
    lines = {line.split()[0]: line for line in printed.splitlines() if line.strip()}
    assert f"{most:g} of {most:g} points" in lines["ada"]
    assert "needs a person: The file is cut off or damaged at line" in lines["felix"]
    assert {"blaise", "carl", "daniel", "emmy"} <= set(lines)
    shown = printed.partition("Look at\n")[2].splitlines()
    assert len(shown) == 5
    for line in shown:
        assert (graded.course.root.parent / line.split()[-1]).is_file(), line
