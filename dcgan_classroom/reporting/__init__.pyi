from .command import report_command as report_command
