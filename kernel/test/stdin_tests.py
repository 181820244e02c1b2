"""What cells ask the person at the front end: one function a claim, run by conversation.test.ts."""
import time
from queue import Empty

import nbclient
from jupyter_client.session import Session

from client import TIMEOUT, kernel, main, of_type, outputs, printed, reply_to, run
from notebooks import executed


def ask(kc, code, answers=(), **options):
    """Runs a cell and answers its questions in turn: the questions, its reply, its outputs."""
    msg_id = kc.execute(code, allow_stdin=True, **options)
    asked = []
    for answer in answers:
        question = kc.get_stdin_msg(timeout=TIMEOUT)
        assert question["msg_type"] == "input_request" and question["parent_header"]["msg_id"] == msg_id, question
        asked.append(question["content"])
        kc.input(answer)
    found = outputs(kc, msg_id)
    return asked, reply_to(kc.get_shell_msg, msg_id)["content"], found


def result(found):
    return of_type(found, "execute_result")[0]["data"]["text/plain"]


def nothing_asked(kc, timeout=0.5):
    try:
        raise AssertionError(f"asked: {kc.get_stdin_msg(timeout=timeout)}")
    except Empty:
        pass


def test_input_asks_the_client_that_sent_the_cell_and_gives_its_answer():
    with kernel() as (_, kc):
        asked, reply, found = ask(kc, "const who = await input('Name? '); who + '!'", ["Ada"])
        assert asked == [{"prompt": "Name? ", "password": False}], asked
        assert reply["status"] == "ok" and result(found) == "'Ada!'", found
        assert result(ask(kc, "who")[2]) == "'Ada'"


def test_of_two_clients_only_the_one_that_sent_the_cell_is_asked():
    with kernel() as (km, first):
        second = km.client(session=Session(key=km.session.key))
        second.start_channels()
        second.wait_for_ready(timeout=TIMEOUT)
        msg_id = second.execute("await input('second? ')", allow_stdin=True)
        assert second.get_stdin_msg(timeout=TIMEOUT)["content"]["prompt"] == "second? "
        first.input("not asked")
        nothing_asked(first)
        second.input("asked")
        assert result(outputs(second, msg_id)) == "'asked'"
        second.stop_channels()


def test_a_password_is_asked_for_as_one():
    with kernel() as (_, kc):
        asked, _, found = ask(kc, "(await password('Token: ')).length", ["secret"])
        assert asked == [{"prompt": "Token: ", "password": True}] and result(found) == "6", (asked, found)


def test_questions_asked_at_once_are_put_one_after_another():
    with kernel() as (_, kc):
        asked, _, found = ask(kc, "await Promise.all([input('a'), input('b'), password('c')])", ["1", "2", "3"])
        assert [a["prompt"] for a in asked] == ["a", "b", "c"] and result(found) == "[ '1', '2', '3' ]", (asked, found)


def test_what_was_printed_comes_before_the_question():
    with kernel() as (_, kc):
        msg_id = kc.execute("console.log('first'); await input('then')", allow_stdin=True)
        kc.get_stdin_msg(timeout=TIMEOUT)
        while True:  # no answer is given before it came
            message = kc.get_iopub_msg(timeout=TIMEOUT)
            if message["msg_type"] == "stream":
                break
        assert message["content"]["text"] == "first\n", message
        kc.input("")
        assert reply_to(kc.get_shell_msg, msg_id)["content"]["status"] == "ok"


def test_a_cell_that_does_not_wait_for_its_question_is_done_when_that_is_answered():
    with kernel() as (_, kc):
        _, reply, _ = ask(kc, "const later = input('later? ')", ["yes"])
        assert reply["status"] == "ok" and result(ask(kc, "await later")[2]) == "'yes'"


def test_an_empty_answer_and_one_beyond_ascii_arrive_as_they_are():
    with kernel() as (_, kc):
        assert result(ask(kc, "[await input(), await input()]", ["", "\U0001d465 é"])[2]) == "[ '', '\U0001d465 é' ]"


def test_a_client_without_stdin_gets_an_error_that_says_what_to_do():
    with kernel() as (_, kc):
        for code in ("await input('Name? ')", "await password()", "await require('readline/promises').createInterface({input: process.stdin}).question('?')"):
            reply, found = run(kc, code, allow_stdin=False)
            assert reply["ename"] == "StdinNotImplementedError" and "Write the answer into the cell" in reply["evalue"], reply
            nothing_asked(kc, 0.1)
        assert "line" not in reply["evalue"] and run(kc, "1")[0]["status"] == "ok"


