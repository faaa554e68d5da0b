"""What the commands in `setup/` are made of; standard library only."""
