"""Workers of the local engine share an unpacked copy of their package and what it imports."""

from __future__ import annotations

import hashlib
import io
import json
import os
import queue
import resource
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.local import ministack
from infra.local.ministack import (
    Forked,
    Parent,
    as_aws_names_it,
    follow_log,
    open_file,
    open_package,
    parent_of,
    start_worker,
    written_of,
)

PROJECT = Path(ministack.__file__).parents[2]


@pytest.fixture(autouse=True)
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the copies of all engines."""
    monkeypatch.setattr(ministack, "COPIES", tmp_path / "copies")
    return tmp_path / "copies"


def package(content: str) -> bytes:
    """A package with one module."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), content)
    return written.getvalue()


def unpacked(folder: Path, content: str, name: str = "code.zip") -> Path:
    """Where the files of a package lie after it was unpacked as the engine does it."""
    (folder / "code").mkdir(parents=True)
    with open_file(str(folder / name), "wb") as file:
        file.write(package(content))
    with open_package(str(folder / name)) as opened:
        opened.extractall(str(folder / "code"))
    return folder / "code"


def test_the_same_package_is_unpacked_once(tmp_path: Path) -> None:
    first, second = (unpacked(tmp_path / name, "one") for name in ("first", "second"))
    assert (first.is_symlink(), first.resolve()) == (True, second.resolve())
    assert (second / "app.py").read_text() == "one"


def test_another_package_is_another_copy(tmp_path: Path) -> None:
    first, second = unpacked(tmp_path / "first", "one"), unpacked(tmp_path / "second", "two")
    assert [(one / "app.py").read_text() for one in (first, second)] == ["one", "two"]


def test_a_package_is_not_written_for_each_worker(tmp_path: Path) -> None:
    unpacked(tmp_path / "first", "one")
    assert [one.name for one in (tmp_path / "first").iterdir()] == ["code"]


ENGINE = (
    "import sys; from infra.local import ministack\n"
    "ministack.COPIES = ministack.Path(sys.argv[1])\n"
    "print(ministack.copy_of(bytes.fromhex(sys.argv[2])), flush=True)\n"
    "sys.stdin.read()\n"
)


@contextmanager
def engine(copies: Path, content: str) -> Iterator[Path]:
    """Another engine, that runs, and the copy that it uses."""
    command = [sys.executable, "-c", ENGINE, str(copies), package(content).hex()]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=PROJECT) as running:
        assert running.stdout is not None
        yield Path(running.stdout.readline().strip())
        running.kill()


def test_engines_share_a_copy_and_none_is_removed_that_one_of_them_uses(
    tmp_path: Path, copies: Path
) -> None:
    with engine(copies, "one") as one, engine(copies, "one") as same, engine(copies, "two") as two:
        assert one == same != two
        with engine(copies, "three") as three:
            pass
        assert {one, two, three} == {path for path in copies.iterdir() if path.is_dir()}
        with engine(copies, "four") as four:
            kept = {path for path in copies.iterdir() if path.is_dir()}
        assert kept == {one, two, four}, "the third has ended, and nobody needs its copy"
    with engine(copies, "five") as five:
        assert [path for path in copies.iterdir() if path.is_dir()] == [five]
        assert (five / "app.py").read_text() == "five"


def test_one_that_was_not_unpacked_to_its_end_is_none(tmp_path: Path, copies: Path) -> None:
    name = hashlib.sha256(package("six")).hexdigest()
    (copies / f"{name}.unfinished").mkdir(parents=True)
    (copies / f"{name}.unfinished" / "app.py").write_text("half of i")
    found = unpacked(tmp_path / "first", "six")
    assert (found / "app.py").read_text() == "six"
    assert {one.name for one in copies.iterdir()} == {"lock", name}


def test_what_is_no_package_is_unpacked_where_it_is_asked_for(tmp_path: Path) -> None:
    found = unpacked(tmp_path / "layer", "one", "layer.zip")
    assert not found.is_symlink()
    assert (found / "app.py").read_text() == "one"


