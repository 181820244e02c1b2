"""Runs notebooks in a kernel, one fresh kernel each, and prints what each cell gave as JSON.

usage: driver.py notebooks.json KERNEL_ARGV_AS_JSON
"""
import hashlib
import json
import pathlib
import re
import sys
import tempfile
import time
from queue import Empty

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

TIMEOUT = 60
# tslab drops every cell that comes so soon after one that failed.
AFTER_FAILURE_S = 0.5
LONGEST = 2000


def main() -> None:
    notebooks = json.loads(pathlib.Path(sys.argv[1]).read_text())
    argv = json.loads(sys.argv[2])
    print(json.dumps({notebook["name"]: run_notebook(notebook, argv) for notebook in notebooks}, ensure_ascii=False))


def run_notebook(notebook: dict, argv: list) -> list:
    for attempt in range(5):
        try:
            return run_once(notebook, argv)
        except RuntimeError:  # it did not start: another program took one of the ports that Jupyter had found free
            if attempt == 4:
                raise


def run_once(notebook: dict, argv: list) -> list:
    with tempfile.TemporaryDirectory() as folder:
        write(folder, notebook.get("files", {}))
        manager = KernelManager()
        manager._kernel_spec = KernelSpec(argv=argv, display_name="compared", language="typescript")
        manager.start_kernel(cwd=folder)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=TIMEOUT)
            results = []
            for index, code in enumerate(notebook["cells"]):
                write(folder, notebook.get("edits", {}).get(str(index), {}))
                results.append(run_cell(client, code))
                if not results[-1]["ok"]:
                    time.sleep(AFTER_FAILURE_S)
            return results
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def write(folder: str, files: dict) -> None:
    for name, text in files.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def run_cell(client, code: str) -> dict:
    """What a reader sees: text (printed, or the value), displays in order, whether it failed, and all that was said of the failure."""
    request = client.execute(code)
    result = {"ok": True, "text": "", "displays": []}
    said = ""
    while True:
        message = client.get_iopub_msg(timeout=TIMEOUT)
        kind, content = message["msg_type"], message["content"]
        if message["parent_header"].get("msg_id") != request:
            continue
        if kind == "status" and content["execution_state"] == "idle":
            break
        if kind == "stream" and content["name"] == "stdout":
            result["text"] += content["text"]
        elif kind == "stream":
            said += content["text"]
        elif kind == "execute_result":
            result["text"] += value_text(content["data"]["text/plain"]) + "\n"
        elif kind in ("display_data", "update_display_data"):
            shown = {"update": kind == "update_display_data", "identified": "display_id" in content.get("transient", {})}
            result["displays"].append({**shown, "data": {mime: normal(data) for mime, data in content["data"].items()}})
        elif kind == "error":
            said += "\n".join([content["ename"] + ": " + content["evalue"], *content["traceback"]])
    result["text"] = short(result["text"])
    reply = reply_to(client, request)
    result["ok"] = reply["status"] == "ok"
    if not result["ok"]:
        result["said"] = re.sub(r"\x1b\[[0-9;]*m", "", said)
    return result


def value_text(text: str) -> str:
    """tslab prints a string as it is, we show it as Node's prompt does, in quotes: the same value."""
    quoted = re.fullmatch(r"(['\"`])(.*)\1", text, re.S)
    return quoted[2].replace("\\n", "\n") if quoted else text


def short(text: str) -> str:
    """Long text as its hash: two of them are the same or not."""
    return text if len(text) <= LONGEST else f"sha256:{hashlib.sha256(text.encode()).hexdigest()} of {len(text)} characters"


def normal(data):
    return data.strip() if isinstance(data, str) else data


def reply_to(client, request: str) -> dict:
    while True:
        try:
            message = client.get_shell_msg(timeout=TIMEOUT)
        except Empty:
            return {"status": "no reply"}
        if message["parent_header"].get("msg_id") == request:
            return message["content"]


if __name__ == "__main__":
    main()
