"""Starts and stops AIMS on one machine: environment, embedded services, processes. Needs no Django."""
