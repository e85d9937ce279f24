"""Official clients of Bitrix24, unmodified, against the emulated portal."""
