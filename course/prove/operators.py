"""The mistakes that ``course prove`` plants: general ones of Cosmic Ray, and those of this field.

An operator of this module takes a node of the syntax tree and yields what may stand in its place.
Each is a mistake that students make: a mean for a sum, the other axis, a term or a factor left
out, epsilon on the wrong side of the root, train mode for test mode.
"""

import ast
import copy

# Cosmic Ray has one operator for each pair of signs; most pairs no student confuses.
GENERAL = (
    *(
        f"core/ReplaceBinaryOperator_{pair}"
        for pair in ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Pow_Mul")
    ),
    *(
        f"core/ReplaceComparisonOperator_{pair}"
        for pair in (
            "Eq_NotEq",
            "NotEq_Eq",
            "Lt_LtE",
            "Lt_Gt",
            "LtE_Lt",
            "Gt_GtE",
            "Gt_Lt",
            "GtE_Gt",
        )
    ),
    *(f"core/ReplaceUnaryOperator_Delete_{sign}" for sign in ("USub", "Not", "Invert")),
    "core/AddNot",
    "core/NumberReplacer",
    "core/ReplaceAndWithOr",
    "core/ReplaceBreakWithContinue",
    "core/ReplaceContinueWithBreak",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceOrWithAnd",
    "core/ReplaceTrueWithFalse",
    "core/ZeroIterationForLoop",
)

FUNCTIONS = {
    "sum": "mean", "mean": "sum", "var": "std", "std": "var", "max": "min", "min": "max",
    "argmax": "argmin", "argmin": "argmax", "maximum": "minimum", "minimum": "maximum",
    "rand": "randn", "randn": "rand", "random": "standard_normal", "standard_normal": "random",
    "normal": "uniform", "zeros": "ones", "ones": "zeros", "zeros_like": "ones_like",
    "ones_like": "zeros_like", "ceil": "floor", "floor": "ceil",
}  # fmt: skip
WORDS = {"train": "test", "test": "train", "batchnorm": "layernorm", "layernorm": "batchnorm"}
AUGMENTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def another_function(node):
    """Put a function's usual mix-up in its place: mean for sum, std for var, randn for rand."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        if node.attr in FUNCTIONS:
            yield _with(node, attr=FUNCTIONS[node.attr])
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in FUNCTIONS:
        yield _with(node, func=ast.Name(FUNCTIONS[node.func.id]))


def another_axis(node):
    """Reduce over another axis, or over all."""
    if not isinstance(node, ast.Call):
        return
    for number, keyword in enumerate(node.keywords):
        if keyword.arg != "axis":
            continue
        others = [None]
        if isinstance(keyword.value, ast.Tuple) and len(keyword.value.elts) > 1:
            axes = keyword.value.elts
            others += [ast.Tuple([*axes[:i], *axes[i + 1 :]]) for i in range(len(axes))]
        for other in others:
            keywords = list(node.keywords)
            keywords[number : number + 1] = [_with(keyword, value=other)] if other else []
            yield _with(node, keywords=keywords)


def one_operand(node):
    """Leave a term, a factor or a bound out: x for x + b, x for x / N."""
    if isinstance(node, ast.BinOp):
        yield node.left
        if not isinstance(node.op, (ast.Div, ast.FloorDiv, ast.Pow, ast.Mod)):
            yield node.right


def operands_swapped(node):
    """Swap the sides of a product of matrices, or of what does not commute."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.MatMult, ast.Sub, ast.Div)):
        yield _with(node, left=node.right, right=node.left)


def no_call(node):
    """Leave a function out: x for np.sqrt(x), x.T, x.copy() or np.exp(x)."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "copy" and not node.args:
            yield node.func.value
        elif node.func.attr in ("sqrt", "exp", "log", "abs", "square", "tanh", "log1p"):
            yield from node.args[:1]


def epsilon_elsewhere(node):
    """Put epsilon outside the root where it stands inside, and inside where it stands outside."""
    if isinstance(node, ast.Call) and _is_root(node) and isinstance(node.args[0], ast.BinOp):
        inside = node.args[0]
        if isinstance(inside.op, ast.Add):
            yield _with(inside, left=_with(node, args=[inside.left]))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _is_root(node.left):
        yield _with(node.left, args=[_with(node, left=node.left.args[0])])


def another_mode(node):
    """Mistake training for testing, or one kind of normalisation for the other."""
    if isinstance(node, ast.Constant) and node.value in tuple(WORDS):
        yield ast.Constant(WORDS[node.value])


def shifted_slice(node):
    """Begin a slice one later or end it one earlier."""
    if isinstance(node, ast.Slice) and node.step is None:
        one = ast.Constant(1)
        if node.lower is None:
            yield _with(node, lower=one)
        elif not isinstance(node.lower, ast.Constant):
            yield _with(node, lower=ast.BinOp(node.lower, ast.Add(), one))
        if node.upper is not None and not isinstance(node.upper, ast.Constant):
            yield _with(node, upper=ast.BinOp(node.upper, ast.Sub(), one))


def arguments_swapped(node):
    """Hand the first two arguments over in the wrong order."""
    if isinstance(node, ast.Call) and len(node.args) >= 2 and not _commutes(node.func):
        first, second, *rest = node.args
        if not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred):
            yield _with(node, args=[second, first, *rest])


def argument_left_out(node):
    """Rely on a default where a value was asked for."""
    if isinstance(node, ast.Call):
        for number, keyword in enumerate(node.keywords):
            if keyword.arg != "axis":
                keywords = [*node.keywords[:number], *node.keywords[number + 1 :]]
                yield _with(node, keywords=keywords)


def another_update(node):
    """Subtract what is to be added, or replace what is to be added to."""
    if isinstance(node, ast.AugAssign):
        if type(node.op) in AUGMENTED:
            yield _with(node, op=AUGMENTED[type(node.op)]())
        yield ast.Assign([node.target], node.value, lineno=node.lineno)


def statement_left_out(node):
    """Forget to update, to store, to decide."""
    stores = isinstance(node, ast.Assign) and not isinstance(node.targets[0], (ast.Name, ast.Tuple))
    calls = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    decides = isinstance(node, ast.If) and not node.orelse
    if stores or calls or decides or isinstance(node, ast.AugAssign):
        yield ast.Pass()


FIELD = (
    another_function, another_axis, one_operand, operands_swapped, no_call, epsilon_elsewhere,
    another_mode, shifted_slice, arguments_swapped, argument_left_out, another_update,
    statement_left_out,
)  # fmt: skip


def _with(node, **fields):
    """Return a copy of a node with some fields replaced."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _is_root(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sqrt"
        and len(node.args) == 1
    )


def _commutes(function):
    return getattr(function, "attr", "") in ("maximum", "minimum", "add", "multiply", "allclose")
