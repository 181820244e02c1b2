"""What a cell may be doing when it is interrupted, by message and by signal: it ends, state is kept, and thirty allocating cells run after it."""
import os
import pathlib
import signal
import tempfile
import time

from client import TIMEOUT, kernel, main, of_type, outputs, printed, reply_to, run

ALLOCATE = "{ const z: object[] = []; for (let i = 0; i < 100_000; i++) z.push({i}); z.length }"
ALLOCATING_CELLS = 30
PREPARE = "import * as cp from 'node:child_process'; import {Worker} from 'node:worker_threads'; const kept = 42;"


def interrupted_by(ways, code, folder=None):
    """Runs `code` once for each way, interrupts it when it says 'on', and then whatever a notebook goes on with."""
    with kernel(cwd=folder) as (km, kc):
        run(kc, PREPARE)
        for way in ways:
            msg_id = kc.execute(code)
            await_text(kc, msg_id, "on\n")
            time.sleep(0.1)  # now it is where it is to be interrupted
            if way == "message":
                km.interrupt_kernel()
            else:
                os.kill(km.provisioner.process.pid, signal.SIGINT)
            reply = reply_to(kc.get_shell_msg, msg_id)["content"]
            assert reply["status"] == "error" and reply["ename"] == "Interrupted", (way, reply)
            assert of_type(outputs(kc, msg_id), "error")[0]["traceback"], way
            for i in range(ALLOCATING_CELLS):
                reply, found = run(kc, ALLOCATE)
                assert reply["status"] == "ok", (way, i, reply)
            _, found = run(kc, "kept")
            assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "42", (way, found)


def await_text(kc, msg_id, text):
    heard = ""
    while text not in heard:
        message = kc.get_iopub_msg(timeout=TIMEOUT)
        if message["msg_type"] == "stream" and message["parent_header"]["msg_id"] == msg_id:
            heard += message["content"]["text"]


BOTH = ("message", "signal")


def test_a_busy_loop():
    interrupted_by(BOTH, "console.log('on'); for (;;) {}")


def test_a_loop_after_an_await():
    interrupted_by(BOTH, "console.log('on'); await null; for (;;) {}")


def test_a_loop_of_microtasks():
    interrupted_by(BOTH, "console.log('on'); for (;;) await null")


def test_loops_of_microtasks_one_after_another():
    with kernel() as (km, kc):
        run(kc, "const kept = 42")
        for i in range(25):
            code = ("for (;;) await null", "for (;;) { const z: object[] = []; for (let i = 0; i < 1000; i++) z.push({i}); await null }")[i % 2]
            msg_id = kc.execute(code)
            time.sleep(0.05 + i % 5 * 0.02)
            km.interrupt_kernel()
            reply = reply_to(kc.get_shell_msg, msg_id)["content"]
            assert reply["status"] == "error" and reply["ename"] == "Interrupted", (i, reply)
            for _ in range(3):
                run(kc, ALLOCATE)
        assert of_type(run(kc, "kept")[1], "execute_result")[0]["data"]["text/plain"] == "42"


def test_a_loop_in_a_timer():
    interrupted_by(BOTH, "console.log('on'); setTimeout(() => { for (;;) {} }, 5); await new Promise(() => {})")


def test_a_promise_that_never_settles():
    interrupted_by(BOTH, "console.log('on'); await new Promise(() => {})")


def test_a_loop_that_catches_everything():
    interrupted_by(BOTH, "console.log('on'); for (;;) try { for (;;) {} } catch {} finally { continue }")


def test_a_flood_of_output():
    interrupted_by(BOTH, "console.log('on'); for (let i = 0; ; i++) console.log(`line ${i}`)")


def test_a_regular_expression_that_backtracks_for_ever():
    interrupted_by(("message",), "console.log('on'); /^(a+)+$/.test('a'.repeat(40) + 'b')")


def test_a_child_process_that_is_waited_for():
    # The shell and what it runs are interrupted, as by Ctrl-C in a terminal; nobody waits for the half minute to pass.
    started = time.time()
    interrupted_by(BOTH, "console.log('on'); cp.execSync('sleep 300; echo survived', {stdio: 'inherit'}); console.log('went on')")
    assert time.time() - started < 250


