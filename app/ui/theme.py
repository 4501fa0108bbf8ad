"""The colours and type of the interface; system fonts only, so nothing is fetched."""

import gradio as gr

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Noto Sans Arabic", "sans-serif")
_MONO = ("ui-monospace", "Cascadia Mono", "Menlo", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """Builds a quiet theme: paper, ink and one blue."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_md,
        font=list(_SANS),
        font_mono=list(_MONO),
    ).set(
        body_background_fill="#f6f7f9",
        body_background_fill_dark="#12161c",
        block_background_fill="#ffffff",
        block_background_fill_dark="#1a2029",
        body_text_color="#1b232e",
        body_text_color_dark="#e6eaf0",
        # Hints and placeholders; Gradio's own grey is too pale to read.
        body_text_color_subdued="#5c6775",
        body_text_color_subdued_dark="#a9b3c1",
        block_info_text_color="#5c6775",
        block_info_text_color_dark="#a9b3c1",
        input_placeholder_color="#667282",
        input_placeholder_color_dark="#98a3b2",
        color_accent="#1b5c96",
        color_accent_soft="#e6f0f9",
        color_accent_soft_dark="#1d3247",
        block_border_width="0px",
        block_shadow="none",
        block_label_background_fill="transparent",
        block_label_text_color="#4a5563",
        block_label_text_color_dark="#aab4c2",
        block_title_text_color="#4a5563",
        block_title_text_color_dark="#aab4c2",
        block_title_text_weight="600",
        input_border_width="1px",
        input_background_fill="#ffffff",
        input_background_fill_dark="#12161c",
        input_border_color="#c3cad4",
        input_border_color_dark="#475262",
        input_border_color_focus="#1b5c96",
        input_border_color_focus_dark="#7db4e6",
        button_large_text_size="15px",
        button_large_text_weight="600",
        button_large_padding="7px 16px",
        button_large_radius="8px",
        button_small_text_weight="500",
        button_border_width="1px",
        button_primary_border_color="#1b5c96",
        button_cancel_background_fill="#9c2222",
        button_cancel_background_fill_hover="#7d1a1a",
        button_cancel_background_fill_dark="#9c2222",
        button_cancel_text_color="#ffffff",
        button_cancel_text_color_dark="#ffffff",
        button_primary_background_fill="#1b5c96",
        button_primary_background_fill_hover="#154a7a",
        button_primary_background_fill_dark="#2f74b3",
        button_primary_text_color="#ffffff",
        button_secondary_background_fill="#ffffff",
        button_secondary_background_fill_hover="#eef2f6",
        button_secondary_background_fill_hover_dark="#2d3744",
        button_secondary_text_color="#1b232e",
        button_secondary_text_color_dark="#e6eaf0",
        button_secondary_background_fill_dark="#232b36",
        button_secondary_border_color="#c3cad4",
        button_secondary_border_color_dark="#475262",
    )
