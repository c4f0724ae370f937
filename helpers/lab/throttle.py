"""How often a panel is told about the training: as often as it can show it, and no more."""

FRAMES_PER_SECOND = 22
AHEAD = 5 * FRAMES_PER_SECOND  # frames that may be under way: five seconds of them
PICTURE_BYTES = 2500  # a second, for the pictures of the first layer
SILENCE = 20.0  # seconds without a sign of the page, before the training stops


class Throttle:
    """Decides when the next frame goes to the page.

    The page says from time to time which frame it has seen. One that is slow, or gone, gets no
    further frames, so that nothing piles up between it and the kernel.
    """

    def __init__(self):
        self.sent = self.seen = 0
        self._blocked_since = None
        self._next_picture = 0.0

    def may_send(self, now):
        """Tell whether a frame may go out at the time ``now`` (seconds); if so, count it."""
        if self.sent - self.seen >= AHEAD:
            if self._blocked_since is None:
                self._blocked_since = now
            return False
        self._blocked_since = None
        self.sent += 1
        return True

    def hear(self, seen):
        """Take the page's word that it has seen a frame."""
        self.seen = max(self.seen, min(int(seen), self.sent))
        self._blocked_since = None

    def restart(self):
        """Forget what is under way: a page has come that has seen nothing of it."""
        self.seen = self.sent

    def gave_up(self, now):
        """Tell whether the page has been silent for so long that it must be gone."""
        return self._blocked_since is not None and now - self._blocked_since > SILENCE

    def may_send_picture(self, now):
        """Tell whether a picture may go out."""
        return now >= self._next_picture

    def sent_picture(self, now, size):
        """Keep the next picture back until the ``size`` bytes of this one are paid for."""
        self._next_picture = now + size / PICTURE_BYTES
