"""One notebook, run by papermill with its kernel in a sandbox: whatever it does, a status."""

import resource
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from dcgan_classroom.sandbox.engine import run_notebook
from dcgan_classroom.sandbox.process import Limits
from dcgan_classroom.sandbox.unprotected import Unprotected
from dcgan_lib.shared.errors import CourseError
from tests.support.tools import LIMITS, printed, run_cells, the_sandbox

SHORT = replace(LIMITS, cell_seconds=1.5)
# what a hostile kernel has at hand: its own sockets, key and session
KERNEL = """\
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance(); kernel = app.kernel; session = kernel.session
parent = kernel.get_parent()
"""


def counts(run):
    return [cell.execution_count for cell in run.notebook.cells if cell.cell_type == "code"][1:]


def names(run, at):
    outputs = run.notebook.cells[at + 1].outputs
    return [output.ename for output in outputs if output.output_type == "error"]


def test_cells_run_in_order_with_parameters_and_an_error_costs_only_its_own_cell():
    told = []
    run = run_cells(
        "print(seed, __import__('os').getcwd())",
        "1 / 0",
        "'after'",
        parameters={"seed": 7},
        each=lambda done, total: told.append((done, total)),
    )
    injected = run.notebook.cells.pop(1)
    assert injected.source.endswith("seed = 7\n")
    assert (run.status, run.note) == ("ok", "")
    assert printed(run, 0) == "7 /box\n" and names(run, 1) == ["ZeroDivisionError"]
    assert printed(run, 2) == "'after'"
    assert counts(run) == [3, 4, 5] and told[-1] == (5, 5)
    nbformat.validate(run.notebook)


def test_the_box_goes_in_and_its_plain_files_come_out(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "given.txt").write_text("given")
    (tmp_path / "runs" / "private.txt").write_text("for the kernel too")
    (tmp_path / "runs" / "private.txt").chmod(0o600)
    run = run_cells(
        "import os; from pathlib import Path\nprint(Path('runs/private.txt').read_text())",
        "os.remove('runs/private.txt'); Path('answers').mkdir(); Path('answers/a').write_text('1')",
        "os.symlink('/etc/passwd', 'answers/link'); os.mkfifo('answers/pipe')",
        "with open('holes', 'wb') as file: file.truncate(6 * 2**20)\n"
        "for n in range(5): os.link('holes', f'again{n}')",
        box=tmp_path,
    )
    assert run.status == "ok" and "for the kernel too" in printed(run, 0)
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert {"runs/given.txt", "answers/a"} <= found and "runs/private.txt" not in found
    left_out = " ".join(run.left_out)
    assert "'answers/link' was left out" in left_out and "'answers/pipe'" in left_out
    assert "too big" in left_out  # holes count: what comes out is bounded as well
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 16 * 2**20


def test_what_is_readable_is_read_only_and_at_its_own_path(tmp_path):
    (tmp_path / "faces.txt").write_text("48 faces")
    tmp_path.chmod(0o755)
    path = str(tmp_path / "faces.txt")
    run = run_cells(f"print(open({path!r}).read())", f"open({path!r}, 'w')", readable=[tmp_path])
    assert printed(run, 0) == "48 faces\n" and names(run, 1) == ["OSError"]
    assert (tmp_path / "faces.txt").read_text() == "48 faces"


def test_a_cell_that_runs_too_long_is_interrupted_and_the_rest_runs():
    run = run_cells("while True: pass", "'after'", limits=SHORT)
    assert run.status == "timeout" and names(run, 0) == ["KeyboardInterrupt", "Timeout"]
    assert printed(run, 1) == "'after'" and counts(run) == [2, 3]


def test_a_kernel_that_ignores_interrupts_is_ended():
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    run = run_cells(deaf, "'after'", limits=SHORT)
    assert run.status == "timeout" and names(run, 0) == ["Timeout"] and run.seconds < 30
    assert counts(run) == [None, None]


def test_the_wall_clock_ends_the_whole_run():
    limits = replace(LIMITS, wall_seconds=6)
    run = run_cells("import time; time.sleep(60)", "'after'", limits=limits)
    assert run.status == "timeout" and "6 s in all" in run.note
    assert counts(run) == [None, None] and names(run, 0) == ["Timeout"]


@pytest.mark.parametrize(
    "end",
    [
        "import os; os._exit(0)",
        "import os; os.kill(os.getppid(), 9); os.kill(1, 15); os.kill(os.getpid(), 9)",
        "import ctypes; ctypes.string_at(0)",
    ],
    ids=["exit", "kill", "segfault"],
)
def test_a_kernel_that_ends_is_said_to_have_died(end):
    run = run_cells("1", end, "'after'")
    assert run.status == "died" and counts(run) == [2, None, None]
    assert names(run, 1) == ["DeadKernel"] and names(run, 2) == []


