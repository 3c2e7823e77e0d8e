"""Photographs into faces of one size, each discard with its reason (chapter 02; section 4.2)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
