"""The paper's rules, turned one by one and measured (chapter 10)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
