"""Formulas as MathML, which browsers draw by themselves: no JavaScript, no fonts, no other host."""

from latex2mathml.converter import convert


def _inline(self, node):
    self.body.append(convert(node.astext()))
    raise_skip()


def _block(self, node):
    self.body.append(f'<div class="math">{convert(node.astext(), display="block")}</div>')
    raise_skip()


def raise_skip():
    """End the visit of a node: its text has been written as MathML."""
    from docutils.nodes import SkipNode

    raise SkipNode


def setup(app):
    """Register the renderer and take it."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.config.html_math_renderer = "mathml"
    return {"parallel_read_safe": True, "parallel_write_safe": True}
