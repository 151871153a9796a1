"""Charts as Vega-Lite specifications, drawn to SVG when the report is made."""
