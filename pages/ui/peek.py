"""A picture of the frame that the pointer is on in the map: plotly itself shows no pictures on hover."""

from streamlit.components.v2 import component

BOX = "clusters_map"  # key of the container that holds the map
HTML = '<img alt="" hidden>'
CSS = """
img { position: fixed; z-index: 1000; width: 240px; border-radius: 8px; pointer-events: none;
  box-shadow: 0 4px 18px rgba(0, 0, 0, 0.35); }
"""
# Streamlit may mount the chart again at any time, so the hook is looked after.
JS = """
export default function ({ parentElement }) {
  const image = parentElement.querySelector('img');
  let hooked = null;
  const hide = () => { image.hidden = true; };
  const show = (event) => {
    const point = event.points[0];
    const thumbs = ((point.data || {}).meta || {}).thumbs || [];
    const address = thumbs[point.pointNumber] || '';
    if (!address.startsWith('/files/frames/')) { return; }
    const { clientX, clientY } = event.event;
    image.src = address;
    image.style.left = `${Math.min(clientX + 18, window.innerWidth - 260)}px`;
    image.style.top = `${clientY > 180 ? clientY - 165 : clientY + 24}px`;
    image.hidden = false;
  };
  const timer = setInterval(() => {
    const plot = document.querySelector('.st-key-clusters_map .js-plotly-plot');
    if (plot === hooked) { return; }
    hooked = plot;
    hide();
    if (plot) { plot.on('plotly_hover', show); plot.on('plotly_unhover', hide); }
  }, 400);
  return () => { clearInterval(timer); hide(); };
}
"""

_peek = component("diptych_peek", html=HTML, css=CSS, js=JS)


def peek() -> None:
    """Watch the map in the container with the key BOX."""
    _peek(key="clusters_peek", height=1)
