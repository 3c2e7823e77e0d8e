from .answers import (
    Answers as Answers,
    Raised as Raised,
    difference as difference,
    read_answers as read_answers,
)
from .base import MEASURED as MEASURED, Bands as Bands, Probe as Probe
from .find import find_probes as find_probes
from .in_kernel import SOURCE as SOURCE, cell_source as cell_source
