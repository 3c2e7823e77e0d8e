"""The fixture class, first part: right answers, partly right ones, and honest accidents."""

import json

from tests.support.hand_in import FULL, LINES, Book, group
from tests.support.submitted import packed

right, partly, accident = group("right"), group("partly right"), group("accident")
LINES_FULL = (4, 2, None)
ALL_RIGHT = "every answer is the solved chapter's"


@right("ok", FULL, ALL_RIGHT)
def adds_in_a_loop(book: Book):
    """Adds up in a loop, and counts by a comprehension."""
    book.answer(
        "running-total",
        """
        def running_total(values: np.ndarray) -> np.ndarray:
            total, totals = 0.0, []
            for value in values:
                total += value
                totals.append(total)
            return np.array(totals)""",
    )
    book.answer(
        "count-even",
        """
        def count_even(last):
            return sum(1 for number in range(1, last + 1) if number % 2 == 0)""",
    )


@right("error", FULL, "a list stands for the array, though the check expects one")
def gives_a_list(book: Book):
    """Uses itertools, and gives a list."""
    book.answer(
        "running-total",
        """
        from itertools import accumulate
        def running_total(values):
            return [float(total) for total in accumulate(values)]""",
    )


@right("ok", FULL, "extra cells run where they stood")
def has_a_helper(book: Book):
    """Puts a helper into an extra cell of its own."""
    book.add("def so_far(values, end):\n    return float(sum(values[:end]))", "running-total")
    book.answer(
        "running-total",
        """
        def running_total(values):
            return np.array([so_far(values, k + 1) for k in range(len(values))])""",
    )


@right("ok", FULL, "names count, not forms")
def likes_lambdas(book: Book):
    """Writes lambdas where functions were given, with a triangle of ones as a matrix."""
    book.answer(
        "running-total",
        """
        running_total = lambda v: np.tril(np.ones((len(v), len(v)))) @ v""",
    )
    book.answer("count-even", "count_even = lambda last: len(range(2, last + 1, 2))")
    book.answer("greet", "greet = 'Good day, {}!'.format")


@right("ok", FULL, "the last attempt counts", says="")
def tries_twice(book: Book):
    """Hands in a second attempt; the first was empty-handed."""
    first = Book(book.chapter, book.traps)
    first.answer("running-total", "")
    folder = "tries twice"
    return {
        f"{folder}/attempt 1/01_sums.ipynb": first.bytes(),
        f"{folder}/attempt 2/01_sums.ipynb": book.bytes(),
    }


@right("ok", LINES_FULL, "the same step, and its line is within the band", chapter=LINES)
def multiplies_matrices(book: Book):
    """Takes the gradient by a matrix, and tiles the chessboard."""
    book.answer(
        "step",
        """
        def step(slope, height, rate):
            x, y = np.load(Path(data_dir) / "points.npy")
            matrix = np.stack([x, np.ones_like(x)], axis=1)
            line = np.array([slope, height])
            return tuple(line - rate * 2 / len(x) * matrix.T @ (matrix @ line - y))""",
    )
    book.answer(
        "chessboard",
        """
        def chessboard(side):
            half = (side + 1) // 2
            board = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (half, half))
            return board[:side, :side]""",
    )


@partly(
    "ok",
    (0, 2, 1, None),
    "two of three questions aren't all: not for no numbers",
    says="no numbers",
)
def forgets_the_empty(book: Book):
    """Starts from the first value, which isn't there when there are none."""
    book.answer(
        "running-total",
        """
        def running_total(values):
            totals = [float(values[0])]
            for value in values[1:]:
                totals.append(totals[-1] + value)
            return np.array(totals)""",
    )


@partly("ok", (0, 2, 1, None), "two of three aren't all: not for fractions", says="random numbers")
def counts_in_whole_numbers(book: Book):
    """Turns the numbers into whole ones first."""
    book.answer(
        "running-total",
        """
        def running_total(values):
            return np.cumsum(np.asarray(values).astype(int))""",
    )


@partly("ok", (3, 0, 1, None), "one of two isn't both: not for large numbers", says="large numbers")
def knows_small_numbers(book: Book):
    """Has learned the first answers by heart."""
    book.answer("count-even", "def count_even(last):\n    return [0, 0, 1, 1, 2, 2][last]")


@partly("error", (3, 0, 0, 0), "stubs and an unanswered question give nothing", says="no answer")
def does_the_first_only(book: Book):
    """Fills in the first exercise, and leaves the stubs of all others."""
    for name in ("count-even", "greet"):
        book.answer(
            name, f"def {name.replace('-', '_')}(x):\n    raise NotImplementedError('{name}')"
        )
    book.answer("slow-discussion", "Your answer here.")


@partly(
    "error",
    (0, 0, None),
    "half of the step's questions, and not its band; a third of the chessboard's",
    says="error is",
    chapter=LINES,
)
def steps_on_one_foot(book: Book):
    """Moves the slope and never the height; the chessboard begins with white."""
    book.answer(
        "step",
        """
        def step(slope, height, rate):
            x, y = np.load(Path(data_dir) / "points.npy")
            return slope - rate * 2 * ((slope * x + height - y) * x).mean(), height""",
    )
    book.answer(
        "chessboard",
        """
        def chessboard(side):
            return (255 - np.indices((side, side)).sum(axis=0) % 2 * 255).astype(np.uint8)
        """,
    )


@partly(
    "ok", (4, 0, None), "bytes were asked: the values alone are right", says="bytes", chapter=LINES
)
def draws_with_integers(book: Book):
    """Draws the chessboard with whole numbers of eight bytes."""
    book.answer(
        "chessboard",
        """
        def chessboard(side):
            return np.indices((side, side)).sum(axis=0) % 2 * 255""",
    )


