"""The project on a small real cluster beside the project on one machine: is all the same?"""
