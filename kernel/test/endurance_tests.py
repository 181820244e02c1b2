"""A long session keeps its size: what is counted after many cells is what was counted after a few."""
import json
import os
import pathlib

from client import TIMEOUT, kernel, main, of_type, run

# A hundred and fifty in `npm test`, a thousand in the long tests.
CELLS = int(os.environ.get("SNAPGRID_CELLS", "150"))
WARM_UP = 30
KILOBYTES_A_CELL = 30

COUNT = """{
  const v8 = require('node:v8');
  v8.setFlagsFromString('--expose-gc');
  const collect = require('node:vm').runInNewContext('gc');
  collect(); await new Promise(r => setTimeout(r, 20)); collect();
  const {number_of_native_contexts, number_of_detached_contexts, used_heap_size} = v8.getHeapStatistics();
  const listeners = process.eventNames().map(name => `${String(name)}: ${process.listenerCount(name)}`).sort();
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  console.log(JSON.stringify({contexts: number_of_native_contexts - number_of_detached_contexts, listeners, resources, globals: Object.keys(globalThis).length, heap: used_heap_size}));
}"""

KINDS = (
    lambda i: "1 + 1",
    lambda i: f"const value{i}: number = {i};\nfunction twice{i}(x: number): number {{ return 2 * x + value{i}; }}\ntwice{i}(value{i})",
    lambda i: "const again = 1; class Again {} function once() { return new Again() } once()",
    lambda i: f"console.log({i}); console.error({i})",
    lambda i: f"throw new Error('{i}')",
    lambda i: "await new Promise(r => setTimeout(r, 1))",
    lambda i: "Promise.reject(new Error('nobody')); 0",
    lambda i: "[{a: 1, b: 'x'}]",
    lambda i: "import {join} from 'node:path'; join('a', 'b')",
    lambda i: "display({'text/html': '<b>x</b>'})",
)


def warm_up(kc):
    for i in range(WARM_UP):
        run(kc, KINDS[i % len(KINDS)](i), stop_on_error=False)
    # Its file is opened when it is first asked, or in the first quiet moment.
    kc.history(hist_access_type="tail", n=1, reply=True, timeout=TIMEOUT)


def counts(km, kc):
    _, found = run(kc, COUNT)
    session = json.loads("".join(c["text"] for c in of_type(found, "stream") if c["name"] == "stdout"))
    process = pathlib.Path(f"/proc/{km.provisioner.process.pid}")
    session["descriptors"] = len(list((process / "fd").iterdir())) if process.exists() else 0
    session["threads"] = len(list((process / "task").iterdir())) if process.exists() else 0
    return session


def test_counts_and_memory_stay_as_they_are():
    with kernel(env={"SNAPGRID_TYPECHECK": "off"}) as (km, kc):
        warm_up(kc)
        before = counts(km, kc)
        for i in range(WARM_UP, WARM_UP + CELLS):
            run(kc, KINDS[i % len(KINDS)](i), stop_on_error=False)
        after = counts(km, kc)
    grown = after.pop("heap") - before.pop("heap")
    # Stacks, sources and declarations stay: a few kilobytes a cell, whatever the cell.
    assert grown < KILOBYTES_A_CELL * 1024 * CELLS, grown
    assert after == before, (before, after)


def test_checked_cells_hold_no_more_processes_or_descriptors():
    with kernel() as (km, kc):
        warm_up(kc)
        kc.complete("value", reply=True, timeout=TIMEOUT)  # the server has started
        before = counts(km, kc)
        for i in range(WARM_UP, WARM_UP + CELLS):
            run(kc, KINDS[i % len(KINDS)](i), stop_on_error=False)
        kc.complete("value", reply=True, timeout=TIMEOUT)
        after = counts(km, kc)
    assert [after["descriptors"], after["contexts"]] == [before["descriptors"], before["contexts"]], (before, after)


if __name__ == "__main__":
    main(dict(globals()))
