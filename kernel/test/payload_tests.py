"""What an execute_request asks for beside its output: one function a claim, run by conversation.test.ts."""
from client import TIMEOUT, control, kernel, main, of_type, printed, reply_to, run


def test_page_fills_the_pager_with_text_and_with_any_mime_bundle():
    with kernel() as (_, kc):
        reply, found = run(kc, "page('one\\ntwo'); page({'text/plain': 'x', 'text/html': '<b>x</b>'})")
        assert reply["payload"] == [
            {"source": "page", "data": {"text/plain": "one\ntwo"}, "start": 0},
            {"source": "page", "data": {"text/plain": "x", "text/html": "<b>x</b>"}, "start": 0},
        ], reply
        assert found[1:] == [], found
        assert run(kc, "1")[0]["payload"] == []


def test_page_says_what_it_expects():
    with kernel() as (_, kc):
        for wrong in ("5", "null", "{'text/html': 'x'}"):
            reply, _ = run(kc, f"page({wrong} as never)")
            assert reply["ename"] == "TypeError" and "text/plain" in reply["evalue"], reply


def test_set_next_input_puts_code_into_a_cell():
    with kernel() as (_, kc):
        reply, _ = run(kc, "setNextInput('1 + 1'); setNextInput('2', {replace: true})")
        assert reply["payload"] == [
            {"source": "set_next_input", "text": "1 + 1", "replace": False},
            {"source": "set_next_input", "text": "2", "replace": True},
        ], reply


def test_a_help_question_is_answered_in_the_pager():
    with kernel() as (_, kc):
        (page,) = run(kc, "Math.max?")[0]["payload"]
        assert page["source"] == "page" and "max" in page["data"]["text/plain"], page


def test_a_cell_may_use_the_names_of_these_functions_for_its_own_variables():
    with kernel() as (_, kc):
        run(kc, "const input = 3; let page = 4; function password() { return 5 }")
        _, found = run(kc, "input + page + password()")
        assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "12", found


def test_their_types_are_known():
    with kernel() as (_, kc):
        code = "async function ask(): Promise<string> { return (await input('?')) + (await password()) }\npage('x'); page({'text/plain': 'x'})\nconst wrong: number = await (0 as never as ReturnType<typeof input>)\nawait new Promise(resolve => setTimeout(resolve, 4000))"
        said = printed(run(kc, code)[1], "stderr")
        assert said.count("(TS") == 1 and "'string' is not assignable to type 'number'" in said, said


def test_user_expressions_are_evaluated_after_the_cell_and_not_after_an_error():
    with kernel() as (_, kc):
        reply, found = run(kc, "let n = 1; n = 5", user_expressions={"n": "n", "shown": "console.log('not heard'); n", "bad syntax": "1 +"})
        got = reply["user_expressions"]
        assert got["n"]["data"]["text/plain"] == "5" and got["bad syntax"]["status"] == "error", got
        assert printed(found) == "", found
        assert run(kc, "throw new Error('x')", user_expressions={"n": "n"})[0]["user_expressions"] == {}


def test_an_empty_silent_cell_tells_the_current_count():
    with kernel() as (_, kc):
        run(kc, "1")
        reply, found = run(kc, "", silent=True)
        assert reply == {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}} and found == [], (reply, found)


def test_connect_names_the_five_ports():
    with kernel() as (km, kc):
        reply = control(kc, "connect_request")
        info = km.get_connection_info()
        assert {**reply, "status": "ok"} == {"status": "ok", **{f"{n}_port": info[f"{n}_port"] for n in ("shell", "iopub", "stdin", "hb", "control")}}, reply


def test_each_client_gets_the_reply_to_its_own_request_and_all_hear_the_outputs():
    with kernel() as (km, first):
        from jupyter_client.session import Session

        second = km.client(session=Session(key=km.session.key))
        second.start_channels()
        second.wait_for_ready(timeout=TIMEOUT)
        ids = [first.execute("console.log('one')"), second.execute("console.log('two')")]
        for client, own in zip((first, second), ids):
            assert reply_to(client.get_shell_msg, own)["content"]["status"] == "ok"
        heard = {}
        while len(heard) < 2:
            message = second.get_iopub_msg(timeout=TIMEOUT)
            if message["msg_type"] == "stream":
                heard[message["parent_header"]["msg_id"]] = message["content"]["text"]
        assert [heard[msg_id] for msg_id in ids] == ["one\n", "two\n"], heard
        second.stop_channels()


if __name__ == "__main__":
    main(dict(globals()))
