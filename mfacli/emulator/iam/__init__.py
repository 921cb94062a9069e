"""IAM's operations on MFA devices, and the few on users that moto does not do as AWS does."""
