-- A copied database must not talk to partners: backends, their secrets and their
-- webhook addresses stop here.
UPDATE dist_backend SET active = false, environment = 'test', webhook_token = md5(random()::text) || id;
UPDATE dist_credential SET cipher = NULL, previous_cipher = NULL, previous_until = NULL;
UPDATE dist_flow SET active = false;
