"""What lives in z: walks, arithmetic, directions, inversion (chapter 09; Radford et al. 2015)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
