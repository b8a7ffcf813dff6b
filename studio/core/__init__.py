"""What knows nothing of the product: the network, the queue, policies, errors."""
