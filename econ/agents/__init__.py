"""The Mesa face: agents are rows of the world, their actions are protocol rules.

Equations and reasons: docs/how-to/write-your-own-agent.md.
The only part that imports Mesa.
"""
