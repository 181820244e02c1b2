"""Programs that run notebooks: what they find in the kernel's description, and that they lose nothing."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import nbformat
from nbconvert import HTMLExporter, ScriptExporter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename

from client import ROOT, TIMEOUT, kernel, main
from notebooks import executed, notebook

# One in `npm test`, twenty in the long tests.
RUNS = int(os.environ.get("SNAPGRID_NBCLIENT_RUNS", "1"))
NODE = os.environ.get("SNAPGRID_NODE", "node")
LONG = "SNAPGRID_PAPERMILL" in os.environ


def installed(folder):
    """A kernelspec as `snapgrid kernel install` writes it."""
    subprocess.run([NODE, str(ROOT / "bin/snapgrid.mjs"), "kernel", "install", "--prefix", folder], check=True, capture_output=True)
    return pathlib.Path(folder) / "share/jupyter/kernels/snapgrid"


def test_forty_quick_cells_lose_nothing_however_often():
    cells = [f"console.log('out {i}'); {i}" for i in range(40)]
    for run in range(RUNS):
        for i, cell in enumerate(executed(*cells).cells):
            assert [o["output_type"] for o in cell.outputs] == ["stream", "execute_result"], (run, i, cell.outputs)
            assert cell.outputs[0]["text"] == f"out {i}\n" and cell.outputs[1]["data"]["text/plain"] == str(i), (run, i, cell.outputs)
            assert cell.execution_count == i + 1, (run, i, cell.execution_count)


def test_the_installed_kernelspec_says_what_clients_ask():
    with tempfile.TemporaryDirectory() as folder:
        spec = json.loads((installed(folder) / "kernel.json").read_text())
        assert spec["language"] == "typescript" and spec["interrupt_mode"] == "message", spec
        assert spec["metadata"]["debugger"] is True, spec
        listed = json.loads(
            subprocess.run(
                [sys.executable, "-m", "jupyter", "kernelspec", "list", "--json"],
                env={**os.environ, "JUPYTER_PATH": f"{folder}/share/jupyter"}, check=True, capture_output=True, text=True,
            ).stdout
        )["kernelspecs"]["snapgrid"]
        assert listed["spec"]["argv"] == spec["argv"], listed
        assert sorted(p.name for p in pathlib.Path(listed["resource_dir"]).glob("logo*")) == ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"]


def test_language_info_names_what_front_ends_know():
    with kernel() as (_, kc):
        info = kc.kernel_info(reply=True, timeout=TIMEOUT)["content"]["language_info"]
    assert info["name"] == "typescript"  # VS Code's language, papermill's and jupytext's
    # JupyterLab 4 and Notebook 7 look a language up by the name, then by the type.
    lab = pathlib.Path(sys.prefix) / "share/jupyter/lab/static"
    languages = "".join(text for text in (path.read_text(errors="replace") for path in lab.glob("*.js")) if 'name:"TypeScript"' in text)
    assert info["codemirror_mode"] == "typescript" and f'mime:"{info["mimetype"]}"' in languages, info
    lexers = [get_lexer_by_name(info["pygments_lexer"]), get_lexer_for_filename(f"x{info['file_extension']}")]
    assert {lexer.name for lexer in lexers} == {"TypeScript"}, lexers


def test_a_notebook_becomes_a_ts_file_that_node_understands():
    found = executed("const twice = (x: number): number => 2 * x;", "console.log(twice(21));")
    text, resources = ScriptExporter().from_notebook_node(found)
    assert resources["output_extension"] == ".ts", resources["output_extension"]
    assert "const twice = (x: number)" in text and "console.log(twice(21));" in text, text
    assert not [line for line in text.splitlines() if line.startswith(("#", "get_ipython"))], text


def test_a_notebook_becomes_a_page_with_coloured_typescript_and_its_outputs():
    page, _ = HTMLExporter().from_notebook_node(executed("interface Point { x: number }\n({x: 6 * 7}) as Point"))
    assert '<span class="kr">interface</span>' in page or '<span class="kd">interface</span>' in page or '<span class="k">interface</span>' in page
    assert "{ x: 42 }" in page


def test_nbconvert_executes_and_stops_at_the_cell_that_fails():
    with tempfile.TemporaryDirectory() as folder:
        installed(folder)
        path = pathlib.Path(folder) / "n.ipynb"
        nbformat.write(notebook("1 + 1", "throw new RangeError('on purpose')", "console.log('not reached')"), path)
        command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", str(path), "--output", "done"]
        done = subprocess.run(command, env={**os.environ, "JUPYTER_PATH": f"{folder}/share/jupyter"}, capture_output=True, text=True)
        assert done.returncode != 0 and "RangeError: on purpose" in done.stderr, done.stderr


def test_papermill_passes_parameters():
    # papermill is not among what the project installs: SNAPGRID_PAPERMILL names a Python that has it (the long tests make one).
    if not LONG:
        return unit_of_papermills_translation()
    with tempfile.TemporaryDirectory() as folder:
        installed(folder)
        path = pathlib.Path(folder) / "n.ipynb"
        given = notebook("const alpha = 0.1;\nconst name = 'none';", "console.log(alpha * 2, name, flags, options.deep[1])")
        given.cells[0].metadata["tags"] = ["parameters"]
        nbformat.write(given, path)
        options = ["-p", "alpha", "0.5", "-r", "name", 'a "quoted" \u00e9', "-y", "{flags: [true, null], options: {deep: [1, 2.5]}}"]
        env = {**os.environ, "JUPYTER_PATH": f"{folder}/share/jupyter", "PYTHONPATH": str(ROOT / "kernel/papermill")}
        command = [os.environ["SNAPGRID_PAPERMILL"], "-m", "papermill", str(path), str(path.with_name("out.ipynb")), *options]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        out = nbformat.read(path.with_name("out.ipynb"), 4)
        assert out.cells[1].metadata["tags"] == ["injected-parameters"], out.cells[1]
        assert out.cells[2].outputs[0]["text"] == '1 a "quoted" \u00e9 [ true, null ] 2.5\n', out.cells[2].outputs


def unit_of_papermills_translation():
    """Without papermill, its two classes are stood in for: what is written must be TypeScript that the kernel reads back."""
    import types

    sys.path.insert(0, str(ROOT / "kernel/papermill"))
    translators = types.SimpleNamespace(Translator=object, papermill_translators=types.SimpleNamespace(register=lambda *_: None))
    stand_ins = {"papermill": types.ModuleType("papermill"), "papermill.engines": types.SimpleNamespace(NBClientEngine=object), "papermill.translators": translators}
    sys.modules.update(stand_ins)
    from snapgrid_papermill import TypeScriptTranslator

    values = [0.5, 3, -1e300, True, None, 'a "q" \\ \n \u00e9 \U0001f600', [1, [2]], {"a b": {"c": [False]}}]
    assert TypeScriptTranslator.assign("a", "1") == "let a = 1;" and TypeScriptTranslator.comment("Parameters") == "// Parameters"
    for value in values:
        assert json.loads(TypeScriptTranslator.translate(value)) == value, value
    assert [TypeScriptTranslator.translate(v) for v in (float("nan"), float("inf"), float("-inf"))] == ["NaN", "Infinity", "-Infinity"]


if __name__ == "__main__":
    main(dict(globals()))
