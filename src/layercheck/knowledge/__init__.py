"""What layercheck knows about the world outside the project: plain tables, no logic."""
