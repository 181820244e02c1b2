"""What a kernel does where kernels differ: true or false (how many, for the quick cells), each asked of a fresh kernel."""

import json
import os
import re
import signal
import time
from pathlib import Path

import nbclient
import nbformat

from process import PATIENCE_S, QUIET, Cells, has_error, is_idle, manager_of, of_type, printed, result, running

QUICK_CELLS = 40
STARTS = 5

BUSY = {"typescript": "for (;;) {}", "python": "while True: pass"}
PENDING = {"typescript": "await new Promise(() => {})", "python": "import asyncio\nawait asyncio.sleep(1000)"}
QUICK = {"typescript": lambda i: f"console.log('out {i}'); {i}", "python": lambda i: f"print('out {i}')\n{i}"}
SYNTAX = {"typescript": "const fine = 1;\nlet 1x", "python": "fine = 1\n1x ="}
THROWN = {
    "typescript": "interface Shape { sides: number }\n\nfunction area(shape: Shape): number {\n  throw new Error('no area');\n}\narea({sides: 3});",
    "python": "sides = 3\n\ndef area(shape: dict) -> float:\n    raise ValueError('no area')\n\narea({'sides': sides})",
}
CHILD = {
    "typescript": "import {execSync} from 'node:child_process';\nexecSync('echo from the child', {stdio: 'inherit'})",
    "python": "import subprocess\nsubprocess.run(['sh', '-c', 'echo from the child'])",
}
EXIT = {"typescript": "process.exit(3)", "python": "import sys\nsys.exit(3)"}


def quick_cells_lost(options: dict) -> int:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(QUICK[options["language"]](i)) for i in range(QUICK_CELLS)])
    client = nbclient.NotebookClient(
        notebook, km=manager_of(options), timeout=5, iopub_timeout=1, shutdown_kernel="immediate", raise_on_iopub_timeout=False
    )
    try:
        client.execute(**QUIET)
    except Exception:  # noqa: BLE001, S110: a cell that never ends has lost its output too
        pass
    texts = ["".join(str(output.get("text", "")) for output in cell.outputs) for cell in notebook.cells]
    return sum(f"out {i}\n" not in text for i, text in enumerate(texts))


def interrupted(cells: Cells, code: str, by: str) -> bool:
    """Whether the cell ends as a failed one, and the next one runs."""
    message = cells.begin(code)
    if by == "message":
        reply = cells.control("interrupt_request")
        assert reply["content"]["status"] == "ok", reply
    elif by == "signal":
        os.kill(cells.pid, signal.SIGINT)
    else:
        cells.manager.interrupt_kernel()
    assert cells.reply_to(message)["content"]["status"] == "error"
    return cells.run("1 + 1")[0]["status"] == "ok"


def in_some_way(what: dict):
    def ask(options: dict) -> bool:
        for by in ("message", "signal"):
            try:
                with running(options) as cells:
                    if interrupted(cells, what[options["language"]], by):
                        return True
            except (AssertionError, TimeoutError):
                continue
        return False

    return ask


def control_answers(options: dict) -> bool:
    with running(options) as cells:
        cells.begin(BUSY[options["language"]])
        return cells.control("kernel_info_request")["content"]["status"] == "ok"


def syntax_error_is_an_error(options: dict) -> bool:
    """With the line that is wrong."""
    with running(options) as cells:
        errors = of_type(cells.heard(SYNTAX[options["language"]], has_error), "error")
        return bool(errors) and "1x" in "\n".join(errors[0]["traceback"])


def says(code: dict, words: str, seconds: float = 2):
    def said(messages: list[dict]) -> bool:
        return words in json.dumps([message["content"] for message in messages])

    def ask(options: dict) -> bool | None:
        if options["language"] not in code:
            return None
        with running(options) as cells:
            return said(cells.heard(code[options["language"]], said, seconds))

    return ask


