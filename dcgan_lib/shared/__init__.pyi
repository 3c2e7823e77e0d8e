from .commands import (
    INTERRUPTED as INTERRUPTED,
    Faces as Faces,
    Run as Run,
    import_tensorflow as import_tensorflow,
    output_file as output_file,
    output_folder as output_folder,
    run_command as run_command,
    run_function as run_function,
)
from .errors import CourseError as CourseError
from .files import (
    atomic_path as atomic_path,
    one_at_a_time as one_at_a_time,
    read_file as read_file,
)
from .films import with_caption as with_caption, write_gif as write_gif, write_mp4 as write_mp4
from .numbered import by_number as by_number
from .palette import (
    DARK_GREY as DARK_GREY,
    FAINT_GREY as FAINT_GREY,
    GENERATED_COLOUR as GENERATED_COLOUR,
    GENERATED_PALE as GENERATED_PALE,
    GREY as GREY,
    HEAT as HEAT,
    INK as INK,
    LIGHT_GREY as LIGHT_GREY,
    PAGE_COLOURS as PAGE_COLOURS,
    PALE_GREY as PALE_GREY,
    REAL_COLOUR as REAL_COLOUR,
    REAL_PALE as REAL_PALE,
    WHITE as WHITE,
    WRONG_COLOUR as WRONG_COLOUR,
    WRONG_PALE as WRONG_PALE,
)
from .pictures import (
    MARK as MARK,
    Picture as Picture,
    draw_pictures as draw_pictures,
    draw_strip as draw_strip,
    finish as finish,
    image_grid as image_grid,
    plot_epochs as plot_epochs,
    png_bytes as png_bytes,
    show_picture as show_picture,
    split_grid as split_grid,
    switch_off as switch_off,
    write_png as write_png,
)
from .walk import (
    FORMATS as FORMATS,
    Contents as Contents,
    LeftOut as LeftOut,
    is_photograph as is_photograph,
    look_through as look_through,
    summary as summary,
    why_no_photograph as why_no_photograph,
)
from .workers import (
    Done as Done,
    dask_cluster as dask_cluster,
    run_jobs as run_jobs,
    usable_cores as usable_cores,
)