def test_the_right_to_send_a_message_is_the_right_to_send_ten() -> None:
    named = as_aws_names_it(lambda action: action)
    assert named("sqs:SendMessageBatch") == named("sqs:SendMessage") == "sqs:SendMessage"
    assert named("sqs:DeleteMessage") == "sqs:DeleteMessage"
    assert named(None) is None


class Logging:
    """What the engine's class of a worker has for its log."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._proc = process
        self._stderr_queue: queue.Queue[str] = queue.Queue()

    def _drain_stderr(self) -> str:
        found = [self._stderr_queue.get_nowait() for _ in range(self._stderr_queue.qsize())]
        return "\n".join(found)


def test_what_a_call_logs_is_there_with_its_answer_and_nobody_waits_for_it() -> None:
    script = (
        "import sys\n"
        "for call in sys.stdin:\n"
        "    print('one', call, end='è\\n' * 9_000, file=sys.stderr)\n"
        "    print('answer', flush=True)\n"
        "print('the end', end='', file=sys.stderr)\n"
    )
    pipe, written = subprocess.PIPE, written_of(lambda worker: "waited")
    command = [sys.executable, "-X", "utf8", "-c", script]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        worker = Logging(process)
        assert written(worker) == "waited", "nothing is read of it yet"
        reads = threading.Thread(target=follow_log, args=[worker])
        reads.start()
        for number in range(20):
            process.stdin.write(f"{number}\n")
            process.stdin.flush()
            assert process.stdout.readline() == "answer\n"
            assert written(worker) == f"one {number}\n" + "\n".join("è" * 9_000)
        process.stdin.close()
        reads.join(10)
        assert not reads.is_alive(), "it goes on after the worker has ended"
        assert written(worker) == "the end"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked package whose module counts, in a file, how often it was imported."""
    copy = tmp_path_factory.mktemp("packages") / "copy"
    (copy / "chalicelib").mkdir(parents=True)
    (copy / "chalicelib" / "__init__.py").touch()
    imported = f"open({str(copy / 'imported')!r}, 'a').write('once ')"
    (copy / "chalicelib" / "counted.py").write_text(imported)
    (copy / "chalicelib" / "broken.py").write_text("raise ValueError('as it is shipped')")
    return copy


@pytest.fixture(scope="module")
def parent(copy: Path) -> Iterator[Parent]:
    """The process from which the workers of that package fork."""
    parent = Parent(copy)
    yield parent
    parent.close()


@contextmanager
def worker(parent: Parent, folder: Path, script: str, **environment: str) -> Iterator[Forked]:
    """A worker that runs a script, in a folder and with an environment."""
    (folder / "_worker.py").write_text(script)
    command = [sys.executable, str(folder / "_worker.py")]
    with closed(Forked(parent, command, str(folder), environment)) as running:
        yield running


@contextmanager
def closed(running: Any) -> Iterator[Any]:
    """A worker whose pipes are closed at the end."""
    with running.stdout, running.stderr:
        try:
            yield running
        finally:
            running.stdin.close()
            running.kill()
            running.wait(10)


def test_a_worker_has_its_own_words_folder_environment_and_pipes(
    tmp_path: Path, copy: Path, parent: Parent
) -> None:
    script = (
        "import os, sys, json\n"
        "print(sys.stdin.readline().strip(), 'said', file=sys.stderr)\n"
        "print(json.dumps([sys.argv, os.getcwd(), dict(os.environ), __name__, sys.path]))\n"
    )
    with worker(parent, tmp_path, script, STAGE="local") as running:
        running.stdin.write("hello\n")
        argv, folder, environment, name, path = json.loads(running.stdout.readline())
        assert running.stderr.read() == "hello said\n"
    assert (argv, folder) == ([str(tmp_path / "_worker.py")], str(tmp_path))
    assert (environment, name) == ({"STAGE": "local"}, "__main__")
    assert str(copy) not in path, "the worker says where its code is"


