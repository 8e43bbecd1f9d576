"""What the person who runs an installation does with it: prepare, prove, back up, restore, examine, fill from files."""
