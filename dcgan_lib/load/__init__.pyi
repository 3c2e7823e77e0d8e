from .face_set import (
    FaceSet as FaceSet,
    load_face_set as load_face_set,
    load_faces as load_faces,
)
from .pixels import from_images as from_images, to_images as to_images, to_square as to_square
from .serving import batches as batches
