from .engine import make_faces as make_faces, seed_noise as seed_noise, up as up
from .packing import pack as pack, unpack as unpack
from .stamps import (
    Stamp as Stamp,
    fold_generator as fold_generator,
    fold_normalisation as fold_normalisation,
)
