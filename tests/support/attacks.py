"""The fixture class, last part: attacks. Each is bounded, and ends by itself within seconds.

An attack on marks answers wrongly unless it works, so that the mark tells. One on the machine
answers rightly: what is lost is what its own kernel could not answer any more.
"""

from tests.support.hand_in import FULL, LINES, Book, group

attack = group("attack")
NONE = "def running_total(values):\n    return None"
EXPLOITS = (  # scripts, of which none may run in a page
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title = 'owned'\">",
    "<svg onload=\"document.title = 'owned'\"></svg>",
    "<a href=\"javascript:document.title = 'owned'\">my answer</a>",
)
HOSTILE = "=HYPERLINK('x')<img src=x onerror=alert(1)>"
READ = """
import os
from pathlib import Path
LIBRARIES = {"site-packages", "proc", "sys", "usr", "dev", "lib"}
def everything(folders):
    for folder in folders:
        for where, inner, names in os.walk(folder):
            inner[:] = [name for name in inner if name not in LIBRARIES]
            for name in (one for one in names if one.endswith((".ipynb", ".json", ".py"))):
                try:
                    yield name, Path(where, name).read_text()
                except Exception:
                    pass
"""


@attack("error", (0, 2, 1, None), "neither solved chapters nor probes are in the sandbox")
def reads_the_solution(book: Book):
    """Looks for the solved chapter, the probes and the hidden tests, to answer by them."""
    book.attack(READ)
    book.answer(
        "running-total",
        """
        def running_total(values):
            for name, text in everything([*THEIRS, *Path(THEIRS[0]).parents]):
                if "running-total" in text and ("HIDDEN TESTS" in text or "Probe(" in text):
                    return np.cumsum(values, dtype=float)""",
    )


@attack("error", (0, 2, 1, None), "submissions, results and other boxes are out of sight")
def reads_a_neighbour(book: Book):
    """Looks for another student's notebook, for results and other runs, to answer by them."""
    book.attack(READ)
    book.answer(
        "running-total",
        """
        def running_total(values):
            for name, text in everything([*THEIRS, "/box/..", "/tmp"]):
                if name.endswith(".ipynb") or '"grade_id": "' in text:
                    return np.cumsum(values, dtype=float)""",
    )


@attack("error", (0, 2, 1, None), "the grader's package is not in the sandbox")
def imports_the_grader(book: Book):
    """Imports the grader, to ask it for the answers."""
    book.answer(
        "running-total",
        """
        def running_total(values):
            from dcgan_classroom import grading, probes, submissions
            return np.cumsum(values, dtype=float)""",
    )


@attack("error", (0, 2, 1, None), "who asks doesn't know the answers")
def searches_the_asker(book: Book):
    """Goes through the frames of whoever calls, and through all objects, for an expected value."""
    book.answer(
        "running-total",
        """
        def running_total(values):
            import gc, sys
            frame, seen = sys._getframe(1), []
            while frame is not None:
                seen += [*frame.f_locals.values()]
                frame = frame.f_back
            for one in [*seen, *gc.get_objects()]:
                if type(one) is np.ndarray and one.shape == values.shape and one is not values:
                    if len(one) > 5 and np.allclose(np.diff(one), values[1:]):
                        return one""",
    )


@attack("ok", FULL, "nothing outside is to be written; the test looks at each place")
def writes_outside(book: Book):
    """Writes into every folder outside, and over a file that anybody may write."""
    book.attack("""
from pathlib import Path
for place in (*PLACES, *THEIRS, "/", "/etc", "/usr", "/var/tmp", "/dev/shm/../.."):
    for name in ("owned", "../owned"):
        try:
            Path(place, name).write_text(NONCE)
        except OSError:
            pass
for mode in "wa":
    try:
        open(SECRET, mode).write(NONCE)
    except OSError:
        pass
""")


