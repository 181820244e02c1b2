"""What jupyter_kernel_test does not ask: one function a claim, run by protocol.test.ts."""
import os
import signal
import subprocess
import sys
import time
from queue import Empty

from client import TIMEOUT, control, kernel, main, of_type, outputs, printed, reply_to, run, wait_until_busy

BUSY = "for (;;) {}"
FOREVER = "await new Promise(() => {})"


def test_execute_input_says_code_and_count():
    with kernel() as (_, kc):
        for count in (1, 2):
            reply, found = run(kc, "1")
            assert reply["execution_count"] == count, reply
            assert of_type(found, "execute_input") == [{"code": "1", "execution_count": count}], found


def test_silent_cells_broadcast_nothing_and_do_not_count():
    with kernel() as (_, kc):
        run(kc, "1")
        reply, found = run(kc, "console.log('x'); 5", silent=True)
        assert reply["status"] == "ok" and found == [], (reply, found)
        assert run(kc, "2")[0]["execution_count"] == 2


def test_store_history_false_does_not_count():
    with kernel() as (_, kc):
        run(kc, "1")
        run(kc, "2", store_history=False)
        assert run(kc, "3")[0]["execution_count"] == 2
        history = kc.history(hist_access_type="tail", n=10, raw=True, output=False, reply=True, timeout=TIMEOUT)["content"]["history"]
        assert [row[2] for row in history] == ["1", "3"], history


def test_user_expressions_are_answered_each():
    with kernel() as (_, kc):
        reply, _ = run(kc, "const u = 20", user_expressions={"twice": "u * 2", "wrong": "nowhere"})
        expressions = reply["user_expressions"]
        assert expressions["twice"]["status"] == "ok" and expressions["twice"]["data"]["text/plain"] == "40", expressions
        assert expressions["wrong"]["status"] == "error" and expressions["wrong"]["ename"] == "ReferenceError", expressions


def test_an_error_aborts_what_was_queued():
    with kernel() as (_, kc):
        first = kc.execute("throw new Error('stop')")
        queued = [kc.execute(f"console.log({i})") for i in range(3)]
        assert reply_to(kc.get_shell_msg, first)["content"]["status"] == "error"
        for msg_id in queued:
            assert reply_to(kc.get_shell_msg, msg_id)["content"]["status"] == "aborted"
        after, found = run(kc, "console.log('after')")
        assert after["status"] == "ok" and printed(found) == "after\n", (after, found)


def test_stop_on_error_false_continues():
    with kernel() as (_, kc):
        kc.execute("throw new Error('go on')", stop_on_error=False)
        next_one = kc.execute("1")
        assert reply_to(kc.get_shell_msg, next_one)["content"]["status"] == "ok"


def interrupted(kc, msg_id):
    reply = reply_to(kc.get_shell_msg, msg_id)["content"]
    assert reply["status"] == "error" and reply["ename"] == "Interrupted", reply
    found = outputs(kc, msg_id)
    assert of_type(found, "error")[0]["traceback"], found
    after, _ = run(kc, "kept")
    assert after["status"] == "ok", after


def test_an_endless_loop_is_interrupted_by_the_kernelspecs_way_and_state_is_kept():
    with kernel() as (km, kc):
        run(kc, "const kept = 1")
        msg_id = kc.execute(BUSY)
        wait_until_busy(kc, msg_id)
        km.interrupt_kernel()
        interrupted(kc, msg_id)


def test_an_await_is_interrupted():
    with kernel() as (km, kc):
        run(kc, "const kept = 1")
        msg_id = kc.execute(FOREVER)
        wait_until_busy(kc, msg_id)
        km.interrupt_kernel()
        interrupted(kc, msg_id)


def test_a_signal_interrupts_as_well():
    with kernel() as (km, kc):
        run(kc, "const kept = 1")
        for code in (BUSY, FOREVER):
            msg_id = kc.execute(code)
            wait_until_busy(kc, msg_id)
            os.kill(km.provisioner.process.pid, signal.SIGINT)
            interrupted(kc, msg_id)


def test_an_interrupt_of_an_idle_kernel_does_nothing():
    with kernel() as (km, kc):
        km.interrupt_kernel()
        os.kill(km.provisioner.process.pid, signal.SIGINT)
        time.sleep(0.5)  # both have arrived
        reply, _ = run(kc, "1 + 1")
        assert reply["status"] == "ok", reply


def test_an_interrupt_request_is_answered():
    with kernel() as (_, kc):
        run(kc, "const kept = 1")
        msg_id = kc.execute(BUSY)
        wait_until_busy(kc, msg_id)
        assert control(kc, "interrupt_request") == {"status": "ok"}
        interrupted(kc, msg_id)


def test_control_completion_and_comm_info_answer_during_a_loop():
    with kernel() as (km, kc):
        msg_id = kc.execute(BUSY)
        wait_until_busy(kc, msg_id)
        assert control(kc, "kernel_info_request")["status"] == "ok"
        assert kc.comm_info(reply=True, timeout=TIMEOUT)["content"] == {"status": "ok", "comms": {}}
        assert kc.complete("Math.ma", reply=True, timeout=TIMEOUT)["content"]["matches"] == ["max"]
        km.interrupt_kernel()
        assert reply_to(kc.get_shell_msg, msg_id)["content"]["ename"] == "Interrupted"


def test_comm_info_is_answered_as_comm_info():
    with kernel() as (_, kc):
        reply = kc.comm_info(reply=True, timeout=TIMEOUT)
        assert reply["msg_type"] == "comm_info_reply" and reply["content"]["comms"] == {}, reply


