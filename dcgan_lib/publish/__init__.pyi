from .command import publish_command as publish_command
from .engine import make_faces as make_faces, seed_noise as seed_noise, up as up
from .html import page_part as page_part
from .onnx_file import write_onnx as write_onnx
from .packing import pack as pack, unpack as unpack
from .publication import publish as publish
from .stamps import (
    Stamp as Stamp,
    fold_generator as fold_generator,
    fold_normalisation as fold_normalisation,
)
