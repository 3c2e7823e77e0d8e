"""The library behind the course: face photographs in, generated faces out.

Rooms and modules follow the flow of the data, one for each chapter: ``collect``, ``crop``,
``load``, ``layers``, ``generator``, ``discriminator``, ``losses``, ``train``, ``evaluate``,
``latent``, ``rules``, ``publish``. Each name is loaded when it is first used, so that ``collect``
and ``crop`` start without TensorFlow.
"""

import lazy_loader

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
