"""What the kiosk reads from its environment, or from the .env file in the working directory."""

import os

from dotenv import load_dotenv

load_dotenv(".env")

DATABASE_URL = os.environ["KIOSK_DATABASE_URL"]  # fault: LC208, LC209
TILL_KEY = os.environ["KIOSK_TILL_KEY"]
CURRENCY = os.getenv("KIOSK_CURRENCY", "EUR")
LOG_LEVEL = os.getenv("KIOSK_LOG_LEVEL", "INFO")
