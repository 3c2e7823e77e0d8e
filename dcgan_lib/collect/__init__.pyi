from .archives import safe_path as safe_path
from .collection import collect as collect
from .command import collect_command as collect_command
from .databases import DATABASES as DATABASES, Download as Download
from .sources import is_photograph as is_photograph
