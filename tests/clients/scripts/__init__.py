"""One script a client, run in an environment of that client: SAMPLE in, counts (JSON) out.

They may import the client and the standard library, and nothing of ours but what is tested.
"""
