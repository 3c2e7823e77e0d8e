from .animator import Animator as Animator
from .fields import (
    extend as extend,
    resize_field as resize_field,
    taper as taper,
    warp as warp,
)
from .flow import (
    best_affine as best_affine,
    optical_flow as optical_flow,
    smooth_flow as smooth_flow,
)
from .learning import (
    learn_motion as learn_motion,
    load_animator as load_animator,
    pairs_within as pairs_within,
    reenact as reenact,
    split_people as split_people,
)
from .measures import (
    failure_by_motion as failure_by_motion,
    false_accept_threshold as false_accept_threshold,
    identity_kept as identity_kept,
    measure_reenactment as measure_reenactment,
    motion_correlation as motion_correlation,
    real_identity_kept as real_identity_kept,
    references as references,
)
from .motions import (
    Motions as Motions,
    by_person as by_person,
    middle_face as middle_face,
    motions_from_middle as motions_from_middle,
    principal_motions as principal_motions,
)
from .settings import MotionSettings as MotionSettings, motion_settings as motion_settings
from .stitching import motion_kept as motion_kept, paste_back as paste_back, seam as seam
