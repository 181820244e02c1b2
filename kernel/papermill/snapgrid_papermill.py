"""How papermill writes parameters in TypeScript, which it does not know by itself.

    PYTHONPATH=<snapgrid>/kernel/papermill papermill in.ipynb out.ipynb -p alpha 0.5

papermill loads what is registered as an engine when it starts; that is how this module is found (entry_points.txt beside it).
"""
import json
import math

from papermill.engines import NBClientEngine
from papermill.translators import Translator, papermill_translators


class TypeScriptTranslator(Translator):
    @classmethod
    def translate(cls, val):
        if isinstance(val, float) and not math.isfinite(val):
            return "NaN" if math.isnan(val) else ("Infinity" if val > 0 else "-Infinity")
        if isinstance(val, dict):
            return "{" + ", ".join(f"{json.dumps(str(key))}: {cls.translate(value)}" for key, value in val.items()) + "}"
        if isinstance(val, (list, tuple)):
            return "[" + ", ".join(cls.translate(value) for value in val) + "]"
        return json.dumps(val if val is None or isinstance(val, (bool, int, float)) else str(val))

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        # Declares the name anew where the notebook's own parameters cell declared it.
        return f"let {name} = {str_val};"


for name in ("typescript", "snapgrid"):
    papermill_translators.register(name, TypeScriptTranslator)

engine = NBClientEngine