def test_the_refusal_names_the_line_that_asked_and_can_be_caught():
    with kernel() as (_, kc):
        reply, _ = run(kc, "1;\nawait input('?')", allow_stdin=False)
        assert any("In [1]:2" in line for line in reply["traceback"]), reply
        _, found = run(kc, "try { await input() } catch (error) { console.log(error.name) }", allow_stdin=False)
        assert printed(found) == "StdinNotImplementedError\n", found


def test_under_nbclient_a_cell_that_asks_fails_at_once():
    try:
        executed("await input('Name? ')", timeout=TIMEOUT)
        raise AssertionError("expected an error")
    except nbclient.exceptions.CellExecutionError as error:
        assert "StdinNotImplementedError" in str(error), error


def test_a_silent_cell_may_ask():
    with kernel() as (_, kc):
        asked, reply, found = ask(kc, "globalThis.said = await input('quietly? ')", ["yes"], silent=True)
        assert asked and reply["status"] == "ok" and of_type(found, "execute_result") == [], found
        assert result(run(kc, "said")[1]) == "'yes'"


def test_an_interrupt_ends_a_cell_that_waits_for_an_answer():
    with kernel() as (km, kc):
        for code in ("const got = await input('?')", "const got2 = await require('readline/promises').createInterface({input: process.stdin}).question('?')"):
            msg_id = kc.execute(code, allow_stdin=True)
            kc.get_stdin_msg(timeout=TIMEOUT)
            km.interrupt_kernel()
            assert reply_to(kc.get_shell_msg, msg_id)["content"]["ename"] == "Interrupted"
            outputs(kc, msg_id)
            kc.input("too late")
            time.sleep(0.2)
            assert result(ask(kc, "await input('again?')", ["in time"])[2]) == "'in time'"
        for _ in range(30):
            assert run(kc, "Array.from({length: 1e5}, () => ({})).length")[0]["status"] == "ok"


def test_a_restart_ends_a_cell_that_waits_for_an_answer():
    with kernel() as (km, kc):
        kc.execute("await input('?')", allow_stdin=True)
        kc.get_stdin_msg(timeout=TIMEOUT)
        km.restart_kernel(now=False)
        kc.wait_for_ready(timeout=TIMEOUT)
        assert result(ask(kc, "await input('new?')", ["new"])[2]) == "'new'"


def test_an_answer_to_nothing_is_dropped():
    with kernel() as (_, kc):
        kc.input("nobody asked")
        assert result(ask(kc, "await input('?')", ["asked"])[2]) == "'asked'"


def test_an_answer_that_names_another_question_is_dropped():
    with kernel() as (_, kc):
        msg_id = kc.execute("await input('?')", allow_stdin=True)
        question = kc.get_stdin_msg(timeout=TIMEOUT)
        for parent, value in (({"msg_id": "another"}, "wrong"), (question["header"], "right")):
            kc.stdin_channel.send(kc.session.msg("input_reply", {"value": value}, parent=parent))
        assert result(outputs(kc, msg_id)) == "'right'"


def test_an_answer_that_names_the_cell_is_one_to_its_question():
    with kernel() as (_, kc):
        msg_id = kc.execute("await input('?')", allow_stdin=True)
        question = kc.get_stdin_msg(timeout=TIMEOUT)
        kc.stdin_channel.send(kc.session.msg("input_reply", {"value": "right"}, parent=question["parent_header"]))
        assert result(outputs(kc, msg_id)) == "'right'"


def test_a_question_with_no_cell_to_stand_under_is_refused():
    with kernel() as (_, kc):
        ask(kc, "setTimeout(() => input('?').catch(error => { globalThis.refused = error.name }), 100)")
        time.sleep(0.5)
        nothing_asked(kc, 0.1)
        assert result(run(kc, "refused")[1]) == "'StdinNotImplementedError'"


def test_a_session_that_dies_while_it_waits_leaves_no_question_open():
    with kernel() as (_, kc):
        msg_id = kc.execute("setTimeout(() => process.abort(), 500); await input('?')", allow_stdin=True)
        kc.get_stdin_msg(timeout=TIMEOUT)
        assert reply_to(kc.get_shell_msg, msg_id)["content"]["ename"] == "NativeFault"
        kc.input("to the dead")
        time.sleep(0.2)
        assert result(ask(kc, "await input('?')", ["alive"])[2]) == "'alive'"


