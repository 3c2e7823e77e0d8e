"""How good are generated faces: measures, each beside that of photographs (chapter 08)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
