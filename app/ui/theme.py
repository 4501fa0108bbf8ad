"""The colours and type of the interface; system fonts only, so nothing is fetched."""

from importlib.resources import files

import gradio as gr
import yaml

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Noto Sans Arabic", "sans-serif")
_MONO = ("ui-monospace", "Cascadia Mono", "Menlo", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """Builds a quiet theme, of the colours and sizes in `theme.yaml`."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_md,
        font=list(_SANS),
        font_mono=list(_MONO),
    ).set(**yaml.load(files("app.ui").joinpath("theme.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
