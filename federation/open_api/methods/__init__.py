"""The methods of the interface, one file per object; the national standard's names stay in here."""
