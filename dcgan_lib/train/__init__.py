"""A folder of faces into a run: training, checkpoints, pictures (chapter 07; sections 7 to 10)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