def test_workers_share_what_is_imported_and_nothing_that_they_change(
    tmp_path: Path, copy: Path, parent: Parent
) -> None:
    script = (
        "from chalicelib import counted\n"
        "print(getattr(counted, 'changed', None), flush=True)\n"
        "counted.changed = True\n"
        "input()\n"
    )
    with worker(parent, tmp_path, script) as first, worker(parent, tmp_path, script) as second:
        assert [one.stdout.readline() for one in (first, second)] == ["None\n", "None\n"]
        assert first.pid != second.pid
    assert (copy / "imported").read_text() == "once "


def test_what_cannot_be_imported_fails_in_the_worker(
    tmp_path: Path, copy: Path, parent: Parent
) -> None:
    script = f"import sys; sys.path.insert(0, {str(copy)!r})\nimport chalicelib.broken"
    with worker(parent, tmp_path, script) as running:
        assert "as it is shipped" in running.stderr.read()
        assert running.wait(10) is not None


def test_random_numbers_of_two_workers_differ(tmp_path: Path, parent: Parent) -> None:
    script = "import random, secrets; print(random.random(), secrets.token_hex())"
    with worker(parent, tmp_path, script) as first, worker(parent, tmp_path, script) as second:
        said = [set(one.stdout.read().split()) for one in (first, second)]
    assert len(said[0] | said[1]) == 4


@pytest.mark.parametrize("end", [Forked.terminate, Forked.kill])
def test_the_engine_ends_a_worker_and_sees_that_it_has(
    tmp_path: Path, parent: Parent, end: Callable[[Forked], None]
) -> None:
    with worker(parent, tmp_path, "print('here', flush=True)\ninput()") as running:
        assert (running.stdout.readline(), running.poll()) == ("here\n", None)
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(0.01)
        end(running)
        assert running.wait(10) is not None
        assert running.poll() is not None
        end(running)  # which does nothing


def test_an_engine_with_a_thousand_open_files_starts_workers(
    tmp_path: Path, parent: Parent
) -> None:
    """select(2) takes no file with a number above 1,023, which an engine in use may reach."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], 2_048), before[1]))
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(1_030)]
    try:
        with worker(parent, tmp_path, "") as running:
            assert running.wait(10) == running.poll() == 0
    finally:
        for file in opened:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_an_ended_worker_leaves_no_process(tmp_path: Path, parent: Parent) -> None:
    with worker(parent, tmp_path, "") as first:
        first.wait(10)
    # The parent answers once more, so it has taken note of the first.
    with worker(parent, tmp_path, ""), pytest.raises(ProcessLookupError):
        os.kill(first.pid, 0)


def test_a_parent_that_has_ended_starts_no_worker(tmp_path: Path, copy: Path) -> None:
    parent = Parent(copy)
    parent.process.kill()
    parent.process.wait()
    with pytest.raises(OSError):
        parent.fork([], str(tmp_path), {}, [0, 1, 2])
    parent.close()


def test_a_worker_of_a_package_is_forked_and_any_other_process_is_not(
    tmp_path: Path, copy: Path
) -> None:
    (tmp_path / "code").symlink_to(copy)
    (tmp_path / "_worker.py").write_text("import sys; print(sys.stdin.readline())")
    command = [sys.executable, str(tmp_path / "_worker.py")]
    pipe = subprocess.PIPE
    for folder, kind in ((tmp_path / "code", Forked), (copy, subprocess.Popen)):
        started = start_worker(
            command, cwd=str(folder), env={}, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )
        assert isinstance(started, kind)
        with closed(started) as running:
            running.stdin.write("hello\n")
            running.stdin.flush()
            assert running.stdout.read() == "hello\n\n"
            assert running.wait(10) is not None
    parent_of(copy).close()
