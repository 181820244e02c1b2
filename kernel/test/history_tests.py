"""History, in this session and across sessions: one function a claim, run by conversation.test.ts."""
import contextlib
import pathlib
import sqlite3
import tempfile
import time

from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from client import TIMEOUT, kernel, main, run

SESSIONS = [["const a = 1", "a", "let text = 'x*y?[z]'"], ["a", "const b = 2", "b\n", "a"], ["b", "const c = [1, 2]", "a", "c"]]


@contextlib.contextmanager
def data_folder():
    with tempfile.TemporaryDirectory() as folder:
        yield pathlib.Path(folder)


@contextlib.contextmanager
def kernel_in(folder, **options):
    with kernel(env={"JUPYTER_DATA_DIR": str(folder)}, **options) as (km, kc):
        yield km, kc


def history(kc, **content):
    """The rows, as tuples. jupyter_client's own method fills in what is not given."""
    message = kc.session.msg("history_request", {"output": False, "raw": True, **content})
    kc.shell_channel.send(message)
    while True:
        reply = kc.get_shell_msg(timeout=TIMEOUT)
        if reply["parent_header"]["msg_id"] == message["header"]["msg_id"]:
            assert reply["content"]["status"] == "ok", reply["content"]
            return [(session, line, tuple(text) if isinstance(text, list) else text) for session, line, text in reply["content"]["history"]]


def ipythons_history(file):
    """IPython's own history manager with the same sessions."""
    shell = InteractiveShell(ipython_dir=str(file.parent), config=Config({"HistoryManager": {"hist_file": ":memory:"}}))
    config = Config({"HistoryManager": {"hist_file": str(file)}})
    for number, cells in enumerate(SESSIONS):
        manager = HistoryManager(shell=shell, config=config, load_history=False)
        for line, cell in enumerate(cells, 1):
            manager.store_inputs(line, cell, cell)
        manager.writeout_cache()
        if number < len(SESSIONS) - 1:
            manager.end_session()
    return manager


def asked_of_ipython(manager, hist_access_type, n=None, session=0, start=0, stop=None, pattern=None, unique=False, output=False):
    """What ipykernel does with a history_request."""
    if hist_access_type == "tail":
        rows = manager.get_tail(n, output=output, include_latest=True)
    elif hist_access_type == "range":
        rows = manager.get_range(session, start, stop, output=output)
    else:
        rows = manager.search(pattern, output=output, n=n, unique=unique)
    return [tuple(row) for row in rows]


QUESTIONS = [
    *({"hist_access_type": "tail", **more} for more in ({}, {"n": 1}, {"n": 3}, {"n": 6}, {"n": 100}, {"n": 0})),
    *(
        {"hist_access_type": "range", **more}
        for more in (
            {}, {"session": 0, "start": 1}, {"session": 0, "start": 1, "stop": 3}, {"session": 0, "start": -2}, {"session": 0, "start": 1, "stop": -1},
            {"session": 0, "start": 3, "stop": 100}, {"session": 0, "start": 9}, {"session": -1}, {"session": -1, "start": 2, "stop": 4},
            {"session": -2, "start": 1}, {"session": 1, "start": 1, "stop": 2}, {"session": 2, "start": 2}, {"session": 7}, {"session": -9},
        )
    ),
    *(
        {"hist_access_type": "search", **more}
        for more in (
            {"pattern": "a"}, {"pattern": "a", "unique": True}, {"pattern": "*", "unique": True}, {"pattern": "const*"}, {"pattern": "const ? = *", "n": 2},
            {"pattern": "*", "n": 3, "unique": True}, {"pattern": "A"}, {"pattern": "[ab]"}, {"pattern": "*[*]y[?]*"}, {"pattern": "nothing"}, {"pattern": ""},
        )
    ),
]  # fmt: skip


def test_tail_range_and_search_give_what_ipython_gives():
    with data_folder() as folder:
        manager = ipythons_history(folder / "ipython.sqlite")
        for cells in SESSIONS[:-1]:
            with kernel_in(folder) as (_, kc):
                for cell in cells:
                    run(kc, cell)
        with kernel_in(folder) as (_, kc):
            for cell in SESSIONS[-1]:
                run(kc, cell)
            # By its number, IPython calls the own session 0 nevertheless, which jupyter_kernel_test does not expect.
            assert history(kc, hist_access_type="range", session=3, start=4) == [(3, 4, "c")]
            for question in QUESTIONS:
                assert history(kc, **question) == asked_of_ipython(manager, **question), question
        manager.end_session()


def test_outputs_of_this_session_are_given_where_asked_for_and_none_where_there_is_none():
    with data_folder() as folder:
        with kernel_in(folder) as (_, kc):
            run(kc, "'earlier'")
        with kernel_in(folder) as (_, kc):
            run(kc, "6 * 7")
            run(kc, "let x = 1")
            rows = history(kc, hist_access_type="tail", n=3, output=True)
            assert rows == [(1, 1, ("'earlier'", None)), (2, 1, ("6 * 7", "42")), (2, 2, ("let x = 1", None))], rows
            assert history(kc, hist_access_type="range", start=1, output=True) == [(0, 1, ("6 * 7", "42")), (0, 2, ("let x = 1", None))]
            assert history(kc, hist_access_type="search", pattern="6*", output=True) == [(2, 1, ("6 * 7", "42"))]


