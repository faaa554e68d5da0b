"""What a third-party warehouse needs decided without a database."""
