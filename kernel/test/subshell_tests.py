"""Subshells (JEP 91): one function a claim, run by conversation.test.ts."""
import time

from client import TIMEOUT, control, kernel, main, of_type, printed, reply_to, run, wait_until_busy

SLEEP = "await new Promise(resolve => setTimeout(resolve, {}))"


def execute(kc, code, subshell=None, **options):
    """Sends a cell to a subshell: its id."""
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True, **options}
    message = kc.session.msg("execute_request", content)
    message["header"]["subshell_id"] = subshell
    kc.shell_channel.send(message)
    return message["header"]["msg_id"]


def create(kc):
    return control(kc, "create_subshell_request")["subshell_id"]


def until(kc, *msg_ids):
    """All of iopub up to the last idle of these requests."""
    found, left = [], set(msg_ids)
    while left:
        message = kc.get_iopub_msg(timeout=TIMEOUT)
        found.append(message)
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            left.discard(message["parent_header"].get("msg_id"))
    return found


def printed_by(found, msg_id):
    return printed([m for m in found if m["parent_header"].get("msg_id") == msg_id])


def result_of(found, msg_id):
    return of_type([m for m in found if m["parent_header"].get("msg_id") == msg_id], "execute_result")[0]["data"]["text/plain"]


def replies(kc, *msg_ids):
    left, found = set(msg_ids), {}
    while left:
        message = kc.get_shell_msg(timeout=TIMEOUT)
        found[message["parent_header"]["msg_id"]] = message["content"]
        left.discard(message["parent_header"]["msg_id"])
    return found


def test_subshells_are_announced_created_listed_and_deleted():
    with kernel() as (_, kc):
        assert "kernel subshells" in control(kc, "kernel_info_request")["supported_features"]
        assert control(kc, "list_subshell_request") == {"status": "ok", "subshell_id": []}
        first, second = create(kc), create(kc)
        assert control(kc, "list_subshell_request")["subshell_id"] == [first, second]
        assert control(kc, "delete_subshell_request", {"subshell_id": first}) == {"status": "ok"}
        assert control(kc, "list_subshell_request")["subshell_id"] == [second]


def test_a_subshell_that_is_not_there_is_an_error_that_says_so():
    with kernel() as (_, kc):
        for content in ({"subshell_id": "nowhere"}, {}):
            reply = control(kc, "delete_subshell_request", content)
            assert reply["status"] == "error" and reply["ename"], reply
        msg_id = execute(kc, "1", "nowhere")
        found = until(kc, msg_id)
        reply = reply_to(kc.get_shell_msg, msg_id)["content"]
        assert reply["status"] == "error" and reply["ename"] == "UnknownSubshell", reply
        assert [m["content"] for m in found if m["parent_header"].get("msg_id") == msg_id] == [{"execution_state": "busy"}, {"execution_state": "idle"}]


def test_a_subshells_cell_runs_while_the_main_shells_cell_awaits():
    with kernel() as (_, kc):
        subshell = create(kc)
        slow = execute(kc, "let free!: () => void; await new Promise<void>(resolve => { free = resolve }); 'main'")
        wait_until_busy(kc, slow)
        quick = execute(kc, "free(); 'sub'", subshell)
        found = until(kc, slow, quick)
        assert result_of(found, slow) == "'main'" and result_of(found, quick) == "'sub'", found


def test_a_subshells_cell_waits_while_the_main_shells_cell_computes():
    with kernel() as (_, kc):
        subshell = create(kc)
        busy = execute(kc, "var order: string[] = []; const end = Date.now() + 1500; while (Date.now() < end); order.push('main')")
        wait_until_busy(kc, busy)
        queued = execute(kc, "order.push('sub'); order", subshell)
        found = until(kc, busy, queued)
        assert result_of(found, queued) == "[ 'main', 'sub' ]", found


