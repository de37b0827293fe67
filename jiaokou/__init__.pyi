from . import catalogues as catalogues
from . import charts as charts
from . import tables as tables
from . import wording as wording
from .analysis.audit import audit as audit
from .analysis.audit import sensitivity as sensitivity
from .analysis.derive import derived as derived
from .analysis.provenance import verify as verify
from .analysis.suggestions import found as found
from .catalogues.frames import catalogue as catalogue
from .catalogues.frames import load as load
from .data.codes import values as values
from .data.package import indicators as indicators
from .data.package import milestones as milestones
from .data.package import open_package as open_package
from .data.package import pick as pick
from .data.package import sections as sections
from .drafting.review import review as review
from .errors import JiaokouError as JiaokouError
from .explore.briefing import briefing as briefing
from .explore.explorer import explorer as explorer
from .explore.indicator import indicator as indicator
from .explore.search import search as search
from .explore.show import show as show
from .explore.validation import validate as validate

__all__: list[str]
