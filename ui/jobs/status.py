"""A job on a page: choose one, see how far it is, cancel or resume it."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from metalab.experiments.errors import ProblemError
from metalab.ui.charts.formatting import show_time
from metalab.ui.jobs.processes import Job, JobStatus, cancel_job, read_status, resume_job

POLL_S = 0.5
MARKS = {
    "starting": (":material/hourglass_top:", "Starting", "blue"),
    "running": (":material/autorenew:", "Running", "blue"),
    "stopping": (":material/stop_circle:", "Stopping", "orange"),
    "done": (":material/check_circle:", "Complete", "green"),
    "cancelled": (":material/cancel:", "Cancelled", "orange"),
    "interrupted": (":material/warning:", "Interrupted", "orange"),
    "failed": (":material/error:", "Failed", "red"),
}


def choose_job(kind: str, jobs: list[Job]) -> Job | None:
    """A list of earlier and present jobs; the newest unless another is chosen."""
    if not jobs:
        return None
    names = [job.name for job in jobs]
    chosen = st.session_state.get(f"{kind}.chosen", names[0])
    by_name = {job.name: job for job in jobs}

    # Its key follows the newest: a browser that still shows the list of before would choose an old job when its next click comes.
    key = f"{kind}.list.{names[0]}"

    def keep() -> None:
        st.session_state[f"{kind}.chosen"] = st.session_state[key]

    index = names.index(chosen) if chosen in names else 0
    name = st.selectbox("Earlier runs", names, index, key=key, on_change=keep, format_func=lambda name: describe_job(by_name[name]))
    return by_name[name]


def describe_job(job: Job) -> str:
    """A line of the list."""
    return f"{datetime.fromtimestamp(job.started):%d %b %Y, %H:%M} · {job.title}"


def watch_job(job: Job, count_parts: Callable[[], int]) -> JobStatus:
    """Progress that renews itself; the whole page runs again when there are new results or the job ends.

    Not while the page itself is on its way: parts that come faster than a page is drawn would keep it from ever being drawn.
    """
    status = read_status(job)
    seen = (status.is_active, count_parts())
    is_drawn = False

    @st.fragment(run_every=POLL_S if status.is_active else None)
    def poll() -> None:
        nonlocal is_drawn
        now = read_status(job)
        render_status(job, now)
        if is_drawn and (now.is_active, count_parts()) != seen:
            st.rerun()

    poll()
    is_drawn = True
    return status


def render_status(job: Job, status: JobStatus) -> None:
    """State, bar, time left, and what can be done about it."""
    icon, word, colour = MARKS[status.state]
    with st.container(border=True):
        row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
        row.badge(word, icon=icon, color=colour)  # type: ignore[arg-type]
        row.markdown(describe_progress(status), width="stretch")
        if status.is_active:
            row.button(
                "Cancel", icon=":material/stop:", key="job.cancel", on_click=cancel_job, args=(job,), disabled=status.state == "stopping"
            )
        elif status.state != "done":
            row.button("Resume", icon=":material/play_arrow:", key="job.resume", on_click=_resume, args=(job,))
        if status.is_active or status.state in ("cancelled", "interrupted"):
            st.progress(status.share)
    problem = st.session_state.pop("job.problem", "") or status.message
    if problem:
        st.error(problem, icon=":material/error:")


def _resume(job: Job) -> None:
    try:
        resume_job(job)
    except ProblemError as problem:
        st.session_state["job.problem"] = str(problem)


def describe_progress(status: JobStatus) -> str:
    """One line."""
    if status.state == "starting":
        return "The process is starting and compiling …"
    if not status.total:
        return "Nothing was completed." if not status.is_active else "…"
    text = f"{status.done:,} of {status.total:,} {status.unit}"
    if status.state == "running" and status.done == status.total:
        return f"{text} · assembling the result …"
    return f"{text} · about {show_time(status.left_s)} left" if status.state == "running" and status.left_s else text