def test_sys_exit_ends_only_its_cell():
    run = run_cells("import sys; sys.exit(0)", "'after'")
    assert run.status == "ok" and printed(run, 1) == "'after'"


def test_want_of_memory_is_told_from_other_ends():
    limits = replace(LIMITS, memory_mb=1024)
    run = run_cells("kept = [bytes(2**28) for _ in range(9)]", "'after'", limits=limits)
    assert run.status == "out of memory" and names(run, 0) == ["MemoryError"]
    assert printed(run, 1) == "'after'"
    abort = "kept = [bytes(2**28) for _ in range(2)]; import os, time; time.sleep(1); os.abort()"
    run = run_cells(abort, "'after'", limits=limits)
    assert run.status == "out of memory" and counts(run) == [None, None]


def test_processes_together_have_the_memory_of_one():
    fork = (
        "import os, time\nfor n in range(5):\n    if os.fork() == 0:\n"
        "        kept = b'x' * (180 * 2**20); time.sleep(30); os._exit(0)\ntime.sleep(30)"
    )
    run = run_cells(fork, limits=replace(LIMITS, memory_mb=700))
    assert run.status == "out of memory" and "together" in run.note and run.seconds < 25


def test_output_is_capped_as_it_arrives_and_says_so():
    run = run_cells(
        "for n in range(200_000): print('a line of output', n)",
        "import sys; print('x' * 3_000_000, file=sys.stderr)",
        "from IPython.display import display\n"
        "for n in range(12): display({'image/png': 'A' * 2**20}, raw=True)",
        "for n in range(1500): display(n)",
        "print('after'); 1 / 0",
        limits=replace(LIMITS, output_kb=1024),
    )
    assert run.status == "ok" and run.seconds < 60
    for at in range(2):
        assert "Cut:" in run.notebook.cells[at + 1].outputs[-1].text
    assert 2**20 <= len(printed(run, 0)) < 2**20 + 200
    pictures = [output for output in run.notebook.cells[3].outputs if "data" in output]
    assert len(pictures) == 7
    assert 500 < len(run.notebook.cells[4].outputs) <= 1001  # a busy reader may miss some
    assert printed(run, 4).startswith("after") and names(run, 4) == ["ZeroDivisionError"]


def test_progress_bars_keep_their_last_state_and_animations_their_last_picture():
    run = run_cells(
        "for n in range(1000): print(f'\\r{n}', end='')",
        "from IPython.display import clear_output, display\n"
        "for n in range(30): clear_output(wait=True); display({'image/png': 'A' * 2**19 + str(n)},"
        " raw=True)",
    )
    assert printed(run, 0) == "999"
    (picture,) = run.notebook.cells[2].outputs
    assert picture.data["image/png"].endswith("29")


