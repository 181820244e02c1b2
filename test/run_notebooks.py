"""Runs notebooks by nbclient, each in a kernel and a folder of its own: a notebook keeps its progress where it runs.

Each line of stdin is a job: {"notebook": the text of its file, "environment": {…}}. Each line of stdout is the end of one: {"job": its number, "ran": the
notebook with its outputs}, or {"job": its number, "error": why there is none}.
"""
import asyncio
import json
import os
import sys
import tempfile
import traceback

import nbclient
import nbformat

# While one kernel starts or ends, another runs cells.
AT_ONCE = 2


async def run(job):
    notebook = nbformat.reads(job["notebook"], as_version=4)
    with tempfile.TemporaryDirectory(prefix="snapgrid-notebooks-") as folder:
        client = nbclient.NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": folder}})
        await client.async_execute(env={**os.environ, **job["environment"]})
    nbformat.validate(notebook)
    return notebook


async def main():
    slots = asyncio.Semaphore(AT_ONCE)

    async def answer(number, job):
        async with slots:
            try:
                end = {"ran": await run(job)}
            except Exception:
                end = {"error": traceback.format_exc()}
        print(json.dumps({"job": number, **end}), flush=True)

    jobs = []
    while line := await asyncio.to_thread(sys.stdin.readline):
        jobs.append(asyncio.create_task(answer(len(jobs), json.loads(line))))
    await asyncio.gather(*jobs)


asyncio.run(main())
