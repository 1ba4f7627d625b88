"""The video: it plays from where a ▶ or a click says, and its texts change while it stays mounted.

Streamlit's own player starts anew from its beginning whenever its subtitles or its start change.
"""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.components.v2 import component

from services.media_urls import video_url
from services.recipe import Recipe
from services.records import Segment
from services.segment_files import player_cues
from services.stages import key

HTML = '<video class="d-player" controls preload="metadata" playsinline></video>'
CSS = """
.d-player { width: 100%; aspect-ratio: 16 / 9; display: block;
  background: #000; border-radius: 8px; }
"""
# What is kept outlives the element, for Streamlit may mount it anew when the page around it changes.
JS = """
const SOON_MS = 2000;

function load(video, kept, data) {
  if (video.dataset.address === data.address) { return; }
  video.dataset.address = data.address;
  if (kept.address !== data.address) { Object.assign(kept, { address: data.address, time_s: 0, left: 0 }); }
  video.src = data.address;
  video.currentTime = kept.time_s;
  if (kept.volume !== undefined) { video.volume = kept.volume; video.muted = kept.muted; }
  if (Date.now() - kept.left < SOON_MS && kept.was_playing) { video.play().catch(() => {}); }
}

function write(video, kept, tracks) {
  const modes = kept.modes || [];
  const written = (video.written = video.written || []);
  tracks.forEach(({ label, cues }, at) => {
    let track = video.textTracks[at];
    if (!track) {
      track = video.addTextTrack('subtitles', label);
      track.mode = modes[at] || (at === 0 ? 'showing' : 'disabled');
    }
    const text = JSON.stringify(cues);
    if (written[at] === text) { return; }
    written[at] = text;
    const mode = track.mode;
    track.mode = 'hidden';  // a disabled track lends no cues
    for (const cue of [...track.cues]) { track.removeCue(cue); }
    for (const [start_s, end_s, words] of cues) { track.addCue(new VTTCue(start_s, end_s, words)); }
    track.mode = mode;
  });
}

function watch(video, kept) {
  if (video.watching) { video.watching.abort(); }
  video.watching = new AbortController();
  const on = (target, name, note) =>
    target.addEventListener(name, note, { signal: video.watching.signal });
  on(video, 'timeupdate', () => { kept.time_s = video.currentTime; });
  on(video, 'seeking', () => { kept.time_s = video.currentTime; });
  on(video, 'volumechange', () => { kept.volume = video.volume; kept.muted = video.muted; });
  on(video.textTracks, 'change', () => { kept.modes = [...video.textTracks].map((track) => track.mode); });
}

export default function ({ data, parentElement }) {
  const video = parentElement.querySelector('video');
  const all = (window.diptychPlayers = window.diptychPlayers || {});
  const kept = (all[data.name] = all[data.name] || { press: 0 });
  load(video, kept, data);
  write(video, kept, data.tracks);
  watch(video, kept);
  if (data.press && data.press !== kept.press) {
    video.currentTime = data.start_s;
    video.play().catch(() => {});  // a browser may want a click of its own; the place is right all the same
  }
  kept.press = data.press;
  return () => {
    video.watching.abort();
    Object.assign(kept, { left: Date.now(), was_playing: !video.paused });
  };
}
"""

_player = component("diptych_player", html=HTML, css=CSS, js=JS, isolate_styles=False)


def seek(name: str, start_s: float) -> None:
    """Have the player of that name play from this moment; each call is one press, also at the same moment."""
    n_presses, _ = st.session_state.get(f"{name}_press", (0, 0.0))
    st.session_state[f"{name}_press"] = (n_presses + 1, start_s)


def play_from(name: str, start_s: float | None) -> None:
    """Seek when this moment is another than at the last look at the page; None: nothing is to be played."""
    if st.session_state.get(f"{name}_from") != start_s:
        st.session_state[f"{name}_from"] = start_s
        if start_s is not None:
            seek(name, start_s)


def player(name: str, recipe: Recipe, texts: Mapping[str, Sequence[Segment]] | None = None) -> None:
    """The recipe's video, with the texts by name as subtitles: the first is shown, the others can be chosen.

    name: of the player in this tab, which `seek` takes too
    """
    press, start_s = st.session_state.get(f"{name}_press", (0, 0.0))
    _player(
        key=name,
        data={
            "name": name,
            "address": video_url(key(recipe, "video")),
            "press": press,
            "start_s": start_s,
            "tracks": [{"label": label, "cues": player_cues(of)} for label, of in (texts or {}).items()],
        },
    )