def test_a_comm_for_an_unknown_target_is_closed():
    with kernel() as (_, kc):
        message = kc.session.msg("comm_open", {"comm_id": "c1", "target_name": "nobody", "data": {}})
        kc.shell_channel.send(message)
        found = outputs(kc, message["header"]["msg_id"])
        assert of_type(found, "comm_close")[0]["comm_id"] == "c1", found


def test_shutdown_is_answered_and_ends_both_processes():
    with kernel() as (km, kc):
        reply, found = run(kc, "process.pid")
        session = int(of_type(found, "execute_result")[0]["data"]["text/plain"])
        assert control(kc, "shutdown_request", {"restart": False}) == {"status": "ok", "restart": False}
        assert km.provisioner.process.wait(timeout=TIMEOUT) == 0
        assert all_gone([session])


def test_a_restart_starts_anew():
    with kernel() as (km, kc):
        run(kc, "const old = 1")
        km.restart_kernel(now=False)
        kc.wait_for_ready(timeout=TIMEOUT)
        reply, _ = run(kc, "typeof old")
        assert reply["execution_count"] == 1, reply


def test_the_heart_beats_during_a_loop():
    with kernel() as (km, kc):
        msg_id = kc.execute(BUSY)
        wait_until_busy(kc, msg_id)
        kc.hb_channel.unpause()
        time.sleep(2)
        assert kc.hb_channel.is_beating()
        km.interrupt_kernel()
        reply_to(kc.get_shell_msg, msg_id)


def test_nothing_comes_after_idle_over_forty_cells():
    with kernel() as (_, kc):
        for i in range(40):
            reply, found = run(kc, f"for (let i = 0; i < 50; i++) console.log(i); console.error('e'); {i}")
            assert printed(found) == "".join(f"{n}\n" for n in range(50)), found
            assert printed(found, "stderr") == "e\n"
            assert of_type(found, "execute_result")[0]["data"]["text/plain"] == str(i)
        try:
            late = kc.get_iopub_msg(timeout=1)
            raise AssertionError(f"after idle: {late}")
        except Empty:
            pass


def test_an_errors_traceback_is_a_list_of_strings():
    with kernel() as (_, kc):
        for code in ("throw new Error('x')", "const = 1", "null.x", "throw 3", "await Promise.reject(new TypeError('later'))"):
            reply, found = run(kc, code)
            error = of_type(found, "error")[0]
            assert error["traceback"] and all(isinstance(line, str) for line in error["traceback"]), error
            assert reply["status"] == "error" and reply["ename"] == error["ename"], reply


def test_a_client_that_runs_at_once_sees_its_first_idle():
    for _ in range(5):
        with kernel(run_at_once=True) as (_, kc):
            msg_id = kc.execute("6 * 7")
            found = outputs(kc, msg_id)
            assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "42", found


def test_a_hundred_thousand_lines_all_come_before_idle():
    with kernel() as (_, kc):
        _, found = run(kc, "for (let i = 0; i < 100_000; i++) console.log(i)")
        assert printed(found) == "".join(f"{i}\n" for i in range(100_000))


def test_a_session_that_dies_is_replaced_and_says_why():
    with kernel() as (_, kc):
        for code, name in (("process.abort()", "NativeFault"), ("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})", "Killed")):
            reply, found = run(kc, code)
            assert reply["ename"] == name, reply
            assert "fresh session is ready" in "\n".join(of_type(found, "error")[0]["traceback"]), found
            assert run(kc, "1")[0]["status"] == "ok"


def test_a_session_that_closes_its_descriptors_is_replaced():
    with kernel() as (_, kc):
        for descriptor in (5, 3):
            run(kc, f"require('fs').closeSync({descriptor})")
            run(kc, "1")  # by now at the latest it is found out
            reply, found = run(kc, "1 + 1")
            assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "2", reply


def test_a_kernel_leaves_when_its_parent_is_killed():
    program = """
import sys, time
sys.path.insert(0, sys.argv[1])
from client import kernel, run, of_type
with kernel() as (km, kc):
    _, found = run(kc, 'process.pid')
    print(km.provisioner.process.pid, of_type(found, 'execute_result')[0]['data']['text/plain'], flush=True)
    kc.execute('for (;;) {}')
    time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", program, os.path.dirname(os.path.abspath(__file__))], stdout=subprocess.PIPE, text=True)
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    all_gone(pids)
    left = [pid for pid in pids if not gone(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left, left


def test_what_cells_started_ends_with_the_kernel_unless_it_is_detached():
    code = """
        import {spawn} from 'node:child_process';
        const stubborn = ['-c', 'trap "" TERM; sleep 300; sleep 300'];
        const started = [spawn('sleep', ['300']), spawn('sh', stubborn), spawn('sleep', ['300'], {detached: true})];
        console.log(started.map(each => each.pid).join(' '))
    """
    for way in ("shutdown", "restart", "kill"):
        with kernel() as (km, kc):
            _, found = run(kc, code)
            *pids, detached = [int(pid) for pid in printed(found).split()]
            if way == "kill":
                os.kill(km.provisioner.process.pid, signal.SIGKILL)
            elif way == "restart":
                km.restart_kernel()
                assert all_gone(pids), way
        try:
            assert all_gone(pids), way
            assert not gone(detached), way
        finally:
            os.kill(detached, signal.SIGKILL)


def all_gone(pids, timeout=20):
    # A killed process is there until the system has taken its memory back.
    deadline = time.time() + timeout
    while time.time() < deadline and not all(gone(pid) for pid in pids):
        time.sleep(0.2)
    return all(gone(pid) for pid in pids)


def gone(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


if __name__ == "__main__":
    main(dict(globals()))
