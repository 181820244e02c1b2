"""A course for nbgrader with one assignment like lesson 04: three checks, five points, numpy for tensors. otter_course.py makes the same for Otter-Grader.

usage: nbgrader_course.py make FOLDER COUNT    writes the course and COUNT submissions; every fourth is wrong in one task
       nbgrader_course.py scores FOLDER        prints {student: score} from the gradebook, as JSON
"""

import json
import sys
from pathlib import Path

from nbformat import v4, write

ASSIGNMENT = "int8"

ANSWER = '''import numpy as np

def quantize_int8(x):
    scale = float(np.max(np.abs(x))) / 127 or 1.0
    return np.round(x / scale).astype(np.int8), scale

def dequantize(codes, scale):
    return codes.astype(np.float32) * scale

def relative_output_error(weights, x):
    exact = x @ weights
    codes, scale = quantize_int8(weights)
    return float(np.linalg.norm(exact - x @ dequantize(codes, scale)) / np.linalg.norm(exact))
'''
WRONG = ANSWER.replace("codes.astype(np.float32) * scale", "codes.astype(np.float32) / scale")

CHECKS = {
    "quantize": (
        2,
        "rng = np.random.default_rng(1)\nx = rng.normal(size=(64, 64)).astype(np.float32)\ncodes, scale = quantize_int8(x)\n"
        "assert abs(scale - np.abs(x).max() / 127) < 1e-6\nassert (codes == np.round(x / scale)).all()",
    ),
    "dequantize": (
        1,
        "x = np.random.default_rng(2).normal(size=1000).astype(np.float32)\ncodes, scale = quantize_int8(x)\n"
        "assert np.abs(dequantize(codes, scale) - x).max() <= scale / 2 + 1e-6",
    ),
    "error": (
        2,
        "rng = np.random.default_rng(3)\nw = rng.uniform(-0.05, 0.05, size=(512, 512)).astype(np.float32)\nx = rng.normal(size=(4, 512)).astype(np.float32)\n"
        "assert 0.003 < relative_output_error(w, x) < 0.005",
    ),
}
RIGHT_SCORE, WRONG_SCORE = 5, 2


def make(folder: Path, count: int, checks=CHECKS) -> None:
    save(folder / "source" / ASSIGNMENT / "int8.ipynb", notebook("### BEGIN SOLUTION\n" + ANSWER + "### END SOLUTION", checks))
    for i in range(count):
        answer = WRONG if i % 4 == 3 else ANSWER
        save(folder / "submitted" / f"student{i:03}" / ASSIGNMENT / "int8.ipynb", notebook(f"# student {i}\n{answer}"))
    # Sources of students' code are one process after another: nbgrader knows no parallel grading.
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")


def notebook(answer: str, checks=CHECKS):
    cells = [v4.new_markdown_cell("# int8 from scratch"), marked(v4.new_code_cell(answer), "answer", solution=True)]
    cells += [marked(v4.new_code_cell(code), name, points=points) for name, (points, code) in checks.items()]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}, "language_info": {"name": "python"}}
    return v4.new_notebook(cells=cells, metadata=spec)


def marked(cell, name: str, points: int = 0, solution: bool = False):
    cell["id"] = name
    cell.metadata["nbgrader"] = {
        "schema_version": 3, "grade_id": name, "grade": not solution, "solution": solution, "locked": not solution, "task": False,
        **({} if solution else {"points": points}),
    }  # fmt: skip
    return cell


def save(path: Path, content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write(content, path)


def scores(folder: Path) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        return {s.student.id: s.score for s in gradebook.assignment_submissions(ASSIGNMENT)}


def run(make, scores) -> None:
    """`make FOLDER COUNT` or `scores FOLDER`, as the program's arguments say."""
    command, folder = sys.argv[1], Path(sys.argv[2])
    if command == "make":
        make(folder, int(sys.argv[3]))
    else:
        print(json.dumps(scores(folder)))


if __name__ == "__main__":
    run(make, scores)
