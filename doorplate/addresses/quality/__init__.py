"""Finding what is wrong with a community's lists: 重 错 漏 缺 损 乱, and faults of points.

`check` is the one call: lists in, findings and understood rows out, nothing written, the same for the same input.
The modules are named after what they look for; `pipeline.py` holds their order.
"""

from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.pipeline import check

__all__ = ["CheckContext", "check"]
