"""layercheck: the linter that knows a whole Python backend."""

__version__ = "0.1.0"
