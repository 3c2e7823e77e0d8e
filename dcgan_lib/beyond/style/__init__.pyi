from .command import style_app as style_app
from .equivariance import (
    PEAK as PEAK,
    Equivariance as Equivariance,
    decibels as decibels,
    measure_rotation as measure_rotation,
    measure_translation as measure_translation,
    moved as moved,
    render as render,
)
from .filters import (
    Band as Band,
    Grid as Grid,
    linear_matrix as linear_matrix,
    resampling_matrix as resampling_matrix,
)
from .generator import (
    StyleGenerator as StyleGenerator,
    build_style_generator as build_style_generator,
    mix_styles as mix_styles,
)
from .modulation import modulated_kernel as modulated_kernel
from .plan import plan_stages as plan_stages
from .plots import (
    circle as circle,
    draw_mixing as draw_mixing,
    draw_roles as draw_roles,
    moving_frames as moving_frames,
    shown as shown,
    shown_detail as shown_detail,
)
from .roles import layer_roles as layer_roles
from .settings import (
    CONFIGURATIONS as CONFIGURATIONS,
    StyleSettings as StyleSettings,
    style_settings as style_settings,
)
from .signals import SLOPE as SLOPE, along_both as along_both
from .sticking import Sticking as Sticking, detail as detail, measure_sticking as measure_sticking