def test_the_cells_of_one_shell_run_one_after_another():
    with kernel() as (_, kc):
        subshell = create(kc)
        run(kc, "var order: string[] = []")
        wait = SLEEP.format(300)
        sent = [execute(kc, f"order.push('{name} begins'); {wait}; order.push('{name} ends')", shell) for name, shell in (("a", subshell), ("b", subshell), ("m", None), ("n", None))]
        until(kc, *sent)
        order = eval(of_type(run(kc, "JSON.stringify(order)")[1], "execute_result")[0]["data"]["text/plain"])
        order = __import__("json").loads(order)
        for names in (("a", "b"), ("m", "n")):
            assert [o for o in order if o[0] in names] == [f"{n} {what}" for n in names for what in ("begins", "ends")], order
        assert order.index("m begins") < order.index("a ends"), order


def test_output_goes_to_the_cell_that_printed_it():
    with kernel() as (_, kc):
        subshell = create(kc)
        code = "for (let i = 0; i < 20; i++) {{ console.log('{0}' + i); {1} }}"
        one = execute(kc, code.format("main", SLEEP.format(20)))
        other = execute(kc, code.format("sub", SLEEP.format(13)), subshell)
        found = until(kc, one, other)
        assert printed_by(found, one) == "".join(f"main{i}\n" for i in range(20)), found
        assert printed_by(found, other) == "".join(f"sub{i}\n" for i in range(20)), found
        for msg_id in (one, other):
            last = [m for m in found if m["parent_header"].get("msg_id") == msg_id]
            assert last[-1]["content"].get("execution_state") in ("idle", "busy"), last


def test_output_behind_an_await_of_files_goes_to_the_cell_that_printed_it():
    with kernel() as (_, kc):
        subshell = create(kc)
        run(kc, "import fs from 'node:fs/promises'; async function read(what: string) { try { await fs.stat('nowhere') } catch { console.log(what) } }")
        loop = "for (let i = 0; i < 200; i++) {{ await fs.stat('.'); console.log('{0}'); await read('{0}'); await fs.stat('.').then(() => console.log('{0}')) }}"
        one = execute(kc, loop.format("main"))
        other = execute(kc, loop.format("sub"), subshell)
        found = until(kc, one, other)
        assert set(printed_by(found, one).split()) == {"main"} and set(printed_by(found, other).split()) == {"sub"}, found
        assert len(printed_by(found, one).split()) == len(printed_by(found, other).split()) == 600


def test_tensors_lost_in_overlapping_shells_are_reported_under_their_own_cells():
    with kernel() as (_, kc):
        subshell = create(kc)
        run(kc, "import fs from 'node:fs/promises'; import * as tf from '@tensorflow/tfjs-node-gpu'")
        code = "for (let i = 0; i < {0}; i++) {{ await fs.stat('.'); if (i % 10 === 0) tf.scalar(1) }}\n{1}"
        first = execute(kc, code.format(200, "'main'"))
        second = execute(kc, code.format(100, "'sub'"), subshell)
        found = until(kc, first, second)
        # Node judges garbage only where nothing else runs: what was lost is said at the end of one of them.
        rows = of_type(run(kc, "JSON.stringify(tensors().filter(row => row.count > 1).map(row => [row.cell, row.line, row.count]))")[1], "execute_result")[0]["data"]["text/plain"]
        assert '["In [2]","In [2]:1",20]' in rows and '["In [3]","In [3]:1",10]' in rows, (rows, found)


def test_completion_comm_info_and_control_are_answered_while_both_shells_are_busy():
    with kernel() as (km, kc):
        subshell = create(kc)
        waiting = execute(kc, "await new Promise(() => {})")
        wait_until_busy(kc, waiting)
        busy = execute(kc, "for (;;) {}", subshell)
        wait_until_busy(kc, busy)
        assert kc.complete("Math.ma", reply=True, timeout=TIMEOUT)["content"]["matches"] == ["max"]
        assert kc.comm_info(reply=True, timeout=TIMEOUT)["content"]["status"] == "ok"
        assert control(kc, "list_subshell_request")["subshell_id"] == [subshell]
        message = kc.session.msg("kernel_info_request", {})
        message["header"]["subshell_id"] = subshell
        kc.shell_channel.send(message)
        assert reply_to(kc.get_shell_msg, message["header"]["msg_id"])["content"]["status"] == "ok"
        km.interrupt_kernel()
        assert {r["ename"] for r in replies(kc, waiting, busy).values()} == {"Interrupted"}


