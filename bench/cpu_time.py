"""Runs a command and prints one JSON object: the processor time of it and of all that it started, the time on the clock, and the most memory
that they held at once (private and shared pages, not those of files; looked at every tenth INTERVAL_SECONDS).

Processes that are killed with their namespace are waited for by nobody. Where this user may make a control group (version 1), it counts
them all; elsewhere their time is read from /proc while they live, and what a process takes between the last look and its end is missing
(at most INTERVAL_SECONDS).

usage: cpu_time.py FOLDER COMMAND ARGUMENT…
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
INTERVAL_SECONDS = 0.02
TICKS = os.sysconf("SC_CLK_TCK")


def descendants_time(seen: dict[tuple[int, int], int]) -> None:
    """Notes the ticks of every process below this one; (pid, start) names a process for good."""
    processes = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="latin-1") as stat:
                    fields = stat.read().rpartition(")")[2].split()
            except OSError:
                continue
            processes[int(entry)] = (int(fields[1]), int(fields[19]), int(fields[11]) + int(fields[12]))
    for pid in below({pid: parent for pid, (parent, _, _) in processes.items()}):
        _, start, ticks = processes[pid]
        seen[pid, start] = ticks


def below(parents: dict[int, int]) -> set[int]:
    """The processes below this one, of all and their parents."""
    found, grown = {os.getpid()}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found - {os.getpid()}


def held_kib() -> int:
    parents, held = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                status = Path(f"/proc/{entry}/status").read_text(encoding="latin-1")
            except OSError:
                continue
            fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
            parents[int(entry)] = int(fields["PPid"])
            held[int(entry)] = sum(int(fields.get(name, "0 kB").split()[0]) for name in ("RssAnon", "RssShmem"))
    return sum(held[pid] for pid in below(parents))


def control_group() -> Path | None:
    group = Path(f"/sys/fs/cgroup/cpuacct/snapgrid-bench-{os.getpid()}")
    try:
        group.mkdir()
        return group
    except OSError:
        return None


folder, *command = sys.argv[1:]
group = control_group()
if sys.platform == "linux":
    # Orphans become ours, not init's: they stay below this process.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
started = time.perf_counter()
join = (lambda: (group / "cgroup.procs").write_text("0")) if group else None
child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=sys.stderr, preexec_fn=join)
seen: dict[tuple[int, int], int] = {}
most_kib, looks = 0, 0
while child.poll() is None:
    if sys.platform == "linux" and looks % 10 == 0:
        most_kib = max(most_kib, held_kib())
    looks += 1
    if sys.platform == "linux" and not group:
        descendants_time(seen)
    time.sleep(INTERVAL_SECONDS)
wall = time.perf_counter() - started
waited = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = max(waited.ru_utime + waited.ru_stime, sum(seen.values()) / TICKS)
if group:
    while (group / "cgroup.procs").read_text():
        time.sleep(INTERVAL_SECONDS)  # what was killed is still being taken down
    cpu = int((group / "cpuacct.usage").read_text()) / 1e9
    group.rmdir()
print(json.dumps({"status": child.returncode, "cpuSeconds": cpu, "wallSeconds": wall, "memoryMiB": most_kib / 1024}))
