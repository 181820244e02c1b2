"""Runs a command and prints one JSON object: the processor time of it and of all processes that it waited for, and the time on the clock.

usage: cpu_time.py FOLDER COMMAND ARGUMENT…
"""

import json
import resource
import subprocess
import sys
import time

folder, *command = sys.argv[1:]
started = time.perf_counter()
finished = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
wall = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"status": finished.returncode, "cpuSeconds": used.ru_utime + used.ru_stime, "wallSeconds": wall}))
