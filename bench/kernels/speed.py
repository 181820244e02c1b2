"""How fast a kernel is: one session, stage after stage. A stage that fails ends the session; what was measured before it counts."""

import contextlib
import signal
import time
from queue import Empty

from process import Cells, running

TRIVIAL_CELLS = 200
DECLARING_CELLS = 500
# A cell's time at a count is the median of the ten cells that end there.
COUNTS = (10, 100, 300, 500)
COMPLETIONS = 30
OTHERS = ("bicycle", "cinnamon", "dolphin", "elephant", "football", "geometry", "hospital", "island", "jungle", "kingdom")
LINES = 100_000
# The slowest kernel that loses none of them takes half of that.
LINES_S = 15.0
# How long a person takes at the least between a cell's end and the first key.
REST_S = 1.0
REPLY_S = 30.0
# A kernel that loses an idle now and then is measured by its other cells.
IDLE_S = 3.0
# Before the driver's deadline, so that what was measured until then counts.
SESSION_S = 100
MOST_LOST = 10

CODE = {
    "typescript": {
        "declare": lambda i: f"const value{i}: number = {i};\nfunction twice{i}(x: number): number {{ return 2 * x + value{i}; }}\ntwice{i}(value{i})",
        "lines": f"for (let i = 0; i < {LINES}; i++) console.log('line ' + i);",
        "complete": ("const alphabet = [1, 2, 3];", "alphabet", "ma"),
        "others": lambda names: "\n".join(f"const {name} = [1, 2, 3];" for name in names),
    },
    "python": {
        "declare": lambda i: f"value{i}: int = {i}\ndef twice{i}(x: int) -> int:\n    return 2 * x + value{i}\ntwice{i}(value{i})",
        "lines": f"for i in range({LINES}): print('line ' + str(i))",
        "complete": ("alphabet = [1, 2, 3]", "alphabet", "ap"),
        "others": lambda names: "\n".join(f"{name} = [1, 2, 3]" for name in names),
    },
}


def measure(options: dict) -> dict:
    found: dict = {}
    code = CODE[options["language"]]
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, out_of_time)
        signal.alarm(SESSION_S)
    started = time.perf_counter()
    with running(options, heard=False) as cells:
        timed = Timed(cells)
        try:
            for stage in (launch, trivial, completion, declaring, lines):
                stage(timed, code, found, started)
        except Exception as error:  # noqa: BLE001
            found["failed"] = f"{stage.__name__}: {type(error).__name__} {error}"
    return {**found, "idlesLost": timed.lost}


def out_of_time(*_) -> None:
    raise TimeoutError(f"not done within {SESSION_S} s")


def launch(timed: "Timed", code: dict, found: dict, started: float) -> None:
    # The request waits in the socket until the kernel listens.
    timed.cells.reply_to(timed.cells.client.execute("1 + 1"), 60)
    found["launchSeconds"] = time.perf_counter() - started
    timed.cells.connect()
    found["memoryFirstMb"] = timed.cells.memory_mb()
    time.sleep(REST_S)
    found["memoryRestMb"] = timed.cells.memory_mb()


def trivial(timed: "Timed", code: dict, found: dict, started: float) -> None:
    before = timed.cells.cpu_seconds()
    found["trivialMs"] = timed.runs("1 + 1" for _ in range(TRIVIAL_CELLS))
    found["trivialCpuMs"] = 1000 * (timed.cells.cpu_seconds() - before) / TRIVIAL_CELLS


