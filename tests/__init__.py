"""The tests of AIMS: promises over every kind of record, and one folder per app."""
