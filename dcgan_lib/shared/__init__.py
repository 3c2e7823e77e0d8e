"""What several rooms need and no chapter is about: errors, files, workers, pictures, films."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
