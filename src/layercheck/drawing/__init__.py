"""Pictures of graphs: Mermaid, DOT, SVG, and a page that one can click through."""
