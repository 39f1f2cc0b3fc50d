"""Rate limits: fixed windows, counted in the process."""

import time

requests_seen = 0


class RateLimiter:
    """Counts who asks how often."""

    def __init__(self) -> None:
        self.windows: dict[str, tuple[float, int]] = {}

    def exceeded(self, name: str, caller: str, times: int, seconds: int) -> bool:
        """Whether `caller` used `name` more than `times` within `seconds`."""
        global requests_seen  # fault: LC202
        requests_seen += 1
        now = time.monotonic()
        key = f"{name}:{caller}"
        ends, count = self.windows.get(key, (0.0, 0))
        if ends <= now:
            ends, count = now + seconds, 0
        self.windows[key] = (ends, count + 1)
        return count + 1 > times
