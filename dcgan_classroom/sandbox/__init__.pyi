from .base import Sandbox as Sandbox
from .engine import run_notebook as run_notebook
from .find import find_sandbox as find_sandbox
from .process import Limits as Limits
from .proof import check as check
from .run import Run as Run
