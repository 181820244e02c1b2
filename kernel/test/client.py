"""A kernel of ours with a blocking Jupyter client: what the tests speak to it with."""
import contextlib
import json
import os
import pathlib
import sys
import tempfile
import time

import jsonschema
import jupyter_client.session

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIMEOUT = 30
SCHEMA = json.loads((ROOT / "kernel/protocol/messages.schema.json").read_text())
_violations = []

# Kernels that are started in another way write their history here, and not among the user's.
_data = tempfile.TemporaryDirectory()
os.environ["JUPYTER_DATA_DIR"] = _data.name


def _validated(deserialize):
    """Everything that a kernel sends is checked against the schemas; a claim fails where something is not as it should be."""
    validators = {name: jsonschema.Draft7Validator({**SCHEMA, "$ref": f"#/$defs/{name}"}) for name in SCHEMA["$defs"]}

    def check(name, value):
        plain = json.loads(json.dumps(value, default=str))
        for error in validators[name].iter_errors(plain) if name in validators else [f"a type that the schemas do not know: {name}"]:
            _violations.append(f"{name}: {error}")

    def checked(self, *args, **kwargs):
        message = deserialize(self, *args, **kwargs)
        if isinstance(message["content"], dict):  # not yet parsed where a session only passes messages on
            check("own_header", message["header"])
            check("parent_header", message["parent_header"])
            check(f"out.{message['msg_type']}", message["content"])
        return message

    return checked


jupyter_client.session.Session.deserialize = _validated(jupyter_client.session.Session.deserialize)


def violations():
    """What was wrong with the messages since this was last asked."""
    found = list(_violations)
    _violations.clear()
    return found


def write_kernelspec(folder):
    """Writes the kernelspec that `snapgrid kernel install` writes, for the node that runs the tests."""
    spec = pathlib.Path(folder) / "kernels" / "snapgrid"
    spec.mkdir(parents=True, exist_ok=True)
    argv = [os.environ.get("SNAPGRID_NODE", "node"), "--max-semi-space-size=2", str(ROOT / "dist/kernel/main.js"), "{connection_file}"]
    kernel = {"argv": argv, "display_name": "TypeScript (snapgrid)", "language": "typescript", "interrupt_mode": "message"}
    (spec / "kernel.json").write_text(json.dumps(kernel))
    return str(spec.parent)


@contextlib.contextmanager
def manager():
    """The manager of a kernel that is not started yet, and a folder for it."""
    with tempfile.TemporaryDirectory() as folder:
        yield KernelManager(kernel_name="snapgrid", kernel_spec_manager=KernelSpecManager(kernel_dirs=[write_kernelspec(folder)])), folder


@contextlib.contextmanager
def kernel(cwd=None, env=None, run_at_once=False, **launch):
    """Starts a kernel and gives its manager and client; shuts it down afterwards."""
    with manager() as (km, folder):
        km.start_kernel(cwd=str(cwd or folder), env={**os.environ, "JUPYTER_DATA_DIR": folder, **(env or {})}, **launch)
        kc = km.client()
        kc.start_channels()
        try:
            if not run_at_once:
                kc.wait_for_ready(timeout=TIMEOUT)
            yield km, kc
        finally:
            kc.stop_channels()
            km.shutdown_kernel(now=False)


def outputs(kc, msg_id, timeout=TIMEOUT):
    """Everything that iopub says about a request, up to its idle."""
    found = []
    while True:
        message = kc.get_iopub_msg(timeout=timeout)
        if message["parent_header"].get("msg_id") != msg_id:
            continue
        found.append(message)
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return found


def reply_to(get, msg_id, timeout=TIMEOUT):
    deadline = time.time() + timeout
    while time.time() < deadline:
        message = get(timeout=max(0.01, deadline - time.time()))
        if message["parent_header"].get("msg_id") == msg_id:
            return message
    raise AssertionError(f"no reply to {msg_id}")


def control(kc, kind, content=None):
    message = kc.session.msg(kind, content or {})
    kc.control_channel.send(message)
    return reply_to(kc.get_control_msg, message["header"]["msg_id"])["content"]


def wait_until_busy(kc, msg_id):
    while True:
        message = kc.get_iopub_msg(timeout=TIMEOUT)
        if message["msg_type"] == "execute_input" and message["parent_header"]["msg_id"] == msg_id:
            return time.sleep(0.2)


def run(kc, code, **options):
    """Runs a cell: its reply's content and its outputs, statuses left out."""
    msg_id = kc.execute(code, **options)
    found = outputs(kc, msg_id)
    reply = reply_to(kc.get_shell_msg, msg_id)
    return reply["content"], [m for m in found if m["msg_type"] != "status"]


def of_type(messages, kind):
    return [m["content"] for m in messages if m["msg_type"] == kind]


def printed(messages, name="stdout"):
    return "".join(c["text"] for c in of_type(messages, "stream") if c["name"] == name)


def main(tests):
    """Runs functions named test_…, prints a line of JSON for each: its name, and what went wrong."""
    chosen = sys.argv[1:]
    for name, test in tests.items():
        if not name.startswith("test_") or (chosen and name not in chosen):
            continue
        try:
            test()
            assert not (wrong := violations()), "\n".join(wrong)
            print(json.dumps({"name": name, "error": None}), flush=True)
        except BaseException as error:  # noqa: BLE001
            import traceback

            print(json.dumps({"name": name, "error": traceback.format_exc() or repr(error)}), flush=True)
