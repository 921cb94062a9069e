"""The world that the emulator answers for: accounts, people, devices, policies, resources."""
