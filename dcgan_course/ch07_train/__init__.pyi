from .checks import (
    check_adam_step as check_adam_step,
    check_count_updates as check_count_updates,
    check_experiment as check_experiment,
    check_face_pictures as check_face_pictures,
    check_training_step as check_training_step,
)
from .experiment import (
    experiment_settings as experiment_settings,
    require_experiment as require_experiment,
    short_run as short_run,
    try_experiment as try_experiment,
)
from .plots import (
    draw_beside_paper as draw_beside_paper,
    draw_breakdowns as draw_breakdowns,
    draw_examinations as draw_examinations,
    draw_film as draw_film,
    draw_panel as draw_panel,
    draw_turn as draw_turn,
    draw_updates as draw_updates,
)
from .widgets import explore_film as explore_film, training_panel as training_panel
