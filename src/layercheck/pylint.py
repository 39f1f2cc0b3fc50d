"""What `pylint --load-plugins=layercheck.pylint` imports."""

from layercheck.adapters.pylint import load_configuration, register

__all__ = ["load_configuration", "register"]