def completion(timed: "Timed", code: dict, found: dict, started: float) -> None:
    declaration, name, member = code["complete"]
    timed.run(declaration)
    time.sleep(REST_S)
    # Each in a line of its own: an answer for the same line is none for it.
    times = [timed.complete(f"other{i} = {name[:-2]}") for i in range(COMPLETIONS)]
    found["completionFirstMs"], found["completionMs"] = times[0], median(times[1:])
    times = [timed.complete(f"other{i} = {name}.{member}") for i in range(COMPLETIONS)]
    found["memberFirstMs"], found["memberMs"] = times[0], median(times[1:])
    # As it is typed: what is asked for at every letter that follows the first.
    times = [timed.complete(f"typed{i} = {name[:letters]}") for i in range(COMPLETIONS // 5) for letters in range(2, len(name))]
    found["nextLetterMs"] = median(times)
    # Of variables that nothing was asked about before.
    timed.run(code["others"](OTHERS))
    time.sleep(REST_S)
    found["memberAnewMs"] = median([timed.complete(f"other = {each}.{member}") for each in OTHERS])


def declaring(timed: "Timed", code: dict, found: dict, started: float) -> None:
    half = DECLARING_CELLS // 2
    times = timed.runs(code["declare"](i) for i in range(half))
    memory_half = timed.cells.memory_mb()
    times += timed.runs(code["declare"](i) for i in range(half, DECLARING_CELLS))
    found["memoryAfterMb"] = timed.cells.memory_mb()
    found["memorySlopeKb"] = 1000 * (found["memoryAfterMb"] - memory_half) / half
    time.sleep(REST_S)
    found["memoryAfterRestMb"] = timed.cells.memory_mb()
    share = len(times) / DECLARING_CELLS
    ends = {count: int(count * share) for count in COUNTS}
    found["declaringMs"] = {str(count): median(times[max(0, end - 10) : end]) for count, end in ends.items()}
    fifth = len(times) // 5
    found["slopeUs"] = 1000 * (median(times[-fifth:]) - median(times[:fifth])) / (DECLARING_CELLS * 0.8)


def lines(timed: "Timed", code: dict, found: dict, started: float) -> None:
    client = timed.cells.client
    pieces: list[str] = []
    begun = time.perf_counter()
    message = client.execute(code["lines"])
    deadline = begun + LINES_S
    found["linesBeforeIdle"] = 0
    idle = None
    while idle is None and time.perf_counter() < deadline:
        with contextlib.suppress(Empty):
            got = client.get_iopub_msg(timeout=1)
            if got["parent_header"].get("msg_id") != message:
                continue
            if got["msg_type"] == "stream":
                pieces.append(got["content"]["text"])
            elif got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                idle = time.perf_counter() - begun
    found["linesBeforeIdle"] = "".join(pieces).count("\n")
    if idle is not None:
        found["linesSeconds"] = idle


class Timed:
    """Milliseconds from a request to the end of what it causes."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.lost = 0

    def run(self, code: str) -> float | None:
        """Until idle; nothing where the kernel lost that."""
        client = self.cells.client
        started = time.perf_counter()
        message = client.execute(code)
        elapsed = None
        try:
            while elapsed is None:
                got = client.get_iopub_msg(timeout=IDLE_S)
                if got["parent_header"].get("msg_id") == message and got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                    elapsed = 1000 * (time.perf_counter() - started)
        except Empty:
            self.lost += 1
            if self.lost > MOST_LOST:
                raise TimeoutError(f"more than {MOST_LOST} cells never became idle") from None
        content = self.cells.reply_to(message, REPLY_S)["content"]
        if content["status"] != "ok":
            raise RuntimeError(f"expected the cell to run, got {content}: {code}")
        return elapsed

    def runs(self, codes) -> list[float]:
        return [elapsed for elapsed in map(self.run, codes) if elapsed is not None]

    def complete(self, prefix: str) -> float:
        started = time.perf_counter()
        content = self.cells.reply_to(self.cells.client.complete(prefix, len(prefix)), REPLY_S)["content"]
        elapsed = 1000 * (time.perf_counter() - started)
        if not content["matches"]:
            raise RuntimeError(f"expected a match for {prefix}, got none")
        return elapsed


def median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


QUESTIONS = {"speed": measure}
