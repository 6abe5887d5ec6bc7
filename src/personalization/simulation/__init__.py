"""How a shop's visitors behave: a seeded shop made of people, products, visits and orders.

Every part draws from its own random stream, so the same seed gives the same shop.
Moments are whole seconds since 1970-01-01 UTC until :mod:`.tables` writes them as text.
"""