def lines_are_right(options: dict) -> bool:
    """The frames of what was typed are those of lines 4 and 6, and no others are shown."""
    with running(options) as cells:
        error = of_type(cells.heard(THROWN[options["language"]], has_error), "error")[0]
        text = re.sub("\x1b\\[[0-9;]*m", "", "\n".join(error["traceback"]))
        inner = ("node:", "ext:", "node_modules", "internal/", "evalmachine", "dist/")
        own = {"typescript": (":4", ":6"), "python": ("line 4", "line 6")}[options["language"]]
        return all(place in text for place in own) and not any(name in text for name in inner)


def exit_ends_the_cell_only(options: dict) -> bool:
    with running(options) as cells:
        cells.run({"typescript": "var kept = 42", "python": "kept = 42"}[options["language"]])
        cells.heard(EXIT[options["language"]], is_idle)
        return result(cells.run("kept")[1]) == "42"


def edited_modules_are_fresh(options: dict) -> bool | None:
    """By both spellings of a TypeScript file's name."""
    if options["language"] != "typescript":
        return None
    for spelling in ("./edited", "./edited.ts"):
        with running(options) as cells:
            seen = []
            for value in (1, 2):
                Path(cells.folder, "edited.ts").write_text(f"export const edited: number = {value};\n")
                code = f"import * as m{value} from '{spelling}';\nconsole.log('edited', m{value}.edited)"
                seen.append(printed(cells.heard(code, lambda found: f"edited {value}\n" in printed(found), 3)))  # noqa: B023
                time.sleep(0.1)
            if not ("edited 1" in seen[0] and "edited 2" in seen[1]):
                return False
    return True


def comms_answer(options: dict) -> bool:
    """A comm_open for a target that nobody has registered is closed, as the protocol says."""
    with running(options) as cells:
        message = cells.client.session.msg("comm_open", {"comm_id": "c1", "target_name": "nobody", "data": {}})
        cells.client.shell_channel.send(message)
        return bool(of_type(cells.until_idle(message["header"]["msg_id"]), "comm_close"))


def history_is_kept(options: dict) -> bool:
    with running(options) as cells:
        cells.run("6 * 7")
        asked = cells.client.history(hist_access_type="tail", n=10, raw=True, output=False)
        return any(row[2] == "6 * 7" for row in cells.reply_to(asked)["content"]["history"])


def first_idle_is_seen(options: dict) -> bool:
    """By a client that runs its first cell as soon as the kernel's process is there, in each of some starts."""
    for _ in range(STARTS):
        with running(options, heard=False) as cells:
            message = cells.client.execute("1 + 1")
            cells.reply_to(message, 30)
            cells.until_idle(message, 1)
    return True


QUESTIONS = {
    "quickCellsLost": quick_cells_lost,
    "busyIsInterrupted": in_some_way(BUSY),
    "awaitIsInterrupted": in_some_way(PENDING),
    "controlAnswersWhileBusy": control_answers,
    "syntaxErrorIsAnError": syntax_error_is_an_error,
    "typeErrorIsShown": says({"typescript": "const wrong: number = 'text';\nconsole.log('it ran');"}, "not assignable", PATIENCE_S),
    "typeErrorLetsRun": says({"typescript": "const wrong: number = 'text';\nconsole.log('it ran');"}, "it ran"),
    "unhandledIsShown": says({"typescript": "Promise.reject(new Error('nobody caught it')); 1"}, "nobody caught it"),
    "lateThrowIsShown": says({"typescript": "setTimeout(() => { throw new Error('thrown late') }, 300); 1"}, "thrown late"),
    "linesAreRight": lines_are_right,
    "exitEndsTheCellOnly": exit_ends_the_cell_only,
    "editedModulesAreFresh": edited_modules_are_fresh,
    "childIsHeard": says(CHILD, "from the child"),
    "commsAnswer": comms_answer,
    "historyIsKept": history_is_kept,
    "firstIdleIsSeen": first_idle_is_seen,
}
assert PATIENCE_S * 3 < 25  # a question's own deadlines come before the driver's
