"""What takes too long for every test run: figures over many generated shops."""
