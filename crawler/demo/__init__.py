"""A handful of small sites on loopback that between them say yes, no and perhaps in every way.

The sites are files in `sites/`; `start_demo` serves them from a process of their own.
"""

from crawler.demo.listeners import DemoRequest, DemoSites
from crawler.demo.server import DemoError, DemoServer, start_demo

__all__ = ["DemoError", "DemoRequest", "DemoServer", "DemoSites", "start_demo"]
