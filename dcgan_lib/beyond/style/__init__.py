"""StyleGAN3's generator: styles, and pictures that move as their source does (chapter 13)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
