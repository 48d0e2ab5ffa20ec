"""What people keep of their lists: filters by a name of their own, and which columns they want to see."""
