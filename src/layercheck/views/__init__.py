"""What people ask about a project beside findings; see the README of this folder."""
