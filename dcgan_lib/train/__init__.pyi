from . import doctor as doctor
from .callbacks import BrokeDown as BrokeDown, Guard as Guard, Samples as Samples
from .checkpoints import (
    list_checkpoints as list_checkpoints,
    restore_checkpoint as restore_checkpoint,
)
from .command import sample_command as sample_command, train_command as train_command
from .doctor import Doctor as Doctor
from .gan import DCGAN as DCGAN
from .grids import (
    evenly_spaced_epochs as evenly_spaced_epochs,
    faces_at as faces_at,
    faces_over_epochs as faces_over_epochs,
    find_grids as find_grids,
    first_faces as first_faces,
    sampled_epochs as sampled_epochs,
)
from .plots import plot_history as plot_history
from .run import (
    is_run as is_run,
    kept_epochs as kept_epochs,
    load_generator as load_generator,
    load_settings as load_settings,
    load_split as load_split,
    read_history as read_history,
    save_generator as save_generator,
    write_model_card as write_model_card,
)
from .sample import (
    draw_noise as draw_noise,
    fixed_noise as fixed_noise,
    generate as generate,
    noise_tensor as noise_tensor,
)
from .training import train as train
