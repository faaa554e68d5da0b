"""What people see of an interchange: text and HTML with meanings and faults."""
