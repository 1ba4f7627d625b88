"""Which packets of a video must be decoded for a few of its pictures: most need not be."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.video_file import VideoHead, packets_of

_MAX_BYTES = 48_000_000  # of a stretch's packets, and of the pictures wanted from it
_IDR, _SPS, _PPS = 5, 7, 8  # units of H.264 (ITU-T H.264, table 7-1)

Timed = tuple[float, Any]  # seconds from the first picture, and what is shown from then on
Choice = Callable[[Iterable[Timed]], Iterator[Timed]]  # some of them, the same one more than once if need be


@dataclass(frozen=True, slots=True)
class Stretch:
    """Packets `first` … `last` in the file's order, which need none before them, for some pictures."""

    first: int
    last: int
    wanted: frozenset[int]  # stamps


@dataclass(frozen=True, slots=True)
class Plan:
    stamps: NDArray[np.int64]  # (n_pictures,) ascending
    wanted: frozenset[int]  # stamps
    is_thinned: bool  # whether pictures that no other is made from are known, and may be left out
    stretches: tuple[Stretch, ...]  # in order; empty if the file must be decoded from start to end


@dataclass(frozen=True, slots=True)
class _Packets:
    """In the file's order."""

    stamps: NDArray[np.int64]  # (N,)
    sizes: NDArray[np.int64]  # (N,) bytes
    starts: NDArray[np.int64]  # (S,) indices of packets at which a decoder may begin


def plan_reading(stream: Any, head: VideoHead, choose: Choice) -> Plan | None:
    """How to read the pictures that `choose` takes from all stamps; None if the packets' stamps do not tell.

    stream: just opened; it is demuxed to its end, not decoded
    """
    packets = _scan(stream) if head.has_stamps else None
    if packets is None:
        return None
    stamps = np.sort(packets.stamps[packets.stamps >= head.first_stamp])
    timed = ((head.time_s(stamp), stamp) for stamp in stamps.tolist())
    wanted = frozenset(stamp for _, stamp in choose(timed))
    stretches = tuple(_stretches(packets, wanted))
    picture_bytes = 3 * head.facts.width_px * head.facts.height_px
    is_small = all(
        len(stretch.wanted) * picture_bytes <= _MAX_BYTES
        and packets.sizes[stretch.first : stretch.last + 1].sum() <= _MAX_BYTES
        for stretch in stretches
    )
    # nal_ref_idc tells it in H.264; in HEVC higher layers may refer to what is called unreferenced.
    is_thinned = stream.codec_context.name == "h264"
    return Plan(stamps, wanted, is_thinned, stretches if is_small and len(stretches) > 1 else ())


def _scan(stream: Any) -> _Packets | None:
    """None if a packet has no stamp, or two have the same."""
    codec = stream.codec_context.name
    units = _Units(bytes(stream.codec_context.extradata or b""))
    stamps: list[int] = []
    sizes: list[int] = []
    starts = [0]
    for packet in packets_of(stream):
        if packet.pts is None or packet.is_discard:  # an edit list leaves it out
            return None
        # No picture refers to one before an IDR picture of H.264 or a key picture of VP9.
        is_new = units.has_idr(packet) if codec == "h264" else codec == "vp9"
        if stamps and packet.is_keyframe and is_new:
            starts.append(len(stamps))
        stamps.append(packet.pts)
        sizes.append(packet.size)
    if not stamps or len(set(stamps)) < len(stamps):
        return None
    found = np.array(stamps, np.int64)
    usable = _in_order(found, np.array(starts)) if units.is_constant else np.zeros(1, np.int64)
    return _Packets(found, np.array(sizes, np.int64), usable)


def _in_order(stamps: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The starts before which all is shown earlier than what comes after."""
    latest_before = np.maximum.accumulate(stamps)
    earliest_after = np.minimum.accumulate(stamps[::-1])[::-1]
    is_clean = [start == 0 or latest_before[start - 1] < earliest_after[start] for start in starts]
    return starts[np.array(is_clean)]


def _stretches(packets: _Packets, wanted: frozenset[int]) -> Iterator[Stretch]:
    """From each start with wanted pictures after it to the last packet of these."""
    is_wanted = np.isin(packets.stamps, np.fromiter(wanted, np.int64, len(wanted)))
    for first, end in pairwise([*packets.starts.tolist(), len(packets.stamps)]):
        hits = np.flatnonzero(is_wanted[first:end]) + first
        if len(hits):
            yield Stretch(first, int(hits[-1]), frozenset(packets.stamps[hits].tolist()))


class _Units:
    """The units that H.264 packets are made of (ITU-T H.264, 7.3.1; lengths: ISO/IEC 14496-15)."""

    def __init__(self, extradata: bytes):
        self._extradata = extradata
        self._length_bytes = (extradata[4] & 3) + 1 if extradata[:1] == b"\x01" and len(extradata) > 4 else 0
        self.is_constant = True  # whether no packet brings other parameters than the file's head

    def has_idr(self, packet: Any) -> bool:
        """Whether no picture in or after the packet refers to one before it."""
        if packet.has_sidedata("new_extradata"):
            self.is_constant = False
        is_idr = False
        for unit in self._split(bytes(packet)):
            kind = unit[0] & 31
            is_idr = is_idr or kind == _IDR
            if kind in (_SPS, _PPS) and unit.rstrip(b"\0") not in self._extradata:
                self.is_constant = False
        return is_idr

    def _split(self, data: bytes) -> Iterator[bytes]:
        """Units that are not empty; of pictures the beginning is enough."""
        if not self._length_bytes:
            yield from (unit for unit in data.split(b"\0\0\1") if unit)
            return
        at = 0
        while at + self._length_bytes < len(data):
            begin = at + self._length_bytes
            at = begin + int.from_bytes(data[at:begin], "big")
            if at > begin:
                yield data[begin:at]
