from .building import build_site as build_site
from .command import site_command as site_command
from .mathml import setup as setup
from .sources import Made as Made
