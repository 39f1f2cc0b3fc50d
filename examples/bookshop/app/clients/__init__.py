"""Talks to what is not ours."""  # fault: LC001
