"""Reports: figures as rows. XLSX and pages are two faces of the same rows, in the same words."""

FOLDER = "Отчёты"
"""The folder of all reports on the company's Disk; below it one of each process, below that one of each year."""
