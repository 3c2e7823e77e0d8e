from .animator import Animator as Animator, Moved as Moved
from .command import (
    MARK as MARK,
    animate_command as animate_command,
    learn_motion_command as learn_motion_command,
)
from .driving import (
    driver_faces as driver_faces,
    filled_in as filled_in,
    follow_by_animator as follow_by_animator,
    follow_by_flow as follow_by_flow,
    frame_count as frame_count,
)
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
from .portrait import (
    Portrait as Portrait,
    move_portrait as move_portrait,
    portrait_of as portrait_of,
    read_portrait as read_portrait,
    wider_square as wider_square,
)
from .settings import MotionSettings as MotionSettings, motion_settings as motion_settings
from .stitching import motion_kept as motion_kept, paste_back as paste_back, seam as seam
