"""Great Expectations: its suites as dq's checks, what only it can do done by it, and dq's checks as its suites."""
