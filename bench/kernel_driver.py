"""Measures one kernel once, over the protocol, and prints one JSON object. Started by kernel.ts, a kernel at a time, in turns.

usage: kernel_driver.py '{"argv": [...], "language": "typescript" | "python", "what": "speed" | "behaviour"}'
"""

import contextlib
import json
import os
import signal
import sys
import time
from queue import Empty

import nbclient
import nbformat
import psutil
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

TRIVIAL_CELLS = 60
DECLARING_CELLS = 500
# A cell's time at a count is the median of the ten cells that end there.
COUNTS = (10, 100, 300, 500)
LINES = 100_000
# How long a person takes at the least between a cell's end and the first key.
REST_S = 1.0
QUICK_CELLS = 40
PATIENCE_S = 8.0

CODE = {
    "typescript": {
        "trivial": "1 + 1",
        "declare": lambda i: f"const value{i}: number = {i};\nfunction twice{i}(x: number): number {{ return 2 * x + value{i}; }}\ntwice{i}(value{i})",
        "lines": f"for (let i = 0; i < {LINES}; i++) console.log('line ' + i);",
        "complete": ("const alphabet = [1, 2, 3];", "alphab", "alphabet.ma"),
        "quick": lambda i: f"console.log('out {i}'); {i}",
        "busy": "for (;;) {}",
        "pending": "await new Promise(() => {})",
        "syntax": "let 1x",
        "unhandled": "Promise.reject(new Error('nobody caught it')); 1",
        "child": "import {execSync} from 'node:child_process';\nexecSync('echo from the child', {stdio: 'inherit'})",
    },
    "python": {
        "trivial": "1 + 1",
        "declare": lambda i: f"value{i}: int = {i}\ndef twice{i}(x: int) -> int:\n    return 2 * x + value{i}\ntwice{i}(value{i})",
        "lines": f"for i in range({LINES}): print('line ' + str(i))",
        "complete": ("alphabet = [1, 2, 3]", "alphab", "alphabet.ap"),
        "quick": lambda i: f"print('out {i}')\n{i}",
        "busy": "while True: pass",
        "pending": "import asyncio\nawait asyncio.sleep(1000)",
        "syntax": "1x =",
        "child": "import subprocess\nsubprocess.run(['sh', '-c', 'echo from the child'])",
    },
}


def main() -> None:
    options = json.loads(sys.argv[1])
    code = CODE[options["language"]]
    if options["what"] == "behaviour":
        print(json.dumps(behaviour(options, code)))
        return
    started = time.perf_counter()
    with running(options) as (manager, cells):
        print(json.dumps(measure(cells, code, manager.provisioner.process.pid, started)))


@contextlib.contextmanager
def running(options: dict):
    # Under the name that is its default, nbclient would take every kernel for Python's.
    manager = KernelManager(kernel_name="bench")
    manager._kernel_spec = KernelSpec(argv=options["argv"], display_name="bench", language=options["language"])
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels()
        yield manager, Cells(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def measure(cells: "Cells", code: dict, pid: int, started: float) -> dict:
    cells.reply(code["trivial"])
    launch = time.perf_counter() - started
    cells.subscribe(code["trivial"])
    memory_first = memory_mb(pid)
    time.sleep(REST_S)
    memory_rest = memory_mb(pid)

    trivial = [cells.run(code["trivial"]) for _ in range(TRIVIAL_CELLS)]

    declaration, prefix, member = code["complete"]
    cells.run(declaration)
    time.sleep(REST_S)
    completions = [cells.complete(prefix) for _ in range(20)]
    members = [cells.complete(member) for _ in range(20)]

    times = [cells.run(code["declare"](i)) for i in range(DECLARING_CELLS)]
    declaring = {str(count): median(times[count - 10 : count]) for count in COUNTS}
    slope = (median(times[-100:]) - median(times[:100])) / (DECLARING_CELLS - 100)
    memory_after = memory_mb(pid)
    time.sleep(REST_S)
    memory_after_rest = memory_mb(pid)

    lines_seconds, lines_before_idle = cells.lines(code["lines"])  # no seconds where the kernel lost its idle
    return {
        "launchSeconds": launch,
        "trivialMs": [1000 * t for t in trivial],
        "completionFirstMs": 1000 * completions[0],
        "completionMs": 1000 * median(completions[1:]),
        "memberMs": 1000 * median(members[1:]),
        "slopeUs": 1e6 * slope,
        "memoryRestMb": memory_rest,
        "memoryAfterRestMb": memory_after_rest,
        "declaringMs": {count: 1000 * t for count, t in declaring.items()},
        "memoryFirstMb": memory_first,
        "memoryAfterMb": memory_after,
        "linesSeconds": lines_seconds,
        "linesBeforeIdle": lines_before_idle,
    }


def behaviour(options: dict, code: dict) -> dict:
    """What a kernel does, as numbers: 1 for yes, 0 for no; each asked of a fresh kernel, as some do not survive the question."""
    found = {"quickCellsLost": quick_cells_lost(options, code)}
    for name, question in QUESTIONS.items():
        if name == "unhandledIsShown" and "unhandled" not in code:
            continue
        with running(options) as (manager, cells):
            cells.reply(code["trivial"])
            cells.subscribe(code["trivial"])
            try:
                found[name] = int(question(manager, cells, code))
            except (Empty, TimeoutError, RuntimeError):
                found[name] = 0
    return found


def quick_cells_lost(options: dict, code: dict) -> int:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code["quick"](i)) for i in range(QUICK_CELLS)])
    # Under the name that is its default, nbclient would take every kernel for Python's.
    manager = KernelManager(kernel_name="bench")
    manager._kernel_spec = KernelSpec(argv=options["argv"], display_name="bench", language=options["language"])
    try:
        nbclient.NotebookClient(notebook, km=manager, timeout=5, iopub_timeout=1, shutdown_kernel="immediate", raise_on_iopub_timeout=False).execute()
    except Exception:  # a cell that never ends has lost its output too
        pass
    texts = ["".join(str(output.get("text", "")) for output in cell.outputs) for cell in notebook.cells]
    return sum(f"out {i}\n" not in text for i, text in enumerate(texts))


