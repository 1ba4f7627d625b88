"""Keeps the place in a table that Streamlit mounts anew when its rows change."""

from streamlit.components.v2 import component

# The table's scroller is looked for again and again, for nothing tells when it is mounted anew.
JS = """
export default function ({ data }) {
  const saved = (window.diptychScroll = window.diptychScroll || {});
  let known = null;
  const timer = setInterval(() => {
    const scroller = document.querySelector(`.st-key-${data.box} .dvn-scroller`);
    if (!scroller) { known = null; return; }
    if (scroller !== known) {
      const wanted = saved[data.name] || 0;
      if (scroller.scrollHeight > wanted) { known = scroller; scroller.scrollTop = wanted; }
      return;
    }
    saved[data.name] = scroller.scrollTop;
  }, 100);
  return () => clearInterval(timer);
}
"""

_keep = component("diptych_keep_scroll", html="<span></span>", js=JS)


def keep_scroll(box: str, name: str) -> None:
    """Watch the table in the container with the key `box`; tables of the same name share their place."""
    _keep(key=f"{box}_scroll", data={"box": box, "name": name}, height=1)
