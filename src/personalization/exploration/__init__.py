"""A shop's mart in small frames, sentences and figures: what the notebooks show.

Spark reduces to groups whose number does not grow with the shop's rows; sentences and figures are
made of these small frames alone.
"""