READLINE = """
import * as readline from 'node:readline/promises';
const rl = readline.createInterface({input: process.stdin, output: process.stdout});
const name = await rl.question('Name? ');
await new Promise(resolve => setTimeout(resolve, 300));
const age = await rl.question('Age? ');
await new Promise(resolve => setTimeout(resolve, 300));
`${name} ${age}`
"""


def test_readlines_questions_are_asked_one_box_each():
    with kernel() as (_, kc):
        asked, reply, found = ask(kc, READLINE, ["Ada", "36"])
        assert result(found) == "'Ada 36'" and printed(found) == "Name? Age? ", found
        nothing_asked(kc)
        asked, _, found = ask(kc, "const more = await rl.question('More? '); rl.close(); more", ["no"])
        assert result(found) == "'no'"
        nothing_asked(kc)
        code = "const again = readline.createInterface({input: process.stdin}); const said = await again.question(''); again.close(); said"
        assert result(ask(kc, code, ["yes"])[2]) == "'yes'"


def test_readline_with_callbacks_and_lines_works():
    with kernel() as (_, kc):
        code = """
const {createInterface} = require('readline');
const lines: string[] = [];
await new Promise<void>(done => {
  const rl = createInterface({input: process.stdin});
  rl.question('first', first => {
    lines.push(first);
    rl.on('line', line => { lines.push(line); if (line === 'end') rl.close(); });
    rl.on('close', done);
  });
});
lines"""
        assert result(ask(kc, code, ["a", "b", "end"])[2]) == "[ 'a', 'b', 'end' ]"
        code = """
const all: string[] = [];
for await (const line of createInterface({input: process.stdin})) { if (!line) break; all.push(line); }
all"""
        assert result(ask(kc, code, ["x", "y", ""])[2]) == "[ 'x', 'y' ]"


def test_a_question_with_a_callback_keeps_its_cell_busy_until_it_is_answered():
    with kernel() as (_, kc):
        asked, reply, found = ask(kc, "require('readline').createInterface({input: process.stdin, output: process.stdout}).question('Name? ', name => console.log('Hi', name))", ["Ada"])
        assert reply["status"] == "ok" and printed(found) == "Name? Hi Ada\n", found
        nothing_asked(kc)


def test_listening_to_lines_asks_until_the_interface_is_closed():
    with kernel() as (_, kc):
        code = "const rl = require('readline').createInterface({input: process.stdin}); rl.on('line', line => line ? console.log(line) : rl.close())"
        asked, _, found = ask(kc, code, ["one", "two", ""])
        assert len(asked) == 3 and printed(found) == "one\ntwo\n", found
        ask(kc, "1")
        nothing_asked(kc)


def test_a_later_cell_is_not_asked_what_an_interrupted_one_wanted_to_know():
    with kernel() as (km, kc):
        msg_id = kc.execute("const rl = require('readline/promises').createInterface({input: process.stdin}); await rl.question('?')", allow_stdin=True)
        kc.get_stdin_msg(timeout=TIMEOUT)
        km.interrupt_kernel()
        reply_to(kc.get_shell_msg, msg_id)
        ask(kc, "await new Promise(resolve => setTimeout(resolve, 200))")
        nothing_asked(kc)
        assert ask(kc, "await rl.question('closed, as by Ctrl-C')")[1]["evalue"] == "readline was closed"
        code = "const other = require('readline/promises').createInterface({input: process.stdin}); const answer = await other.question('again?'); answer"
        assert result(ask(kc, code, ["yes"])[2]) == "'yes'"


def test_process_stdin_is_read_as_a_stream():
    with kernel() as (_, kc):
        code = "const chunk: Buffer = await new Promise(resolve => process.stdin.once('data', resolve)); process.stdin.pause(); chunk.toString()"
        assert result(ask(kc, code, ["one"])[2]) == "'one\\n'"
        nothing_asked(kc)
        code = "let text = ''; process.stdin.setEncoding('utf8'); for await (const line of process.stdin) { text += line; if (text.length > 3) break }; text"
        assert result(ask(kc, code, ["é", "two"])[2]) == "'é\\ntwo\\n'"


def test_process_stdin_asks_nothing_until_it_is_read():
    with kernel() as (_, kc):
        ask(kc, "process.stdin.isTTY; typeof process.stdin.on")
        nothing_asked(kc)


if __name__ == "__main__":
    main(dict(globals()))