def test_a_child_process_that_ignores_an_interrupt():
    started = time.time()
    interrupted_by(("message",), """console.log('on'); cp.spawnSync('sh', ['-c', 'trap "" INT; sleep 300'])""")
    assert time.time() - started < 250


def test_a_child_process_that_is_awaited():
    code = "console.log('on'); const child = cp.spawn('sleep', ['300']); try { await new Promise(r => child.on('exit', r)) } finally { child.kill() }"
    interrupted_by(BOTH, code)


def test_a_child_of_an_earlier_cell_is_left_alone():
    with kernel() as (km, kc):
        run(kc, PREPARE)
        run(kc, "const server = cp.spawn('sleep', ['300'])")
        msg_id = kc.execute("console.log('on'); for (;;) {}")
        await_text(kc, msg_id, "on\n")
        km.interrupt_kernel()
        assert reply_to(kc.get_shell_msg, msg_id)["content"]["ename"] == "Interrupted"
        _, found = run(kc, "[server.exitCode, server.signalCode, server.kill()]")
        assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "[ null, null, true ]", found


def test_a_loop_inside_a_local_module():
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "endless.ts").write_text("export function endless(): never { for (;;) {} }\n")
        interrupted_by(BOTH, "import {endless} from './endless.ts';\nconsole.log('on'); endless()", folder)


def test_a_loop_at_the_top_of_a_local_module():
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "busy.ts").write_text("console.log('on');\nfor (;;) {}\nexport const never = 1;\n")
        interrupted_by(BOTH, "import {never} from './busy.ts';\nnever", folder)


def test_a_cell_that_waits_for_its_worker():
    code = "console.log('on'); const worker = new Worker('for (;;) {}', {eval: true}); try { await new Promise(r => worker.on('exit', r)) } finally { void worker.terminate() }"
    interrupted_by(BOTH, code)
    # An interrupt runs no `finally` of the cell: the worker is stopped by name.
    with kernel() as (km, kc):
        run(kc, PREPARE)
        msg_id = kc.execute("const worker = new Worker('for (;;) {}', {eval: true}); console.log('on'); await new Promise(r => worker.on('exit', r))")
        await_text(kc, msg_id, "on\n")
        km.interrupt_kernel()
        assert reply_to(kc.get_shell_msg, msg_id)["content"]["ename"] == "Interrupted"
        _, found = run(kc, "await worker.terminate()")
        # 0 where the worker had not begun to run.
        assert of_type(found, "execute_result")[0]["data"]["text/plain"] in ("0", "1"), found


def test_a_long_native_tensor_operation():
    # The operation itself cannot be stopped: the answer comes at once, the next cell when it is over.
    prepare = "import * as tf from '@tensorflow/tfjs-node-gpu'; const a = tf.randomNormal([700, 700]);"
    code = "console.log('on'); let b = a; for (let i = 0; i < 200; i++) b = tf.tidy(() => tf.matMul(b, a)); b.dataSync()"
    with kernel() as (km, kc):
        reply, _ = run(kc, PREPARE + prepare)
        assert reply["status"] == "ok", reply
        for way in BOTH:
            msg_id = kc.execute(code)
            await_text(kc, msg_id, "on\n")
            if way == "message":
                km.interrupt_kernel()
            else:
                os.kill(km.provisioner.process.pid, signal.SIGINT)
            assert reply_to(kc.get_shell_msg, msg_id)["content"]["ename"] == "Interrupted"
            for _ in range(ALLOCATING_CELLS):
                assert run(kc, ALLOCATE)[0]["status"] == "ok"
            _, found = run(kc, "[kept, a.shape[0]]")
            assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "[ 42, 700 ]", found


