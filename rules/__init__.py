"""Arithmetic and dates: functions of plain values, no portal, no configuration, no clock of their own."""