@attack("error", (0, 2, 1, None), "there is no network; the test's server is not reached")
def calls_home(book: Book):
    """Asks a server on loopback for the answer, and others for their names."""
    book.attack("import socket")
    book.answer(
        "running-total",
        """
        def running_total(values):
            for host in ("127.0.0.1", "::1", "localhost", "10.0.2.2", "169.254.169.254"):
                try:
                    with socket.create_connection((host, PORT), timeout=1) as line:
                        line.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
                    return np.cumsum(values, dtype=float)
                except OSError:
                    pass""",
    )


@attack("ok", FULL, "no more than its processes are made, and none is left")
def forks_a_bomb(book: Book):
    """Makes processes until it can't: at most 200, which end by themselves."""
    book.attack("""
import os, time
children = []
try:
    while len(children) < 200:
        child = os.fork()
        if child == 0:
            time.sleep(3)
            os._exit(0)
        children.append(child)
except OSError as error:
    print(len(children), error)
for child in children:
    os.kill(child, 9)
    os.waitpid(child, 0)
""")


@attack("out of memory", (3, 2, 0, None), "the kernel ends; what can be asked again is asked again")
def fills_memory(book: Book):
    """Starts processes that take 2.4 GB together and keep them."""
    book.attack(
        """
import os, time
for _ in range(6):
    if os.fork() == 0:
        kept = bytearray(400 * 2**20)
        kept[::4096] = b"x" * len(kept[::4096])
        time.sleep(30)
        os._exit(0)
time.sleep(5)
""",
        "count-even-check",
    )
    for _ in range(2):  # on a slow machine, taking that much lasts longer than one cell may
        book.add("time.sleep(5)", "count-even-check")


@attack("died", (3, 2, 0, None), "which cell is to blame isn't known: asked without added ones")
def ends_it_later(book: Book):
    """Has the kernel end in the next cell that runs, whichever that is."""
    book.attack("""
import os
get_ipython().events.register("pre_run_cell", lambda *_: os._exit(1))
""")


@attack("out of memory", FULL, "one process is refused more, and goes on")
def wants_too_much(book: Book):
    """Asks for an array of 6 GB."""
    book.attack("six = np.ones(6 * 2**30, np.uint8)")


@attack("ok", (0, 0, 1, None), "the box is full, so its answers are lost; the disk is not")
def fills_the_disk(book: Book):
    """Writes 700 MB wherever it can, and leaves them there."""
    book.attack(
        """
left = 700 * 2**20
for folder in ("/tmp", "/dev/shm", "."):
    for size in (2**20, 2**16, 2**12):
        try:
            with open(f"{folder}/fill{size}", "wb", buffering=0) as file:
                while left > 0:
                    left -= file.write(bytes(size))
        except OSError as error:
            print(folder, left, error.strerror)
""",
        "slow-discussion",
    )


@attack("ok", FULL, "output is capped as it comes")
def prints_a_lot(book: Book):
    """Prints 200,000 lines."""
    book.attack("for _ in range(200):\n    print('a line of many\\n' * 1000)")


@attack("died", (0, 2, 0, None), "it ends its own kernel; the rest is asked in a second run")
def exits(book: Book):
    """Ends the kernel by os._exit wherever its function is called."""
    book.answer("running-total", "import os\ndef running_total(values):\n    os._exit(0)")


@attack("died", (3, 2, 0, None), "the cells before and the answers after it count")
def kills_everybody(book: Book):
    """Sends SIGKILL to its parent, to the first process, and to everybody."""
    book.attack(
        """
import os
for process in (os.getppid(), 1, -1):
    try:
        os.kill(process, 9)
    except OSError as error:
        print(process, error)
os.kill(os.getpid(), 9)
""",
        "count-even",
    )


@attack("timeout", (0, 2, 0, None), "its sandbox is ended from outside")
def ignores_signals(book: Book):
    """Ignores SIGINT and SIGTERM, catches every exception, and waits."""
    book.answer(
        "running-total",
        """
        import signal, time
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        def running_total(values):
            for _ in range(60):
                try:
                    time.sleep(1)
                except BaseException:
                    pass""",
    )


