from .release import student_version as student_version
