from .command import crop_command as crop_command, subset_command as subset_command
from .cropping import crop_photo as crop_photo
from .detect import (
    CASCADE_WINDOW as CASCADE_WINDOW,
    EDGE as EDGE,
    FACE_CASCADE as FACE_CASCADE,
    LEAST_CONFIDENCE as LEAST_CONFIDENCE,
    SMALLEST_FACE as SMALLEST_FACE,
    WHEELS as WHEELS,
    Box as Box,
    detect_faces as detect_faces,
    load_cascade as load_cascade,
    look as look,
    opencv_wheels as opencv_wheels,
)
from .face import crop_face as crop_face, overlap as overlap, sharpness as sharpness
from .folder import CONTACT_SHEET as CONTACT_SHEET, crop_folder as crop_folder
from .manifest import manifest_rows as manifest_rows, read_manifest as read_manifest
from .photos import (
    UnreadablePhoto as UnreadablePhoto,
    find_photos as find_photos,
    read_photo as read_photo,
    read_small_copy as read_small_copy,
)
from .settings import CropSettings as CropSettings
from .subset import (
    balanced_subset as balanced_subset,
    copy_subset as copy_subset,
    split_held_out as split_held_out,
)