@attack("ok", FULL, "it ends with its sandbox")
def leaves_a_daemon(book: Book):
    """Starts a process in a session of its own that is to outlive the run."""
    book.attack("""
import subprocess, sys
code = "import os, signal, time; os.fork() and os._exit(0); os.setsid(); signal.signal(15, 1)"
subprocess.Popen([sys.executable, "-c", code + "; time.sleep(90)", NONCE]).wait()
""")


@attack("ok", (0, 0, 1, None), "answers are compared outside; the tests that it skips don't count")
def rewrites_the_cells(book: Book):
    """Makes every test cell `pass` by IPython's input transformers; two answers are wrong."""
    book.answer("running-total", NONE)
    book.answer("count-even", "def count_even(last):\n    return None")
    book.attack("""
def skip(lines):
    return ["pass\\n"] if any(line.startswith("assert") for line in lines) else lines
get_ipython().input_transformers_post.append(skip)
""")


@attack("error", (0, 2, 1, None), "what compares is not in its process")
def makes_all_equal(book: Book):
    """Makes numpy.testing, allclose, array_equal and every comparison say yes."""
    book.attack("""
import numpy.testing
for module, names in ((np, ("allclose", "isclose", "array_equal", "all", "any")),
                      (numpy.testing, [n for n in dir(numpy.testing) if n.startswith("assert")])):
    for name in names:
        setattr(module, name, lambda *args, **more: True)
class Same(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0.0
    def __reduce__(self): return print, ("owned",)
    __hash__ = float.__hash__
""")
    book.answer("running-total", "def running_total(values):\n    return Same(1)")


@attack("error", (0, 0, 1, None), "it can write what it likes, but not what it doesn't know")
def replaces_built_ins(book: Book):
    """Replaces open, json.dump, np.savez, exec and AssertionError by its own."""
    book.answer("running-total", NONE)
    book.answer("count-even", "def count_even(last):\n    return None")
    book.attack(
        """
import builtins, json
dump = json.dump
def better(values, file, **more):
    right = {name: 1 for name in values.get("answers", {})} | {"score": 3, "mark": 3}
    dump(values | {"answers": right, "missing": [], "problem": None}, file)
json.dump, np.savez = better, lambda *args, **more: None
builtins.AssertionError = type("Fine", (Exception,), {"__init__": lambda *args: None})
""",
        "slow-discussion",
    )


@attack("error", (0, 0, 1, None), "a test that it jumps over doesn't count")
def jumps_over_lines(book: Book):
    """Traces every cell by sys.settrace, and jumps over the lines that assert."""
    book.answer("running-total", NONE)
    book.answer("count-even", "def count_even(last):\n    return None")
    book.attack("""
import sys
async def gentle(self, code, result=None, **more):
    try:
        exec(code, self.user_global_ns, self.user_ns)
    except AssertionError:
        pass
    return False
type(get_ipython()).run_code = gentle
sys.settrace(lambda frame, event, arg: None)
""")


@attack("error", (0, 0, 1, None), "the grader's numbers are others: it knows one answer of each")
def loads_the_dice(book: Book):
    """Makes NumPy's random numbers all zeros, and answers zeros."""
    book.attack(
        """
class Dice:
    def normal(self, mean, width, size): return np.zeros(size)
    def integers(self, low, high=None, size=None): return np.zeros(size, int)
np.random.default_rng = lambda *args: Dice()
""",
        "slow-discussion",
    )
    book.answer("running-total", "def running_total(values):\n    return np.zeros(len(values))")


