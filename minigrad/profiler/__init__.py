"""The profiler: time by operation, forward and backward apart, as a table and as a trace."""

from minigrad.profiler.averages import Averages, Event, EventAverage
from minigrad.profiler.recording import profile, record_function
from minigrad.profiler.scheduling import (
    ProfilerAction,
    ProfilerActivity,
    schedule,
    supported_activities,
    tensorboard_trace_handler,
)

__all__ = [
    "Averages",
    "Event",
    "EventAverage",
    "ProfilerAction",
    "ProfilerActivity",
    "profile",
    "record_function",
    "schedule",
    "supported_activities",
    "tensorboard_trace_handler",
]
