"""The library behind the course: face photographs in, generated faces out.

Modules follow the flow of the data, one per chapter: ``collect``, ``crop``, ``load``,
``networks``, ``losses``, ``gan``, ``train``, ``evaluate``. Importing this package imports
none of them, so that ``collect`` and ``crop`` start without TensorFlow.
"""

__version__ = "0.1.0"