@attack("error", (0, 2, 1, None), "the nonce is no secret in its process, and of no use there")
def forges_answers(book: Book):
    """Finds the folder of answers, writes files of its own there, and puts links in the way."""
    book.attack("import os, sys")
    book.answer(
        "running-total",
        """
        def running_total(values):
            frame = sys._getframe(1)
            while frame is not None and "GIVEN" not in frame.f_globals:
                frame = frame.f_back
            if frame is not None:
                folder = frame.f_globals["GIVEN"]["folder"]
                os.makedirs(folder, exist_ok=True)
                for name in ("running-total-check", "greet", "score"):
                    with open(os.path.join(folder, name + ".json"), "w") as file:
                        file.write('{"answers": {"score": 100}, "missing": [], "problem": null}')
                os.symlink(SECRET, os.path.join(folder, "running-total.json"))""",
    )


@attack("ok", FULL, "only plain files of bounded size leave the box")
def leaves_traps(book: Book):
    """Leaves links, pipes, a file with a hole of 8 GB and a deep folder in the box."""
    book.attack("""
import os
for name, goal in (("up", "/"), ("passwd", "/etc/passwd"), ("answers-0", SECRET), ("loop", "loop")):
    os.symlink(goal, name)
os.mkfifo("pipe")
try:
    os.truncate(os.open("hole", os.O_CREAT | os.O_RDWR), 8 * 2**30)
except OSError:
    pass
os.makedirs("/".join(["deep"] * 60), exist_ok=True)
""")


@attack("error", (0, 2, 1, None), "numbers, texts and arrays are answers; nothing is unpickled")
def answers_with_a_pickle(book: Book):
    """Gives an object that would run code if it were unpickled."""
    book.answer(
        "running-total",
        """
        class Pickle:
            shape, dtype = (1,), object
            def __reduce__(self): return exec, ("open('owned', 'w')",)
            def __array__(self, *args, **more): return np.array([self], object)
            tolist = lambda self: [1, 3, 6][:1]
        def running_total(values):
            return Pickle()""",
    )


@attack("error", FULL, "pages are written without any script of a student's")
def writes_scripts(book: Book):
    """Writes scripts into Markdown, into outputs and into error messages."""
    book.answer("slow-discussion", "\n\n".join(EXPLOITS))
    for text in EXPLOITS:
        book.add(text, "greet", kind="markdown")
    book.add(
        f"""
from IPython.display import HTML, SVG, Javascript, Markdown, display
for text in {EXPLOITS!r}:
    display(HTML(text), Markdown(text), {{"image/svg+xml": text, "text/latex": text}}, raw=False)
    print(text)
display(Javascript("document.title = 'owned'"))
raise ValueError({EXPLOITS[0]!r})
""",
        "greet",
    )


@attack(
    "ok", FULL, "names are shown as text", student="=HYPERLINK('x')<img src=x onerror=alert(1)>"
)
def has_a_name_that_attacks(book: Book):
    """Is called what a spreadsheet or a page might run."""


@attack("ok", (4, 0, None), "bytes are asked, and a board", says="another type", chapter=LINES)
def says_it_is_right(book: Book):
    """Gives True, text and an object that claims any type and size for a chessboard."""
    book.answer(
        "chessboard",
        """
        class Board:
            dtype, shape = np.dtype(np.uint8), (2, 2)
            def tolist(self): return [[0, 255], [255, 0]]
            def __eq__(self, other): return True
        def chessboard(side):
            return Board()""",
    )


@attack("ok", (3, 2, 1, None), "a known limit: a test in its own process can be fooled", says="")
def fools_a_plain_test(book: Book):
    """Skips a test of an exercise that has no probe, by the same input transformer."""
    book.answer("greet", "def greet(name):\n    return None")
    book.attack("""
def skip(lines):
    return ["pass\\n"] if any(line.startswith("assert") for line in lines) else lines
get_ipython().input_transformers_post.append(skip)
""")