def test_a_loop_that_awaits_timers_is_over_and_an_earlier_cells_timer_is_not():
    sleeps = {
        "setTimeout": "const sleep = (ms: number) => new Promise(r => setTimeout(r, ms));",
        "timers/promises": "import {setTimeout as sleep} from 'node:timers/promises';",
        "promisify": "import {promisify} from 'node:util'; const sleep = promisify(setTimeout);",
        "setImmediate": "const sleep = (ms: number) => new Promise(r => setImmediate(r));",
    }
    for name, code in sleeps.items():
        with kernel() as (km, kc):
            run(kc, "let beats = 0, turns = 0; const heart = setInterval(() => beats++, 10)")
            msg_id = kc.execute(code + " console.log('on'); for (;;) { turns++; await sleep(10) }")
            await_text(kc, msg_id, "on\n")
            km.interrupt_kernel()
            assert reply_to(kc.get_shell_msg, msg_id)["content"]["ename"] == "Interrupted"
            _, found = run(kc, "const before = [beats, turns]; await new Promise(r => setTimeout(r, 300)); [turns - before[1], beats > before[0]]")
            assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "[ 0, true ]", (name, found)


def test_a_loop_that_awaits_files_sockets_or_streams_is_over_and_an_earlier_cells_is_not():
    prepare = """
        import fs from 'node:fs/promises'; import {EventEmitter, on} from 'node:events'; import http from 'node:http';
        let turns = 0, beats = 0;
        const server = http.createServer(async (_, response) => { await null; response.end('ok') });
        await new Promise<void>(r => server.listen(0, '127.0.0.1', r));
        const url = `http://127.0.0.1:${(server.address() as any).port}/`;
        const clock = new EventEmitter();
        setInterval(() => clock.emit('tick'), 1);
        async function turn(): Promise<void> { turns++; await fs.stat('.') }
        void (async () => { for (;;) { await fs.stat('.'); beats++ } })();
    """
    loops = (
        "for (;;) { turns++; await fs.stat('.') }",
        "for (;;) { turns++; await (await fetch(url)).text() }",
        "for await (const tick of on(clock, 'tick')) turns++",
        "await (async () => { outer: for (;;) for await (const tick of on(clock, 'tick')) { turns++; continue outer } })()",
        "for (;;) try { await fs.stat('nowhere') } catch { turns++ }",
        "for (;;) try { await fs.stat('nowhere') } catch {} finally { turns++; continue }",
        "while (true) await turn()",
        "const again = (): Promise<void> => fs.stat('.').then(() => { turns++; return again() }); await again()",
        "const later = async (): Promise<void> => { await fs.stat('.'); turns++; return later() }; await later()",
    )
    with kernel() as (km, kc):
        reply, _ = run(kc, prepare)
        assert reply["status"] == "ok", reply
        for code in loops:
            msg_id = kc.execute(f"console.log('on'); {code}")
            await_text(kc, msg_id, "on\n")
            time.sleep(0.1)
            km.interrupt_kernel()
            assert reply_to(kc.get_shell_msg, msg_id)["content"]["ename"] == "Interrupted"
            # What was under way at the interrupt is let come to its end.
            run(kc, "await new Promise(r => setTimeout(r, 50))")
            _, found = run(kc, "const before = [turns, beats]; await new Promise(r => setTimeout(r, 200)); [turns - before[0], beats > before[1], await (await fetch(url)).text()]")
            assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "[ 0, true, 'ok' ]", (code, found)


def test_an_interval_of_the_interrupted_cell():
    interrupted_by(BOTH, "setInterval(() => { for (;;) {} }, 1); console.log('on'); await new Promise(() => {})")


def test_an_import_that_is_interrupted_is_loaded_by_the_next():
    code = "import * as Plot from '@observablehq/plot'; console.log(typeof Plot.plot)"
    for wait in (0.005, 0.02, 0.05):
        with kernel() as (km, kc):
            run(kc, PREPARE)
            msg_id = kc.execute(code)
            time.sleep(wait)
            km.interrupt_kernel()
            assert reply_to(kc.get_shell_msg, msg_id)["content"]["status"] in ("ok", "error")
            _, found = run(kc, code)
            assert printed(found) == "function\n", (wait, found)


def test_fifty_interrupts_in_a_row():
    with kernel() as (km, kc):
        run(kc, PREPARE)
        for i in range(50):
            msg_id = kc.execute("console.log('on'); for (;;) {}")
            await_text(kc, msg_id, "on\n")
            km.interrupt_kernel()
            assert reply_to(kc.get_shell_msg, msg_id)["content"]["ename"] == "Interrupted"
            _, found = run(kc, f"console.log({i}); kept")
            assert printed(found) == f"{i}\n", (i, found)


if __name__ == "__main__":
    main(dict(globals()))
