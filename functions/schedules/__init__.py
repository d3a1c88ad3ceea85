"""Schedules: one function a schedule."""
