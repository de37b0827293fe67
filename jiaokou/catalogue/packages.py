"""Which data packages a catalogue holds: where the catalogue room looks for it. Editions are named by it too."""

from jiaokou.data.packages import folders, name_of, named

__all__ = ["folders", "name_of", "named"]
