"""One method per server endpoint, with retries and auth; and the embedded server, found or started.

``connect.connect()`` is the way in.
"""
