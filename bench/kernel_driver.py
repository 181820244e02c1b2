"""Measures one kernel once, over the protocol, and prints one JSON object. Started by kernel.ts, a kernel at a time, in turns.

usage: kernel_driver.py '{"argv": [...], "language": "typescript" | "python"}'
"""

import json
import os
import sys
import time
from queue import Empty

import psutil
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

TRIVIAL_CELLS = 60
DECLARING_CELLS = 500
# A cell's time at a count is the median of the ten cells that end there.
COUNTS = (10, 100, 300, 500)
LINES = 100_000

CODE = {
    "typescript": {
        "trivial": "1 + 1",
        "declare": lambda i: f"const value{i}: number = {i};\nfunction twice{i}(x: number): number {{ return 2 * x + value{i}; }}\ntwice{i}(value{i})",
        "lines": f"for (let i = 0; i < {LINES}; i++) console.log('line ' + i);",
        "complete": ("const alphabet = [1, 2, 3];", "alphab"),
    },
    "python": {
        "trivial": "1 + 1",
        "declare": lambda i: f"value{i}: int = {i}\ndef twice{i}(x: int) -> int:\n    return 2 * x + value{i}\ntwice{i}(value{i})",
        "lines": f"for i in range({LINES}): print('line ' + str(i))",
        "complete": ("alphabet = [1, 2, 3]", "alphab"),
    },
}


def main() -> None:
    options = json.loads(sys.argv[1])
    code = CODE[options["language"]]
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(argv=options["argv"], display_name="bench", language=options["language"])
    started = time.perf_counter()
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels()
        print(json.dumps(measure(Cells(client), code, manager.provisioner.process.pid, started)))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def measure(cells: "Cells", code: dict, pid: int, started: float) -> dict:
    cells.reply(code["trivial"])
    launch = time.perf_counter() - started
    cells.subscribe(code["trivial"])
    memory_first = memory_mb(pid)

    trivial = [cells.run(code["trivial"]) for _ in range(TRIVIAL_CELLS)]

    declaration, prefix = code["complete"]
    cells.run(declaration)
    completions = [cells.complete(prefix) for _ in range(20)]

    times = [cells.run(code["declare"](i)) for i in range(DECLARING_CELLS)]
    declaring = {str(count): median(times[count - 10 : count]) for count in COUNTS}
    memory_after = memory_mb(pid)

    lines_seconds, lines_before_idle = cells.lines(code["lines"])  # no seconds where the kernel lost its idle
    return {
        "launchSeconds": launch,
        "trivialMs": [1000 * t for t in trivial],
        "completionFirstMs": 1000 * completions[0],
        "completionMs": 1000 * median(completions[1:]),
        "declaringMs": {count: 1000 * t for count, t in declaring.items()},
        "memoryFirstMb": memory_first,
        "memoryAfterMb": memory_after,
        "linesSeconds": lines_seconds,
        "linesBeforeIdle": lines_before_idle,
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
