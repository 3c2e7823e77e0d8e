"""What a class needs around the notebooks: their frame, the student version, a run of them all."""

import sys

# nbformat's jsonschema takes over a second, at every start, to build a grammar of IRIs, a form of
# text that no notebook has. Without that package it leaves the form unchecked.
if "jsonschema" not in sys.modules and "rfc3987_syntax" not in sys.modules:
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    import nbformat  # noqa: F401

    del sys.modules["rfc3987_syntax"]