def test_a_flood_of_messages_does_not_eat_the_graders_memory():
    flood = (
        KERNEL + "long = bytes(2**20)\n"
        "while True: kernel.iopub_thread.socket.send_multipart([long] * 40)"
    )
    endless = (
        KERNEL + "import zmq\n"
        "raw = kernel.iopub_thread.socket\n"
        "while True: raw.send(bytes(2**24), flags=zmq.SNDMORE)"
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for source in (flood, endless):
        run = run_cells(source, "'after'", limits=replace(LIMITS, cell_seconds=3))
        assert run.status in ("timeout", "died", "out of memory") and run.seconds < 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 * 2**20  # kB


def test_odd_messages_end_in_a_status_and_never_in_an_exception():
    run = run_cells(
        KERNEL + "import json\nsend = kernel.iopub_thread.socket.send_multipart\n"
        "def odd(kind, content, **header):\n"
        "    message = session.msg(kind, content, parent=parent)\n"
        "    message['header'].update(header)\n"
        "    send([b'x', *session.serialize(message)])\n"
        "send([b'junk']); send([b'<IDS|MSG>', b'wrong', b'{}', b'{}', b'{}', b'{}'])\n"
        "odd('stream', {'name': 'stdout', 'text': 5}); odd('stream', []); odd('error', {})\n"
        "odd('display_data', {'data': {'text/plain': 3}, 'metadata': []}); odd('status', {})\n"
        "odd('display_data', {'data': {}, 'metadata': {}, 'transient': {'display_id': []}})\n"
        "odd('stream', {'name': 'stdout', 'text': 'lone \\ud800 half'})\n"
        "odd('execute_input', {'execution_count': 'many', 'code': ''}); odd(7, {}, date=5)\n"
        "odd('comm_msg', {'comm_id': {}}); odd('clear_output', {'wait': []})",
        "'after'",
    )
    assert run.status == "ok" and counts(run) == [2, 3] and printed(run, 1) == "'after'"
    nbformat.validate(run.notebook)
    nbformat.writes(run.notebook).encode("utf-8")


def test_a_kernel_that_closes_its_sockets_or_lies_in_its_replies_ends_in_a_status():
    run = run_cells(
        KERNEL + "import os\nfor n in range(1, 6):\n    os.remove(f'/run/k/s-{n}')\n"
        "    os.symlink('/dev/null', f'/run/k/s-{n}')\n"
        "for fd in range(3, 200):\n    try: os.close(fd)\n    except OSError: pass",
        "'after'",
        limits=SHORT,
    )
    assert run.status in ("timeout", "died") and counts(run)[-1] is None
    run = run_cells(
        KERNEL + "old = session.send\n"
        "def send(stream, kind, content=None, **rest):\n"
        "    if kind == 'execute_reply': content = {'status': ['ok'], 'execution_count': 'x'}\n"
        "    return old(stream, kind, content, **rest)\n"
        "session.send = send",
        "'after'",
        limits=SHORT,
    )
    assert run.status in ("timeout", "died")


def test_of_silent_cells_nothing_is_kept_but_the_names_of_errors(tmp_path):
    told = "print('words'); handle.update('words'); box.value = 'words'; display('words')"
    first = new_code_cell(
        "from IPython.display import display; from ipywidgets import HTML\n"
        "handle = display('before', display_id=True); box = HTML('before'); display(box)"
    )
    silent = new_code_cell(f"{told}\nraise ValueError('words')", id="silent")
    notebook = new_notebook(cells=[first, silent])
    run = run_notebook(notebook, {}, the_sandbox(), LIMITS, tmp_path, silent=["silent"])
    text = nbformat.writes(run.notebook).replace(silent.source, "")
    told_words = [line for line in nbformat.writes(run.notebook).splitlines() if "'words'" in line]
    assert len(told_words) == 2 and "before" in text  # the two lines of the cell's own source
    assert [o.ename for o in run.notebook.cells[1].outputs] == ["ValueError"]
    assert run.status == "ok" and run.notebook.cells[1].execution_count == 2


def test_messages_that_would_cost_memory_are_dropped_unread():
    run = run_cells(
        KERNEL + "content = {'data': {'application/json': [{} for _ in range(600_000)]}}\n"
        "_ = session.send(kernel.iopub_thread.socket, 'display_data', content, parent=parent)",
        "'after'",
    )
    assert run.status == "ok" and not run.notebook.cells[1].outputs and printed(run, 1) == "'after'"


def test_forged_metadata_and_outputs_change_nothing():
    forged = {"papermill": {"status": "completed", "exception": False}, "tags": ["skip-execution"]}
    old = nbformat.v4.new_output("stream", text="all passed")
    cell = new_code_cell("1 / 0", metadata=forged, outputs=[old], execution_count=9)
    dead = new_code_cell("import os; os._exit(0)")
    never = new_code_cell("'never'", metadata=forged, outputs=[old], execution_count=9)
    notebook = new_notebook(cells=[new_markdown_cell("text"), cell, dead, never])
    notebook.metadata.papermill = {"exception": None, "end_time": "now"}
    before = nbformat.writes(notebook)
    with tempfile.TemporaryDirectory() as box:
        run = run_notebook(notebook, {}, the_sandbox(), LIMITS, box)
    assert nbformat.writes(notebook) == before
    assert run.status == "died"
    assert [cell.get("execution_count") for cell in run.notebook.cells] == [None, 1, None, None]
    assert [output.ename for output in run.notebook.cells[1].outputs] == ["ZeroDivisionError"]
    assert run.notebook.cells[3].outputs == []


def _one(number):
    run = run_cells("print(seed)", parameters={"seed": number})
    return run.status, printed(run, 1)


def test_runs_in_several_processes_at_once_do_not_meet():
    the_sandbox()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(_one, range(2))) == [("ok", f"{n}\n") for n in range(2)]


def test_trusted_students_are_run_just_so(tmp_path):
    sandbox = Unprotected()
    start = time.monotonic()
    run = run_cells(
        "open('made', 'w').write('x')",
        "while True: pass",
        sandbox=sandbox,
        limits=SHORT,
        box=tmp_path,
    )
    assert run.status == "timeout" and time.monotonic() - start < 30
    assert (tmp_path / "made").read_text() == "x" and sandbox.inside(tmp_path) == tmp_path


def test_nothing_stays_open_or_running_after_a_run_however_it_ended():
    def held() -> tuple[int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    run_cells("1")  # papermill keeps an event loop for its next run
    before = held()
    run_cells("import os; os._exit(3)")
    with pytest.raises(CourseError, match="ended before it was ready"):
        run_cells("1", limits=replace(LIMITS, memory_mb=20))
    assert held() == before


def test_a_process_that_got_away_and_still_writes_is_not_listened_to_for_ever(tmp_path):
    writes = "import os\nif os.fork() == 0:\n    os.setsid()\n    while os.write(2, b'more '): pass"
    threads = threading.active_count()
    running = Unprotected().start(["-c", writes], {}, tmp_path, (), Limits())
    running.process.wait(30)
    running.close()  # its end of the pipe as well: the writer ends
    assert threading.active_count() == threads and "more" in running.errors
