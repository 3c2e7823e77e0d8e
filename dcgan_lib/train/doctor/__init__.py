"""The training doctor: names what ails a run, and where to turn (chapter 08).

Every measure is a number of an epoch (``Vitals``), every diagnosis a pure function of such
numbers. The callback ``Doctor`` measures a few dozen faces now and then, and changes nothing:
a run is the same, bit for bit, with and without it. It never stops a run; that is the work of
``Guard``, which sees the loss of every batch. The doctor sees what losses don't show.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
