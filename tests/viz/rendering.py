"""What the tests of pictures share."""

import io


def rendered(figure):
    """The figure as PNG, which shows that it can be drawn."""
    file = io.BytesIO()
    figure.savefig(file, format="png")
    assert file.getvalue().startswith(b"\x89PNG")
    return file.getvalue()


def apart(boxes, tolerance=0.5):
    """Whether no two of matplotlib's boxes overlap by more than `tolerance` pixels each way."""
    return not any(
        min(a.x1, b.x1) - max(a.x0, b.x0) > tolerance and min(a.y1, b.y1) - max(a.y0, b.y0) > tolerance
        for i, a in enumerate(boxes)
        for b in boxes[:i]
    )


def text_boxes(figure, texts):
    """The boxes of texts as they are drawn, in pixels."""
    figure.canvas.draw()
    return [t.get_window_extent() for t in texts]
