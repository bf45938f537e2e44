"""The parts of the PDF report: what the fonts can show, what stands on the pages, and the template that sets them."""
