"""The course as a site: sources gathered from the checkout, and built by Sphinx.

``extensions = ["dcgan_course.site"]`` in ``docs/conf.py`` has formulas drawn as MathML.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
