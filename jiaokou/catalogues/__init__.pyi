from .compare import comparable as comparable
from .comparison import Comparison as Comparison
from .comparison import briefing as briefing
from .core import suggest as suggest
from .core import vocabulary as vocabulary

__all__: list[str]
