"""The ledger: accounts, holds, entries."""
