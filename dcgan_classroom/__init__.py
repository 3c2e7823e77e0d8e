"""What judges students: release, sandbox, grading, reports. A student's kernel never sees it."""

import sys

import lazy_loader

# nbformat's jsonschema takes over a second, in every process, to build a grammar of IRIs, a form
# of text that no notebook has. Without that package jsonschema leaves this form unchecked.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
