"""Speed, measured: Heed and the naive stack in turn, on the same pages, from the same server.

Every program under measurement is a process tree of its own, run as a user would run it.
"""
