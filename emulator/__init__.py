"""A Bitrix24 portal on this machine: REST, events, limits and faults over one in-memory store (docs/emulator.md)."""
