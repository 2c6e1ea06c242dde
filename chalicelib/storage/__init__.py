"""DynamoDB, S3 and Secrets Manager behind the ports of ``services``."""