def interrupted(kind: str):
    def ask(manager, cells: "Cells", code: dict) -> bool:
        for by_message in (True, False):
            message = cells.client.execute(code[kind])
            time.sleep(0.5)
            if by_message:
                cells.control("interrupt_request")
            else:
                manager.provisioner.process.send_signal(signal.SIGINT)
            try:
                cells.await_reply(message, PATIENCE_S)
                cells.await_reply(cells.client.execute(code["trivial"]), PATIENCE_S)
                return True
            except TimeoutError:
                continue
        return False

    return ask


def control_answers(manager, cells: "Cells", code: dict) -> bool:
    cells.client.execute(code["busy"])
    time.sleep(0.5)
    message = cells.control("kernel_info_request")
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            got = cells.client.get_control_msg(timeout=1)
        except Empty:
            continue
        if got["parent_header"].get("msg_id") == message:
            return True
    return False


def syntax_is_an_error(manager, cells: "Cells", code: dict) -> bool:
    return any(message["msg_type"] == "error" for message in cells.heard(code["syntax"]))


def says(kind: str, words: str):
    return lambda manager, cells, code: words in json.dumps([message["content"] for message in cells.heard(code[kind])])


QUESTIONS = {
    "busyIsInterrupted": interrupted("busy"),
    "awaitIsInterrupted": interrupted("pending"),
    "controlAnswersWhileBusy": control_answers,
    "syntaxErrorIsAnError": syntax_is_an_error,
    "unhandledIsShown": says("unhandled", "nobody caught it"),
    "childIsHeard": says("child", "from the child"),
}


class Cells:
    """Sends cells and waits for their end; ours are told from others' messages by the parent's id."""

    def __init__(self, client) -> None:
        self.client = client

    def reply(self, code: str) -> None:
        """Until the first reply. The request waits in the socket until the kernel listens."""
        message = self.client.execute(code)
        self.await_reply(message, 120)

    def subscribe(self, code: str) -> None:
        """Until an idle arrives: kernels without iopub_welcome lose what they publish before the client has subscribed."""
        for _ in range(60):
            message = self.client.execute(code)
            try:
                self.await_idle(message, lambda text: None, timeout=1)
                self.await_reply(message, 120)
                return
            except Empty:
                continue
        raise TimeoutError("Expected an idle status within 60 s, got none")

    def run(self, code: str) -> float:
        printed: list[str] = []
        started = time.perf_counter()
        message = self.client.execute(code)
        self.await_idle(message, printed.append)
        elapsed = time.perf_counter() - started
        content = self.await_reply(message, 120)["content"]
        if content["status"] != "ok":
            raise RuntimeError(f"Expected the cell to run, got {content} and {printed}: {code}")
        return elapsed

    def complete(self, prefix: str) -> float:
        started = time.perf_counter()
        message = self.client.complete(prefix, len(prefix))
        self.await_reply(message, 120)
        return time.perf_counter() - started

    def control(self, kind: str) -> str:
        message = self.client.session.msg(kind, {})
        self.client.control_channel.send(message)
        return message["header"]["msg_id"]

    def heard(self, code: str) -> list:
        """What is published for a cell within two seconds, what comes after its idle too."""
        message = self.client.execute(code, stop_on_error=False)
        found = []
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            try:
                got = self.client.get_iopub_msg(timeout=0.2)
            except Empty:
                continue
            # The question itself comes back as execute_input.
            if got["msg_type"] != "execute_input" and got["parent_header"].get("msg_id") == message:
                found.append(got)
        return found

    def lines(self, code: str) -> tuple[float | None, int]:
        pieces: list[str] = []
        started = time.perf_counter()
        message = self.client.execute(code)
        try:
            self.await_idle(message, pieces.append, timeout=20)
            elapsed = time.perf_counter() - started
        except Empty:
            elapsed = None
        return elapsed, "".join(pieces).count("\n")

    def await_idle(self, message: str, on_text, timeout: float = 120) -> None:
        while True:
            got = self.client.get_iopub_msg(timeout=timeout)
            if got["parent_header"].get("msg_id") != message:
                continue
            if got["msg_type"] == "stream":
                on_text(got["content"]["text"])
            if got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                return

    def await_reply(self, message: str, timeout: float) -> dict:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                got = self.client.get_shell_msg(timeout=1)
            except Empty:
                continue
            if got["parent_header"].get("msg_id") == message:
                return got
        raise TimeoutError(f"Expected a reply within {timeout} s, got none")


def memory_mb(pid: int) -> float:
    """Of the kernel and all that it started; what they share is counted once where the system tells (PSS)."""
    kernel = psutil.Process(pid)
    total = 0
    for process in [kernel, *kernel.children(recursive=True)]:
        try:
            total += getattr(process.memory_full_info(), "pss", 0) or process.memory_info().rss
        except psutil.NoSuchProcess:
            pass
    return total / 1e6


def median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


if __name__ == "__main__":
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    main()
