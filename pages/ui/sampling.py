"""The field that asks how frames are drawn from a video."""

import streamlit as st

from services.recipe import INTERVAL_MAX_S, INTERVAL_MIN_S, Sampling

SHOTS, OTHER = -1.0, 0.0  # in the place of an interval


def sampling_field(current: Sampling, prefix: str, *, has_shots: bool) -> Sampling:
    """Seconds between frames: the paper's two, or any other; or a frame from each shot."""
    usual = {2.0: "every 2 s", 2.5: "every 2.5 s", OTHER: "other"}
    if has_shots:
        usual[SHOTS] = "from each shot"
    first = current.interval_s if current.interval_s in usual else OTHER
    chosen = st.segmented_control(
        "One frame",
        list(usual),
        default=SHOTS if current.method == "shots" else first,
        required=True,
        format_func=lambda way: usual[way],
        key=f"{prefix}_interval",
        help="The paper takes one frame every 2 s, or every 2.5 s for a long video.",
    )
    if chosen == SHOTS:
        return Sampling(current.interval_s, "shots")
    if chosen:
        return Sampling(float(chosen))
    return Sampling(
        st.number_input(
            "Seconds between frames",
            INTERVAL_MIN_S,
            INTERVAL_MAX_S,
            current.interval_s,
            0.5,
            key=f"{prefix}_interval_other",
            width=220,
        )
    )
