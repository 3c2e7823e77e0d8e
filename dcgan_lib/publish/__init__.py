"""From a run to one HTML file that makes a new face at each visit (chapter 11)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
