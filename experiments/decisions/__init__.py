"""What a proposal would do: paired futures, differences, stakeholders, where the futures part."""
