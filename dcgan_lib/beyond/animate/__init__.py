"""A portrait that moves: by optical flow, and by a learnt first order motion model (chapter 14)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
