-- Undoes V014: what came to webhooks.
-- drops: torque.webhook_deliveries

drop table torque.webhook_deliveries;
