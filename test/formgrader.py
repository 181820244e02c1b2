"""Makes what nbgrader's formgrader shows: the release version of every assignment, and one that was handed in.

usage: formgrader.py COURSE ASSIGNMENT STUDENT    in the course's folder, which has source/, submitted/ and nbgrader_config.py
"""

import json
import sys
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader

course, assignment, student = sys.argv[1:]
config = PyFileConfigLoader("nbgrader_config.py", path=course).load_config()
config.CourseDirectory.root = course
api = NbGraderAPI(config=config)
names = sorted(folder.name for folder in (Path(course) / "source").iterdir())
made = {name: api.generate_assignment(name) for name in names}
failed = {name: one["log"] for name, one in made.items() if not one["success"]}
# Our kernel need not be here: nothing is run.
graded = api.autograde(assignment, student)
if not graded["success"]:
    failed["autograde"] = graded["log"]
with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
    points = {name: gradebook.find_assignment(name).max_score for name in names if name not in failed}
print(json.dumps({"failed": failed, "points": points}))