@accident("error", (0, 2, 1, None), "the name has to stay", says="defines no `running_total`")
def renames_a_function(book: Book):
    """Calls the function what it does in Spanish."""
    book.answer("running-total", "def suma_corriente(values):\n    return np.cumsum(values)")


@accident("error", (0, 2, 1, None), "every answer has a wrong shape", says="its shape is another")
def gives_a_column(book: Book):
    """Gives a column where a row was asked for."""
    book.answer(
        "running-total",
        """
        def running_total(values):
            return np.cumsum(values, dtype=float)[:, None]""",
    )


@accident("timeout", (0, 2, 1, None), "it costs its own exercise", says="running too long")
def loops_for_ever(book: Book):
    """Waits for a condition that never comes."""
    book.answer(
        "running-total",
        """
        def running_total(values):
            k = 0
            while k < len(values) + 1:
                k = k * 2
            return values""",
    )


@accident("error", (0, 2, 1, None), "it can't add up without it", says="name 'math'")
def forgets_an_import(book: Book):
    """Uses a module that it never imported."""
    book.answer(
        "running-total",
        """
        def running_total(values):
            return np.array([math.fsum(values[: k + 1]) for k in range(max(1, len(values)))])
        """,
    )


@accident("error", (0, 2, 1, None), "a cell that can't be read defines nothing", says="defines no")
def forgets_a_bracket(book: Book):
    """Leaves a syntax error."""
    book.answer("running-total", "def running_total(values:\n    return np.cumsum(values)")


@accident("error", FULL, "the helper is there when the grader asks, after all cells")
def defines_too_late(book: Book):
    """Has its helper in a cell far below, so that the check failed."""
    book.answer("running-total", "def running_total(values):\n    return add_up(values)")
    book.add("def add_up(values):\n    return np.cumsum(values, dtype=float)")


@accident("error", (0, 0, 0, 0), "the stubs were run", says="is missing")
def empties_the_notebook(book: Book):
    """Hands in a notebook without any cell."""
    book.notebook.cells = []


@accident("missing", (0, 0, 0, 0), "there is nothing to run", says="isn't a notebook")
def hands_in_a_letter(book: Book):
    """Hands in a letter named like the notebook."""
    return {"hands in a letter/01_sums.ipynb": b"%PDF-1.7 Dear teacher, my notebook is attached."}


@accident("ok", FULL, "what is printed on stderr costs nothing")
def is_noisy(book: Book):
    """Warns and prints on stderr, in its functions as well."""
    book.add(
        "import sys, warnings\nprint('W tensorflow: no GPU', file=sys.stderr)", "running-total"
    )
    book.answer(
        "running-total",
        """
        def running_total(values):
            print("adding", file=sys.stderr)
            warnings.warn("this is slow")
            return np.cumsum(values, dtype=float)""",
    )


@accident("ok", FULL, "the grader's cells have names of their own")
def hides_built_ins(book: Book):
    """Calls variables what Python calls its own functions."""
    book.add("list = [1, 2]\nopen = True\nstr, dict, max, print = 'a', {}, 0, None")


@accident("error", (0, 2, 1, None), "nobody is there to type", says="raw_input")
def asks_the_reader(book: Book):
    """Asks for the numbers by input()."""
    book.answer(
        "running-total",
        """
        def running_total(values):
            return np.cumsum([float(input()) for _ in range(len(values) + 1)])""",
    )


@accident("ok", FULL, "older files are read as well")
def has_an_old_jupyter(book: Book):
    """Saves in the format of ten years ago, which knows no ids."""
    import nbformat

    old = nbformat.convert(book.notebook, 3)
    return {"has an old jupyter/01_sums.ipynb": json.dumps(old).encode()}


@accident("ok", FULL, "the number tells two students of one name apart", student="Ada L (11)")
def has_a_namesake(book: Book):
    """Has the same name as another student in Moodle's export; the number tells them apart."""
    return {"Ada L_11_assignsubmission_file_/01_sums.ipynb": book.bytes()}


@accident("error", (0, 2, 1, None), "this is the other one's mark", student="Ada L (22)")
def is_a_namesake(book: Book):
    """Is the other of the two, with a wrong answer."""
    book.answer("running-total", "def running_total(values):\n    return None")
    return {"Ada L_22_assignsubmission_file_/01_sums.ipynb": book.bytes()}


@accident("ok", FULL, "a number is a name, too", student="01")
def is_called_by_a_number(book: Book):
    """Has a number for a name, which is a chapter's number as well."""


@accident("ok", FULL, "a name may be longer than a file's", student="𒀀" * 60)
def has_a_long_name(book: Book):
    """Has a name of sixty letters of four bytes."""


@accident("ok", FULL, "UTF-16 is read as well, and what a browser adds to a name is no matter")
def saves_in_utf_16(book: Book):
    """Saves in UTF-16, as a browser's download called 01_sums.ipynb.txt."""
    data = book.bytes().decode().encode("utf-16")
    return {"saves in utf 16/01_sums.ipynb.txt": data}


@accident("missing", (0, 0, 0, 0), "what is too much costs nobody else", says="20,000 files")
def hands_in_a_heap(book: Book):
    """Hands in an archive with 25,000 empty files before the notebook."""
    files = {f"cache/{number}.txt": b"" for number in range(25_000)}
    files["01_sums.ipynb"] = book.bytes()
    return {"hands in a heap/everything.zip": packed(files)}
