"""Face folders into batches (chapter 03; the paper's sections 4.3 and 8a)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
