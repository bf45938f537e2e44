"""The parts of the HTML report: template, style, script, charts and the data island; no report by itself."""
