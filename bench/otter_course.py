"""The assignment of nbgrader_course.py for Otter-Grader: `otter assign` makes the autograder's zip of the master notebook.

usage: otter_course.py make FOLDER COUNT    writes the master notebook and COUNT submissions; every fourth is wrong in one task
       otter_course.py scores FOLDER        prints {student: score} from the folders of results, as JSON
"""

import json
from pathlib import Path

from nbformat import v4
from nbgrader_course import ANSWER, CHECKS, WRONG, run, save


def make(folder: Path, count: int, checks=CHECKS) -> None:
    save(folder / "master.ipynb", master(checks))
    for i in range(count):
        answer = WRONG if i % 4 == 3 else ANSWER
        save(folder / "submitted" / f"student{i:03}.ipynb", notebook([v4.new_code_cell(f"# student {i}\n{answer}")]))


def master(checks):
    raw = lambda *lines: v4.new_raw_cell("\n".join(lines))
    cells = [raw("# ASSIGNMENT CONFIG", "init_cell: true", "export_cell: false")]
    for name, (points, code) in checks.items():
        cells += [raw("# BEGIN QUESTION", f"name: {name}", f"points: {points}")]
        if name == "quantize":
            cells += [raw("# BEGIN SOLUTION"), v4.new_code_cell(ANSWER), raw("# END SOLUTION")]
        cells += [raw("# BEGIN TESTS"), v4.new_code_cell(f"# HIDDEN\n{code}"), raw("# END TESTS"), raw("# END QUESTION")]
    return notebook(cells)


def notebook(cells):
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}, "language_info": {"name": "python"}}
    return v4.new_notebook(cells=cells, metadata=spec)


def scores(folder: Path) -> dict[str, float]:
    found = {}
    for path in (folder / "graded").glob("*/results.json"):
        found[path.parent.name] = sum(test.get("score", 0) for test in json.loads(path.read_text())["tests"])
    return found


if __name__ == "__main__":
    run(make, scores)
