"""Runs every golden script of the toolkit and writes the goldens beside them, and manifest.json: what each came from, by SHA-256.

usage: write.py [--check] [PART…]: of scripts whose path has one of the parts, else of all; --check writes nothing and fails where anything would change

    python3 -m venv /tmp/peers                                                            (Python 3.11 or later; Linux on x86-64, for llama.cpp)
    /tmp/peers/bin/pip install --require-hashes -r quant/goldens/requirements.txt
    /tmp/peers/bin/python quant/goldens/write.py

goldens.test.ts fails where a golden or a script is not what the manifest says.
"""

import argparse
import ast
import base64
import hashlib
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import packages_distributions, version

HERE = pathlib.Path(__file__).resolve().parent
QUANT = HERE.parent
PROJECT = QUANT.parent
REQUIREMENTS = HERE / "requirements.txt"
MANIFEST = HERE / "manifest.json"
LLAMA_CPP = HERE / "llama-cpp.json"

# Scripts that do more than print JSON: what they are called with, and what they then have written into the folder they run in.
ARGUMENTS = {
    "files/bitsandbytes-golden.py": lambda folder: ["bitsandbytes-golden.safetensors"],
    "files/golden.py": lambda folder: ["golden.safetensors"],
    "files/gguf/golden.py": lambda folder: ["golden.gguf"],
    "files/onnx/golden.py": lambda folder: [exported_models(folder)],
    "files/ggml/golden.py": lambda folder: [llama_cpp(folder)],
}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def pinned():
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", REQUIREMENTS.read_text(), re.MULTILINE))


def peers_of(script, pins):
    """The packages that a script imports, each in the version that is pinned. Ends where another one is installed."""
    modules = set()
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module.split(".")[0])
    installed = packages_distributions()
    missing = modules - installed.keys() - sys.stdlib_module_names
    if missing:
        sys.exit(f"Expected {', '.join(sorted(missing))} to be installed; run pip install --require-hashes -r {REQUIREMENTS}")
    packages = sorted({installed[module][0].lower().replace("_", "-") for module in modules & installed.keys() - sys.stdlib_module_names})
    for package in packages:
        if version(package) != pins.get(package):
            sys.exit(f"Expected {package} {pins.get(package)}, which {REQUIREMENTS.name} pins, got {version(package)}; install that file into a venv of its own")
    return {package: pins[package] for package in packages}


def exported_models(folder):
    """Models of ours, for onnx.checker. The test that exports them also compares them with the golden: it may fail here."""
    models = folder / "models"
    npx = "npx.cmd" if os.name == "nt" else "npx"
    environment = {**os.environ, "SNAPGRID_WRITE_ONNX": str(models)}
    subprocess.run([npx, "vitest", "run", "quant/files/onnx/runtime.test.ts"], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, check=False)
    if not models.is_dir():
        sys.exit("Expected quant/files/onnx/runtime.test.ts to export models, got none; run npm ci and that test")
    return str(models)


def llama_cpp(folder):
    """Its library in node-llama-cpp's package, which is what it is pinned to be."""
    pin = json.loads(LLAMA_CPP.read_text())
    npm = "npm.cmd" if os.name == "nt" else "npm"
    package = f"{pin['package']}@{pin['version']}"
    packed = subprocess.run([npm, "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
    content = (folder / packed).read_bytes()
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if integrity != pin["integrity"]:
        sys.exit(f"Expected {package} with {pin['integrity']}, got {integrity}")
    with tarfile.open(folder / packed) as archive:
        archive.extractall(folder, filter="data")
    return str(folder / "package" / pin["library"])


def goldens_of(script):
    """What a script writes: each golden's name and content."""
    name = script.relative_to(QUANT).as_posix()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        arguments = ARGUMENTS.get(name, lambda _: [])(folder)
        run = subprocess.run([sys.executable, str(script), *arguments], cwd=folder, check=True, stdout=subprocess.PIPE)
        if run.stdout:
            (folder / f"{script.stem}.json").write_bytes(run.stdout)
        written = sorted(path for path in folder.iterdir() if path.stem == script.stem)
        if not written:
            sys.exit(f"Expected {name} to write {script.stem}.…, got nothing")
        return {path.name: path.read_bytes() for path in written}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("parts", nargs="*")
    options = parser.parse_args()
    pins, changed = pinned(), []
    rows = json.loads(MANIFEST.read_text())["scripts"] if MANIFEST.exists() else {}
    scripts = sorted(QUANT.rglob("*golden.py"))
    rows = {name: row for name, row in rows.items() if QUANT / name in scripts}
    for script in scripts:
        name = script.relative_to(QUANT).as_posix()
        if options.parts and not any(part in name for part in options.parts):
            continue
        peers, goldens = peers_of(script, pins), goldens_of(script)
        for golden, content in goldens.items():
            path = script.with_name(golden)
            same = path.exists() and path.read_bytes() == content
            print(f"{path.relative_to(QUANT).as_posix()}: {'unchanged' if same else 'changed'}", flush=True)
            if not same:
                changed.append(path)
                if not options.check:
                    path.write_bytes(content)
        row = {"sha256": sha256(script.read_bytes()), "peers": peers, "goldens": {golden: sha256(content) for golden, content in goldens.items()}}
        if name == "files/ggml/golden.py":
            pin = json.loads(LLAMA_CPP.read_text())
            row["peers"][pin["package"]] = pin["version"]
        rows[name] = row
    manifest = {
        "requirements": sha256(REQUIREMENTS.read_bytes()),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}".lower(),
        "scripts": dict(sorted(rows.items())),
    }
    text = json.dumps(manifest, indent=2) + "\n"
    if options.check:
        stale = not MANIFEST.exists() or json.loads(MANIFEST.read_text())["scripts"] != manifest["scripts"]
        sys.exit("Run write.py without --check and look at what it changes" if changed or stale else 0)
    MANIFEST.write_text(text)


main()
