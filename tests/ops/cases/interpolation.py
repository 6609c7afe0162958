"""Images of another size, and windows as columns."""

import minigrad as mg
from minigrad.ops import distances
from tests.ops.case import case, distinct, normal


def interpolated(name, *shape, **options):
    return case(f"interpolate {name}", lambda m, x: m.nn.functional.interpolate(x, **options), normal(*shape))


def in_blocks(p):
    """As for tables so large that the differences are never there all at once."""
    return lambda m, x, y: distances._cdist(x, y, p, True) if m is mg else m.cdist(x, y, p)


CASES = [
    interpolated("nearest 1d", 2, 3, 5, scale_factor=2),
    interpolated("nearest", 1, 2, 4, 5, size=(7, 3)),
    interpolated("nearest scales", 1, 2, 4, 5, scale_factor=(1.7, 0.6)),
    interpolated("nearest recomputed", 1, 2, 4, 5, scale_factor=1.7, recompute_scale_factor=True),
    interpolated("nearest 3d", 1, 1, 2, 3, 2, size=4),
    interpolated("nearest-exact", 1, 2, 4, 5, size=(6, 3), mode="nearest-exact"),
    interpolated("linear", 1, 2, 4, size=7, mode="linear"),
    interpolated("linear far", 1, 1, 2, size=203, mode="linear"),
    interpolated("bilinear", 1, 2, 4, 3, size=(7, 2), mode="bilinear"),
    interpolated("bilinear scale", 1, 2, 4, 3, scale_factor=1.6, mode="bilinear", align_corners=False),
    interpolated("bilinear corners", 1, 2, 4, 3, size=(7, 1), mode="bilinear", align_corners=True),
    interpolated("trilinear", 1, 1, 2, 3, 2, scale_factor=2, mode="trilinear"),
    interpolated("bicubic", 1, 2, 4, 3, size=(7, 2), mode="bicubic"),
    interpolated("bicubic corners", 1, 2, 4, 3, size=(7, 5), mode="bicubic", align_corners=True),
    interpolated("area", 1, 2, 4, 5, size=(2, 3), mode="area"),
    case("pixel_shuffle", lambda m, x: m.nn.functional.pixel_shuffle(x, 2), normal(2, 8, 3, 2)),
    case("pixel_unshuffle", lambda m, x: m.pixel_unshuffle(x, 2), normal(3, 4, 6)),
    case("unfold", lambda m, x: m.nn.functional.unfold(x, (2, 3), padding=1, stride=(1, 2)), normal(2, 2, 4, 5)),
    case("unfold one", lambda m, x: m.nn.functional.unfold(x, 2, dilation=2), normal(2, 4, 5)),
    case("fold", lambda m, x: m.nn.functional.fold(x, (4, 5), (2, 3), stride=(1, 2)), normal(2, 12, 6)),
    case("fold padding", lambda m, x: m.nn.functional.fold(x, 4, 3, padding=1, dilation=2, stride=3), normal(9, 1)),
    case("windows", lambda m, x: x.unfold(1, 3, 2), normal(2, 7, 2)),
    case("windows squared", lambda m, x: x.unfold(0, 3, 1) ** 2, normal(4, 2)),
    case("windows last", lambda m, x: x.unfold(-1, 2, 1), normal(4)),
    case("cdist", lambda m, x, y: m.cdist(x, y), normal(2, 4, 3), normal(2, 5, 3)),
    *(case(f"cdist in blocks {p}", in_blocks(p), normal(2, 4, 3), normal(2, 5, 3)) for p in (1.0, 2.0, 2.5)),
    case("cdist 1", lambda m, x, y: m.cdist(x, y, p=1.0), normal(4, 3), normal(5, 3)),
    case("trapezoid", lambda m, y: m.trapezoid(y, dx=0.5, dim=0), normal(4, 3)),
    case("trapezoid x", lambda m, y, x: m.trapezoid(y, x), normal(2, 4), distinct(4)),
    case("trapezoid xs", lambda m, y, x: m.trapezoid(y, x, dim=0), normal(4, 2), distinct(4, 2)),
    case("trapezoid x of dim", lambda m, y, x: m.trapezoid(y, x, dim=0), normal(4, 2), distinct(4)),
    case("cartesian_prod", lambda m, x, y: m.cartesian_prod(x, y), normal(2), normal(3)),
    case("column_stack", lambda m, x, y: m.column_stack([x, y]), normal(3), normal(3, 2)),
    case("dstack", lambda m, x, y: m.dstack([x, y]), normal(2, 3), normal(2, 3, 2)),
    case("atleast_2d", lambda m, x, y: m.atleast_2d(x, y), normal(3), normal()),
    case("atleast_3d", lambda m, x, y: m.atleast_3d([x, y]), normal(3), normal(2, 3)),
    *[
        case(
            f"scatter_reduce {reduce} {include_self}",
            lambda m, x, src, r=reduce, s=include_self: x.scatter_reduce(
                1, m.tensor([[0, 0, 1], [2, 2, 2]]), src, r, include_self=s
            ),
            normal(2, 4),
            normal(2, 3),
        )
        for reduce in ("sum", "mean", "amax", "amin")
        for include_self in (True, False)
    ],
    *[
        case(
            f"interpolate antialias {mode} {size}",
            lambda m, x, s=size, k=mode: m.nn.functional.interpolate(x, s, mode=k, antialias=True),
            normal(1, 2, 7, 5),
        )
        for mode in ("bilinear", "bicubic", "lanczos")
        for size in ((3, 2), (4, 8))
    ],
]
