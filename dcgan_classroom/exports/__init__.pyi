from .nbgrader_database import write_database as write_database
from .upload import UPLOAD_WORDS as UPLOAD_WORDS, write_uploads as write_uploads
