from .balls import toy_points as toy_points
from .checks import (
    check_frechet as check_frechet,
    check_nearest as check_nearest,
    check_precision as check_precision,
    check_predictions as check_predictions,
    check_wasserstein as check_wasserstein,
)
from .features import (
    greys as greys,
    halves as halves,
    principal as principal,
    projected as projected,
)
from .harm_plots import (
    draw_answers as draw_answers,
    draw_harm as draw_harm,
    draw_harms as draw_harms,
)
from .harms import (
    HARMS as HARMS,
    blur as blur,
    copy as copy,
    deal as deal,
    noise as noise,
    study as study,
)
from .plots import (
    draw_balls as draw_balls,
    draw_bias as draw_bias,
    draw_curves as draw_curves,
    draw_projection as draw_projection,
    draw_pyramid as draw_pyramid,
    draw_story as draw_story,
)
from .widgets import explore_harms as explore_harms
from .witnesses import NOT_WORSE as NOT_WORSE, WORSE as WORSE
