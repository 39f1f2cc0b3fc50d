"""The newspaper kiosk at the shop: what lies on the rack, and what was sold."""
