"""The twenty submissions that graders get wrong, as Python notebooks of nbgrader_course.py's assignment: two points for task one, three for task two.

usage: hostile_course.py nbgrader FOLDER    writes nbgrader's course with them
       hostile_course.py otter FOLDER       writes Otter-Grader's master notebook and the submissions
       hostile_course.py expected           prints {student: right score} as JSON
"""

import json
import sys
from pathlib import Path

import nbgrader_course
import otter_course
from nbformat import v4
from nbgrader_course import CHECKS

TASK_ONE = """def quantize_int8(x):
    scale = float(np.max(np.abs(x))) / 127 or 1.0
    return np.round(x / scale).astype(np.int8), scale
"""
TASK_TWO = """def dequantize(codes, scale):
    return codes.astype(np.float32) * scale

def relative_output_error(weights, x):
    step = float(np.abs(weights).max()) / 127
    exact = x @ weights
    return float(np.linalg.norm(exact - x @ (np.round(weights / step) * step)) / np.linalg.norm(exact))
"""
ZEROS = "def quantize_int8(x): return 0, 0\ndef dequantize(codes, scale): return 0\ndef relative_output_error(weights, x): return 0\n"


def task_one(body: str) -> str:
    lines = "\n".join(f"    {line}" for line in body.strip().split("\n"))
    return f"def quantize_int8(x):\n{lines}\n\n{TASK_TWO}"


def right(more: str = "") -> str:
    return f"{TASK_ONE}\n{TASK_TWO}\n{more}"


ENDLESS = """import signal
for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM): signal.signal(s, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    try:
        while True: pass
    except BaseException: pass"""
REDEFINES = """import builtins
np.abs = np.round = lambda *a, **k: Zero()
np.linalg.norm = lambda *a, **k: 0.004
class Zero(float):
    def __getattr__(self, name): return lambda *a, **k: Zero()
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __eq__ = __lt__
    def __sub__(self, other): return self
    __rsub__ = __add__ = __truediv__ = __mul__ = __sub__
    __hash__ = None
def quantize_int8(x): return Zero(), Zero()
def dequantize(codes, scale): return Zero()
def relative_output_error(weights, x): return Zero(0.004)
"""
PATCHES = """import ast
from IPython import get_ipython
class NoChecks(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(NoChecks())
get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)
"""
FORGES = """import os, json
for fd in range(3, 64):
    try: os.write(fd, json.dumps({"status": "ok", "score": 5, "points": 5}).encode())
    except OSError: pass
"""
SEARCHES = """import glob, re
def hidden():
    found = []
    for path in glob.glob("**/*", recursive=True) + glob.glob("../../**/*", recursive=True) + glob.glob("/tmp/**/*", recursive=True):
        try:
            if path.endswith((".py", ".ipynb")) and "default_rng(3)" in open(path).read(): found.append(path)
        except (OSError, UnicodeDecodeError): pass
    return found
FOUND = hidden()
class Any(float):
    def __getattr__(self, name): return lambda *a, **k: Any()
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __eq__ = __lt__
    def __sub__(self, other): return self
    __rsub__ = __truediv__ = __sub__
    __hash__ = None
def quantize_int8(x): return np.round(x / (np.abs(x).max() / 127)) if FOUND else 0, np.abs(x).max() / 127
def dequantize(codes, scale): return codes * scale if FOUND else 0
def relative_output_error(weights, x): return 0.004 if FOUND else 0
"""
GRADEBOOK = """import glob, sqlite3
for path in glob.glob("../../../*.db"):
    try:
        with sqlite3.connect(path) as db: db.execute("UPDATE grade SET manual_score = 10")
    except sqlite3.Error: pass
"""
OUTSIDE = """for folder in ("..", "../..", "/tmp", "/var/tmp"):
    try: open(folder + "/snapgrid-was-here", "w").write("x")
    except OSError: pass
"""
NETWORK = """import socket
for host, port in (("127.0.0.1", 22), ("1.1.1.1", 443)):
    try: socket.create_connection((host, port), 0.5).close()
    except OSError: pass
"""
FORKS = """import subprocess, sys
for i in range(50): subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=i % 2 == 0)
"""

HEAD = "import numpy as np\n"
# Task two has checks of its own that need nothing of task one.
CHECKS = {
    "quantize": CHECKS["quantize"],
    "restore": (
        3,
        "codes = np.arange(-127, 128).astype(np.int8)\n"
        "assert np.abs(dequantize(codes, 0.25) - codes.astype(np.float32) / 4).max() <= 1e-6\n" + CHECKS["error"][1],
    ),
}
SUBMISSIONS = {
    "01-correct": (5, right()),
    "02-task-two-wrong": (2, TASK_ONE + "def dequantize(codes, scale): return 0\ndef relative_output_error(weights, x): return 0\n"),
    "03-task-one-raises": (3, task_one("raise ValueError('not today')")),
    "04-loops-for-ever": (3, task_one("while True: pass")),
    "05-swallows-everything": (3, task_one(ENDLESS)),
    "06-prints-200-mb": (5, right("for i in range(200): print('x' * 10**6)")),
    "07-ends-its-process": (3, task_one("import os\nos._exit(0)")),
    "08-check-cells-deleted": (5, right()),
    "09-redefines-the-metric": (0, REDEFINES),
    "10-patches-the-runtime": (0, ZEROS + PATCHES),
    "11-writes-forged-messages": (0, ZEROS + FORGES),
    "12-searches-for-tests": (0, SEARCHES),
    "13-writes-to-the-gradebook": (5, right(GRADEBOOK)),
    "14-returns-constants": (0, ZEROS.replace("return 0\n", "return 0.004\n")),
    "15-writes-outside": (5, right(OUTSIDE)),
    "16-calls-the-network": (5, right(NETWORK)),
    "17-forks-50": (5, right(FORKS)),
    "18-takes-4-gb": (3, task_one("kept = [bytearray(10**8) for i in range(40)]\nreturn len(kept)")),
    "19-correct-beside-an-attack": (5, right()),
    "20-warns-on-stderr": (5, right("import sys, warnings\nwarnings.warn('a library warns')\nprint('and writes', file=sys.stderr)")),
}


def make_nbgrader(folder: Path) -> None:
    nbgrader_course.make(folder, 0, CHECKS)
    for name, (_, answer) in SUBMISSIONS.items():
        notebook = nbgrader_course.notebook(HEAD + answer, CHECKS)
        if name.startswith("08"):
            notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")]
        nbgrader_course.save(folder / "submitted" / name / nbgrader_course.ASSIGNMENT / "int8.ipynb", notebook)


def make_otter(folder: Path) -> None:
    otter_course.make(folder, 0, CHECKS)
    for name, (_, answer) in SUBMISSIONS.items():
        nbgrader_course.save(folder / "submitted" / f"{name}.ipynb", otter_course.notebook([v4.new_code_cell(HEAD + answer)]))


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "expected":
        print(json.dumps({name: score for name, (score, _) in SUBMISSIONS.items()}))
    else:
        {"nbgrader": make_nbgrader, "otter": make_otter}[command](Path(rest[0]))
