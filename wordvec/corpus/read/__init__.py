"""From files, tables, records and containers to lines of text."""
