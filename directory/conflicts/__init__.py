"""What a source says of an organisation otherwise than its own people do: put up field by field, and never written over their words."""
