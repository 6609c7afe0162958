"""The parts of scripts/draw.py: what it computes, its messages, its server, its picture, and its page."""