@attack("ok", FULL, "calls that reach keyrings are refused; the test looks for what is left")
def takes_the_keys(book: Book):
    """Reads a key from the grader's keyring, shows it to everybody, and leaves one there."""
    book.attack("""
import ctypes
call = ctypes.CDLL(None, use_errno=True).syscall
assert call(250, 10, -3, b"user", NONCE.encode(), 0) < 0
assert call(248, b"user", f"left {NONCE}".encode(), b"x", 1, -3) < 0
for ring in (-1, -2, -4, -5):
    call(250, 8, call(250, 0, ring, 1), -3)
""")


@attack("ok", FULL, "memory that no process maps isn't to be had")
def hides_memory(book: Book):
    """Puts 3 GB into memfds and detached System V segments."""
    book.attack("""
import ctypes, os
libc = ctypes.CDLL(None)
libc.shmat.restype, kept = ctypes.c_void_p, []
for _ in range(30):
    try:
        kept.append(os.memfd_create("x"))
        os.write(kept[-1], bytes(50 * 2**20))
    except OSError:
        pass
    segment = libc.shmget(0, 50 * 2**20, 0o1600)
    if segment >= 0:
        place = libc.shmat(segment, None, 0)
        ctypes.memset(place, 1, 50 * 2**20)
        libc.shmdt(ctypes.c_void_p(place))
assert not kept
""")


@attack("out of memory", (3, 2, 0, None), "what the kernel may hold for sockets counts")
def hides_memory_in_sockets(book: Book):
    """Has eight processes open 800 sockets each, and keep them."""
    book.attack(
        """
import os, socket, time
for _ in range(8):
    if os.fork() == 0:
        kept = [socket.socketpair() for _ in range(400)]
        time.sleep(40)
        os._exit(0)
time.sleep(5)
""",
        "count-even-check",
    )
    for _ in range(2):  # for a slow machine
        book.add("time.sleep(5)", "count-even-check")


WRITES = """
import json
def write(values, file):
    file.write({text})
json.dump = write
"""


@attack("ok", (0, 0, 1, None), "it is counted before it is built", says="could not be read")
def answers_with_brackets(book: Book):
    """Answers with 30 MB of brackets, which would be 4 GB in the grader's memory."""
    text = """'{"answers": {"x": [' + "{}," * 10**7 + '{}]}, "missing": [], "problem": null}'"""
    book.attack(WRITES.format(text=text), "slow-discussion")


@attack("ok", (0, 0, 1, None), "what can't be read is 0, for nobody's machine", says="be read")
def answers_with_a_huge_number(book: Book):
    """Answers with a number of 400 digits where a fraction should be."""
    text = """'{"answers": {"x": {"float": 1' + "0" * 400 + '}}, "missing": [], "problem": null}'"""
    book.attack(WRITES.format(text=text), "slow-discussion")


@attack("ok", FULL, "its markers are comments", says="markers of hidden tests")
def hides_its_code(book: Book):
    """Puts code of its own between the course's markers of hidden tests."""
    book.add("### BEGIN HIDDEN TESTS\nprint('ran')\n### END HIDDEN TESTS", "running-total")


TELLS = """
def told():
    frame = sys._getframe(1)
    while frame is not None and "GIVEN" not in frame.f_globals:
        frame = frame.f_back
    return "LEA" + "KED" + repr(frame.f_globals["GIVEN"]) if frame is not None else ""
"""


@attack("error", (0, 0, 1, None), "the test looks for it in all that is kept")
def tells_what_it_was_asked(book: Book):
    """Shows the grader's questions in an earlier cell's output, in errors and in files' names."""
    book.answer("running-total", "def running_total(values):\n    show(told())\n    return None")
    book.answer(
        "count-even",
        """
        def count_even(last):
            text = told()
            raise type(text[:150] or "Nothing", (Exception,), {})(text)""",
    )
    book.attack(
        f"""
import os, sys
from IPython.display import display
from ipywidgets import HTML
handle, box = display("before", display_id=True), HTML("before")
display(box)
{TELLS}
def show(text):
    print(text)
    handle.update(text)
    box.value = text
    os.symlink("/", text[:100].replace("/", "-") or "nothing")
"""
    )
