"""The part of a probe that runs in the student's kernel, as text: it asks and writes, no more.

It runs in names of its own, so that what an honest notebook calls ``list`` or ``open`` doesn't
matter. A student who changes these for everybody in the process spoils own answers only.
"""

SOURCE = '''
import base64, json, os
import numpy as np


def plain(value, depth=0):
    """What the grader can read: JSON, arrays as text."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (np.bool_, np.integer, np.floating)):
        value = value.item()
    if isinstance(value, (bool, int)):
        return value if abs(value) < 10**300 else {"other": "int"}
    if isinstance(value, float):
        return {"float": repr(value)}
    if depth > 6:
        return {"other": "deep"}
    if isinstance(value, (list, tuple)):
        return {"list": [plain(item, depth + 1) for item in value]}
    if isinstance(value, (set, frozenset)):
        return {"set": [plain(item, depth + 1) for item in sorted(value, key=repr)]}
    if isinstance(value, dict):
        pairs = [[plain(key, depth + 1), plain(value[key], depth + 1)] for key in value]
        return {"dict": pairs}
    if hasattr(value, "shape") or hasattr(value, "__array__"):
        array = np.asarray(value)
        if array.dtype.kind == "f" and array.dtype.itemsize not in (4, 8):
            array = array.astype(np.float32)  # bfloat16 and such
        if array.dtype.kind in "biuf":
            if array.ndim == 0:
                return plain(array.item(), depth)
            data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
            return {"array": [array.dtype.newbyteorder("<").str, list(array.shape), data]}
    return {"other": type(value).__name__}


answers, errors = {}, 0


def ask(name, call):
    try:
        answers[name] = plain(call())
    except Exception as error:
        answers[name] = {"error": type(error).__name__, "text": str(error)[:300]}


missing = [name for name in GIVEN["needs"] if name not in STUDENT]
names = {"np": np, "random": np.random.default_rng(GIVEN["seed"]), "ask": ask}
names["setting"] = GIVEN["setting"]
names.update((name, STUDENT[name]) for name in GIVEN["needs"] if name in STUDENT)
problem = None
try:
    if not missing:
        exec(compile(GIVEN["code"], "<probe>", "exec"), names)
except Exception as error:
    problem = {"error": type(error).__name__, "text": str(error)[:300]}
finally:
    os.makedirs(GIVEN["folder"], exist_ok=True)
    target = os.path.join(GIVEN["folder"], GIVEN["name"] + ".json")
    with open(target + ".part", "w", encoding="ascii") as file:
        json.dump({"answers": answers, "missing": missing, "problem": problem}, file)
    os.replace(target + ".part", target)
'''


def cell_source(given: dict) -> str:
    """Source of a cell that runs ``SOURCE`` with what it is given."""
    builtins = '__import__("builtins")'
    names = f'{{"STUDENT": {builtins}.globals(), "GIVEN": {given!r}}}'
    return f"{builtins}.exec({SOURCE!r}, {names})"
