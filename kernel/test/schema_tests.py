"""Messages are checked against the schemas, both ways: one function a claim, run by conversation.test.ts."""
import tempfile
import time

from client import TIMEOUT, control, kernel, main, of_type, outputs, reply_to, run, violations
from jupyter_client.session import Session

MALFORMED = {
    "execute_request": [{}, {"code": 17}, {"code": None}, {"code": "1", "silent": "yes"}, {"code": "1", "user_expressions": {"a": 1}}, {"code": "1", "store_history": 1}],
    "complete_request": [{}, {"code": 1}, {"code": "x", "cursor_pos": "1"}],
    "inspect_request": [{}, {"code": "x", "detail_level": "1"}],
    "is_complete_request": [{}, {"code": []}],
    "history_request": [{}, {"hist_access_type": "tail", "n": "3"}, {"hist_access_type": "range", "session": 0.5}],
    "comm_info_request": [{"target_name": 3}],
    "shutdown_request": [{"restart": "no"}],
    "delete_subshell_request": [{}, {"subshell_id": 1}],
    "debug_request": [{}, {"command": 1}],
}  # fmt: skip
UNANSWERED = {"comm_open": [{}, {"comm_id": 1, "target_name": "x"}], "comm_msg": [{}, {"comm_id": "x", "data": []}], "comm_close": [{"comm_id": None}]}


def send(channel, kc, kind, content, header=None):
    message = kc.session.msg(kind, content)
    message["header"].update(header or {})
    channel.send(message)
    return message["header"]["msg_id"]


def until_checked(kc):
    """The schemas are loaded after the first second."""
    deadline = time.time() + TIMEOUT
    while time.time() < deadline:
        if reply_to(kc.get_shell_msg, send(kc.shell_channel, kc, "is_complete_request", {}))["content"].get("ename") == "MalformedRequest":
            return
        time.sleep(0.1)
    raise AssertionError("nothing is checked")


def test_the_schemas_find_what_is_wrong_with_what_the_kernel_sends():
    session = Session(key=b"")
    wrong = [("status", {"execution_state": "dead"}), ("stream", {"name": "stdlog", "text": "x"}), ("execute_result", {"data": {"text/html": "x"}, "metadata": {}, "execution_count": 1}),
             ("execute_reply", {"status": "ok", "execution_count": 1}), ("execute_reply", {"status": "abort"}), ("no_such_message", {}), ("history_reply", {"status": "ok", "history": [[1, 1]]})]  # fmt: skip
    for kind, content in wrong:
        session.deserialize(session.serialize(session.msg(kind, content))[1:])
        assert any(f"out.{kind}" in found for found in violations()), kind


def test_a_malformed_request_is_refused_with_what_is_wrong_and_no_other_is_harmed():
    with kernel() as (_, kc):
        run(kc, "const kept = 1")
        until_checked(kc)
        for kind, contents in MALFORMED.items():
            for content in contents:
                msg_id = send(kc.shell_channel, kc, kind, content)
                reply = reply_to(kc.get_shell_msg, msg_id)
                assert reply["msg_type"] == kind.replace("_request", "_reply"), reply
                assert reply["content"]["ename"] == "MalformedRequest" and kind in reply["content"]["evalue"], reply["content"]
                assert [m["content"]["execution_state"] for m in outputs(kc, msg_id)] == ["busy", "idle"]
        reply, found = run(kc, "kept")
        assert reply["execution_count"] == 2 and of_type(found, "execute_result"), reply


def test_a_malformed_message_that_has_no_reply_is_logged_and_dropped():
    with tempfile.TemporaryFile("w+") as log:
        with kernel(stderr=log) as (_, kc):
            until_checked(kc)
            for kind, contents in UNANSWERED.items():
                for content in contents:
                    send(kc.shell_channel, kc, kind, content)
            send(kc.stdin_channel, kc, "input_reply", {"text": "no value"})
            for header in ({"msg_id": 3}, {"msg_type": ["execute_request"]}, {"subshell_id": 4}, {"session": None}, {"msg_id": ""}):
                send(kc.shell_channel, kc, "execute_request", {"code": "console.log('ran')"}, header)
            _, found = run(kc, "1")
            assert [m["msg_type"] for m in found] == ["execute_input", "execute_result"], found
        log.seek(0)
        text = log.read()
    assert text.count("Dropped a message on shell") == 10 and text.count("Dropped a message on stdin") == 1, text


def test_what_clients_leave_out_or_send_as_null_is_no_fault():
    with kernel() as (_, kc):
        until_checked(kc)
        for kind, content in (
            ("execute_request", {"code": "1"}), ("execute_request", {"code": "1", "user_expressions": None, "more": [1]}), ("complete_request", {"code": "Mat", "cursor_pos": None}),
            ("inspect_request", {"code": "Math"}), ("history_request", {"hist_access_type": "tail", "n": None, "session": None, "pattern": None}), ("comm_info_request", {"target_name": None}),
            ("kernel_info_request", {}), ("connect_request", {}),
        ):  # fmt: skip
            reply = reply_to(kc.get_shell_msg, send(kc.shell_channel, kc, kind, content, {"subshell_id": None}))
            assert reply["content"]["status"] == "ok", (kind, reply["content"])


def test_a_request_that_nobody_knows_is_answered_as_such():
    with kernel() as (_, kc):
        for channel, get in ((kc.shell_channel, kc.get_shell_msg), (kc.control_channel, kc.get_control_msg)):
            reply = reply_to(get, send(channel, kc, "no_such_request", {}))
            assert reply["content"]["ename"] == "NotSupported" and reply["msg_type"] == "no_such_reply", reply
        assert violations(), "of which the schemas know nothing either"
        assert control(kc, "kernel_info_request")["status"] == "ok"


if __name__ == "__main__":
    main(dict(globals()))
