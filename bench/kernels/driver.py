"""Asks one kernel questions, and prints a line of JSON for each as it is answered. Started by kernel.ts, a kernel at a time, in turns.

usage: driver.py '{"name": "deno", "argv": [...], "language": "typescript", "interrupt_mode": "signal", "questions": ["speed"]}'

Every question is put by a process of its own, to a kernel of its own, and has a deadline: a kernel that hangs, or that leaves children
behind, costs its question and nothing else.
"""

import ctypes
import json
import multiprocessing
import os
import sys
import time

import psutil

import behaviour
import protocol
import speed
import suite

PR_SET_CHILD_SUBREAPER = 36
QUESTIONS = {**speed.QUESTIONS, **behaviour.QUESTIONS, **protocol.QUESTIONS, **suite.QUESTIONS}
DEADLINE_S = {"speed": 110, "suite": 100}
DEADLINE_OF_A_QUESTION_S = 25


def main() -> None:
    options = json.loads(sys.argv[1])
    if sys.platform == "linux":
        # What a kernel leaves behind becomes ours, to be ended with it.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for name in options["questions"]:
        started = time.monotonic()
        answered = ask(options, name)
        print(json.dumps({"question": name, **answered, "seconds": round(time.monotonic() - started, 1)}), flush=True)


def ask(options: dict, name: str) -> dict:
    processes = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    there, here = processes.Pipe()
    process = processes.Process(target=answer, args=(there, options, name))
    process.start()
    there.close()
    deadline = DEADLINE_S.get(name, DEADLINE_OF_A_QUESTION_S)
    try:
        return here.recv() if here.poll(deadline) else {"failed": f"no answer within {deadline} s"}
    except EOFError:
        return {"failed": "the process that asked died"}
    finally:
        end_all_children()


def answer(there, options: dict, name: str) -> None:
    try:
        there.send({"answer": QUESTIONS[name](options)})
    except BaseException as error:  # noqa: BLE001
        there.send({"failed": f"{type(error).__name__}: {error}".strip(": ")})
    # No goodbye to channels and loops: some would wait for a kernel that is gone.
    os._exit(0)


def end_all_children() -> None:
    while children := psutil.Process().children(recursive=True):
        for child in children:
            try:
                child.kill()
            except psutil.NoSuchProcess:
                pass
        psutil.wait_procs(children, timeout=5)
        multiprocessing.active_children()  # takes leave of those that have ended


if __name__ == "__main__":
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    main()
