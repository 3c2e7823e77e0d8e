from .discriminator import build_discriminator as build_discriminator
from .generator import build_generator as build_generator
from .load import (
    FaceSet as FaceSet,
    batches as batches,
    from_images as from_images,
    load_face_set as load_face_set,
    load_faces as load_faces,
    to_images as to_images,
)
from .losses import discriminator_loss as discriminator_loss, generator_loss as generator_loss
from .machine import (
    Finding as Finding,
    best_precision as best_precision,
    describe_machine as describe_machine,
    for_this_machine as for_this_machine,
)
from .settings import (
    PROFILES as PROFILES,
    Settings as Settings,
    change_settings as change_settings,
    get_settings as get_settings,
)
