"""The profiler: time by operation, forward and backward apart, as a table and as a trace."""

from minigrad.profiler.averages import Averages, Event, EventAverage
from minigrad.profiler.recording import profile, record_function

__all__ = ["Averages", "Event", "EventAverage", "profile", "record_function"]