def test_an_interrupt_ends_what_is_busy_in_every_shell_and_state_is_kept():
    with kernel() as (km, kc):
        subshell = create(kc)
        run(kc, "const kept = 1")
        for main_code, sub_code in (("for (;;) {}", "1"), ("await new Promise(() => {})", "for (;;) {}"), ("await new Promise(() => {})", SLEEP.format(60000))):
            first = execute(kc, main_code)
            wait_until_busy(kc, first)
            second = execute(kc, sub_code, subshell)
            time.sleep(0.5)
            km.interrupt_kernel()
            found = replies(kc, first, second)
            # One that only waited for the other to stop computing may have been quicker than the interrupt.
            assert found[first]["ename"] == "Interrupted" and (sub_code == "1" or found[second]["ename"] == "Interrupted"), found
            until(kc, second)
            for shell in (None, subshell):
                after = execute(kc, "kept", shell)
                assert result_of(until(kc, after), after) == "1"
        for _ in range(30):
            reply, found = run(kc, "Array.from({length: 1e5}, () => ({})).length")
            assert reply["status"] == "ok", (reply, found)


def test_an_error_aborts_only_the_queue_of_its_own_shell():
    with kernel() as (_, kc):
        subshell = create(kc)
        slow = execute(kc, SLEEP.format(1000))
        after_slow = execute(kc, "'ran'")
        wrong = execute(kc, f"{SLEEP.format(300)}; throw new Error('here')", subshell)
        after_wrong = execute(kc, "1", subshell)
        found = replies(kc, slow, after_slow, wrong, after_wrong)
        assert [found[m]["status"] for m in (slow, after_slow, wrong, after_wrong)] == ["ok", "ok", "error", "aborted"], found


def test_deleting_a_subshell_lets_its_cell_end_and_aborts_what_waits():
    with kernel() as (_, kc):
        subshell = create(kc)
        running = execute(kc, f"{SLEEP.format(700)}; 'ended'", subshell)
        waiting = execute(kc, "1", subshell)
        wait_until_busy(kc, running)
        assert control(kc, "delete_subshell_request", {"subshell_id": subshell})["status"] == "ok"
        found = replies(kc, running, waiting)
        assert (found[running]["status"], found[waiting]["status"]) == ("ok", "aborted"), found
        assert replies(kc, late := execute(kc, "1", subshell))[late]["ename"] == "UnknownSubshell"


def test_the_session_dying_ends_the_cells_of_all_shells():
    with kernel() as (_, kc):
        subshell = create(kc)
        waiting = execute(kc, "await new Promise(() => {})")
        wait_until_busy(kc, waiting)
        fatal = execute(kc, "process.abort()", subshell)
        assert {r["ename"] for r in replies(kc, waiting, fatal).values()} == {"NativeFault"}
        assert run(kc, "1")[0]["status"] == "ok"


def test_forty_subshells_all_run():
    with kernel() as (_, kc):
        run(kc, "let open!: () => void; const gate = new Promise<void>(resolve => { open = resolve }); var through = 0")
        shells = [create(kc) for _ in range(40)]
        sent = [execute(kc, "await gate; through++", shell) for shell in shells]
        time.sleep(0.5)
        # As many as can run at a time wait at the gate, the others behind them.
        control(kc, "interrupt_request")
        statuses = [r["status"] for r in replies(kc, *sent).values()]
        assert statuses.count("error") >= 31 and len(statuses) == 40, statuses
        sent = [execute(kc, "through++", shell) for shell in shells]
        assert [r["status"] for r in replies(kc, *sent).values()] == ["ok"] * 40


def test_native_output_of_overlapping_cells_comes_before_their_idle():
    with kernel() as (_, kc):
        subshell = create(kc)
        child = "const {{execSync}} = await import('node:child_process'); {0}; execSync('echo {1}', {{stdio: 'inherit'}}); 0"
        slow = execute(kc, child.format(SLEEP.format(500), "native main"))
        quick = execute(kc, child.format("0", "native sub"), subshell)
        found = until(kc, slow, quick)
        text = printed(found)
        assert "native main" in text and "native sub" in text, text


if __name__ == "__main__":
    main(dict(globals()))
