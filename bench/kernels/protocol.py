"""Twenty questions of Jupyter's messaging protocol that jupyter_kernel_test does not put; each of a fresh kernel."""

import contextlib
import time
from queue import Empty

from behaviour import BUSY, PENDING, interrupted
from process import Cells, has_error, of_type, printed, result, running

THROW = {"typescript": "throw new Error('stop')", "python": "raise ValueError('stop')"}
ASK = {"typescript": {"deno": "prompt('Name? ')", None: "await input('Name? ')"}, "python": {None: "input('Name? ')"}}
MANY = {
    "typescript": "for (let i = 0; i < 50; i++) console.log(i); console.error('e');\n{}",
    "python": "import sys\nfor i in range(50): print(i)\nprint('e', file=sys.stderr)\n{}",
}
FORTY = 40


def of_language(table: dict, options: dict):
    return table[options["language"]]


def execute_input(cells: Cells, options: dict) -> bool:
    for count in (1, 2):
        reply, found = cells.run("1")
        (said,) = of_type(found, "execute_input")
        if said["code"] != "1" or said["execution_count"] != reply["execution_count"]:
            return False
        if count == 2:
            return reply["execution_count"] == before + 1
        before = reply["execution_count"]
    return False


def silent(cells: Cells, options: dict) -> bool:
    before = cells.run("1")[0]["execution_count"]
    reply, found = cells.run("5", silent=True)
    return reply["status"] == "ok" and not found and cells.run("2")[0]["execution_count"] == before + 1


def store_history_false(cells: Cells, options: dict) -> bool:
    before = cells.run("1")[0]["execution_count"]
    cells.run("2", store_history=False)
    return cells.run("3")[0]["execution_count"] == before + 1


def user_expressions(cells: Cells, options: dict) -> bool:
    reply, _ = cells.run("1", user_expressions={"twice": "20 * 2", "wrong": "nowhere"})
    found = reply["user_expressions"]
    return found["twice"]["data"]["text/plain"] == "40" and found["wrong"]["status"] == "error"


def queue_after_error(cells: Cells, options: dict, **how) -> list[str]:
    first = cells.client.execute(of_language(THROW, options), **how)
    queued = [cells.client.execute("1") for _ in range(3)]
    if cells.reply_to(first)["content"]["status"] != "error":
        raise AssertionError("expected an error")
    return [cells.reply_to(message)["content"]["status"] for message in queued]


def error_aborts(cells: Cells, options: dict) -> bool:
    return queue_after_error(cells, options) == ["aborted"] * 3 and cells.run("1")[0]["status"] == "ok"


def error_continues(cells: Cells, options: dict) -> bool:
    return queue_after_error(cells, options, stop_on_error=False) == ["ok"] * 3


def busy_interrupted(cells: Cells, options: dict) -> bool:
    return interrupted(cells, of_language(BUSY, options), "kernelspec")


def pending_interrupted(cells: Cells, options: dict) -> bool:
    return interrupted(cells, of_language(PENDING, options), "kernelspec")


def idle_interrupted(cells: Cells, options: dict) -> bool:
    cells.manager.interrupt_kernel()
    time.sleep(0.5)
    return cells.run("1 + 1")[0]["status"] == "ok"


def interrupted_by_message(cells: Cells, options: dict) -> bool:
    return interrupted(cells, of_language(BUSY, options), "message")


def control_while_busy(cells: Cells, options: dict) -> bool:
    cells.begin(of_language(BUSY, options))
    return cells.control("kernel_info_request")["content"]["status"] == "ok"


def stdin(cells: Cells, options: dict) -> bool:
    ways = of_language(ASK, options)
    message = cells.client.execute(ways.get(options["name"], ways[None]), allow_stdin=True)
    with contextlib.suppress(Empty):
        asked = cells.client.get_stdin_msg(timeout=5)
        cells.client.input("Ada")
        return "Name?" in asked["content"]["prompt"] and "Ada" in result(cells.until_idle(message))
    return False


def comm_info(cells: Cells, options: dict) -> bool:
    reply = cells.reply_to(cells.client.comm_info())
    return reply["msg_type"] == "comm_info_reply" and reply["content"]["status"] == "ok" and "comms" in reply["content"]


def shutdown(cells: Cells, options: dict) -> bool:
    reply = cells.control("shutdown_request", {"restart": False})
    return reply["msg_type"] == "shutdown_reply" and reply["content"]["status"] == "ok" and cells.manager.provisioner.process.wait(10) is not None


def restart(cells: Cells, options: dict) -> bool:
    cells.run("1")
    cells.manager.restart_kernel(now=False)
    cells.client.wait_for_ready(timeout=20)
    reply, _ = cells.run("1")
    return reply["status"] == "ok" and reply["execution_count"] == 1


def heartbeat(cells: Cells, options: dict) -> bool:
    cells.begin(of_language(BUSY, options))
    cells.client.hb_channel.unpause()
    time.sleep(3)
    return cells.client.hb_channel.is_beating()


def debug(cells: Cells, options: dict) -> bool:
    reply = cells.control("debug_request", {"type": "request", "seq": 1, "command": "debugInfo", "arguments": {}})
    return reply["msg_type"] == "debug_reply" and reply["content"]["body"]["isStarted"] is False


def subshell(cells: Cells, options: dict) -> bool:
    """While the main shell awaits, a cell of another one runs."""
    made = cells.control("create_subshell_request")["content"]["subshell_id"]
    cells.begin({"typescript": "await new Promise(done => setTimeout(done, 4000))", "python": "import time\ntime.sleep(4)"}[options["language"]])
    message = cells.client.session.msg("execute_request", {"code": "6 * 7", "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False})
    message["header"]["subshell_id"] = made
    cells.client.shell_channel.send(message)
    return cells.reply_to(message["header"]["msg_id"], 2)["content"]["status"] == "ok"


def nothing_after_idle(cells: Cells, options: dict) -> bool:
    expected = "".join(f"{n}\n" for n in range(50))
    for i in range(FORTY):
        _, found = cells.run(of_language(MANY, options).replace("{}", str(i)))
        out = printed([message for message in found if message["content"].get("name") == "stdout"])
        if out != expected or result(found) != str(i):
            return False
    with contextlib.suppress(Empty):
        cells.client.get_iopub_msg(timeout=1)
        return False
    return True


def traceback_is_a_list(cells: Cells, options: dict) -> bool:
    (error,) = of_type(cells.heard(of_language(THROW, options), has_error), "error")
    return bool(error["traceback"]) and isinstance(error["traceback"], list) and all(isinstance(line, str) for line in error["traceback"])


TESTS = (
    execute_input,
    silent,
    store_history_false,
    user_expressions,
    error_aborts,
    error_continues,
    busy_interrupted,
    pending_interrupted,
    idle_interrupted,
    interrupted_by_message,
    control_while_busy,
    stdin,
    comm_info,
    shutdown,
    restart,
    heartbeat,
    debug,
    subshell,
    nothing_after_idle,
    traceback_is_a_list,
)


def question(test):
    def ask(options: dict) -> bool:
        with running(options) as cells:
            return bool(test(cells, options))

    return ask


QUESTIONS = {f"protocol.{test.__name__}": question(test) for test in TESTS}
