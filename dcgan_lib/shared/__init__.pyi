from .commands import (
    INTERRUPTED as INTERRUPTED,
    Faces as Faces,
    Run as Run,
    import_tensorflow as import_tensorflow,
    run_command as run_command,
    run_function as run_function,
)
from .errors import CourseError as CourseError
from .files import atomic_path as atomic_path, one_at_a_time as one_at_a_time
from .films import write_gif as write_gif, write_mp4 as write_mp4
from .pictures import (
    GENERATED_COLOUR as GENERATED_COLOUR,
    REAL_COLOUR as REAL_COLOUR,
    draw_pictures as draw_pictures,
    draw_strip as draw_strip,
    image_grid as image_grid,
    split_grid as split_grid,
)
from .workers import (
    dask_cluster as dask_cluster,
    run_batches as run_batches,
    usable_cores as usable_cores,
)
