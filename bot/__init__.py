"""On the Record: a policy debate, answered only in the words of the people in it."""
