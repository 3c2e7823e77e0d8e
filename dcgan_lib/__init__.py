"""The library behind the course: face photographs in, generated faces out.

Modules follow the flow of the data, one per chapter: ``collect``, ``crop``, ``load``,
``networks``, ``losses``, ``gan``, ``train``, ``evaluate``. Importing this package imports
none of them, so that ``collect`` and ``crop`` start without TensorFlow.
"""

__version__ = "0.1.0"


def require_version(version: str) -> None:
    """Stop a notebook that belongs to another version of the library.

    Raises:
        CourseError: the versions differ.
    """
    if version != __version__:
        from dcgan_lib.files import CourseError

        raise CourseError(
            f"This notebook and the library don't belong together. Expected dcgan_lib {version}, "
            f"the notebook's version. Received: {__version__}. Take both from one checkout or "
            "archive of the course, then restart the kernel."
        )
