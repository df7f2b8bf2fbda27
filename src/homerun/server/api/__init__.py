"""The endpoints: one module a resource, each endpoint a check and one call into the store."""
