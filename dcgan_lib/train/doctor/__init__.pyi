from .diagnoses import (
    CHECKS as CHECKS,
    FOG as FOG,
    LEAST_GRADIENT as LEAST_GRADIENT,
    LEAST_SPREAD as LEAST_SPREAD,
    MOST_GRID as MOST_GRID,
    MOST_MEMORISED as MOST_MEMORISED,
    MOST_MODE_GAP as MOST_MODE_GAP,
    PATIENCE as PATIENCE,
    WAIT as WAIT,
    Diagnosis as Diagnosis,
    diagnose as diagnose,
    not_finite as not_finite,
    wrong_range as wrong_range,
)
from .examinations import (
    EVERY as EVERY,
    Doctor as Doctor,
)
from .vitals import (
    EXAMINED as EXAMINED,
    Examiner as Examiner,
    Vitals as Vitals,
    choose_examiner as choose_examiner,
    grid as grid,
    not_finite_weights as not_finite_weights,
    spread as spread,
    weights_of as weights_of,
)
