from .attributes import (
    ATTRIBUTES as ATTRIBUTES,
    label_thirds as label_thirds,
    measure_attribute as measure_attribute,
)
from .command import latent_app as latent_app
from .concepts import (
    arithmetic as arithmetic,
    around as around,
    concept as concept,
    move as move,
)
from .directions import (
    Share as Share,
    Success as Success,
    attribute_direction as attribute_direction,
    direction_success as direction_success,
    find_direction as find_direction,
    principal_directions as principal_directions,
)
from .inversion import (
    encode as encode,
    invert as invert,
    residual as residual,
    train_encoder as train_encoder,
)
from .plots import (
    draw_arithmetic as draw_arithmetic,
    draw_bars as draw_bars,
    draw_components as draw_components,
    draw_interpolations as draw_interpolations,
    draw_inversion as draw_inversion,
    draw_square as draw_square,
    draw_success as draw_success,
    draw_sweeps as draw_sweeps,
)
from .walks import (
    interpolate as interpolate,
    interpolation_report as interpolation_report,
    walk_points as walk_points,
)