def test_what_is_not_stored_is_not_in_it():
    with data_folder() as folder, kernel_in(folder) as (_, kc):
        run(kc, "1")
        run(kc, "2", silent=True)
        run(kc, "3", store_history=False)
        run(kc, "   ")
        run(kc, "throw new Error('kept')")
        assert [text for _, _, text in history(kc, hist_access_type="tail")] == ["1", "throw new Error('kept')"]


def test_history_is_saved_while_the_kernel_is_quiet_and_survives_its_being_killed():
    with data_folder() as folder:
        with kernel_in(folder) as (km, kc):
            run(kc, "'kept'")
            deadline = time.time() + TIMEOUT
            while time.time() < deadline and not saved(folder):
                time.sleep(0.2)
            km.provisioner.process.kill()
            km.provisioner.process.wait()
        assert saved(folder) == ["'kept'"]


def saved(folder):
    file = folder / "snapgrid" / "history.sqlite"
    if not file.exists():
        return []
    with contextlib.closing(sqlite3.connect(file)) as database:
        try:
            return [text for text, in database.execute("SELECT source_raw FROM history ORDER BY session, line")]
        except sqlite3.OperationalError:  # being made, or written
            return []


def test_a_kernel_that_ran_nothing_writes_nothing():
    with data_folder() as folder:
        with kernel_in(folder):
            pass
        assert list(folder.iterdir()) == []


def test_two_kernels_at_once_have_sessions_of_their_own():
    with data_folder() as folder, kernel_in(folder) as (_, first), kernel_in(folder) as (_, second):
        for i in range(10):
            run(first, f"'first {i}'")
            run(second, f"'second {i}'")
            tails = [history(kc, hist_access_type="tail", n=2) for kc in (first, second)]
            assert [tails[k][-1][2] for k in (0, 1)] == [f"'first {i}'", f"'second {i}'"], tails
        own = [{session for session, _, text in history(kc, hist_access_type="search", pattern=f"'{name}*")} for kc, name in ((first, "first"), (second, "second"))]
        assert own[0] != own[1] and len(own[0]) == len(own[1]) == 1, own
        assert len(history(first, hist_access_type="tail", n=100)) == 20


def lives_in_memory(folder, prepare):
    """Cells and history work, and the log says once why nothing is kept."""
    with tempfile.TemporaryFile("w+") as log:
        with kernel_in(folder, stderr=log) as (_, kc):
            prepare()
            run(kc, "1 + 1")
            for _ in range(2):
                assert [text for _, _, text in history(kc, hist_access_type="tail")] == ["1 + 1"]
                assert history(kc, hist_access_type="range", start=1) == [(0, 1, "1 + 1")]
            run(kc, "2")
            assert [text for _, _, text in history(kc, hist_access_type="search", pattern="?")] == ["2"]
        log.seek(0)
        text = log.read()
    assert text.count("History is not kept across sessions") == 1 and "history.sqlite" in text, text


def test_with_a_corrupt_file_history_lives_in_memory():
    with data_folder() as folder:
        file = folder / "snapgrid" / "history.sqlite"
        file.parent.mkdir()
        lives_in_memory(folder, lambda: file.write_bytes(b"no database at all " * 500))
        assert file.read_bytes().startswith(b"no database"), "it is the user's to remove"


def test_with_a_file_that_becomes_corrupt_history_lives_in_memory():
    with data_folder() as folder:
        file = folder / "snapgrid" / "history.sqlite"
        with kernel_in(folder) as (_, kc):
            run(kc, "'earlier'")
        with tempfile.TemporaryFile("w+") as log, kernel_in(folder, stderr=log) as (_, kc):
            run(kc, "1")
            assert len(history(kc, hist_access_type="tail")) == 2
            file.write_bytes(b"overwritten " * 2000)
            run(kc, "2")
            assert [text for _, _, text in history(kc, hist_access_type="tail")] == ["1", "2"]
            assert run(kc, "3")[0]["status"] == "ok"


def test_where_nothing_can_be_written_history_lives_in_memory():
    with data_folder() as folder:
        lives_in_memory(folder, lambda: (folder / "snapgrid").write_text("a file where the folder should be"))


def test_with_a_file_that_stays_locked_history_lives_in_memory_and_cells_are_not_delayed():
    with data_folder() as folder:
        with kernel_in(folder) as (_, kc):
            run(kc, "'earlier'")
        with contextlib.closing(sqlite3.connect(folder / "snapgrid" / "history.sqlite", isolation_level=None)) as database:
            database.execute("BEGIN EXCLUSIVE")
            lives_in_memory(folder, lambda: None)


def test_a_lock_that_is_let_go_of_is_waited_for():
    with data_folder() as folder:
        with kernel_in(folder) as (_, kc):
            run(kc, "'earlier'")
        with kernel_in(folder) as (_, kc), contextlib.closing(sqlite3.connect(folder / "snapgrid" / "history.sqlite", isolation_level=None)) as database:
            run(kc, "'later'")
            database.execute("BEGIN IMMEDIATE")
            message = kc.session.msg("history_request", {"hist_access_type": "tail", "output": False, "raw": True})
            kc.shell_channel.send(message)
            time.sleep(0.05)
            database.execute("COMMIT")
            rows = kc.get_shell_msg(timeout=TIMEOUT)["content"]["history"]
            assert [text for _, _, text in rows] == ["'earlier'", "'later'"], rows


if __name__ == "__main__":
    main(dict(globals()))
